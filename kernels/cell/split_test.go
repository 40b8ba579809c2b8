package cell

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what Split finds into testdata/split")

// Each NAME.cell of an archive is followed by NAME.items, as itemLines writes them.
func TestSplit(t *testing.T) {
	paths, err := filepath.Glob("testdata/split/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range paths {
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for _, f := range ar.Files {
			want[f.Name] = string(f.Data)
		}
		var files []txtar.File
		for _, f := range ar.Files {
			name, ok := strings.CutSuffix(f.Name, ".cell")
			if !ok {
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+"/"+name, func(t *testing.T) {
				c, err := Parse(string(f.Data))
				if err != nil {
					t.Fatal(err)
				}
				items, diags := Split(c)
				covers(t, c, items)
				got := itemLines(c, items, diags)
				files = append(files, f, txtar.File{Name: name + ".items", Data: []byte(got)})
				if diff := cmp.Diff(want[name+".items"], got); diff != "" && !*update {
					t.Errorf("-want +got\n%s", diff)
				}
			})
		}
		if *update {
			ar.Files = files
			if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// itemLines gives each piece a line: line number, kind, marks, code, and the
// comments before and after; then each diagnostic one.
func itemLines(c *Cell, items []Item, diags []Diagnostic) string {
	var b strings.Builder
	lines := lineStarts(c.Go)
	for _, it := range items {
		line, _ := lines.position(it.CodeStart)
		fmt.Fprintf(&b, "%d %v", line+1, it.Kind)
		for _, m := range []struct {
			on   bool
			name string
		}{{it.InMain, "main"}, {it.Expr, "expr"}, {it.Silent, "silent"}, {it.Timing != "", it.Timing}, {it.Broken, "broken"}} {
			if m.on {
				b.WriteString(" " + m.name)
			}
		}
		fmt.Fprintf(&b, " %q", c.Go[it.CodeStart:it.CodeEnd])
		if it.Start < it.CodeStart {
			fmt.Fprintf(&b, " after %q", c.Go[it.Start:it.CodeStart])
		}
		if it.CodeEnd < it.End {
			fmt.Fprintf(&b, " before %q", c.Go[it.CodeEnd:it.End])
		}
		b.WriteByte('\n')
	}
	for _, d := range diags {
		fmt.Fprintf(&b, "%v\n", d)
	}
	return b.String()
}
