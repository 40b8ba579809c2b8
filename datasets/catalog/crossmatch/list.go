package crossmatch

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/catalog/sky"
)

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
