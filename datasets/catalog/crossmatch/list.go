package crossmatch

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/catalog/sky"
)

// Failure is a file that is not a spectrum.
type Failure struct {
	Path string
	Err  error
}

// ReadSpectra reads the headers of files, in their order and in parallel. Those
// that stand in known, and have not changed since, are not read again. Files
// that cannot be read, and those whose dp_id an earlier one has, are returned as
// failures. progress, which may be nil, is called by one goroutine at a time.
// When ctx ends, what has been read by then is returned with its error.
func ReadSpectra(ctx context.Context, files []string, known []Spectrum, progress func(done, total int)) ([]Spectrum, []Failure, error) {
	before := make(map[string]*Spectrum, len(known))
	for i := range known {
		before[known[i].File] = &known[i]
	}
	read := make([]Spectrum, len(files))
	failed := make([]error, len(files))
	var (
		g    errgroup.Group
		mu   sync.Mutex
		done int
	)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, file := range files {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			if read[i], failed[i] = readOnce(file, before[file]); progress != nil {
				mu.Lock()
				defer mu.Unlock()
				done++
				progress(done, len(files))
			}
			return nil
		})
	}
	g.Wait() // never an error
	var (
		spectra  []Spectrum
		failures []Failure
		first    = map[string]string{}
	)
	for i, s := range read {
		switch other, twice := first[s.ID]; {
		case failed[i] != nil:
			failures = append(failures, Failure{files[i], failed[i]})
		case s.ID == "": // not read any more
		case twice:
			failures = append(failures, Failure{files[i], fmt.Errorf("%s: has the dp_id of %s", files[i], other)})
		default:
			first[s.ID] = files[i]
			spectra = append(spectra, s)
		}
	}
	return spectra, failures, ctx.Err()
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

// columns of a list beside those of a label table.
const (
	listFile  = "file"
	listNames = "other_names" // divided by bars
)

func (s *Spectrum) numbers() []float64 {
	modified := math.NaN()
	if !s.modified.IsZero() {
		modified = float64(s.modified.UnixMicro())
	}
	return []float64{s.Place.RA, s.Place.Dec, s.Place.PMRA, s.Place.PMDec, s.Place.Epoch, s.SNR, s.Airmass, float64(s.size), modified}
}

var listNumbers = []string{"ra", "dec", "pmra", "pmdec", "epoch", "snr", "airmass", "file_size", "file_modified_us"}

// WriteList keeps what is known of spectra as a table (see catalog.Table), so
// that their files need not be read again.
func WriteList(path string, spectra []Spectrum) error {
	t := &catalog.Table{
		IDs: make([]string, len(spectra)), Stars: make([]string, len(spectra)), Median: make([]float64, len(spectra)),
		Texts: []catalog.Text{{Name: listFile}, {Name: listNames}},
	}
	for _, name := range listNumbers {
		t.Columns = append(t.Columns, catalog.Column{Name: name, Values: make([]float64, len(spectra))})
	}
	for i := range t.Texts {
		t.Texts[i].Values = make([]string, len(spectra))
	}
	for i := range spectra {
		s := &spectra[i]
		t.IDs[i], t.Stars[i], t.Median[i] = s.ID, s.object(), s.Median
		t.Texts[0].Values[i] = s.File
		t.Texts[1].Values[i] = strings.Join(s.Names[min(1, len(s.Names)):], "|")
		for k, v := range s.numbers() {
			t.Columns[k].Values[i] = v
		}
	}
	return t.Write(path)
}

// ReadList reads a list of spectra: what WriteList wrote, or any table with a
// dp_id and, as far as it has them, target_name (also object), ra and dec in deg, pmra
// and pmdec in mas/yr, epoch (Julian year; or mjd_obs, date), median, snr, airmass.
func ReadList(path string) ([]Spectrum, error) {
	t, err := catalog.Read(path)
	if err != nil {
		return nil, err
	}
	column := func(names ...string) func(row int) float64 {
		for _, name := range names {
			for _, c := range t.Columns {
				if strings.EqualFold(c.Name, name) {
					return func(row int) float64 { return c.Values[row] }
				}
			}
		}
		return func(int) float64 { return math.NaN() }
	}
	text := func(name string) func(row int) string {
		for _, c := range t.Texts {
			if strings.EqualFold(c.Name, name) {
				return func(row int) string { return c.Values[row] }
			}
		}
		return func(int) string { return "" }
	}
	ra, dec := column("ra", "s_ra"), column("dec", "s_dec")
	pmra, pmdec, epoch, mjd := column("pmra"), column("pmdec"), column("epoch"), column("mjd_obs", "mjd-obs", "mjd")
	snr, airmass, size, modified := column("snr"), column("airmass"), column("file_size"), column("file_modified_us")
	file, others := text(listFile), text(listNames)
	spectra := make([]Spectrum, t.Rows())
	for i, id := range t.IDs {
		s := &spectra[i]
		*s = NewSpectrum(catalog.Key(id))
		s.File, s.SNR, s.Airmass = file(i), snr(i), airmass(i)
		if t.Median != nil {
			s.Median = t.Median[i]
		}
		var names []string
		if t.Stars != nil {
			names = append(names, t.Stars[i])
		}
		for _, name := range append(names, strings.Split(others(i), "|")...) {
			if name != "" && !slices.Contains(s.Names, name) {
				s.Names = append(s.Names, name)
			}
		}
		s.Place = sky.Position{RA: ra(i), Dec: dec(i), PMRA: pmra(i), PMDec: pmdec(i), Epoch: epoch(i)}
		if math.IsNaN(s.Place.Epoch) {
			s.Place.Epoch = sky.JulianYear(mjd(i))
		}
		if math.IsNaN(s.Place.Epoch) {
			s.Place.Epoch = 2000
		}
		if v := size(i); v > 0 && v < 1<<53 {
			s.size = int64(v)
		}
		if v := modified(i); v > 0 && v < 1<<53 {
			s.modified = time.UnixMicro(int64(v))
		}
	}
	return spectra, nil
}
