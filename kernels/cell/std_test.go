package cell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// stdFiles are every nth Go file of the standard library, test data aside.
func stdFiles(t testing.TB, nth int) map[string]string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	root := filepath.Join(strings.TrimSpace(string(out)), "src")
	files := map[string]string{}
	n := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "vendor" || d.Name() == "cmd"):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go"):
			if n++; n%nth == 0 {
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				files[path] = string(text)
			}
		}
		return nil
	})
	if err != nil {
		t.Skipf("the source of the standard library is not at hand: %v", err)
	}
	return files
}

func kindOf(d ast.Decl) Kind {
	g, ok := d.(*ast.GenDecl)
	if !ok {
		return Func
	}
	return map[token.Token]Kind{token.IMPORT: Import, token.CONST: Const, token.TYPE: Type, token.VAR: Var}[g.Tok]
}

// A file of the standard library as a cell falls into the declarations that go/parser finds.
func TestSplitStdDeclarations(t *testing.T) {
	files, decls := 0, 0
	for path, text := range stdFiles(t, 9) {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		items, diags := Split(c)
		if len(diags) > 0 || len(items) != len(f.Decls) {
			t.Errorf("%s: %d items, want %d; diagnostics %v", path, len(items), len(f.Decls), diags)
			continue
		}
		covers(t, c, items)
		files++
		tf := fset.File(f.Pos())
		for i, d := range f.Decls {
			it := items[i]
			decls++
			if it.Kind != kindOf(d) || it.CodeStart != tf.Offset(d.Pos()) || it.CodeEnd != tf.Offset(d.End()) || it.Broken {
				t.Errorf("%s: item %d is %v %d-%d, want %v %d-%d", path, i, it.Kind, it.CodeStart, it.CodeEnd, kindOf(d), tf.Offset(d.Pos()), tf.Offset(d.End()))
			}
			var doc *ast.CommentGroup
			switch d := d.(type) {
			case *ast.FuncDecl:
				doc = d.Doc
			case *ast.GenDecl:
				doc = d.Doc
			}
			if doc != nil && it.Start > tf.Offset(doc.Pos()) {
				t.Errorf("%s: item %d begins at %d, after its doc comment at %d", path, i, it.Start, tf.Offset(doc.Pos()))
			}
		}
	}
	if files < 200 || decls < 2000 {
		t.Errorf("only %d files with %d declarations were compared", files, decls)
	}
	t.Logf("%d files, %d declarations", files, decls)
}

// The body of a function below %% falls into the statements that go/parser
// finds; above nothing but its declarations differ in kind.
func TestSplitStdStatements(t *testing.T) {
	cells, stmts := 0, 0
	for path, text := range stdFiles(t, 23) {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		tf := fset.File(f.Pos())
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil || len(fn.Body.List) == 0 {
				continue
			}
			at := tf.Offset(fn.Body.Lbrace) + 1
			body := text[at:tf.Offset(fn.Body.Rbrace)]
			for _, head := range []string{"%%\n", ""} {
				c, err := Parse(head + body)
				if err != nil {
					t.Errorf("%s: %s: %v", path, fn.Name, err)
					continue
				}
				items, diags := Split(c)
				if len(diags) > 0 || len(items) != len(fn.Body.List) {
					t.Errorf("%s: %s: %d items, want %d; diagnostics %v", path, fn.Name, len(items), len(fn.Body.List), diags)
					continue
				}
				covers(t, c, items)
				cells++
				for i, st := range fn.Body.List {
					it := items[i]
					stmts++
					start, end := tf.Offset(st.Pos())-at+len(head), tf.Offset(st.End())-at+len(head)
					_, expr := st.(*ast.ExprStmt)
					_, decl := st.(*ast.DeclStmt)
					if it.CodeStart != start || it.CodeEnd != end || it.Expr != expr || it.Broken || it.InMain != (head != "") ||
						(it.Kind == Stmt) != (head != "" || !decl) {
						t.Errorf("%s: %s: item %d %+v, want %d-%d, expression %v", path, fn.Name, i, it, start, end, expr)
					}
				}
			}
		}
	}
	if cells < 500 || stmts < 2000 {
		t.Errorf("only %d cells with %d statements were compared", cells, stmts)
	}
	t.Logf("%d cells, %d statements", cells, stmts)
}

// While code that is right is typed line by line, it is never called invalid.
func TestIsCompleteStd(t *testing.T) {
	n := 0
	for path, text := range stdFiles(t, 53) {
		if len(text) > 15_000 { // every line reads all before it
			continue
		}
		for i := range text {
			if text[i] != '\n' && i != len(text)-1 {
				continue
			}
			n++
			status, indent := IsComplete(text[:i])
			if status == Invalid {
				c, _ := Parse(text[:i])
				_, diags := split(c, false)
				t.Errorf("%s: invalid at line %d: %v", path, strings.Count(text[:i], "\n")+1, diags)
				break
			}
			if strings.Trim(indent, "\t") != "" || status == Complete && indent != "" {
				t.Errorf("%s: indent %q", path, indent)
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d lines were tried", n)
	}
	t.Logf("%d lines", n)
}
