package spectrum

import (
	"fmt"
	"slices"

	"github.com/stellarae/lab/stellarae/fits"
	"github.com/stellarae/lab/stellarae/orderstat"
)

// Prepared is what a file that became a row says beside it.
type Prepared struct {
	Info   Info
	Median float64 // see Spectrum.Median
}

// ApplyFile is Load and Apply in one, with the result in row, of g.Len()
// samples; after an error row may hold anything. Archive products whose samples
// sit on the grid are prepared on their way from the file, without what Load
// would keep of them; every other file, and every file that is at fault in any
// way, goes through Load and Apply, so that what is returned is theirs to the
// bit.
func (p Preset) ApplyFile(path string, g Grid, row []float32) (Prepared, error) {
	if len(row) != g.Len() {
		return Prepared{}, fmt.Errorf("%s: a row of %d samples for a grid of %d", path, len(row), g.Len())
	}
	if out, ok := p.direct(path, g, row); ok {
		return out, nil
	}
	s, err := Load(path)
	if err != nil {
		return Prepared{}, err
	}
	flux, err := p.Apply(s, g)
	if err != nil {
		return Prepared{}, err
	}
	copy(row, flux)
	return Prepared{s.Info, s.Median()}, nil
}

// Median is the median of the finite flux, NaN where there is none.
func (s *Spectrum) Median() float64 { return orderstat.Median(onlyFinite(slices.Clone(s.Flux))) }

// onlyFinite moves the finite values to the front of x and returns them.
func onlyFinite(x []float32) []float32 {
	return slices.DeleteFunc(x, func(v float32) bool { return v-v != 0 })
}

// direct prepares a file as ApplyFile says if it can, and else says so without
// saying why: it takes an archive product in air and Angstrom, of which all
// wavelengths stand on one line with the grid's and the flux is sound.
func (p Preset) direct(path string, g Grid, row []float32) (out Prepared, ok bool) {
	if p != Paper || g.Validate() != nil {
		return out, false
	}
	f, err := fits.OpenParts(path)
	if err != nil {
		return out, false
	}
	defer f.Close()
	hdu := firstTable(f)
	if hdu < 0 {
		return out, false
	}
	keys := headers{f.HDUs[hdu].Header, f.HDUs[0].Header}
	t, err := newTable(f.HDUs[hdu])
	if err != nil {
		return out, false
	}
	n, ok := t.vectors()
	if !ok || n < g.Samples {
		return out, false
	}
	first, ok := t.firstOnGrid(n, g)
	if !ok {
		return out, false
	}
	work := works.Get().(*work)
	defer work.free()
	if !work.read(t, first, g, row) {
		return out, false
	}
	scale, middle, ok := work.medians(g, row)
	if !ok || !divide(row[g.PadLeft:g.PadLeft+g.Samples], scale) {
		return out, false
	}
	clear(row[:g.PadLeft])
	clear(row[g.PadLeft+g.Samples:])
	out = Prepared{keys.info(Info{Format: "phase3"}), middle}
	out.Info.name(path)
	return out, true
}

// vectors tells whether the table is one row of plain vectors of one length,
// wavelengths in double precision and flux in single, in air and Angstrom, and
// how long they are.
func (t *table) vectors() (n int, ok bool) {
	columns := t.Columns()
	wave, flux := &columns[t.wave], &columns[t.flux]
	n = wave.Repeat
	ok = t.Rows() == 1 && t.scale == 1 && t.medium == Air && n >= 2 && n <= MaxSamples && flux.Repeat == n &&
		wave.Type == 'D' && !wave.Variable && wave.Plain() && flux.Type == 'E' && !flux.Variable && flux.Plain()
	if ok && t.err >= 0 { // Paper does not look at errors, but wants as many
		e := &columns[t.err]
		ok = (e.Type == 'E' || e.Type == 'D') && !e.Variable && e.Repeat == n
	}
	return n, ok
}
