package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// resetModule makes the session's go.mod anew, as at the start.
func (s *Session) resetModule() error {
	for _, name := range []string{"go.mod", "go.sum", "go.work", "go.work.sum"} {
		if err := os.Remove(filepath.Join(s.mod.Dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	s.mod.Changed() // takes the enclosing module over again
	return nil
}

// workFix writes a replace into go.mod for each folder that go.work uses, as go
// get does not look at workspaces. It says what it did.
func (s *Session) workFix() (done []string, err error) {
	workPath, modPath := filepath.Join(s.mod.Dir, "go.work"), filepath.Join(s.mod.Dir, "go.mod")
	text, err := os.ReadFile(workPath)
	if err != nil {
		return nil, fmt.Errorf("no go.work in the session's folder: %w", err)
	}
	work, err := modfile.ParseWork(workPath, text, nil)
	if err != nil {
		return nil, err
	}
	if text, err = os.ReadFile(modPath); err != nil {
		return nil, err
	}
	mod, err := modfile.Parse(modPath, text, nil)
	if err != nil {
		return nil, err
	}
	for _, u := range work.Use {
		dir := u.Path
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(s.mod.Dir, dir)
		}
		if filepath.Clean(dir) == s.mod.Dir {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			return done, fmt.Errorf("go.work uses %s: %w", u.Path, err)
		}
		path := modfile.ModulePath(text)
		if err := mod.AddReplace(path, "", dir, ""); err != nil {
			return done, err
		}
		done = append(done, fmt.Sprintf("Added replace rule for module %q to local directory %q.", path, dir))
	}
	mod.Cleanup()
	out, err := mod.Format()
	if err != nil {
		return nil, err
	}
	return done, writeWhole(modPath, out)
}
