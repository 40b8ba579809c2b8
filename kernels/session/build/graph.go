package build

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Package is one package that cells can be linked with.
type Package struct {
	Path     string
	Name     string
	Dir      string
	Files    []string `json:",omitempty"` // Go files, in Dir
	Imports  []string `json:",omitempty"` // paths as the linker knows them
	Standard bool     `json:",omitempty"`
	Local    bool     `json:",omitempty"` // its files may be edited: neither standard nor in the module cache
	Cgo      bool     `json:",omitempty"`
	Module   string   `json:",omitempty"` // path of its module; "" for a standard package

	Export string // archive that the compiler and the linker read; "" for unsafe
	Hash   string // of the archive's content
	Size   int64  // of the archive

	Signature string `json:",omitempty"` // of a local package's folder when the archive was made
}

// Graph is the packages that some imports need, all of one consistent build.
// It does not change once made.
type Graph struct {
	Imports []string         // what was asked for, those with an error left out
	Errors  map[string]error // import path -> why it cannot be imported; nil if all can

	packages map[string]*Package
	config   string // import configuration for compiler and linker
}

// Package gives a package of the graph, nil if it is not in it.
func (g *Graph) Package(path string) *Package { return g.packages[path] }

// Paths lists all packages of the graph, sorted.
func (g *Graph) Paths() []string { return slices.Sorted(maps.Keys(g.packages)) }

// Fingerprint gives the hash of each package's archive. A worker that has
// loaded a package with another one cannot load plugins built from this graph.
func (b *Builder) Fingerprint(g *Graph) map[string]string {
	prints := make(map[string]string, len(g.packages))
	for path, p := range g.packages {
		prints[path] = p.Hash
	}
	return prints
}

// closure adds what the packages import, and what that imports, to into.
func closure(from map[string]*Package, into map[string]*Package, paths ...string) {
	for _, path := range paths {
		p := from[path]
		if p == nil || into[path] != nil {
			continue
		}
		into[path] = p
		closure(from, into, p.Imports...)
	}
}

// importConfig tells the compiler and the linker where the archives are.
func importConfig(packages map[string]*Package) string {
	var s strings.Builder
	for _, path := range slices.Sorted(maps.Keys(packages)) {
		if p := packages[path]; p.Export != "" {
			fmt.Fprintf(&s, "packagefile %s=%s\n", path, p.Export)
		}
	}
	return s.String()
}
