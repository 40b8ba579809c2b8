package build

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// LabModule is the module of this project, whose packages every cell can import.
const LabModule = "github.com/stellarae/lab"

// Module is the module in which the cells of one session are built. Its folder
// holds go.mod, go.sum and main.go, and go.work where there is one, so that
// go commands that a notebook runs there do what they say. Safe for use by
// several goroutines.
type Module struct {
	Dir       string // absolute
	Path      string // module path
	Enclosing string // folder of the go.mod that encloses the notebook; "" without one

	start    string // folder of the notebook, ""
	rel      string // of the notebook's folder below Enclosing
	notebook string // import path of the notebook's folder; "" without Enclosing

	work string // the go.work that encloses the notebook; ""
	lab  string // folder of the embedded sources, which do not change

	mu      sync.Mutex
	outer   map[string]string // content of the enclosing files when last taken over
	last    map[string]string // fingerprints when Changed was last asked
	watched map[string]string // package path -> folder, of packages whose files may be edited
}

// ModuleOptions are all optional.
type ModuleOptions struct {
	CacheDir string   // default: gokernel in the user's cache folder
	Environ  []string // default: os.Environ()
}

// NewModule makes dir the module of a session whose notebook is in notebookDir.
// If a go.mod encloses the notebook, the session's module requires that module,
// replaced by its folder, and takes over what it requires and replaces; likewise
// the go.work. The folder is created if needed; a go.mod that is in it stays and
// is added to. Nothing is downloaded.
//
// A go.mod that cannot be read is an error that names its line; with notebookDir
// "" the session does without.
func NewModule(dir, notebookDir string, o ModuleOptions) (*Module, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("session folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("session folder: %w", err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, fmt.Errorf("session folder: %w", err)
	}
	cache, err := cacheDir(o.CacheDir)
	if err != nil {
		return nil, err
	}
	m := &Module{Dir: dir, outer: map[string]string{}, last: map[string]string{}, watched: map[string]string{}}
	if notebookDir != "" {
		if err := m.findEnclosing(notebookDir, o.Environ); err != nil {
			return nil, err
		}
	}
	if m.lab, err = labSources(cache); err != nil {
		return nil, err
	}
	if err := m.sync(); err != nil {
		return nil, err
	}
	main := filepath.Join(dir, "main.go")
	if _, err := os.Stat(main); errors.Is(err, fs.ErrNotExist) {
		if err := writeFile(main, []byte("package main\n\nfunc main() {}\n")); err != nil {
			return nil, err
		}
	}
	m.Changed()
	return m, nil
}

func cacheDir(dir string) (string, error) {
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("cache folder: %w", err)
		}
		dir = filepath.Join(user, "gokernel")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("cache folder: %w", err)
	}
	return dir, nil
}

func writeFile(path string, data []byte) error {
	return atomicfile.WriteUnsynced(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

func (m *Module) findEnclosing(notebookDir string, environ []string) error {
	dir, err := filepath.Abs(notebookDir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return fmt.Errorf("folder of the notebook: %w", err)
	}
	if environ == nil {
		environ = os.Environ()
	}
	m.start = dir
	gowork := getenv(environ, "GOWORK")
	if gowork != "" && gowork != "off" {
		m.work = gowork
	}
	for {
		if m.Enclosing == "" && isFile(filepath.Join(dir, "go.mod")) {
			m.Enclosing = dir
			m.rel = strings.TrimPrefix(m.start, dir)
		}
		if work := filepath.Join(dir, "go.work"); gowork == "" && m.work == "" && isFile(work) {
			m.work = work
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil
		}
		dir = parent
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

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

// usesEmbedded reports whether LabModule is the copy of the embedded sources.
func (m *Module) usesEmbedded() bool {
	file, err := readMod(filepath.Join(m.Dir, "go.mod"))
	if err != nil || m.workUses(LabModule) {
		return false
	}
	for _, r := range file.Replace {
		if r.Old.Path == LabModule && r.New.Path == m.lab {
			return slices.ContainsFunc(file.Require, func(q *modfile.Require) bool { return q.Mod == r.Old })
		}
	}
	return false
}

// home is where a cell's relative paths begin: the notebook's folder.
func (m *Module) home() string {
	if m.start != "" {
		return m.start
	}
	return m.Dir
}
