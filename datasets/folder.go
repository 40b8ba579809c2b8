package datasets

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// Options say how files become rows.
type Options struct {
	Grid     spectrum.Grid
	Preset   spectrum.Preset
	Star     func(id string) string // the target's name by dp_id; nil or "": the file's OBJECT
	Memory   int64                  // bytes of rows to keep in memory; 0: 2 GiB
	Progress func(done, total int)  // while files are read; may be nil
}

// Failure is a file that gave no row.
type Failure struct {
	Path string
	Err  error
}

// Folder is the spectra of some files.
type Folder struct {
	files  []string
	ids    []string
	stars  []string
	o      Options
	cached [][]float32 // nil where the rows do not fit into memory
}

// extensions of the files a folder is searched for.
var extensions = []string{".fits", ".fit", ".fts", ".fits.gz", ".fit.gz", ".fts.gz"}

// textExtensions are those of files that are spectra only where they are named.
var textExtensions = []string{".txt", ".dat", ".csv", ".ascii"}

// Files lists the spectra that paths stand for: a file stands for itself, a
// folder for the FITS files in it and its subfolders, in the order of their
// names.
func Files(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		st, err := os.Stat(path)
		if err != nil || !st.IsDir() {
			files = append(files, path) // what is wrong with it is said when it is read
			continue
		}
		// with a separator, for a link to a folder stands for that folder
		err = filepath.WalkDir(path+string(filepath.Separator), func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if name := strings.ToLower(d.Name()); !d.IsDir() && !strings.HasPrefix(name, ".") && hasExtension(name) {
				files = append(files, p)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no FITS files", strings.Join(paths, ", "))
	}
	return files, nil
}

func hasExtension(name string) bool {
	for _, e := range extensions {
		if strings.HasSuffix(name, e) {
			return true
		}
	}
	return false
}

// Open reads the spectra that paths stand for (see Files). Files that give no
// row are left out and returned; it is an error when none is left. Rows that
// do not fit into memory together are read anew each time, and files then fail
// when their row is asked for.
func Open(paths []string, o Options) (*Folder, []Failure, error) {
	files, err := Files(paths)
	if err != nil {
		return nil, nil, err
	}
	if err := o.Grid.Validate(); err != nil {
		return nil, nil, err
	}
	if o.Memory == 0 {
		o.Memory = 2 << 30
	}
	f := &Folder{files: files, o: o, ids: make([]string, len(files)), stars: make([]string, len(files))}
	if int64(len(files))*int64(o.Grid.Len())*4 <= o.Memory {
		f.cached = make([][]float32, len(files))
	}
	failures := f.readAll()
	f.drop(failures)
	if len(f.files) == 0 {
		return nil, failures, fmt.Errorf("none of %d files is usable: %w", len(files), failures[0].Err)
	}
	return f, failures, nil
}

// readAll fills in names and, where they are kept, rows. Files are opened only
// as far as needed for that.
func (f *Folder) readAll() []Failure {
	var (
		mu       sync.Mutex
		failures []Failure
		done     atomic.Int64
		g        errgroup.Group
	)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range f.files {
		g.Go(func() error {
			if err := f.readOne(i); err != nil {
				mu.Lock()
				failures = append(failures, Failure{path, err})
				mu.Unlock()
			}
			if n := int(done.Add(1)); f.o.Progress != nil {
				f.o.Progress(n, len(f.files))
			}
			return nil
		})
	}
	g.Wait() // never an error
	sort.Slice(failures, func(i, j int) bool { return failures[i].Path < failures[j].Path })
	return failures
}

func (f *Folder) readOne(i int) error {
	f.ids[i] = FileID(f.files[i])
	if f.o.Star != nil {
		f.stars[i] = f.o.Star(f.ids[i])
	}
	if f.cached == nil && f.stars[i] != "" {
		return nil
	}
	object := ""
	if f.cached != nil {
		f.cached[i] = make([]float32, f.Samples())
		out, err := f.o.Preset.ApplyFile(f.files[i], f.o.Grid, f.cached[i])
		if err != nil {
			return err
		}
		object = out.Info.Object
	} else {
		s, err := spectrum.Load(f.files[i])
		if err != nil {
			return err
		}
		object = s.Info.Object
	}
	if f.stars[i] == "" {
		f.stars[i] = object
	}
	if f.stars[i] == "" {
		f.stars[i] = f.ids[i]
	}
	return nil
}

// FileID is a file's name without folder and extension: the archive names its
// files by dp_id. A dp_id, whose end looks like an extension, is its own.
func FileID(path string) string {
	name := filepath.Base(path)
	for _, e := range slices.Concat(extensions, textExtensions) {
		if len(name) > len(e) && strings.EqualFold(name[len(name)-len(e):], e) {
			return name[:len(name)-len(e)]
		}
	}
	return name
}

func (f *Folder) drop(failures []Failure) {
	failed := map[string]bool{}
	for _, x := range failures {
		failed[x.Path] = true
	}
	n := 0
	for i, path := range f.files {
		if failed[path] {
			continue
		}
		f.files[n], f.ids[n], f.stars[n] = path, f.ids[i], f.stars[i]
		if f.cached != nil {
			f.cached[n] = f.cached[i]
		}
		n++
	}
	f.files, f.ids, f.stars = f.files[:n], f.ids[:n], f.stars[:n]
	if f.cached != nil {
		f.cached = f.cached[:n]
	}
}

// Len implements Dataset.
func (f *Folder) Len() int { return len(f.files) }

// Samples implements Dataset.
func (f *Folder) Samples() int { return f.o.Grid.Len() }

// ID implements Dataset: the file's name without its extension.
func (f *Folder) ID(i int) string { return f.ids[i] }

// Star implements Dataset.
func (f *Folder) Star(i int) string { return f.stars[i] }

// Path is the file of row i.
func (f *Folder) Path(i int) string { return f.files[i] }

// Row implements Dataset.
func (f *Folder) Row(i int, dst []float32) error {
	if len(dst) != f.Samples() {
		return fmt.Errorf("%s: %d samples asked for: rows have %d", f.files[i], len(dst), f.Samples())
	}
	if f.cached != nil {
		copy(dst, f.cached[i])
		return nil
	}
	_, err := f.o.Preset.ApplyFile(f.files[i], f.o.Grid, dst)
	return err
}
