package crossmatch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Failure is a file that is not a spectrum.
type Failure struct {
	Path string
	Err  error
}

// Reading says how ReadSpectra goes about it; the zero value will do.
type Reading struct {
	Known    []Spectrum                 // read before: files that have not changed since are not read again
	Progress func(done, total int)      // called by one goroutine at a time
	Keep     func(all []Spectrum) error // called every half minute with what has been read so far, and at the end
}

const (
	batch     = 256 // files
	keepEvery = 30 * time.Second
)

// ReadSpectra reads the headers of files, in parallel, and gives the spectra in the order
// of the files. Files that cannot be read, and those whose dp_id an earlier one
// has, are returned as failures. When ctx ends, what has been read by then is
// kept and returned with the error of ctx.
func ReadSpectra(ctx context.Context, files []string, o Reading) (spectra []Spectrum, failures []Failure, err error) {
	known := make(map[string]*Spectrum, len(o.Known))
	for i := range o.Known {
		known[o.Known[i].File] = &o.Known[i]
	}
	var (
		first = map[string]string{} // file of a dp_id
		kept  = time.Now()
		done  int
		mu    sync.Mutex
	)
	for start := 0; start < len(files) && ctx.Err() == nil; start += batch {
		part := files[start:min(start+batch, len(files))]
		read, failed := make([]Spectrum, len(part)), make([]error, len(part))
		var g errgroup.Group
		g.SetLimit(runtime.GOMAXPROCS(0))
		for i, file := range part {
			g.Go(func() error {
				if failed[i] = ctx.Err(); failed[i] != nil {
					return nil
				}
				read[i], failed[i] = readOnce(file, known[file])
				mu.Lock()
				defer mu.Unlock()
				if done++; o.Progress != nil {
					o.Progress(done, len(files))
				}
				return nil
			})
		}
		g.Wait() // never an error
		for i, s := range read {
			switch other, twice := first[s.ID]; {
			case failed[i] != nil && failed[i] == ctx.Err():
			case failed[i] != nil:
				failures = append(failures, Failure{part[i], failed[i]})
			case twice:
				failures = append(failures, Failure{part[i], fmt.Errorf("%s: has the dp_id of %s", part[i], other)})
			default:
				first[s.ID] = part[i]
				spectra = append(spectra, s)
			}
		}
		if o.Keep != nil && time.Since(kept) > keepEvery {
			kept = time.Now()
			if err := o.Keep(spectra); err != nil {
				return spectra, failures, err
			}
		}
	}
	if o.Keep != nil {
		err = o.Keep(spectra)
	}
	return spectra, failures, errors.Join(err, ctx.Err())
}

func readOnce(file string, before *Spectrum) (Spectrum, error) {
	info, err := os.Stat(file)
	if err != nil {
		return Spectrum{}, err
	}
	modified := info.ModTime().Truncate(time.Microsecond)
	if before != nil && before.sameFile(info.Size(), modified) {
		return *before, nil
	}
	s, err := ReadSpectrum(file)
	s.size, s.modified = info.Size(), modified
	return s, err
}
