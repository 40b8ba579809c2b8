package build_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stellarae/lab/kernels/session/build"
)

// kinds of cells, by what they import.
var kinds = []struct {
	name, imports, body string
}{
	{"fmt", "fmt", "fmt.Println(%d)"},
	{"http", "fmt net/http", "fmt.Println(%d, http.MethodGet, http.Get)"},
	{"lab", "fmt github.com/stellarae/lab/kernels/display", "fmt.Println(%d); display.HTML(\"<b>\")"},
}

func source(imports []string, body string, n int) map[string][]byte {
	src := "package main\n"
	for _, path := range imports {
		src += fmt.Sprintf("import %q\n", path)
	}
	return map[string][]byte{"cell.go": fmt.Appendf(nil, "%sfunc init() { %s }\nfunc main() {}\n", src, fmt.Sprintf(body, n))}
}

func BenchmarkPlugin(b *testing.B) {
	for _, k := range kinds {
		b.Run(k.name, func(b *testing.B) {
			s := start(b, notebook, build.Options{})
			imports := strings.Fields(k.imports)
			g := s.graph(imports...)
			n := 0
			for b.Loop() {
				n++
				s.graph(imports...)
				if _, err := s.b.Plugin(b.Context(), fmt.Sprintf("c%03d", n), source(imports, k.body, n), g); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPluginGoMLX builds a cell as the notebooks of this project have them.
func BenchmarkPluginGoMLX(b *testing.B) {
	m, err := build.NewModule(b.TempDir(), "../../..", build.ModuleOptions{CacheDir: sharedCache})
	if err != nil {
		b.Fatal(err)
	}
	builder, err := build.NewBuilder(m, build.Options{CacheDir: sharedCache, Log: func(line string) { b.Log(line) }})
	if err != nil {
		b.Fatal(err)
	}
	imports := []string{"fmt", "github.com/stellarae/lab/stellarae", "github.com/gomlx/gomlx/core/graph", "github.com/stellarae/lab/stellarae/xla"}
	body := "var m *stellarae.Model; fmt.Println(%d, m, graph.Add, xla.Open)"
	n := 0
	for b.Loop() {
		n++
		g, err := builder.Packages(b.Context(), imports)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := builder.Plugin(b.Context(), fmt.Sprintf("c%03d", n), source(imports, body, n), g); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProgram(b *testing.B) {
	for _, k := range kinds {
		b.Run(k.name, func(b *testing.B) {
			s := start(b, notebook, build.Options{})
			imports := strings.Fields(k.imports)
			g := s.graph(imports...)
			n := 0
			for b.Loop() {
				n++
				if _, err := s.b.Program(b.Context(), source(imports, k.body, n), g, build.ProgramOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPackagesKnown(b *testing.B) {
	s := start(b, notebook, build.Options{})
	s.graph("fmt", "net/http")
	for b.Loop() {
		s.graph("fmt", "net/http")
	}
}

func BenchmarkChanged(b *testing.B) {
	s := start(b, notebook, build.Options{})
	s.graph("example.com/nb/user")
	for b.Loop() {
		s.m.Changed()
	}
}

func BenchmarkImporter(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := start(b, notebook, build.Options{})
		g := s.graph("net/http")
		b.StartTimer()
		if _, err := s.b.Importer(g).Import("net/http"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkResolveInLab looks for a package of GoMLX from a notebook of this
// project: first with nothing known, then again.
func BenchmarkResolveInLab(b *testing.B) {
	for _, fresh := range []bool{true, false} {
		b.Run(map[bool]string{true: "cold", false: "warm"}[fresh], func(b *testing.B) {
			var builder *build.Builder
			for n := 0; b.Loop(); n++ {
				if fresh || n == 0 {
					b.StopTimer()
					cache := b.TempDir()
					m, err := build.NewModule(b.TempDir(), "../../..", build.ModuleOptions{CacheDir: cache})
					if err != nil {
						b.Fatal(err)
					}
					if builder, err = build.NewBuilder(m, build.Options{CacheDir: cache}); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
				paths, err := builder.Resolve(b.Context(), "graph", []string{"Add", "NewGraph"})
				if err != nil || len(paths) == 0 {
					b.Fatal(paths, err)
				}
			}
		})
	}
}
