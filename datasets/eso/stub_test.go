package eso

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stellarae/lab/datasets/eso/esotest"
)

// stub starts an archive that ends with the test.
func stub(t testing.TB, n, samples int) *esotest.Archive {
	t.Helper()
	a := esotest.New(n, samples)
	t.Cleanup(a.Close)
	return a
}

// waits are what an archive's client would have waited for. It waits a
// thousandth of it.
type waits struct {
	mu  sync.Mutex
	all []time.Duration
}

func (w *waits) wait(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	w.all = append(w.all, d)
	w.mu.Unlock()
	return sleep(ctx, d/1000)
}

func (w *waits) longest() (d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, x := range w.all {
		d = max(d, x)
	}
	return d
}

func client(t testing.TB, s *esotest.Archive, o Options) (*Archive, *waits) {
	t.Helper()
	o.Base = s.URL
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w := &waits{}
	a.wait = w.wait
	t.Cleanup(a.http.CloseIdleConnections)
	return a, w
}

// products are the stub's files as a query would list them.
func products(s *esotest.Archive) []Product {
	var list []Product
	for _, id := range s.IDs() {
		list = append(list, Product{ID: id, Estimate: int64(len(s.Data(id)))})
	}
	return list
}

// holdsAll fails unless a folder has exactly the stub's files, byte for byte.
func holdsAll(t *testing.T, s *esotest.Archive, dir string) {
	t.Helper()
	want := map[string]bool{journalName: true, lockName: true}
	for _, id := range s.IDs() {
		want[id+".fits"] = true
		b, err := os.ReadFile(filepath.Join(dir, id+".fits"))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(b, s.Data(id)) {
			t.Errorf("%s: %d bytes that are not the archive's %d", id, len(b), len(s.Data(id)))
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !want[e.Name()] {
			t.Errorf("%s is left over", e.Name())
		}
	}
}

// once fails unless every file was delivered exactly once.
func once(t *testing.T, s *esotest.Archive) {
	t.Helper()
	l := s.Log()
	for _, id := range s.IDs() {
		if l.Delivered[id] != 1 {
			t.Errorf("%s was delivered %d times", id, l.Delivered[id])
		}
	}
}
