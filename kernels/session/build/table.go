package build

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// table is the packages known for one state of toolchain and module. On disk it
// is in parts, as the standard library's packages serve all modules, and the
// embedded sources all that have no other copy of LabModule.
type table struct {
	key      string
	parts    []*part
	packages map[string]*Package
}

type part struct {
	path  string
	holds func(*Package) bool
	dirty bool
}

// loadTable reads what earlier sessions found out. Files that cannot be read,
// and packages whose archive is gone, are found out anew. lab is the folder of
// the embedded sources, "" if LabModule is elsewhere.
func loadTable(dir, stdKey, modKey, lab string, s store) *table {
	t := &table{key: modKey, packages: map[string]*Package{}}
	t.parts = []*part{
		{path: filepath.Join(dir, "std-"+stdKey+".json"), holds: func(p *Package) bool { return p.Standard }},
		{path: filepath.Join(dir, "lab-"+key(stdKey, lab)+".json"), holds: func(p *Package) bool { return within(p.Dir, lab) }},
		{path: filepath.Join(dir, "mod-"+modKey+".json"), holds: func(p *Package) bool { return true }},
	}
	for _, part := range t.parts {
		data, err := os.ReadFile(part.path)
		if err != nil {
			continue
		}
		touch(part.path)
		var list []*Package
		if json.Unmarshal(data, &list) != nil {
			continue
		}
		for _, p := range list {
			if p.Path == "unsafe" || s.has(p) {
				t.packages[p.Path] = p
			}
		}
	}
	for {
		n := len(t.packages)
		t.drop(func(p *Package) bool {
			for _, path := range p.Imports {
				if t.packages[path] == nil {
					return true
				}
			}
			return false
		})
		if len(t.packages) == n {
			return t
		}
	}
}

// add puts packages in, replacing those of the same path.
func (t *table) add(list []*Package) {
	for _, p := range list {
		if old := t.packages[p.Path]; old != nil && old.Hash == p.Hash && old.Signature == p.Signature {
			continue
		}
		t.packages[p.Path] = p
		t.part(p).dirty = true
	}
}

func (t *table) part(p *Package) *part {
	return t.parts[slices.IndexFunc(t.parts, func(f *part) bool { return f.holds(p) })]
}

func (t *table) drop(stale func(*Package) bool) {
	maps.DeleteFunc(t.packages, func(_ string, p *Package) bool {
		if !stale(p) {
			return false
		}
		t.part(p).dirty = true
		return true
	})
}

// refresh drops the local packages whose files have changed and what imports them.
func (t *table) refresh() {
	stale := map[string]bool{}
	for path, p := range t.packages {
		if p.Local && p.Signature != dirSignature(p.Dir) {
			stale[path] = true
		}
	}
	for n := 0; len(stale) != n; {
		n = len(stale)
		t.drop(func(p *Package) bool {
			for _, path := range p.Imports {
				if stale[path] {
					stale[p.Path] = true
				}
			}
			return stale[p.Path]
		})
	}
}

// save writes what has changed. Packages of the session's own folder end with it.
func (t *table) save(sessionDir string) error {
	for _, f := range t.parts {
		if !f.dirty {
			continue
		}
		list := []*Package{}
		for _, p := range t.packages {
			if t.part(p) == f && p.Dir != sessionDir && !strings.HasPrefix(p.Dir, sessionDir+string(filepath.Separator)) {
				list = append(list, p)
			}
		}
		data, err := json.Marshal(list)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
			return err
		}
		if err := writeFile(f.path, data); err != nil {
			return err
		}
		f.dirty = false
	}
	return nil
}
