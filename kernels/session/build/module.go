package build

import (
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
