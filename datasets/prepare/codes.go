package prepare

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/datasets/store"
)

// Encoder is a model as far as encoding needs it.
type Encoder struct {
	Nodes  int
	Hash   string                                      // SHA-256 of the checkpoint, hexadecimal
	Encode func(rows [][]float32) ([][]float32, error) // called by one goroutine at a time
}

// Hash is the SHA-256 of a checkpoint, as an Encoder has it.
func Hash(checkpoint string) (string, error) {
	f, err := os.Open(checkpoint)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// CodesFile is the codes in one NumPy array, spectra x nodes, in their store.
const CodesFile = "codes.npy"

// encodedAtOnce is how many rows are handed to a model together.
const encodedAtOnce = 64

// What a process has at once, however many a runner starts: shards in work, and
// models that compute. One shard is read and written while the other is encoded,
// for which a model takes all processors.
var (
	shards   = make(chan struct{}, 2)
	encoding sync.Mutex
)

// Codes encodes a store of spectra into a store of codes in dir, each shard into
// the shard of its number, and at the end writes them all to codes.npy there.
// Shards that are done are not done again; a store of another model's codes is
// an error. Stopped by ctx it returns ctx's error; the same call goes on.
func Codes(ctx context.Context, s *store.Store, dir string, e Encoder, progress func(done, total int)) (Report, error) {
	return CodesWith(s, dir, e.Layout(), func(numbers []int) error {
		var done atomic.Int64
		g, running := errgroup.WithContext(ctx)
		g.SetLimit(cap(shards))
		for _, number := range numbers {
			g.Go(func() error {
				if err := running.Err(); err != nil {
					return err
				}
				if err := EncodeShard(s, number, dir, e); err != nil {
					return err
				}
				if n := int(done.Add(1)); progress != nil {
					progress(n, len(numbers))
				}
				return nil
			})
		}
		return g.Wait()
	})
}

// Layout is the layout of a store of the codes.
func (e Encoder) Layout() store.Layout {
	return store.Layout{Samples: e.Nodes, Type: store.Float32, Model: e.Hash}
}

// CodesWith does what is common to all ways of encoding a store: it claims the
// store of codes, says which shards are to be done, and gathers the codes.
func CodesWith(s *store.Store, dir string, l store.Layout, run func(numbers []int) error) (Report, error) {
	began := time.Now()
	w, err := store.NewWriter(dir, l)
	if err != nil {
		return Report{}, err
	}
	defer w.Close()
	before, err := w.Manifest()
	if err != nil {
		return Report{}, err
	}
	done := map[int]bool{}
	for _, e := range before.Shards {
		done[e.Number] = true
	}
	var numbers []int
	for _, e := range s.Manifest().Shards {
		if e.Rows > 0 && !done[e.Number] {
			numbers = append(numbers, e.Number)
		}
	}
	r := Report{Before: before.Rows()}
	if err := run(numbers); err != nil {
		return r, err
	}
	after, err := w.Manifest()
	if err != nil {
		return r, err
	}
	r.Rows, r.Shards = after.Rows()-r.Before, len(after.Shards)-len(before.Shards)
	err = gather(dir)
	r.Seconds = time.Since(began).Seconds()
	return r, err
}

// EncodeShard encodes one shard of a store and commits its codes to the store in
// dir. Of the shard it holds encodedAtOnce rows.
func EncodeShard(s *store.Store, number int, dir string, e Encoder) error {
	shards <- struct{}{}
	defer func() { <-shards }()
	first, n, err := s.Shard(number)
	if err != nil {
		return err
	}
	samples := s.Samples()
	flux := fluxOf(min(encodedAtOnce, n) * samples)
	defer fluxes.Put(flux)
	b := store.Block{Table: &catalog.Table{}}
	for from := first; from < first+n; from += encodedAtOnce {
		rows := make([][]float32, min(encodedAtOnce, first+n-from))
		for k := range rows {
			rows[k] = (*flux)[k*samples : (k+1)*samples]
			if err := s.Row(from+k, rows[k]); err != nil {
				return err
			}
			b.Table.IDs = append(b.Table.IDs, s.ID(from+k))
			b.Table.Stars = append(b.Table.Stars, s.Star(from+k))
		}
		codes, err := e.encode(rows)
		if err != nil {
			return fmt.Errorf("shard %d: %w", number, err)
		}
		for _, code := range codes {
			b.Flux = append(b.Flux, code...)
		}
	}
	entry, err := store.WriteShard(dir, e.Layout(), number, b)
	if err != nil {
		return err
	}
	return store.Commit(dir, entry)
}

func (e Encoder) encode(rows [][]float32) ([][]float32, error) {
	encoding.Lock()
	defer encoding.Unlock()
	return e.Encode(rows)
}

// gather writes all codes into one array.
func gather(dir string) error {
	s, err := store.Open(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	flat := make([]float32, s.Len()*s.Samples())
	for i := range s.Len() {
		if err := s.Row(i, flat[i*s.Samples():(i+1)*s.Samples()]); err != nil {
			return err
		}
	}
	return npy.WriteFloat32(filepath.Join(dir, CodesFile), []int{s.Len(), s.Samples()}, flat)
}
