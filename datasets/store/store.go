// Package store keeps many preprocessed spectra on disk: shards of Arrow IPC
// files whose rows are read from the page cache without decoding, a Parquet file
// beside each with the labels and the header's facts, and a manifest with the
// checksums, which alone says what is in the store. pyarrow and polars read the
// same files.
//
// It does not preprocess; package prepare does. Nothing in a store is changed
// once it is committed, and a row cannot be taken out.
//
//	s, err := store.Open("survey.store")
//	train, held := datasets.SplitByStar(s, 0.2, 1)
package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"unsafe"

	"github.com/stellarae/lab/datasets/catalog"
)

// Store is an open store. It is a datasets.Dataset; its methods may be called
// by several goroutines at once.
type Store struct {
	dir      string
	manifest *Manifest
	shards   []*shard
	first    []int // row of each shard's first, and at the end the number of rows
}

// Open opens the store in a folder. Only headers and names are read, so that it
// takes a fraction of a millisecond a shard. A shard that is missing, has
// another length than the manifest says or is not an Arrow file of the layout is
// an error that names it; what the manifest does not list is ignored. Contents
// are checked by Verify alone.
func Open(dir string) (*Store, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, manifest: m, first: make([]int, 1, len(m.Shards)+1)}
	for _, entry := range m.Shards {
		sh, err := openShard(dir, m.Layout, entry)
		if err != nil {
			return nil, err
		}
		s.shards = append(s.shards, sh)
		s.first = append(s.first, s.first[len(s.first)-1]+entry.Rows)
	}
	return s, nil
}

// Is tells whether a folder holds a store.
func Is(dir string) bool {
	st, err := os.Stat(filepath.Join(dir, ManifestFile))
	return err == nil && st.Mode().IsRegular()
}

// Close gives the mapped memory back. Views of rows end with it.
func (s *Store) Close() error {
	var errs []error
	for _, sh := range s.shards {
		errs = append(errs, sh.unmap())
	}
	return errors.Join(errs...)
}

// Layout is what the rows are.
func (s *Store) Layout() Layout { return s.manifest.Layout }

// Manifest is what the store holds, not to be changed.
func (s *Store) Manifest() *Manifest { return s.manifest }

// Len implements datasets.Dataset.
func (s *Store) Len() int { return s.first[len(s.first)-1] }

// Samples implements datasets.Dataset.
func (s *Store) Samples() int { return s.manifest.Layout.Samples }

// ID implements datasets.Dataset.
func (s *Store) ID(i int) string {
	sh, k := s.locate(i)
	return sh.ids[k]
}

// Star implements datasets.Dataset.
func (s *Store) Star(i int) string {
	sh, k := s.locate(i)
	if sh.stars[k] == "" {
		return sh.ids[k]
	}
	return sh.stars[k]
}

// locate finds the shard of row i and its place there.
func (s *Store) locate(i int) (*shard, int) {
	if i < 0 || i >= s.Len() {
		panic(fmt.Sprintf("store: row %d of %d", i, s.Len()))
	}
	k := sort.SearchInts(s.first, i+1) - 1
	return s.shards[k], i - s.first[k]
}

// Shard gives the rows of a shard: the first, and how many there are.
func (s *Store) Shard(number int) (first, n int, err error) {
	for k, e := range s.manifest.Shards {
		if e.Number == number {
			return s.first[k], e.Rows, nil
		}
	}
	return 0, 0, fmt.Errorf("store: %s: no shard %d", s.dir, number)
}

// Row implements datasets.Dataset: it copies row i from the page cache to dst,
// or multiplies float16 by the row's scale.
func (s *Store) Row(i int, dst []float32) error {
	if len(dst) != s.Samples() {
		return fmt.Errorf("store: %s: %d samples asked for: rows have %d", s.dir, len(dst), s.Samples())
	}
	sh, k := s.locate(i)
	return sh.row(k, dst)
}

// View is row i in the mapped file itself, Samples long: no copy is made. It is
// read only, a write to it ends the program, and lives until Close. A store of
// float16 has no views. Where the disk fails under a view the program ends;
// Row returns an error.
func (s *Store) View(i int) ([]float32, error) {
	if s.manifest.Layout.Type != Float32 {
		return nil, fmt.Errorf("store: %s: rows of %s have no view", s.dir, s.manifest.Layout.Type)
	}
	sh, k := s.locate(i)
	b, err := sh.mapped(k)
	if err != nil {
		return nil, err
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), s.Samples()), nil
}

// Read is row i as a model may take it: a view, or where samples have to be
// decoded a copy.
func (s *Store) Read(i int) ([]float32, error) {
	if s.manifest.Layout.Type == Float32 {
		return s.View(i)
	}
	row := make([]float32, s.Samples())
	return row, s.Row(i, row)
}

// Table is the labels and facts of all rows, in their order, from the Parquet
// files.
func (s *Store) Table() (*catalog.Table, error) {
	all := newTable(s.manifest.Layout.Columns)
	for _, entry := range s.manifest.Shards {
		if entry.Rows == 0 {
			continue
		}
		t, err := readTable(filepath.Join(s.dir, entry.Parquet.Name), s.manifest.Layout.Columns, entry)
		if err != nil {
			return nil, err
		}
		appendTable(all, t)
	}
	return all, nil
}
