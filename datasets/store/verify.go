package store

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Verify reads every file of a store and compares its checksum with the
// manifest's. Each damaged file is one of the errors joined, which name it.
// progress, which may be nil, hears of every shard, from several goroutines.
func Verify(ctx context.Context, dir string, progress func(done, total int)) error {
	m, err := ReadManifest(dir)
	if err != nil {
		return err
	}
	errs := make([]error, len(m.Shards))
	var g errgroup.Group
	g.SetLimit(min(4, runtime.GOMAXPROCS(0))) // the disk is what takes the time
	var done atomic.Int64
	for i, e := range m.Shards {
		g.Go(func() error {
			if e.Rows > 0 && ctx.Err() == nil {
				errs[i] = errors.Join(e.Arrow.check(dir), e.Parquet.check(dir))
			}
			if n := int(done.Add(1)); progress != nil {
				progress(n, len(m.Shards))
			}
			return nil
		})
	}
	g.Wait() // never an error
	return errors.Join(append(errs, ctx.Err())...)
}

// check compares a file with what the manifest says of it.
func (f *File) check(dir string) error {
	path := filepath.Join(dir, f.Name)
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer file.Close()
	sum := &summing{w: io.Discard}
	if _, err := io.CopyBuffer(struct{ io.Writer }{sum}, struct{ io.Reader }{file}, make([]byte, 1<<20)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := f.compare(sum.bytes, sum.crc); err != nil {
		return fmt.Errorf("store: %s: %w", path, err)
	}
	return nil
}

func (f *File) checkBytes(b []byte) error {
	return f.compare(int64(len(b)), crc32.Checksum(b, castagnoli))
}

func (f *File) compare(bytes int64, crc uint32) error {
	if bytes != f.Bytes {
		return fmt.Errorf("%d bytes: the manifest says %d", bytes, f.Bytes)
	}
	if sum := hexadecimal(crc); sum != f.CRC32C {
		return fmt.Errorf("checksum %s: the manifest says %s: the file is damaged", sum, f.CRC32C)
	}
	return nil
}
