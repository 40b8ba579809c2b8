package build

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// table is the packages known for one state of toolchain and module.
type table struct {
	std, mod tableFile
	packages map[string]*Package
}

// tableFile is a part of a table as it is on disk: the standard library's
// packages serve all modules.
type tableFile struct {
	path  string
	dirty bool
}

// loadTable reads what earlier sessions found out. Files that cannot be read,
// and packages whose archive is gone, are found out anew.
func loadTable(dir, stdKey, modKey string, s store) *table {
	t := &table{packages: map[string]*Package{}}
	t.std.path = filepath.Join(dir, "std-"+stdKey+".json")
	t.mod.path = filepath.Join(dir, "mod-"+modKey+".json")
	for _, path := range []string{t.std.path, t.mod.path} {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		touch(path)
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
		t.file(p).dirty = true
	}
}

func (t *table) file(p *Package) *tableFile {
	if p.Standard {
		return &t.std
	}
	return &t.mod
}

func (t *table) drop(stale func(*Package) bool) {
	maps.DeleteFunc(t.packages, func(_ string, p *Package) bool {
		if !stale(p) {
			return false
		}
		t.file(p).dirty = true
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
	for _, f := range []*tableFile{&t.std, &t.mod} {
		if !f.dirty {
			continue
		}
		list := []*Package{}
		for _, p := range t.packages {
			if t.file(p) == f && p.Dir != sessionDir && !strings.HasPrefix(p.Dir, sessionDir+string(filepath.Separator)) {
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
