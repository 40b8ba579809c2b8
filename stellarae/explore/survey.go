package explore

import (
	"math"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/datasets/store"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// Survey is what is known beside the network: spectra, codes, labels, and what
// a count found. Load makes one; it does not change after that.
type Survey struct {
	Notes []string // for people: what was taken from where, and what is missing

	name    string // of the run
	spectra []known
	at      map[string]int // spectra by catalog.Key of the dp_id
	store   *store.Store   // where spectra come from a store
	config  stellarae.Config

	labels *catalog.Table // a row for each of spectra; nil without labels
	coded  []int          // spectra that have a code
	codes  [][]float32    // of coded
	nodes  []node
	how    string // the nodes got their names
	lines  []linelist.Line
}

// known is a spectrum of the survey.
type known struct {
	id   string
	file string // where it is; empty where only its code is known
	row  int    // in the store
	code int    // its place in codes; -1 without
}

// Row is the spectrum with that number as the network takes it, or nil where
// its file is not at hand.
func (s *Survey) Row(i int) ([]float32, error) {
	row, _, err := s.read(i)
	return row, err
}

// read also gives what the file's header says.
func (s *Survey) read(i int) ([]float32, spectrum.Info, error) {
	k := s.spectra[i]
	none := spectrum.Info{ID: k.id, SNR: math.NaN(), BERV: math.NaN(), RV: math.NaN(), Airmass: math.NaN()}
	switch {
	case s.store != nil && k.row >= 0:
		row, err := s.store.Read(k.row)
		return row, none, err
	case k.file == "":
		return nil, none, nil
	}
	loaded, err := spectrum.Load(k.file)
	if err != nil {
		return nil, none, err
	}
	row, err := s.config.Preprocessing.Apply(loaded, s.config.Grid)
	return row, loaded.Info, err
}

// Close lets go of the files.
func (s *Survey) Close() error {
	if s.store != nil {
		return s.store.Close()
	}
	return nil
}

// open lists the spectra of the data.
func (s *Survey) open(paths []string) error {
	if len(paths) == 1 && store.Is(paths[0]) {
		return s.openStore(paths[0])
	}
	if len(paths) == 0 {
		return nil
	}
	files, err := datasets.Files(paths)
	if err != nil {
		return err
	}
	for _, file := range files {
		s.add(known{id: datasets.FileID(file), file: file, row: -1, code: -1})
	}
	return nil
}

func (s *Survey) openStore(dir string) error {
	st, err := store.Open(dir)
	if err != nil {
		return err
	}
	s.store = st
	if err := st.Fits(s.config.Grid, s.config.Preprocessing); err != nil {
		return err
	}
	for i := range st.Len() {
		s.add(known{id: st.ID(i), row: i, code: -1})
	}
	return nil
}

// add appends a spectrum, unless one of its name is there.
func (s *Survey) add(k known) int {
	key := catalog.Key(k.id)
	if i, ok := s.at[key]; ok {
		return i
	}
	s.at[key] = len(s.spectra)
	s.spectra = append(s.spectra, k)
	return len(s.spectra) - 1
}

// star is the target's name, empty where it is not known.
func (s *Survey) star(i int) string {
	if s.labels == nil || s.labels.Stars == nil {
		return ""
	}
	return s.labels.Stars[i]
}

// code is the stored code of a spectrum, or nil.
func (s *Survey) code(i int) []float32 {
	if c := s.spectra[i].code; c >= 0 {
		return s.codes[c]
	}
	return nil
}

// known labels of a spectrum by name; JSON has no NaN.
func (s *Survey) labelsOf(i int) map[string]float64 {
	values := map[string]float64{}
	if s.labels != nil {
		for _, c := range s.labels.Columns {
			if v := c.Values[i]; !math.IsNaN(v) && !math.IsInf(v, 0) {
				values[c.Name] = v
			}
		}
	}
	return values
}
