package complete

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/server"
)

// Bounds of the source shown for detail 1.
const (
	maxSourceFile  = 4 << 20
	maxSourceLines = 300
)

// Inspect explains what is at the cursor, a byte offset in code; with nothing
// there, the call around it. detail 1 adds the source of the declaration. The
// texts are Markdown, HTML and plain. What nothing is known of is not Found;
// the error is that of ctx.
func (e *Engine) Inspect(ctx context.Context, code string, cursor, detail int) (server.Inspection, error) {
	cursor = clampOffset(code, cursor)
	if len(code) > maxCode {
		return server.Inspection{}, ctx.Err()
	}
	if at := cell.At(code, cursor); at.Place != cell.InGo {
		return inspection(commandHelp(at)), ctx.Err()
	}
	wait, end := context.WithTimeout(ctx, e.limit)
	defer end()
	o, d := e.read(code)
	target, named := targetAt(code, cursor)
	p, ok := o.locate(target)
	here, ok2 := o.locate(cursor)
	if !ok || !ok2 {
		return server.Inspection{}, ctx.Err()
	}
	at := p.toOverlay(target)
	literal := inLiteral(o.text, here.toOverlay(cursor))
	session := d.without(o.names)
	describe := func() (string, bool) {
		if literal || !named || ctx.Err() != nil {
			return "", false
		}
		text := e.describe(o, d, code, target)
		return text, text != ""
	}
	text := askOr(wait, e, func(ctx context.Context, g *gopls) (string, error) {
		if err := e.write(ctx, g, session, o.text); err != nil {
			return "", err
		}
		pos := positionOf(o.text, at)
		if named {
			text, err := g.hover(ctx, cellFile, pos)
			if text != "" && detail > 0 {
				return withoutOwnLink(text) + e.source(ctx, g, pos), err
			}
			if text != "" || err != nil {
				return withoutOwnLink(text), err
			}
		}
		return g.signature(ctx, cellFile, positionOf(o.text, here.toOverlay(cursor)))
	}, describe)
	if text == "" {
		text, _ = describe()
	}
	return inspection(text), ctx.Err()
}

// withoutOwnLink leaves out the link that gopls offers to the documentation of
// a package, where that is the session's.
func withoutOwnLink(hover string) string {
	const rule = "\n\n---\n\n"
	for _, link := range []string{"[`main.", "[`(main."} {
		if i := strings.LastIndex(hover, rule+link); i >= 0 {
			return strings.TrimRight(hover[:i], "\n")
		}
	}
	return hover
}

// targetAt is where to look: the start of the identifier at the cursor, or of
// the one before it if only a dot is between. Not named is a cursor at none.
func targetAt(code string, cursor int) (target int, named bool) {
	start, end := identAround(code, cursor)
	if start == end && cursor > 0 && code[cursor-1] == '.' {
		start, end = identAround(code, cursor-1)
	}
	return start, start < end
}

// source is the declaration of what is at a position, as Markdown to append;
// "" if it cannot be had.
func (e *Engine) source(ctx context.Context, g *gopls, at position) string {
	path, place, err := g.definition(ctx, cellFile, at)
	if err != nil || path == "" {
		return ""
	}
	name := filepath.Base(path)
	var text string
	if f := g.files[name]; f != nil && path == filepath.Join(g.folder, name) {
		text, name = f.text, ""
	} else if text = readSource(path); text == "" {
		return ""
	}
	decl := declaration(text, offsetOf(text, place.Start))
	if decl == "" {
		return ""
	}
	if name != "" {
		name = fmt.Sprintf("%s:%d\n\n", filepath.Join(filepath.Base(filepath.Dir(path)), name), place.Start.Line+1)
	}
	return "\n\n---\n\n" + name + fence(decl)
}

// readSource is a Go file of the disk; "" if it is none or too long.
func readSource(path string) string {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxSourceFile || filepath.Ext(path) != ".go" {
		return ""
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(text)
}

// declaration is the source of the innermost declaration around an offset: a
// function, a spec of a group or, inside of a function, the statement.
func declaration(text string, offset int) string {
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if file == nil {
		return ""
	}
	start, end := -1, -1
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		from, to := fset.Position(n.Pos()).Offset, fset.Position(n.End()).Offset
		if from > offset || offset >= to {
			return n == ast.Node(file)
		}
		switch n := n.(type) {
		case *ast.GenDecl:
			if !n.Lparen.IsValid() {
				start, end = from, to
			}
		case *ast.FuncDecl:
			start, end = from, to
			return n.Body != nil && fset.Position(n.Body.Pos()).Offset <= offset
		case ast.Spec:
			if start < 0 || fset.Position(n.Pos()).Offset > start+len("type ") {
				start, end = from, to
			}
			return false
		case *ast.AssignStmt, *ast.DeclStmt, *ast.LabeledStmt:
			start, end = from, to
		}
		return true
	})
	if start < 0 || end > len(text) {
		return ""
	}
	lines := strings.SplitAfter(text[start:end], "\n")
	if len(lines) > maxSourceLines {
		lines = append(lines[:maxSourceLines], fmt.Sprintf("// %d more lines", len(lines)-maxSourceLines))
	}
	return strings.Join(lines, "")
}

// describe explains an identifier without gopls.
func (e *Engine) describe(o *overlay, d *declared, code string, target int) string {
	start, end := identAround(code, target)
	name := code[start:end]
	if name == "" {
		return ""
	}
	v := e.view(o, d)
	title, sym := name, v.lookup(name)
	if before, ok := strings.CutSuffix(code[:start], "."); ok {
		from, to := identAround(before, len(before))
		title, sym = before[from:to]+"."+name, v.members(before[from:to])[name]
	}
	if sym == nil {
		return ""
	}
	var text string
	switch sym.kind {
	case kindFunction, kindMethod:
		text = fence("func " + title + strings.TrimPrefix(sym.typ, "func"))
	case kindModule:
		text = fence("import " + sym.typ)
	case kindConstant:
		text = fence(strings.TrimSpace("const " + title + " " + sym.typ))
	case kindType:
		text = fence(strings.TrimSpace("type " + title + " " + sym.typ))
	case kindKeyword:
		return ""
	default:
		text = fence(strings.TrimSpace("var " + title + " " + sym.typ))
	}
	if sym.doc != "" {
		text += "\n\n---\n\n" + markdownOf(sym.doc)
	}
	return text
}

// commandHelp explains the command of a special line.
func commandHelp(at cell.Context) string {
	name := at.Command
	if at.Place == cell.InShell {
		name = "!"
		if at.InTmp {
			name = "!*"
		}
	}
	for _, c := range cell.Commands() {
		if c.Name == name {
			return "```\n" + c.Usage + "\n```\n\n---\n\n" + strings.ReplaceAll(c.Help, "*", `\*`)
		}
	}
	return ""
}

// fence puts Go code into a code block that no line of it can end.
func fence(code string) string {
	ticks := "```"
	for strings.Contains(code, ticks) {
		ticks += "`"
	}
	return ticks + "go\n" + strings.TrimRight(code, "\n") + "\n" + ticks
}
