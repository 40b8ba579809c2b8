// Package crossmatch brings catalogues of stars to spectra: it finds each
// spectrum's star in each catalogue, by the star's name or by its place, takes
// its labels in the order of the catalogues, and tells what matched how, where
// catalogues disagree, and what was left over.
//
// It asks no archive and changes no label; what a catalogue's columns mean is
// settled by package source.
//
//	spectra, failures, err := crossmatch.ReadSpectra(ctx, files, crossmatch.Reading{})
//	result, err := crossmatch.Match(spectra, sources, starname.NewStars(), crossmatch.Options{})
//	err = result.Table.Write("labels.csv")
package crossmatch

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/catalog/sky"
	"github.com/stellarae/lab/datasets/catalog/starname"
	"github.com/stellarae/lab/stellarae/fits"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// Spectrum is what is known of a spectrum without catalogues.
type Spectrum struct {
	ID    string // dp_id
	File  string
	Names []string     // of the target, the surest first: OBJECT, then other names the header or the file's name gives
	Place sky.Position // of the target; see sky.Position.Known
	// Median is the median of the finite samples of the flux, in the file's
	// units.
	Median, SNR, Airmass float64 // NaN where not known

	size     int64 // of the file when it was read
	modified time.Time
}

// NewSpectrum is a spectrum of which nothing but the names of its target is known.
func NewSpectrum(id string, names ...string) Spectrum {
	return Spectrum{ID: id, Names: names, Place: nowhere(), Median: math.NaN(), SNR: math.NaN(), Airmass: math.NaN()}
}

// object is the target as the file has it.
func (s *Spectrum) object() string {
	if len(s.Names) == 0 {
		return ""
	}
	return s.Names[0]
}

// ReadSpectrum reads a file's headers and measures its flux. The target's place
// is where the observer said it to be (HIERARCH ESO TEL TARG, with its proper
// motion brought to the exposure's epoch) or, without that, where the telescope
// pointed (RA, DEC), which may be off by 20 arcsec. A file without OBJECT is
// named by its own name, up to "_HARPS".
func ReadSpectrum(path string) (Spectrum, error) {
	s, err := spectrum.Load(path)
	if err != nil {
		return Spectrum{}, err
	}
	out := NewSpectrum(catalog.Key(path))
	out.File, out.Median, out.SNR, out.Airmass = path, median(s.Flux), s.Info.SNR, s.Info.Airmass
	var names []string
	if s.Info.Format != "text" {
		f, err := fits.Open(path)
		if err != nil {
			return Spectrum{}, err
		}
		h := header(f.HDUs)
		names = []string{h.text("OBJECT"), h.text("ESO OBS TARG NAME"), h.text("ESO TEL TARG NAME")}
		out.Place = h.place()
	}
	if starname.Parse(strings.Join(names, "")).Key == "" {
		names = append(names, fileNames(path)...)
	}
	for _, name := range names {
		if starname.Parse(name).Key != "" && !slices.Contains(out.Names, name) {
			out.Names = append(out.Names, name)
		}
	}
	return out, nil
}

// fileNames are the names in a file's name such as
// HD111998_38Vir_HARPS_coadd.fits; none where it is a dp_id or a raw file's.
func fileNames(path string) []string {
	name, _, ok := strings.Cut(filepath.Base(path), "_HARPS")
	if !ok {
		return nil
	}
	return append(strings.Split(name, "_"), name)
}

// median of the finite values, NaN without any.
func median(flux []float32) float64 {
	finite := make([]float32, 0, len(flux))
	for _, v := range flux {
		if v-v == 0 {
			finite = append(finite, v)
		}
	}
	if len(finite) == 0 {
		return math.NaN()
	}
	slices.Sort(finite)
	n := len(finite)
	return (float64(finite[(n-1)/2]) + float64(finite[n/2])) / 2
}

func nowhere() sky.Position {
	return sky.Position{RA: math.NaN(), Dec: math.NaN(), PMRA: math.NaN(), PMDec: math.NaN(), Epoch: 2000}
}

// header is the headers of a file; the first that has a key counts.
type header []*fits.HDU

func (h header) text(key string) string {
	for _, hdu := range h {
		if v, ok := hdu.Header.String(key); ok && strings.TrimSpace(v) != "" {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func (h header) number(key string) float64 {
	for _, hdu := range h {
		if v, ok := hdu.Header.Float(key); ok {
			return v
		}
	}
	return math.NaN()
}

// place is the target's, at the epoch of the exposure.
func (h header) place() sky.Position {
	epoch := sky.JulianYear(h.number("MJD-OBS"))
	if math.IsNaN(epoch) {
		if t, err := time.Parse("2006-01-02T15:04:05", h.text("DATE-OBS")); err == nil {
			epoch = sky.JulianYear(float64(t.Unix())/86400 + 40587) // MJD of 1970
		}
	}
	if p := h.target(); p.Known() {
		if p.Moves() && !math.IsNaN(epoch) {
			p.RA, p.Dec = p.At(epoch)
			p.Epoch = epoch
		}
		return p
	}
	p := nowhere()
	if p.RA, p.Dec = h.number("RA"), h.number("DEC"); math.IsNaN(epoch) || p.RA == 0 && p.Dec == 0 {
		return nowhere()
	}
	p.Epoch = epoch
	return p
}

// target is the place the observer gave: HHMMSS.SSS and DDMMSS.SS as numbers,
// the proper motion in arcsec a year. Motions of zero are those of a form left empty.
func (h header) target() sky.Position {
	p := nowhere()
	ra, dec := h.number("ESO TEL TARG ALPHA"), h.number("ESO TEL TARG DELTA")
	if math.IsNaN(ra) || math.IsNaN(dec) || ra == 0 && dec == 0 || h.number("ESO TEL TARG EQUINOX") != 2000 {
		return p
	}
	if p.RA, p.Dec = 15*packed(ra), packed(dec); !p.Known() {
		return nowhere()
	}
	if epoch := h.number("ESO TEL TARG EPOCH"); epoch > 1900 && epoch < 2100 {
		p.Epoch = epoch
	}
	x, y := 1e3*h.number("ESO TEL TARG PMA"), 1e3*h.number("ESO TEL TARG PMD")
	if speed := math.Hypot(x, y); speed > 0 && speed < 20000 {
		p.PMRA, p.PMDec = x, y
	}
	return p
}

// packed reads DDMMSS.SS; NaN where minutes or seconds are none.
func packed(v float64) float64 {
	whole, rest := math.Modf(math.Abs(v) / 1e4)
	minutes, rest := math.Modf(rest*100 + 1e-11)
	seconds := rest * 100
	if minutes >= 60 || seconds >= 60.001 {
		return math.NaN()
	}
	return math.Copysign(whole+minutes/60+seconds/3600, v)
}

// sameFile tells whether a file has not changed since s was read.
func (s *Spectrum) sameFile(size int64, modified time.Time) bool {
	return s.size == size && s.modified.Equal(modified)
}
