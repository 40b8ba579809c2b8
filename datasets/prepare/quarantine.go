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

// writeQuarantine lists what no run could use, and what this one did not take.
func writeQuarantine(dir string, m *store.Manifest, doubles []datasets.Failure) error {
	return atomicfile.Write(filepath.Join(dir, QuarantineFile), func(w io.Writer) error {
		out := csv.NewWriter(w)
		out.Write([]string{"file", "cause"}) // errors are kept until Flush
		for _, e := range m.Shards {
			for _, x := range e.LeftOut {
				out.Write([]string{x.Source, x.Cause})
			}
		}
		for _, f := range doubles {
			out.Write([]string{f.Path, f.Err.Error()})
		}
		out.Flush()
		return out.Error()
	})
}
