package build

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// Resolve finds the packages that a name before a dot can mean, where a cell has
// no import for it; symbols are the names used of it. Best first: packages with
// all the symbols, and of those the standard library's, then the module's around
// the notebook, then what it requires directly, then the rest; of equals the one
// with the later major version, then the one with the shorter path. Packages
// without all the symbols are left out; no package at all is no error.
//
// It reads package clauses and declarations, not types, and remembers them.
func (b *Builder) Resolve(ctx context.Context, name string, symbols []string) (paths []string, err error) {
	b.mu.Lock()
	st, err := b.current(ctx, static, flags{})
	b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	type candidate struct {
		path, dir string
		rank      int
	}
	var found []candidate
	for _, group := range b.m.roots(st.tool) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, r := range group.roots {
			for _, below := range b.names.tree(r, b.cache).Paths[name] {
				c := candidate{path: join(r.path, below), dir: filepath.Join(r.dir, filepath.FromSlash(below)), rank: group.rank}
				if b.names.has(c.dir, symbols, r.version != "") == len(symbols) {
					found = append(found, c)
				}
			}
		}
		if len(found) > 0 && group.rank >= directly {
			break // do not look through all modules without need
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		plainA, majorA, _ := module.SplitPathVersion(a.path)
		plainB, majorB, _ := module.SplitPathVersion(b.path)
		if a.rank == b.rank && plainA == plainB {
			return cmp.Or(-cmp.Compare(len(majorA), len(majorB)), -cmp.Compare(majorA, majorB))
		}
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(len(plainA), len(plainB)), cmp.Compare(plainA, plainB))
	})
	for _, c := range found {
		if !slices.Contains(paths, c.path) {
			paths = append(paths, c.path)
		}
	}
	return paths, nil
}

// Ranks of modules: how near they are to the cell.
const (
	standard = iota
	enclosing
	directly
	indirectly
)

type group struct {
	rank  int
	roots []root
}

// roots are the modules to look through, nearest first.
func (m *Module) roots(t *toolchain) []group {
	src := filepath.Join(t.env["GOROOT"], "src")
	groups := []group{{rank: standard, roots: []root{{dir: src, version: t.env["GOVERSION"]}}}, {rank: enclosing}, {rank: directly}, {rank: indirectly}}
	seen := map[string]bool{}
	add := func(rank int, r root) {
		if r.dir != "" && !seen[r.path] {
			seen[r.path] = true
			groups[rank].roots = append(groups[rank].roots, r)
		}
	}
	file, err := readMod(filepath.Join(m.Dir, "go.mod"))
	if err != nil {
		return groups[:1]
	}
	direct := map[string]bool{LabModule: true}
	if outer, err := readMod(filepath.Join(m.Enclosing, "go.mod")); m.Enclosing != "" && err == nil && outer.Module != nil {
		add(enclosing, root{path: outer.Module.Mod.Path, dir: m.Enclosing})
		for _, r := range outer.Require {
			direct[r.Mod.Path] = !r.Indirect
		}
	}
	add(enclosing, root{path: m.Path, dir: m.Dir})
	if work, err := readWork(filepath.Join(m.Dir, "go.work")); err == nil {
		for _, u := range work.Use {
			dir := absolute(m.Dir, u.Path)
			if used, err := readMod(filepath.Join(dir, "go.mod")); err == nil && used.Module != nil {
				add(enclosing, root{path: used.Module.Mod.Path, dir: dir})
			}
		}
	}
	for _, r := range file.Require {
		rank := directly
		if is, known := direct[r.Mod.Path]; known && !is || !known && r.Indirect {
			rank = indirectly
		}
		add(rank, m.required(r.Mod, file.Replace, t.env["GOMODCACHE"]))
	}
	return groups
}

// required says where a required module is.
func (m *Module) required(mod module.Version, replaces []*modfile.Replace, modCache string) root {
	r := root{path: mod.Path, dir: moduleDir(modCache, mod), version: mod.Version}
	for _, rep := range replaces {
		if rep.Old.Path != mod.Path || rep.Old.Version != "" && rep.Old.Version != mod.Version {
			continue
		}
		if rep.New.Version == "" {
			r.dir, r.version = absolute(m.Dir, rep.New.Path), ""
		} else {
			r.dir, r.version = moduleDir(modCache, rep.New), rep.New.Version
		}
	}
	if !strings.HasPrefix(r.dir, modCache) && r.version != "" {
		r.version = ""
	}
	return r
}
