package prepare

import (
	"encoding/csv"
	"io"
	"path/filepath"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/store"
	"github.com/stellarae/lab/stellarae/atomicfile"
)

// QuarantineFile names, in a store, the files that gave no spectrum.
const QuarantineFile = "quarantine.csv"

// writeQuarantine lists what no run could use, each file once, and what this one
// did not take.
func writeQuarantine(dir string, m *store.Manifest, doubles []datasets.Failure) error {
	left, err := stillOut(dir, m)
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, QuarantineFile), func(w io.Writer) error {
		out := csv.NewWriter(w)
		out.Write([]string{"file", "cause"}) // errors are kept until Flush
		for _, x := range left {
			out.Write([]string{x.Source, x.Cause})
		}
		for _, f := range doubles {
			out.Write([]string{f.Path, f.Err.Error()})
		}
		out.Flush()
		return out.Error()
	})
}

// stillOut are the files that gave no row, without those that gave one when they
// were tried again; of a file that failed twice the later shard's cause is told.
func stillOut(dir string, m *store.Manifest) ([]store.LeftOut, error) {
	s, err := store.Open(dir)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	stored := map[string]bool{}
	for i := range s.Len() {
		stored[s.ID(i)] = true
	}
	var left []store.LeftOut
	place := map[string]int{}
	for _, e := range m.Shards {
		for _, x := range e.LeftOut {
			id := datasets.FileID(x.Source)
			if k, twice := place[id]; twice {
				left[k] = x
			} else if !stored[id] {
				place[id] = len(left)
				left = append(left, x)
			}
		}
	}
	return left, nil
}
