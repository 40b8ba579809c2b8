package build

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// moduleFiles decide which versions of packages a session has.
var moduleFiles = []string{"go.mod", "go.sum", "go.work", "go.work.sum"}

// Changed reports whether anything the cells are built from is not what it was
// when Changed was last called: the module's files, those of the enclosing
// module (which are taken over first), or the sources of packages in use that
// are not in the module cache. what is the name of the file or the path of the
// package. It looks at sizes and times only, in about a millisecond. An
// enclosing go.mod that has become unreadable is reported once, by its error.
func (m *Module) Changed() (what string, changed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := map[string]string{}
	if err := m.sync(); err != nil {
		now[err.Error()] = "error"
	}
	for _, name := range moduleFiles {
		now[name] = fileSignature(filepath.Join(m.Dir, name))
	}
	for path, dir := range m.watched {
		now[path] = dirSignature(dir)
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		old, known := m.last[name]
		if known && old != now[name] || !known && now[name] == "error" {
			what, changed = name, true
			break
		}
	}
	m.last = now
	return what, changed
}

// watch sets which packages Changed looks at.
func (m *Module) watch(packages map[string]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for path, dir := range packages {
		if m.watched[path] != dir {
			m.watched[path] = dir
			m.last[path] = dirSignature(dir)
		}
	}
}

func fileSignature(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano())
}

// dirSignature changes when a file of the folder does. Folders in it do not
// count; "" is a folder that cannot be read.
func dirSignature(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	h := sha256.New()
	for _, e := range entries {
		if !e.IsDir() {
			fmt.Fprintf(h, "%s %s\n", e.Name(), fileSignature(filepath.Join(dir, e.Name())))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// contentKey names the state of the session's module by the content of all
// files that decide about versions, those of modules in local folders included.
// The name of the session's own module does not count.
func (m *Module) contentKey() string {
	h := sha256.New()
	add := func(path string) {
		fmt.Fprintf(h, "%s\n", strings.TrimPrefix(path, m.Dir))
		if data, err := os.ReadFile(path); err == nil {
			if path == filepath.Join(m.Dir, "go.mod") {
				data = bytes.Replace(data, []byte("module "+m.Path+"\n"), nil, 1)
			}
			h.Write(data)
			fmt.Fprintf(h, "\n%d\n", len(data))
		}
	}
	for _, name := range moduleFiles {
		add(filepath.Join(m.Dir, name))
	}
	for _, dir := range m.localFolders()[1:] {
		add(filepath.Join(dir, "go.mod"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
