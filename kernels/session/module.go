package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/build"
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
		if i := slices.IndexFunc(mod.Replace, func(r *modfile.Replace) bool { return r.Old.Path == path && r.New.Path == dir }); i >= 0 {
			done = append(done, fmt.Sprintf("Replace rule for module %q to local directory %q already exists.", path, dir))
			continue
		}
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

// localFolders are the folders that the session's go.work uses, and those that
// its go.mod puts in place of modules, but for what the kernel put there.
func (s *Session) localFolders() (dirs []string) {
	if text, err := os.ReadFile(filepath.Join(s.mod.Dir, "go.work")); err == nil {
		if work, err := modfile.ParseWork("go.work", text, nil); err == nil {
			for _, u := range work.Use {
				if filepath.IsAbs(u.Path) {
					dirs = append(dirs, u.Path)
				}
			}
		}
	}
	if text, err := os.ReadFile(filepath.Join(s.mod.Dir, "go.mod")); err == nil {
		if mod, err := modfile.Parse("go.mod", text, nil); err == nil {
			for _, r := range mod.Replace {
				if filepath.IsAbs(r.New.Path) && r.Old.Path != build.LabModule {
					dirs = append(dirs, r.New.Path)
				}
			}
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// mendWork makes a go.work usable that names folders which are not there, as
// notebooks of other machines leave it: it takes them out, and the session's own
// folder in. It says what it took out.
func (s *Session) mendWork() (gone []string, err error) {
	path := filepath.Join(s.mod.Dir, "go.work")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	work, err := modfile.ParseWork(path, text, nil)
	if err != nil {
		return nil, err
	}
	own := false
	for _, u := range slices.Clone(work.Use) {
		dir := u.Path
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(s.mod.Dir, dir)
		}
		own = own || filepath.Clean(dir) == s.mod.Dir
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			gone = append(gone, u.Path)
			if err := work.DropUse(u.Path); err != nil {
				return nil, err
			}
		}
	}
	if own && gone == nil {
		return nil, nil
	}
	if !own {
		if err := work.AddUse(".", ""); err != nil {
			return nil, err
		}
	}
	work.Cleanup()
	return gone, writeWhole(path, modfile.Format(work.Syntax))
}

// newsOfModule looks whether the module changed since the last cell.
func (s *Session) newsOfModule(out server.Output) {
	gone, err := s.mendWork()
	if err != nil {
		out.Stream("stderr", err.Error()+"\n")
	}
	if len(gone) > 0 {
		out.Stream("stderr", "go.work: taken out, as there is no module: "+strings.Join(gone, ", ")+"\n")
	}
	if what, changed := s.mod.Changed(); changed {
		s.log("%s changed", what)
	}
}
