package synth

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

const (
	marker     = "survey.json" // says which survey the folder holds
	labelsFile = "labels.csv"
	truthFile  = "truth.csv"
)

// card is the content of the marker.
type card struct {
	Maker   string `json:"maker"`
	Version int    `json:"version"`
	Preset  Preset `json:"preset"`
	Seed    uint64 `json:"seed"`
	Spectra int    `json:"spectra"`
	Lines   string `json:"lines,omitempty"` // of a list of one's own
	Water   string `json:"water,omitempty"` // the same, of the air
}

// version changes with the spectra that a preset and a seed give.
const version = 2

// Write writes the survey into a folder, which it makes if need be: for every
// spectrum a product of the archive's form, ADP.<timestamp>.fits, and at the
// end truth.csv and labels.csv, so that a folder with labels.csv is complete.
//
// labels.csv has the columns of the paper's table, with the values of
// Catalogue. truth.csv has the truth in them and adds what no catalogue knows. A folder that is not empty has to
// hold the same survey, of at most as many spectra; else it is left alone.
// Files of an interrupted Write are replaced. Options.Progress is called from
// one goroutine at a time.
func (s *Survey) Write(dir string) error {
	if err := s.claim(dir); err != nil {
		return err
	}
	s.Prepare(nil)
	medians := make([]float64, s.Len())
	workers := s.options.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var mu sync.Mutex
	done := 0
	var g errgroup.Group
	g.SetLimit(workers)
	for _, run := range s.runs() {
		g.Go(func() error {
			for i := run[0]; i < run[1]; i++ {
				x := s.Spectrum(i)
				medians[i] = median(finite(x.Flux))
				if err := s.writeProduct(dir, &s.truth[i], x); err != nil {
					return err
				}
				if s.options.Progress != nil {
					mu.Lock()
					done++
					s.options.Progress(done, s.Len())
					mu.Unlock()
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	columns := truthColumns
	if s.settings.sky {
		columns = slices.Concat(truthColumns, skyColumns)
	}
	if err := s.writeTable(filepath.Join(dir, truthFile), columns, s.Truth, medians); err != nil {
		return err
	}
	return s.writeTable(filepath.Join(dir, labelsFile), labelColumns, s.Catalogue, medians)
}

// runs are ranges of spectra that one worker makes in a row: a star's visits,
// cut after 32.
func (s *Survey) runs() (runs [][2]int) {
	first := 0
	for i := 1; i <= s.Len(); i++ {
		if i == s.Len() || s.truth[i].Visit == 0 || i-first == 32 {
			runs = append(runs, [2]int{first, i})
			first = i
		}
	}
	return runs
}

// claim makes sure that the folder is this survey's and marks it.
func (s *Survey) claim(dir string) error {
	mine := card{"stellarae synth", version, s.options.Preset, s.options.Seed, s.Len(), signature(s.options.Lines), signature(s.options.Water)}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("synth: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("synth: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, marker))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if len(entries) > 0 {
			return fmt.Errorf("synth: %s: the folder is not empty (%s) and holds no simulated survey: choose another one", dir, entries[0].Name())
		}
	case err != nil:
		return fmt.Errorf("synth: %w", err)
	default:
		var there card
		if err := json.Unmarshal(text, &there); err != nil {
			return fmt.Errorf("synth: %s: %w", filepath.Join(dir, marker), err)
		}
		spectra := there.Spectra
		there.Spectra = mine.Spectra
		if there != mine || spectra > mine.Spectra {
			return fmt.Errorf("synth: %s holds another survey (preset %s, seed %d, %d spectra, version %d): choose another folder",
				dir, there.Preset, there.Seed, spectra, there.Version)
		}
	}
	// What a killed Write left, and the tables: while they are there, the folder is complete.
	for _, e := range entries {
		torn := strings.HasPrefix(e.Name(), "ADP.") && strings.HasSuffix(e.Name(), ".part")
		if torn || e.Name() == labelsFile || e.Name() == truthFile {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("synth: %w", err)
			}
		}
	}
	text, err = json.MarshalIndent(mine, "", "\t")
	if err != nil {
		return err
	}
	return replace(filepath.Join(dir, marker), append(text, '\n'))
}

// column is a column of a table of spectra.
type column struct {
	name string
	text func(t *Truth, median float64) string
}

func number(name string, value func(t *Truth) float64) column {
	return column{name, func(t *Truth, _ float64) string {
		x := value(t)
		if math.IsNaN(x) {
			return ""
		}
		return strconv.FormatFloat(x, 'g', -1, 64)
	}}
}

// yes is Y for true, as the paper's table writes it.
func yes(b bool) string {
	if b {
		return "Y"
	}
	return "N"
}

// labelColumns are the columns of the paper's harps_metadata_and_labels.csv
// that its analysis uses.
var labelColumns = []column{
	{"dp_id", func(t *Truth, _ float64) string { return t.ID }},
	{"target_name", func(t *Truth, _ float64) string { return t.Star }},
	{"unique_subset", func(t *Truth, _ float64) string { return yes(t.Visit == 0) }},
	{"median", func(_ *Truth, median float64) string { return strconv.FormatFloat(median, 'g', 7, 32) }},
	number("radvel", func(t *Truth) float64 { return t.RV }),
	number("Teff", func(t *Truth) float64 { return t.Teff }),
	number("Mass", func(t *Truth) float64 { return t.Mass }),
	number("E(B-V)", func(t *Truth) float64 { return t.EBV }),
	number("[M/H]", func(t *Truth) float64 { return t.MH }),
	number("logg", func(t *Truth) float64 { return t.LogG }),
	number("airmass", func(t *Truth) float64 { return t.Airmass }),
	number("snr", func(t *Truth) float64 { return t.SNR }),
	number("vsini", func(t *Truth) float64 { return t.VSini }),
	number("spec_type_no", func(t *Truth) float64 {
		if t.SpecType < 0 {
			return math.NaN()
		}
		return float64(t.SpecType)
	}),
}

// truthColumns are all the simulation knows.
var truthColumns = append(slices.Clone(labelColumns),
	number("berv", func(t *Truth) float64 { return t.BERV }),
	column{"giant", func(t *Truth, _ float64) string { return yes(t.Giant) }},
	number("visit", func(t *Truth) float64 { return float64(t.Visit) }),
	number("level", func(t *Truth) float64 { return t.Level }),
	number("ra", func(t *Truth) float64 { return t.RA }),
	number("dec", func(t *Truth) float64 { return t.Dec }),
	column{"date_obs", func(t *Truth, _ float64) string { return t.Date }},
)

// skyColumns are what a survey with a sky knows besides.
var skyColumns = []column{
	number("vmag", func(t *Truth) float64 { return t.VMag }),
	number("systemic", func(t *Truth) float64 { return t.Systemic }),
	number("jitter", func(t *Truth) float64 { return t.Jitter }),
	number("orbit_amplitude", func(t *Truth) float64 { return t.Amplitude }),
	number("orbit_period", func(t *Truth) float64 { return t.Period }),
	number("orbit_phase", func(t *Truth) float64 { return t.Phase }),
	number("gas_velocity", func(t *Truth) float64 { return t.Gas.Velocity }),
	number("gas_width", func(t *Truth) float64 { return t.Gas.Width }),
	number("gas_sodium", func(t *Truth) float64 { return t.Gas.Sodium }),
	number("gas_chplus", func(t *Truth) float64 { return t.Gas.CHPlus }),
	number("water", func(t *Truth) float64 { return t.Water }),
	number("seeing", func(t *Truth) float64 { return t.Seeing }),
	number("exposure", func(t *Truth) float64 { return t.Exposure }),
	number("read_noise", func(t *Truth) float64 { return t.ReadNoise }),
	number("ripple_cos", func(t *Truth) float64 { return t.Ripple[0] }),
	number("ripple_sin", func(t *Truth) float64 { return t.Ripple[1] }),
	number("cosmic_rays", func(t *Truth) float64 { return float64(t.CosmicRays) }),
	{"flaw", func(t *Truth, _ float64) string { return string(t.Flaw) }},
}

func (s *Survey) writeTable(path string, columns []column, row func(i int) Truth, medians []float64) error {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	cells := make([]string, len(columns))
	for k, c := range columns {
		cells[k] = c.name
	}
	w.Write(cells)
	for i := range s.truth {
		t := row(i)
		for k, c := range columns {
			cells[k] = c.text(&t, medians[i])
		}
		w.Write(cells)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("synth: %s: %w", path, err)
	}
	return replace(path, text.Bytes())
}

// replace writes a file in one step.
func replace(path string, content []byte) error {
	err := atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		return fmt.Errorf("synth: %w", err)
	}
	return nil
}
