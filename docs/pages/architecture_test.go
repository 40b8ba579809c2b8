package pages

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// everywhere are the packages that any other may know.
var everywhere = []string{"stellarae/atomicfile", "stellarae/orderstat"}

// docs/architecture.md lists the packages from what knows nothing to what knows
// all; their imports have to agree.
func TestPackagesKnowOnlyWhatStandsAboveThem(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(root, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := Parse("docs/architecture.md", content)
	var listed []string
	inList := regexp.MustCompile(`^.{28}((?:stellarae|datasets)\S*)  +\S`)
	for _, block := range page.Blocks {
		for line := range strings.Lines(block.Text) {
			if found := inList.FindStringSubmatch(line); found != nil {
				listed = append(listed, found[1])
			}
		}
	}
	if len(listed) < 20 {
		t.Fatalf("the list was not found: %q", listed)
	}
	place := func(name string) int { // of the package, or of the one it belongs to
		for ; name != "."; name = filepath.ToSlash(filepath.Dir(name)) {
			if i := slices.Index(listed, name); i >= 0 {
				return i
			}
		}
		return -1
	}
	for _, name := range listed {
		if sources, err := filepath.Glob(filepath.Join(root, name, "*.go")); err != nil || len(sources) == 0 {
			t.Errorf("%s is listed, and there is no such package", name)
		}
	}
	for name, imports := range projectImports(t, "stellarae", "datasets") {
		for _, i := range imports {
			if slices.Contains(everywhere, i) || strings.HasSuffix(i, "test") {
				continue
			}
			if place(i) > place(name) {
				t.Errorf("%s knows %s, which stands below it", name, i)
			}
		}
	}
}

// projectImports are the imports, within the project, of every package below
// the folders; tests aside.
func projectImports(t *testing.T, folders ...string) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, filepath.Dir(path))
			if err != nil {
				return err
			}
			for _, i := range file.Imports {
				imported, err := strconv.Unquote(i.Path.Value)
				if err != nil {
					return err
				}
				if within, found := strings.CutPrefix(imported, module+"/"); found {
					imports[filepath.ToSlash(name)] = append(imports[filepath.ToSlash(name)], within)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return imports
}
