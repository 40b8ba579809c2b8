package session

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what cells say into the scripts")

// Each script in testdata is a notebook: cells, and what each has to say. A
// part called trace is the traceback of the cell's error. Scripts called long*
// are left out by -short.
func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			if testing.Short() && strings.HasPrefix(name, "long") {
				t.Skip("-short")
			}
			script(t, path)
		})
	}
}

func script(t *testing.T, path string) {
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := shared(t)
	n.n = 0
	var last outcome
	var code string
	changed := false
	for i := range ar.Files {
		f := &ar.Files[i]
		var got string
		switch f.Name {
		case "cell":
			code = strings.TrimSuffix(string(f.Data), "\n")
			last = n.run(code)
			if next := i + 1; (next == len(ar.Files) || ar.Files[next].Name == "cell") && last.text() != "" && !*update {
				t.Errorf("%s\nsays\n%snot nothing", code, last.text())
			}
			if *update && (i+1 == len(ar.Files) || ar.Files[i+1].Name == "cell") && last.text() != "" {
				t.Fatalf("%s: add a part out after\n%s", path, code)
			}
			continue
		case "out":
			got = last.text()
		case "trace":
			got = last.traceback() + "\n"
		default:
			t.Fatalf("%s: a part called %q", path, f.Name)
		}
		if got == string(f.Data) {
			continue
		}
		if *update {
			f.Data, changed = []byte(got), true
			continue
		}
		t.Errorf("%s\n%s:\n%snot\n%s", code, f.Name, got, f.Data)
	}
	if changed {
		if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
