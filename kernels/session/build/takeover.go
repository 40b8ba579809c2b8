package build

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// sync takes over from the enclosing go.mod, go.sum, go.work and go.work.sum
// what is new since the last time.
func (m *Module) sync() error {
	if !isFile(filepath.Join(m.Dir, "go.mod")) {
		clear(m.outer) // all is to be taken over again
	}
	if err := m.syncMod(); err != nil {
		return err
	}
	if m.Enclosing != "" {
		if err := m.syncSum(filepath.Join(m.Enclosing, "go.sum"), "go.sum"); err != nil {
			return err
		}
	}
	if m.work == "" {
		return nil
	}
	if err := m.syncWork(); err != nil {
		return err
	}
	return m.syncSum(m.work+".sum", "go.work.sum")
}

// news gives the content of an enclosing file if it is not what it was.
func (m *Module) news(path string) ([]byte, bool, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if old, ok := m.outer[path]; ok && old == string(data) {
		return nil, false, nil
	}
	m.outer[path] = string(data)
	return data, true, nil
}

func (m *Module) syncMod() error {
	path := filepath.Join(m.Dir, "go.mod")
	file, err := readMod(path)
	isNew := errors.Is(err, fs.ErrNotExist)
	switch {
	case isNew:
		file = new(modfile.File)
		if err := file.AddModuleStmt(modulePath(m.Dir)); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	case err != nil:
		return err
	}
	if file.Module == nil {
		return fmt.Errorf("%s: no module line", path)
	}
	m.Path = file.Module.Mod.Path
	hasLab := false
	if m.Enclosing != "" {
		outerPath := filepath.Join(m.Enclosing, "go.mod")
		data, changed, err := m.news(outerPath)
		if err != nil {
			return err
		}
		if !changed {
			return nil
		}
		outer, err := modfile.Parse(outerPath, data, nil)
		if err != nil {
			return err
		}
		if outer.Module == nil {
			return fmt.Errorf("%s: no module line", outerPath)
		}
		if err := takeOver(file, outer, m.Enclosing); err != nil {
			return fmt.Errorf("%s: %w", outerPath, err)
		}
		m.notebook = outer.Module.Mod.Path + filepath.ToSlash(m.rel)
		hasLab = outer.Module.Mod.Path == LabModule
	} else if !isNew {
		return nil
	}
	if file.Go == nil {
		if err := file.AddGoStmt(labGo); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	for _, r := range file.Require {
		hasLab = hasLab || r.Mod.Path == LabModule
	}
	if !hasLab && !m.workUses(LabModule) {
		if err := requireFolder(file, LabModule, m.lab); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	file.Cleanup()
	data, err := file.Format()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return writeFile(path, data)
}

func readMod(path string) (*modfile.File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return modfile.Parse(path, data, nil)
}

// modulePath is the name of the folder, as GoNB has it, if a module can have that name.
func modulePath(dir string) string {
	base := filepath.Base(dir)
	if strings.HasPrefix(base, "gonb_") && module.CheckImportPath(base) == nil {
		return base
	}
	var b [4]byte
	rand.Read(b[:])
	return "gonb_" + hex.EncodeToString(b[:])
}

// takeOver adds to file the module of outer, found in dir, and all it requires.
func takeOver(file, outer *modfile.File, dir string) error {
	if g := outer.Go; g != nil && (file.Go == nil || semver.Compare("v"+file.Go.Version, "v"+g.Version) < 0) {
		if err := file.AddGoStmt(g.Version); err != nil {
			return err
		}
	}
	if t := outer.Toolchain; t != nil {
		if err := file.AddToolchainStmt(t.Name); err != nil {
			return err
		}
	}
	for _, g := range outer.Godebug {
		if err := file.AddGodebug(g.Key, g.Value); err != nil {
			return err
		}
	}
	have := map[string]string{}
	for _, r := range file.Require {
		have[r.Mod.Path] = r.Mod.Version
	}
	for _, r := range outer.Require {
		if old := have[r.Mod.Path]; semver.Compare(old, r.Mod.Version) < 0 {
			if err := file.AddRequire(r.Mod.Path, r.Mod.Version); err != nil {
				return err
			}
		}
	}
	for _, x := range outer.Exclude {
		if err := file.AddExclude(x.Mod.Path, x.Mod.Version); err != nil {
			return err
		}
	}
	for _, r := range outer.Replace {
		target := r.New.Path
		if r.New.Version == "" && !filepath.IsAbs(target) {
			target = filepath.Join(dir, filepath.FromSlash(target))
		}
		if err := file.AddReplace(r.Old.Path, r.Old.Version, target, r.New.Version); err != nil {
			return err
		}
	}
	return requireFolder(file, outer.Module.Mod.Path, dir)
}

// requireFolder makes file require the module that is in dir. Only the version
// that means none is replaced, so that a published one can be asked for later.
func requireFolder(file *modfile.File, path, dir string) error {
	_, major, ok := module.SplitPathVersion(path)
	if !ok {
		return fmt.Errorf("module %s: no valid path", path)
	}
	version := module.ZeroPseudoVersion(module.PathMajorPrefix(major))
	if err := file.AddRequire(path, version); err != nil {
		return err
	}
	return file.AddReplace(path, version, dir, "")
}

// syncSum adds the lines of an enclosing go.sum to the session's.
func (m *Module) syncSum(outer, name string) error {
	data, changed, err := m.news(outer)
	if err != nil || !changed {
		return err
	}
	path := filepath.Join(m.Dir, name)
	own, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	have := map[string]bool{}
	for line := range bytes.Lines(own) {
		have[strings.TrimSpace(string(line))] = true
	}
	for line := range bytes.Lines(data) {
		if text := strings.TrimSpace(string(line)); text != "" && !have[text] {
			own = append(own, text+"\n"...)
		}
	}
	return writeFile(path, own)
}
