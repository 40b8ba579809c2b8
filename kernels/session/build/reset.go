package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// Reset makes go.mod and go.sum anew, as for a new session; a go.work of the
// session stays unless it came from around the notebook. Other files stay.
func (m *Module) Reset() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := os.Remove(filepath.Join(m.Dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("reset of the session's module: %w", err)
		}
	}
	clear(m.outer)
	return m.sync()
}

// WorkFix replaces in go.mod the modules that the session's go.work uses, as go
// get knows of no workspaces, and says what it has done. Without a go.work it is
// an error. A folder without go.mod is told of and passed over.
func (m *Module) WorkFix() (done []string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	work, err := readWork(filepath.Join(m.Dir, "go.work"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no go.work in %s: begin with !*go work init . and !*go work use FOLDER", m.Dir)
	} else if err != nil {
		return nil, err
	}
	path := filepath.Join(m.Dir, "go.mod")
	file, err := readMod(path)
	if err != nil {
		return nil, err
	}
	for _, u := range work.Use {
		dir := absolute(m.Dir, u.Path)
		if dir == m.Dir {
			continue
		}
		used, err := readMod(filepath.Join(dir, "go.mod"))
		if err != nil || used.Module == nil {
			done = append(done, fmt.Sprintf("passed over %s: no module there", dir))
			continue
		}
		name := used.Module.Mod.Path
		if err := replaceAll(file, name, dir); err != nil {
			return done, fmt.Errorf("%s: %w", path, err)
		}
		done = append(done, fmt.Sprintf("go.mod: replaced %s by %s", name, dir))
	}
	file.Cleanup()
	data, err := file.Format()
	if err != nil {
		return done, fmt.Errorf("%s: %w", path, err)
	}
	return done, writeFile(path, data)
}

// replaceAll replaces every version of a module by a folder.
func replaceAll(file *modfile.File, name, dir string) error {
	for _, r := range file.Replace {
		if r.Old.Path == name {
			if err := file.DropReplace(r.Old.Path, r.Old.Version); err != nil {
				return err
			}
		}
	}
	return file.AddReplace(name, "", dir, "")
}
