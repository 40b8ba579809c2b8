package specs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Entry is a kernelspec found on this machine.
type Entry struct {
	Name     string `json:"name"`
	Path     string `json:"path"`
	Spec     Spec   `json:"spec"`
	Shadowed string `json:"shadowed,omitempty"` // path of the kernelspec that Jupyter takes instead
	Problem  string `json:"problem,omitempty"`  // why its kernel cannot be started
}

// List gives the kernelspecs in some folders, in their order: of those with
// one name the first is the one that Jupyter starts. A kernel.json that cannot
// be read becomes an entry with a Problem. Folders that do not exist hold none.
func List(folders ...string) ([]Entry, error) {
	var entries []Entry
	first := map[string]string{}
	for _, folder := range folders {
		found, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("list kernels: %w", err)
		}
		for _, f := range found {
			place := filepath.Join(folder, f.Name())
			if st, err := os.Stat(filepath.Join(place, "kernel.json")); err != nil || !st.Mode().IsRegular() {
				continue
			}
			e := read(place)
			e.Shadowed = first[e.Name]
			if e.Shadowed == "" {
				first[e.Name] = place
			}
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// limit is far above the size of any kernel.json.
const limit = 1 << 20

// read reads the kernelspec at a place that has a kernel.json.
func read(place string) Entry {
	e := Entry{Name: strings.ToLower(filepath.Base(place)), Path: place}
	path := filepath.Join(place, "kernel.json")
	st, err := os.Stat(path)
	if err == nil && st.Size() > limit {
		err = fmt.Errorf("%d bytes are too many", st.Size())
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path)
	}
	if err == nil {
		err = json.Unmarshal(text, &e.Spec)
	}
	if err != nil {
		e.Problem = fmt.Sprintf("%s: %v", path, err)
		return e
	}
	e.Problem = e.Spec.problem()
	return e
}

// problem says why a kernel's program cannot be started, as far as that can be
// seen without a search path: Jupyter's may be another.
func (s Spec) problem() string {
	if len(s.Argv) == 0 {
		return "it has no command"
	}
	program := s.Argv[0]
	if !filepath.IsAbs(program) {
		return ""
	}
	st, err := os.Stat(program)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no program " + program
	case err != nil:
		return err.Error()
	case st.IsDir():
		return program + " is a folder"
	}
	return ""
}
