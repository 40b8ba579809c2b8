package build_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/session/build"
)

// workspace is two modules in a workspace that also names a folder of another
// machine, and a notebook in the first.
const workspace = `
-- go.work --
go 1.26

use (
	./one
	./two
	/home/nobody/Projects/three
)
-- one/go.mod --
module example.com/one/v2

go 1.25

godebug asynctimerchan=1

require example.com/four v1.2.3

replace example.com/four => ../four
-- one/one.go --
package one

func One() int { return 1 }
-- one/internal/secret/secret.go --
package secret

func Word() string { return "word" }
-- one/notebooks/empty.txt --
-- one/rt/rt.go --
package rt

import "plugin"

func Main() { plugin.Open("") }
-- two/go.mod --
module example.com/two

go 1.24
-- two/two.go --
package two

func Two() int { return 2 }
-- four/go.mod --
module example.com/four

go 1.24
-- four/four.go --
package four

func Four() int { return 4 }
`

func open(t *testing.T, notebook string, o build.Options) (*build.Module, *build.Builder) {
	t.Helper()
	if o.CacheDir == "" {
		o.CacheDir = sharedCache
	}
	m, err := build.NewModule(filepath.Join(t.TempDir(), "gonb_89abcdef"), notebook, build.ModuleOptions{CacheDir: o.CacheDir})
	if err != nil {
		t.Fatal(err)
	}
	b, err := build.NewBuilder(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return m, b
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestModuleTakesOver(t *testing.T) {
	dir := unpack(t, workspace)
	for _, c := range []struct {
		name, gowork string
		imports      []string
	}{
		{"workspace", "", []string{"example.com/one/v2", "example.com/two", "example.com/four", "example.com/one/v2/internal/secret"}},
		{"without", "off", []string{"example.com/one/v2", "example.com/four", "example.com/one/v2/internal/secret"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("GOPROXY", "off")
			t.Setenv("GOWORK", c.gowork)
			m, b := open(t, filepath.Join(dir, "one/notebooks"), build.Options{Worker: "example.com/one/v2/rt"})
			if m.Path != "gonb_89abcdef" || m.Enclosing != filepath.Join(dir, "one") {
				t.Errorf("module %s around %s", m.Path, m.Enclosing)
			}
			g, err := b.Packages(t.Context(), append(c.imports, "github.com/stellarae/lab/kernels/display"))
			if err != nil {
				t.Fatal(err)
			}
			for path, err := range g.Errors {
				t.Errorf("%s: %v", path, err)
			}
			if p := g.Package("example.com/four"); p == nil || !p.Local || p.Dir != filepath.Join(dir, "four") {
				t.Errorf("package four: %+v", p)
			}
			if mod := read(t, filepath.Join(m.Dir, "go.mod")); !strings.Contains(mod, "asynctimerchan=1") || !strings.Contains(mod, "go 1.25") {
				t.Errorf("go.mod lacks settings:\n%s", mod)
			}
			if isWork := c.gowork == ""; isWork == os.IsNotExist(stat(filepath.Join(m.Dir, "go.work"))) {
				t.Errorf("there is a go.work where it should not be, or the other way round")
			}
			if info, err := os.Stat(m.Dir); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("folder %v %v", info, err)
			}
		})
	}
}

func stat(path string) error {
	_, err := os.Stat(path)
	return err
}

func TestModuleIsTheLabItself(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOPROXY", "off")
	_, b := open(t, root, build.Options{})
	g, err := b.Packages(t.Context(), []string{"github.com/stellarae/lab/kernels/display", "gonum.org/v1/gonum/stat"})
	if err != nil || len(g.Errors) > 0 {
		t.Fatal(err, g.Errors)
	}
	if p := g.Package("github.com/stellarae/lab/kernels/display"); p.Dir != filepath.Join(root, "kernels/display") || !p.Local {
		t.Errorf("%+v", p)
	}
}

// TestEmbeddedSources builds with what the kernel carries along, in a session
// that has nothing else.
func TestEmbeddedSources(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	cache := t.TempDir()
	_, b := open(t, "", build.Options{CacheDir: cache})
	g, err := b.Packages(t.Context(), []string{"github.com/stellarae/lab/kernels/display", "github.com/stellarae/lab/kernels/display/widgets"})
	if err != nil || len(g.Errors) > 0 {
		t.Fatal(err, g.Errors)
	}
	for _, path := range g.Paths() {
		if p := g.Package(path); !p.Standard && (!strings.HasPrefix(p.Dir, cache) || p.Local) {
			t.Errorf("%s is in %s", path, p.Dir)
		}
	}
	if _, _, err := b.Worker(t.Context(), g); err != nil {
		t.Error(err)
	}
	err = filepath.WalkDir(cache, func(path string, e os.DirEntry, err error) error {
		if strings.HasSuffix(path, "_test.go") || e.Name() == "testdata" {
			t.Errorf("%s was written out", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestChanged(t *testing.T) {
	s := start(t, notebook, build.Options{})
	unchanged := func(when string) {
		t.Helper()
		if what, changed := s.m.Changed(); changed {
			t.Errorf("%s: %s changed", when, what)
		}
	}
	expect := func(want string) {
		t.Helper()
		if what, changed := s.m.Changed(); !changed || what != want {
			t.Errorf("%q %v, want %s", what, changed, want)
		}
		unchanged("after " + want)
	}
	unchanged("new session")
	s.graph("example.com/nb/user")
	unchanged("after a graph")
	write(t, filepath.Join(s.outer, "broken/broken.go"), "package broken\n")
	unchanged("package not in use")
	write(t, filepath.Join(s.outer, "lib/more.go"), "package lib\n\nfunc More() {}\n")
	expect("example.com/nb/lib")
	g := s.graph("example.com/nb/user", "example.com/nb/lib")
	if p, err := s.b.Importer(g).Import("example.com/nb/lib"); err != nil || p.Scope().Lookup("More") == nil {
		t.Errorf("the new function is not there: %v", err)
	}
	write(t, filepath.Join(s.outer, "go.mod"), "module example.com/nb\n\ngo 1.26\n\nrequire example.org/x v1.0.0\n")
	expect("go.mod")
	if mod := read(t, filepath.Join(s.m.Dir, "go.mod")); !strings.Contains(mod, "example.org/x v1.0.0") {
		t.Errorf("the requirement was not taken over:\n%s", mod)
	}
	write(t, filepath.Join(s.m.Dir, "go.work"), "go 1.26\n\nuse .\n")
	expect("go.work")
	write(t, filepath.Join(s.outer, "go.mod"), "module example.com/nb\n\nnonsense\n")
	if what, changed := s.m.Changed(); !changed || !strings.Contains(what, "go.mod:3") {
		t.Errorf("unreadable go.mod: %q %v", what, changed)
	}
	if err := os.Remove(filepath.Join(s.m.Dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(s.outer, "go.mod"), "module example.com/nb\n\ngo 1.26\n")
	expect("go.mod")
	if g := s.graph("example.com/nb/lib"); g.Package("example.com/nb/lib") == nil {
		t.Error("the module is not as at the start")
	}
}

func TestModuleErrors(t *testing.T) {
	dir := unpack(t, "-- go.mod --\nmodule example.com/nb\n\nrequire x\n-- ok/a.txt --\n")
	if _, err := build.NewModule(t.TempDir(), filepath.Join(dir, "ok"), build.ModuleOptions{CacheDir: sharedCache}); err == nil || !strings.Contains(err.Error(), "go.mod:3") {
		t.Errorf("%v", err)
	}
	if _, err := build.NewModule(t.TempDir(), filepath.Join(dir, "none"), build.ModuleOptions{CacheDir: sharedCache}); err == nil {
		t.Error("a folder that is not there")
	}
}

// TestGoCommandsInTheSession does what notebooks do in lines that begin with !*.
func TestGoCommandsInTheSession(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	dir := unpack(t, workspace)
	m, b := open(t, "", build.Options{})
	missing := []string{"example.com/two"}
	g, err := b.Packages(t.Context(), missing)
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := g.Errors["example.com/two"].(*build.ImportError); !ok || !e.Missing {
		t.Errorf("%v", g.Errors)
	}
	for _, line := range []string{
		"mod edit -replace=example.com/two=" + dir + "/two",
		"get example.com/two",
		"work init",
		"work use . " + dir + "/four",
		"vet .",
	} {
		cmd := exec.Command("go", strings.Fields(line)...)
		cmd.Dir = m.Dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", line, err, out)
		}
		if strings.HasPrefix(line, "mod edit") { // replaced, but not required
			if g, err = b.Packages(t.Context(), missing); err != nil {
				t.Fatal(err)
			}
			if e, ok := g.Errors["example.com/two"].(*build.ImportError); !ok || e.Get != "example.com/two" {
				t.Errorf("%v", g.Errors)
			}
		}
	}
	if g, err = b.Packages(t.Context(), []string{"example.com/two", "example.com/four"}); err != nil || len(g.Errors) > 0 {
		t.Fatal(err, g.Errors)
	}
	if !slices.Equal(g.Imports, []string{"example.com/four", "example.com/two"}) {
		t.Errorf("%v", g.Imports)
	}
}

func TestRequirementWithoutSum(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	dir := unpack(t, workspace)
	m, b := open(t, "", build.Options{})
	cmd := exec.Command("go", "mod", "edit", "-require=example.com/one/v2@v2.0.1", "-replace=example.com/one/v2="+dir+"/one", "-replace=example.com/four="+dir+"/four")
	cmd.Dir = m.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	g, err := b.Packages(t.Context(), []string{"example.com/one/v2"})
	if err != nil || len(g.Errors) > 0 {
		t.Fatal(err, g.Errors)
	}
}

func TestPrune(t *testing.T) {
	cache := t.TempDir()
	_, b := open(t, "", build.Options{CacheDir: cache})
	g, err := b.Packages(t.Context(), []string{"fmt"})
	if err != nil {
		t.Fatal(err)
	}
	exe, _, err := b.Worker(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	orphan := filepath.Join(cache, "archives", "00", strings.Repeat("0", 64)+".a")
	write(t, orphan, "x") // an hour old
	old := time.Now().Add(-40 * 24 * time.Hour)
	if err := os.Chtimes(orphan, old, old); err != nil {
		t.Fatal(err)
	}
	if err := build.Prune(cache); err != nil {
		t.Fatal(err)
	}
	if stat(orphan) == nil || stat(exe) != nil || stat(g.Package("fmt").Export) != nil {
		t.Error("pruned the wrong files")
	}
	err = filepath.WalkDir(cache, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			age := old
			if filepath.Ext(path) == ".a" { // the Go build cache has the same files
				age = time.Now().Add(-2 * time.Hour)
			}
			err = os.Chtimes(path, age, age)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := build.Prune(cache); err != nil {
		t.Fatal(err)
	}
	if stat(exe) == nil || stat(g.Package("fmt").Export) == nil {
		t.Error("what is old was left")
	}
}
