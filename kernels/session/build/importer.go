package build

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

// importer holds the types of packages, read from their archives. All are of
// one set: what two packages know of a third is the same.
type importer struct {
	mu       sync.Mutex
	fset     *token.FileSet
	packages map[string]*types.Package
	hashes   map[string]string // path -> archive that the package was read from
}

// Importer gives types for the packages of the graph. Packages stay the same,
// also from one graph to the next, as long as neither their archive nor one of
// those they import has changed. The error for a path that is not in the graph
// is an *ImportError.
func (b *Builder) Importer(g *Graph) types.ImporterFrom {
	b.types.mu.Lock()
	defer b.types.mu.Unlock()
	b.types.renew(g)
	return &graphImporter{g: g, types: &b.types}
}

// renew forgets the packages whose archive is another in g, and those that know
// of such a package.
func (i *importer) renew(g *Graph) {
	if i.packages == nil {
		i.fset = token.NewFileSet()
		i.packages = map[string]*types.Package{}
		i.hashes = map[string]string{}
	}
	state := map[string]bool{} // whether a package is stale
	var stale func(path string) bool
	stale = func(path string) bool {
		if is, known := state[path]; known {
			return is
		}
		p := g.packages[path]
		if p == nil {
			return false
		}
		is := i.hashes[path] != "" && i.hashes[path] != p.Hash
		state[path] = is // runtime/cgo is said to import itself
		for _, dep := range p.Imports {
			is = stale(dep) || is
		}
		state[path] = is
		return is
	}
	var old []string
	for path := range i.packages {
		if stale(path) {
			old = append(old, path)
		}
	}
	if len(old) == 0 {
		return
	}
	// What is known of a package outside g may refer to a stale one.
	for path := range i.packages {
		if g.packages[path] == nil || state[path] {
			delete(i.packages, path)
			delete(i.hashes, path)
		}
	}
}

type graphImporter struct {
	g     *Graph
	types *importer
}

func (i *graphImporter) Import(path string) (*types.Package, error) {
	return i.ImportFrom(path, "", 0)
}

func (i *graphImporter) ImportFrom(path, _ string, _ types.ImportMode) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	p := i.g.packages[path]
	if err := i.g.Errors[path]; err != nil {
		return nil, err
	}
	if p == nil {
		return nil, &ImportError{Path: path, Message: "not among the packages asked for"}
	}
	i.types.mu.Lock()
	defer i.types.mu.Unlock()
	return i.types.read(p)
}

func (i *importer) read(p *Package) (*types.Package, error) {
	if pkg := i.packages[p.Path]; pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	data, err := exportData(p.Export)
	if err != nil {
		return nil, fmt.Errorf("package %s: %w", p.Path, err)
	}
	pkg, err := gcexportdata.Read(bytes.NewReader(data), i.fset, i.packages, p.Path)
	if err != nil {
		return nil, fmt.Errorf("package %s: %s: %w", p.Path, p.Export, err)
	}
	i.hashes[p.Path] = p.Hash
	return pkg, nil
}
