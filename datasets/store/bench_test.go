package store

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stellarae/lab/datasets"
)

// -full-rows 8000 makes a store of 10 GB, beyond most page caches.
var fullRows = flag.Int("full-rows", 400, "rows of 327,680 samples in the benchmarks")

// BenchmarkRandomBatches deals batches of eight full-size spectra in random
// order, from the disk (cold) and from the page cache (warm), beside plain reads
// of the same files from end to end. anon-MB is the process's own peak memory;
// pages of the mapped files are the system's.
func BenchmarkRandomBatches(b *testing.B) {
	const samples, batch, perShard = 327680, 8, 50
	var rows []int
	for at := 0; at < *fullRows; at += perShard {
		rows = append(rows, min(perShard, *fullRows-at))
	}
	for _, typ := range []Type{Float32, Float16} {
		dir := written(b, layout(samples, typ), rows...)
		size := int64(batch * samples * typ.width())
		for _, cold := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/cold=%v", typ, cold), func(b *testing.B) {
				s := open(b, dir)
				all := make([]int, s.Len())
				for i := range all {
					all[i] = i
				}
				batches, err := datasets.NewBatches(s, all, batch, rand.Uint64(), nil)
				if err != nil {
					b.Fatal(err)
				}
				if cold {
					forget(b, dir)
				}
				b.SetBytes(size)
				b.ResetTimer()
				for step := range b.N {
					if cold && step > 0 && step%(s.Len()/batch) == 0 { // all has been read
						b.StopTimer()
						s.Close()
						forget(b, dir)
						b.StartTimer()
					}
					if _, err := batches.Batch(step); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(ownMemory(b), "anon-MB")
			})
			b.Run(fmt.Sprintf("%s/cold=%v/plain-reads", typ, cold), func(b *testing.B) {
				b.SetBytes(size)
				plainReads(b, dir, size, cold)
			})
		}
	}
}

// plainReads reads a store's files in pieces of a batch, one after the other.
func plainReads(b *testing.B, dir string, size int64, cold bool) {
	names, err := filepath.Glob(filepath.Join(dir, "*.arrow"))
	if err != nil {
		b.Fatal(err)
	}
	buffer := make([]byte, size)
	if cold {
		forget(b, dir)
	}
	var f *os.File
	next := 0
	b.ResetTimer()
	for range b.N {
		for got := 0; got < len(buffer); {
			if f == nil {
				if next == len(names) {
					next = 0
					if cold {
						b.StopTimer()
						forget(b, dir)
						b.StartTimer()
					}
				}
				if f, err = os.Open(names[next]); err != nil {
					b.Fatal(err)
				}
				next++
			}
			n, err := f.Read(buffer[got:])
			got += n
			if err != nil {
				f.Close()
				f = nil
			}
		}
	}
}

// forget asks the system to drop a store's files from the page cache.
func forget(b *testing.B, dir string) {
	b.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.arrow"))
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}

// ownMemory is the process's memory that is not of files, in MB.
func ownMemory(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("no /proc")
	}
	var kB float64
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			fmt.Sscan(rest, &kB)
		}
	}
	return kB / 1024
}

// BenchmarkOpen opens a store of 100 shards of 51 rows, as those of full spectra.
func BenchmarkOpen(b *testing.B) {
	rows := make([]int, 100)
	for i := range rows {
		rows[i] = 51
	}
	dir := written(b, layout(64, Float32), rows...)
	b.ResetTimer()
	for range b.N {
		s, err := Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

// BenchmarkCommit commits one more shard to a store that lists 5,294, as a
// survey of 270,000 full spectra has at its end.
func BenchmarkCommit(b *testing.B) {
	const shards = 5294
	l := layout(64, Float32)
	dir := written(b, l)
	var entries []Entry
	for n := range shards + b.N {
		entries = append(entries, Entry{Number: n, Rows: 51,
			Arrow:   &File{Name: arrowName(n), Bytes: 66852394, CRC32C: "0123abcd"},
			Parquet: &File{Name: parquetName(n), Bytes: 12345, CRC32C: "0123abcd"}})
	}
	if err := Commit(dir, entries[:shards]...); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for _, e := range entries[shards:] {
		if err := Commit(dir, e); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	st, err := os.Stat(filepath.Join(dir, ManifestFile))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(st.Size())/1e6, "manifest-MB")
}
