package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Files that hold the locks of a store. They stay: removing one would let two
// writers hold it at once.
const (
	writerLock = ".writer.lock" // held by who adds to the store
	commitLock = ".commit.lock" // held while the manifest is replaced
)

// Writer adds shards to a store. A store has one at a time; shards may be
// written by other processes meanwhile, if the Writer's owner told them to
// (WriteShard and Commit).
type Writer struct {
	dir  string
	lock *os.File
}

// NewWriter opens a store to add to, or begins one in a folder that is empty or
// not there. A store of another layout, another writer's store, and a folder
// that holds other things are errors. What an interrupted writer left
// uncommitted is removed.
func NewWriter(dir string, l Layout) (*Writer, error) {
	if err := l.Validate(); err != nil {
		return nil, fmt.Errorf("store: %s: %w", dir, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := mayBegin(dir); err != nil {
		return nil, err
	}
	f, err := lock(dir, writerLock, unix.LOCK_EX|unix.LOCK_NB)
	if err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("store: %s: another program writes to it", dir)
		}
		return nil, err
	}
	w := &Writer{dir, f}
	if err := w.begin(l); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// mayBegin refuses a folder that holds other things than a store.
func mayBegin(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if Is(dir) {
		return nil
	}
	for _, e := range entries {
		if name := e.Name(); name != writerLock && name != commitLock && !partial.MatchString(name) {
			return fmt.Errorf("store: %s: the folder is not empty (%s) and holds no store: choose another one", dir, name)
		}
	}
	return nil
}

// begin writes the first manifest or checks the one there, and cleans up.
func (w *Writer) begin(l Layout) error {
	m, err := ReadManifest(w.dir)
	if errors.Is(err, fs.ErrNotExist) {
		m = &Manifest{Format: format, Version: version, Layout: l, Shards: []Entry{}}
		return errors.Join(m.write(w.dir), atomicfile.Clean(w.dir))
	}
	if err != nil {
		return err
	}
	if err := m.Layout.differs(l); err != nil {
		return fmt.Errorf("store: %s: %w", w.dir, err)
	}
	return w.clean(m)
}

// differs says what of two layouts is not the same.
func (l Layout) differs(other Layout) error {
	if l.Samples != other.Samples || l.Type != other.Type || l.Model != other.Model {
		return fmt.Errorf("the store has rows of %d samples of %s, not %d of %s", l.Samples, l.Type, other.Samples, other.Type)
	}
	if !reflect.DeepEqual(l.Grid, other.Grid) || !reflect.DeepEqual(l.Preset, other.Preset) {
		return errors.New("the store's rows are on another grid or preprocessed otherwise")
	}
	return sameColumns(other.Columns, l.Columns)
}

var (
	partial = regexp.MustCompile(`^\..+\.partial$`)
	ofShard = regexp.MustCompile(`^shard-\d{6,7}\.(arrow|parquet)$`)
)

// clean removes what the manifest does not list and an interrupted writer left.
func (w *Writer) clean(m *Manifest) error {
	listed := map[string]bool{}
	for _, e := range m.Shards {
		if e.Rows > 0 {
			listed[e.Arrow.Name], listed[e.Parquet.Name] = true, true
		}
	}
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, e := range entries {
		if ofShard.MatchString(e.Name()) && !listed[e.Name()] {
			if err := os.Remove(filepath.Join(w.dir, e.Name())); err != nil {
				return fmt.Errorf("store: %w", err)
			}
		}
	}
	if err := atomicfile.Clean(w.dir); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Manifest is what the store holds now.
func (w *Writer) Manifest() (*Manifest, error) { return ReadManifest(w.dir) }

// Add writes a block as the shard after the last one and commits it: once Add
// has returned, the shard survives a power cut.
func (w *Writer) Add(b Block) (Entry, error) {
	m, err := w.Manifest()
	if err != nil {
		return Entry{}, err
	}
	number := 0
	if n := len(m.Shards); n > 0 {
		number = m.Shards[n-1].Number + 1
	}
	e, err := WriteShard(w.dir, m.Layout, number, b)
	if err != nil {
		return e, err
	}
	return e, Commit(w.dir, e)
}

// Close lets others write to the store.
func (w *Writer) Close() error { return w.lock.Close() }

// Commit makes shards that were written part of the store. Of several processes
// that commit at once none is lost. A shard that is committed already, byte for
// byte, changes nothing, as when a runner repeats its work; another one of its
// number is an error.
func Commit(dir string, entries ...Entry) error {
	f, err := lock(dir, commitLock, unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer f.Close() // which unlocks it
	m, err := ReadManifest(dir)
	if err != nil {
		return err
	}
	changed := false
	for _, e := range entries {
		i, found := slices.BinarySearchFunc(m.Shards, e.Number, func(e Entry, number int) int { return e.Number - number })
		if found {
			if !reflect.DeepEqual(m.Shards[i], e) {
				return fmt.Errorf("store: %s: shard %d is in the store, with other content", dir, e.Number)
			}
			continue
		}
		m.Shards = slices.Insert(m.Shards, i, e)
		changed = true
	}
	if !changed {
		return nil
	}
	return m.write(dir)
}

// lock opens and locks a file, which closing it undoes.
func lock(dir, name string, how int) (*os.File, error) {
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), how); err != nil {
		f.Close()
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	return f, nil
}
