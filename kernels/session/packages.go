package session

import (
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/imports"

	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/build"
	"github.com/stellarae/lab/kernels/session/proc"
	"github.com/stellarae/lab/kernels/session/source"
)

// packages answers source's questions from the builder. It fetches the modules
// of imports that are missing, unless %noautoget says not to.
type packages struct {
	s     *Session
	a     *activity
	out   server.Output
	tried map[string]bool
}

var _ source.Packages = (*packages)(nil)

func (p *packages) Load(ctx context.Context, paths []string) (types.Importer, map[string]error, error) {
	g, err := p.s.b.Packages(ctx, paths)
	if err != nil {
		return nil, nil, err
	}
	if p.get(ctx, g.Errors) {
		p.s.mod.Changed()
		if g, err = p.s.b.Packages(ctx, paths); err != nil {
			return nil, nil, err
		}
	}
	return p.s.b.Importer(g), g.Errors, nil
}

// pinned are versions of modules that programs for notebooks mean.
var pinned = map[string]string{"github.com/janpfeifer/gonb": "v0.11.4", "github.com/janpfeifer/must": "v0.2.0"}

// get fetches what is missing; it reports whether there was something to fetch.
func (p *packages) get(ctx context.Context, bad map[string]error) bool {
	if !p.s.autoget {
		return false
	}
	var want []string
	for _, path := range slices.Sorted(maps.Keys(bad)) {
		var e *build.ImportError
		if !errors.As(bad[path], &e) || !e.Missing || p.tried[path] {
			continue
		}
		if p.tried == nil {
			p.tried = map[string]bool{}
		}
		p.tried[path] = true
		if e.Get != "" {
			path = e.Get
		}
		for module, version := range pinned {
			if path == module || strings.HasPrefix(path, module+"/") {
				path = module + "@" + version
			}
		}
		want = append(want, path)
	}
	for _, path := range slices.Compact(want) {
		p.out.Stream("stderr", fmt.Sprintf("go get %s\n", path))
		if e := p.s.shell(p.a, p.out, proc.Options{Path: "go", Args: []string{"get", path}, Dir: p.s.mod.Dir}, nil); e != nil {
			return false
		}
	}
	return len(want) > 0
}

func (p *packages) Resolve(ctx context.Context, name string, symbols []string) (string, bool) {
	paths, err := p.s.b.Resolve(ctx, name, symbols)
	if err != nil {
		return "", false
	}
	if len(paths) > 0 {
		return paths[0], true
	}
	if path, ok := p.downloaded(name, symbols); ok {
		return path, true
	}
	return p.standard(ctx, name)
}

// standard finds a package of the standard library by its name alone, so that
// a mistyped fmt.Printn is said to be undefined, and not fmt.
func (p *packages) standard(ctx context.Context, name string) (string, bool) {
	paths, err := p.s.b.Resolve(ctx, name, nil)
	if err != nil || len(paths) == 0 {
		return "", false
	}
	g, err := p.s.b.Packages(ctx, paths[:1])
	if err != nil {
		return "", false
	}
	found := g.Package(paths[0])
	return paths[0], found != nil && found.Standard
}

// downloaded looks for the package among all modules that were ever downloaded,
// as goimports does; the session's module has then to get it.
func (p *packages) downloaded(name string, symbols []string) (string, bool) {
	if !p.s.autoget {
		return "", false
	}
	var b strings.Builder
	b.WriteString("package main\n")
	for _, s := range symbols {
		fmt.Fprintf(&b, "var _ = %s.%s\n", name, s)
	}
	out, err := imports.Process(filepath.Join(p.s.mod.Dir, "main.go"), []byte(b.String()), nil)
	if err != nil {
		return "", false
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", out, parser.ImportsOnly)
	if err != nil || len(f.Imports) != 1 {
		return "", false
	}
	path, err := strconv.Unquote(f.Imports[0].Path.Value)
	return path, err == nil
}

// union adds paths that are new.
func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	slices.Sort(a)
	return a
}
