package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// syncWork gives the session a workspace of its own module and those of the
// go.work that encloses the notebook. A folder that is not there is left out, as
// notebooks bring along the go.work of other machines.
func (m *Module) syncWork() error {
	data, changed, err := m.news(m.work)
	if err != nil || !changed {
		return err
	}
	outer, err := modfile.ParseWork(m.work, data, nil)
	if err != nil {
		return err
	}
	path := filepath.Join(m.Dir, "go.work")
	own, err := readWork(path)
	if errors.Is(err, fs.ErrNotExist) {
		own = new(modfile.WorkFile)
		own.Syntax = new(modfile.FileSyntax)
	} else if err != nil {
		return err
	}
	if err := m.merge(own, outer); err != nil {
		return fmt.Errorf("%s: %w", m.work, err)
	}
	own.Cleanup()
	return writeFile(path, modfile.Format(own.Syntax))
}

func (m *Module) merge(own, outer *modfile.WorkFile) error {
	version := labGo
	if outer.Go != nil {
		version = outer.Go.Version
	}
	if err := own.AddGoStmt(version); err != nil {
		return err
	}
	if t := outer.Toolchain; t != nil {
		if err := own.AddToolchainStmt(t.Name); err != nil {
			return err
		}
	}
	if err := own.AddUse(".", ""); err != nil {
		return err
	}
	dir := filepath.Dir(m.work)
	for _, u := range outer.Use {
		used := absolute(dir, u.Path)
		if !isFile(filepath.Join(used, "go.mod")) {
			continue
		}
		if err := own.AddUse(used, ""); err != nil {
			return err
		}
	}
	for _, r := range outer.Replace {
		target := r.New.Path
		if r.New.Version == "" {
			target = absolute(dir, target)
		}
		if err := own.AddReplace(r.Old.Path, r.Old.Version, target, r.New.Version); err != nil {
			return err
		}
	}
	return nil
}

func absolute(dir, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

func readWork(path string) (*modfile.WorkFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return modfile.ParseWork(path, data, nil)
}

// workUses reports whether the enclosing go.work has the module among its folders.
func (m *Module) workUses(path string) bool {
	if m.work == "" {
		return false
	}
	work, err := readWork(m.work)
	if err != nil {
		return false
	}
	for _, u := range work.Use {
		file, err := readMod(filepath.Join(absolute(filepath.Dir(m.work), u.Path), "go.mod"))
		if err == nil && file.Module != nil && file.Module.Mod.Path == path {
			return true
		}
	}
	return false
}

// localFolders are the folders of modules that the session's go.mod and go.work
// take from this machine, where files may be edited.
func (m *Module) localFolders() []string {
	dirs := []string{m.Dir}
	add := func(base string, r []*modfile.Replace) {
		for _, r := range r {
			if r.New.Version == "" {
				dirs = append(dirs, absolute(base, r.New.Path))
			}
		}
	}
	if file, err := readMod(filepath.Join(m.Dir, "go.mod")); err == nil {
		add(m.Dir, file.Replace)
	}
	if work, err := readWork(filepath.Join(m.Dir, "go.work")); err == nil {
		add(m.Dir, work.Replace)
		for _, u := range work.Use {
			dirs = append(dirs, absolute(m.Dir, u.Path))
		}
	}
	return dirs
}
