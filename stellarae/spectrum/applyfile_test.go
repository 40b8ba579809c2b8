package spectrum

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stellarae/lab/stellarae/fits"
)

// straightforward is Paper for an archive product of one row in air and
// Angstrom, step by step, each as plainly as it can be said: the reference of
// ApplyFile.
func straightforward(raw []byte, g Grid) (row []float32, middle float64, err error) {
	f, err := fits.Read("x.fits", raw)
	if err != nil {
		return nil, 0, err
	}
	t, err := f.HDUs[1].Table()
	if err != nil {
		return nil, 0, err
	}
	column := func(name string) (raw []byte) {
		i, _ := t.Index(name)
		if err := t.Stored(0, i, func(part []byte) error { raw = append(raw, part...); return nil }); err != nil {
			panic(err)
		}
		return raw
	}
	waves, fluxes := column("WAVE"), column("FLUX")
	n := len(fluxes) / 4
	if len(waves) != 8*n || n < 2 {
		return nil, 0, fmt.Errorf("lengths")
	}
	wave, flux := make([]float64, n), make([]float32, n)
	for i := range n {
		wave[i] = math.Float64frombits(binary.BigEndian.Uint64(waves[8*i:]))
		flux[i] = math.Float32frombits(binary.BigEndian.Uint32(fluxes[4*i:]))
	}
	for i, w := range wave {
		if !(w > 0) || math.IsInf(w, 0) || i > 0 && w <= wave[i-1] {
			return nil, 0, fmt.Errorf("wavelengths")
		}
	}
	var finite []float32
	for _, v := range flux {
		if !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) {
			finite = append(finite, v)
		}
	}
	slices.Sort(finite)
	middle = math.NaN()
	if k := len(finite); k > 0 {
		middle = (float64(finite[(k-1)/2]) + float64(finite[k/2])) / 2
	}
	row = make([]float32, g.Len())
	taken := 0
	for i, w := range wave {
		if w32 := float32(w); w32 < float32(g.Start-1e-5) || w32 > float32(g.End()+1e-5) {
			continue
		}
		if taken == g.Samples || math.Abs(w-g.Wave(g.PadLeft+taken)) > 0.05*g.Step {
			return nil, 0, fmt.Errorf("not on the grid")
		}
		if v := flux[i]; v-v != 0 {
			return nil, 0, fmt.Errorf("not finite")
		}
		row[g.PadLeft+taken] = flux[i]
		taken++
	}
	if taken != g.Samples {
		return nil, 0, fmt.Errorf("not on the grid")
	}
	sorted := slices.Clone(row)
	for _, m := range g.Masked {
		clear(sorted[m[0] : m[1]+1])
	}
	slices.Sort(sorted)
	a, b := sorted[(len(sorted)-1)/2], sorted[len(sorted)/2]
	scale := a
	if len(sorted)%2 == 0 {
		scale = float32(a+b) / 2
	}
	if scale == 0 || scale-scale != 0 {
		return nil, 0, fmt.Errorf("scale")
	}
	for i := range row {
		row[i] /= scale
		if row[i]-row[i] != 0 {
			return nil, 0, fmt.Errorf("scale")
		}
	}
	return row, middle, nil
}

// product3 is an archive product with its header.
func product3(t testing.TB, wave []float64, flux, errs []float32) []byte {
	columns := []fits.ColumnData{
		{Name: "WAVE", Unit: "angstrom", Data: [][]float64{wave}},
		{Name: "FLUX", Unit: "adu", Data: [][]float32{flux}},
	}
	if errs != nil {
		columns = append(columns, fits.ColumnData{Name: "ERR", Unit: "adu", Data: [][]float32{errs}})
	}
	return file(t, &fits.ImageHDU{Cards: []fits.Card{card("OBJECT", "HD 1"), card("SNR", 85.5), card("ESO DRS BERV", 18.25)}},
		&fits.TableHDU{Cards: []fits.Card{card("TUCD1", "em.wl;obs.atmos")}, Columns: columns})
}

// drawn is a random product around a random grid: mostly sound, else with one
// of the faults that archives have or that a maker of files may think of.
func drawn(r *rand.Rand) (g Grid, wave []float64, flux, errs []float32) {
	n := 2 + r.IntN([]int{30, 3000, 3000, 70000}[r.IntN(4)])
	g = Grid{Start: 3785 + float64(r.IntN(500000))*0.01, Step: 0.01, Samples: n, PadLeft: r.IntN(50), PadRight: r.IntN(60)}
	for range r.IntN(4) {
		from := r.IntN(g.Len())
		g.Masked = append(g.Masked, [2]int{from, min(g.Len()-1, from+r.IntN(1+g.Len()/5))})
	}
	before, after := r.IntN(40), r.IntN(40)
	if r.IntN(8) == 0 {
		before *= 500
	}
	total := before + n + after
	wave, flux = make([]float64, total), make([]float32, total)
	level, noise := math.Exp(4*r.NormFloat64()+3), r.Float64()
	for i := range wave {
		wave[i] = g.Start + float64(i-before)*g.Step
		flux[i] = float32(level * (1 + 0.3*math.Sin(float64(i)/5000) + noise*r.NormFloat64()))
	}
	if r.IntN(2) == 0 {
		errs = make([]float32, total)
	}
	at, inGrid := r.IntN(total), before+r.IntN(n)
	special := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 0, float32(math.Copysign(0, -1)), 1e-45, math.MaxFloat32, -math.MaxFloat32}
	switch r.IntN(40) {
	case 0: // anywhere
		flux[at] = special[r.IntN(len(special))]
	case 1:
		flux[inGrid] = special[r.IntN(len(special))]
	case 2: // outside the grid alone
		flux[0], flux[total-1] = special[r.IntN(3)], special[r.IntN(3)]
	case 3: // ties
		for i := range flux {
			flux[i] = float32(r.IntN(5))
		}
	case 4:
		for i := range flux {
			flux[i] = float32(level)
		}
	case 5: // mostly negative
		for i := range flux {
			flux[i] -= float32(level)
		}
	case 6: // any bits
		for i := range flux {
			flux[i] = math.Float32frombits(r.Uint32())
		}
	case 7: // tiny, whose quotients have fewer bits
		for i := range flux {
			flux[i] = math.Float32frombits(r.Uint32() >> 8)
		}
	case 8: // quotients that overflow
		for i := range flux {
			flux[i] = 1e-30
		}
		flux[inGrid] = 1e30
	case 9:
		for i := range flux {
			flux[i] = math.MaxFloat32
		}
	case 10: // halves that the bracket's sample does not show
		for i := range flux {
			flux[i] = float32(i%2)*1000 + r.Float32()
		}
	case 11:
		wave[at] += []float64{0.0004, 0.00049, 0.0005, 0.00051, -0.0005, 0.006, -0.02, 1}[r.IntN(8)]
	case 12:
		wave[at] = []float64{math.NaN(), math.Inf(1), 0, -5000}[r.IntN(4)]
	case 13: // all a little off
		shift := []float64{0.0004, 0.00045, 0.00049, 0.0005, 0.0006, 0.005}[r.IntN(6)]
		for i := range wave {
			wave[i] += shift
		}
	case 14: // a step a little off
		for i := range wave {
			wave[i] = g.Start + float64(i-before)*g.Step*(1+1e-8*r.Float64())
		}
	case 15:
		slices.Reverse(wave)
		slices.Reverse(flux)
	case 16:
		wave, flux = wave[:total-after-1], flux[:total-after-1]
		errs = nil
	case 17:
		errs = make([]float32, 3)
	case 18: // single precision
		for i := range wave {
			wave[i] = float64(float32(wave[i]))
		}
	}
	return g, wave, flux, errs
}

// ApplyFile is the straightforward way, bit for bit, and what it refuses is
// refused as Load and Apply do.
func TestApplyFileIsTheStraightforwardWay(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	dir := t.TempDir()
	directly, refused := 0, 0
	for k := range 400 {
		g, wave, flux, errs := drawn(r)
		raw := product3(t, wave, flux, errs)
		path := filepath.Join(dir, fmt.Sprintf("%d.fits", k))
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		ok := compare(t, path, raw, g)
		if _, taken := Paper.direct(path, g, make([]float32, g.Len())); taken {
			directly++
		}
		if !ok {
			refused++
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("file %d: grid %+v", k, g)
		}
	}
	if directly < 100 || refused < 40 {
		t.Errorf("%d files were prepared directly and %d refused: the comparison shows too little", directly, refused)
	}
}

// compare prepares a file by ApplyFile, by Load and Apply and, where that
// applies, straightforwardly, and tells whether it is a spectrum.
func compare(t *testing.T, path string, raw []byte, g Grid) bool {
	t.Helper()
	row := make([]float32, g.Len())
	for i := range row {
		row[i] = 7 // what a row held before must not matter
	}
	got, err := Paper.ApplyFile(path, g, row)
	s, wantErr := Load(path)
	var want []float32
	if wantErr == nil {
		want, wantErr = Paper.Apply(s, g)
	}
	reference, middle, referenceErr := straightforward(raw, g)
	if wantErr != nil {
		if err == nil || err.Error() != wantErr.Error() {
			t.Errorf("error %v, want %v", err, wantErr)
		}
		if referenceErr == nil && !strings.Contains(wantErr.Error(), " errors: want as many") {
			t.Errorf("refused, unlike the reference: %v", wantErr)
		}
		return false
	}
	if err != nil {
		t.Errorf("refused: %v", err)
		return false
	}
	if hash(row) != hash(want) || referenceErr == nil && hash(row) != hash(reference) {
		t.Error("other bits")
	}
	if m := s.Median(); got.Median != m && !(math.IsNaN(got.Median) && math.IsNaN(m)) || referenceErr == nil && got.Median != middle {
		t.Errorf("median %v, want %v", got.Median, m)
	}
	if diff := cmp.Diff(s.Info, got.Info, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	return true
}

// Products whose header says other things than the archive's go the long way
// and come out as they do.
func TestApplyFileOfOtherProducts(t *testing.T) {
	g := Grid{Start: 5000, Step: 0.01, Samples: 5000, PadLeft: 3}
	wave, flux := make([]float64, 5100), make([]float32, 5100)
	for i := range wave {
		wave[i], flux[i] = 4999.5+float64(i)*0.01, 100+float32(i%13)
	}
	nano := slices.Clone(wave)
	for i := range nano {
		nano[i] /= 10
	}
	scaled := product3(t, wave, flux, nil)
	whole := slices.Clone(scaled)
	patch := func(raw []byte, old, new string) []byte {
		if len(old) != len(new) || bytes.Count(raw, []byte(old)) != 1 {
			t.Fatalf("%q is not there once", old)
		}
		return bytes.Replace(raw, []byte(old), []byte(new), 1)
	}
	single := make([]float32, len(wave))
	for i, w := range wave {
		single[i] = float32(w)
	}
	table := func(columns ...fits.ColumnData) []byte {
		return file(t, &fits.ImageHDU{}, &fits.TableHDU{Columns: columns})
	}
	for name, raw := range map[string][]byte{
		"as it is":      whole,
		"vacuum":        patch(whole, "'em.wl;obs.atmos'", "'em.wl'          "),
		"nanometres":    table(fits.ColumnData{Name: "WAVE", Unit: "nm", Data: [][]float64{nano}}, fits.ColumnData{Name: "FLUX", Data: [][]float32{flux}}),
		"single waves":  table(fits.ColumnData{Name: "WAVE", Data: [][]float32{single}}, fits.ColumnData{Name: "FLUX", Data: [][]float32{flux}}),
		"rows":          table(fits.ColumnData{Name: "WAVE", Data: wave}, fits.ColumnData{Name: "FLUX", Data: flux}),
		"scaled flux":   patch(scaled, "TUNIT2  = 'adu     '", "TSCAL2  =        2.0 "[:20]),
		"errors absent": table(fits.ColumnData{Name: "WAVE", Data: [][]float64{wave}}, fits.ColumnData{Name: "FLUX", Data: [][]float32{flux}}),
		"text errors":   table(fits.ColumnData{Name: "WAVE", Data: [][]float64{wave}}, fits.ColumnData{Name: "FLUX", Data: [][]float32{flux}}, fits.ColumnData{Name: "ERR", Data: []string{"none"}}),
		"cut short":     whole[:len(whole)-6000],
		"no data":       whole[:5760],
		"text":          []byte("5000 1\n5001 2\n"),
		"empty":         nil,
		"image":         file(t, &fits.ImageHDU{Data: flux, Cards: []fits.Card{card("CRVAL1", 4999.5), card("CDELT1", 0.01)}}),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.fits")
			if err := os.WriteFile(path, raw, 0o644); err != nil {
				t.Fatal(err)
			}
			row, want := make([]float32, g.Len()), []float32(nil)
			for _, p := range []Preset{Paper, Clean} {
				got, err := p.ApplyFile(path, g, row)
				s, wantErr := Load(path)
				if wantErr == nil {
					want, wantErr = p.Apply(s, g)
				}
				if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
					t.Fatalf("error %v, want %v", err, wantErr)
				}
				if err == nil && (hash(row) != hash(want) || got.Median != s.Median()) {
					t.Errorf("%v: other bits or median", p)
				}
			}
		})
	}
	if _, err := Paper.ApplyFile("absent.fits", g, make([]float32, g.Len())); err == nil || !strings.Contains(err.Error(), "absent.fits") {
		t.Error(err)
	}
	if _, err := Paper.ApplyFile("absent.fits", g, make([]float32, 4)); err == nil || !strings.Contains(err.Error(), "a row of 4 samples") {
		t.Error(err)
	}
}

// FuzzApplyFile spoils bytes of a product: what comes out is what Load and Apply
// make of it.
func FuzzApplyFile(f *testing.F) {
	g := Grid{Start: 5000, Step: 0.25, Samples: 40, PadLeft: 3, PadRight: 2, Masked: [][2]int{{0, 2}, {10, 14}}}
	wave, flux := make([]float64, 46), make([]float32, 46)
	for i := range wave {
		wave[i], flux[i] = 4999.5+float64(i)*0.25, 100+float32(i*i%13)
	}
	raw := product3(f, wave, flux, flux)
	data := bytes.Index(raw, binary.BigEndian.AppendUint64(nil, math.Float64bits(4999.5)))
	f.Add(data, []byte{})
	f.Add(data+8, binary.BigEndian.AppendUint64(nil, math.Float64bits(4999.7501)))
	f.Add(data+8*46+16, binary.BigEndian.AppendUint32(nil, 0x7fc00001))
	f.Add(data+8*46, binary.BigEndian.AppendUint32(nil, 0xff800000))
	f.Add(data-2880, []byte("TFORM1  = '46E     '"))
	f.Fuzz(func(t *testing.T, at int, patch []byte) {
		spoilt := slices.Clone(raw)
		if at < 0 || at > len(spoilt) {
			return
		}
		copy(spoilt[at:], patch)
		path := filepath.Join(t.TempDir(), "x.fits")
		if err := os.WriteFile(path, spoilt, 0o644); err != nil {
			t.Fatal(err)
		}
		row := make([]float32, g.Len())
		got, err := Paper.ApplyFile(path, g, row)
		s, wantErr := Load(path)
		var want []float32
		if wantErr == nil {
			want, wantErr = Paper.Apply(s, g)
		}
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if err != nil {
			return
		}
		if hash(row) != hash(want) {
			t.Error("other bits")
		}
		if m := s.Median(); got.Median != m && !(math.IsNaN(got.Median) && math.IsNaN(m)) {
			t.Errorf("median %v, want %v", got.Median, m)
		}
	})
}

func TestSpectrumMedian(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		x := make([]float32, n)
		var finite []float64
		for i := range x {
			switch random.IntN(5) {
			case 0:
				x[i] = float32(random.IntN(3)) // ties
			case 1:
				x[i] = []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}[random.IntN(3)]
				continue
			default:
				x[i] = float32(random.NormFloat64())
			}
			finite = append(finite, float64(x[i]))
		}
		slices.Sort(finite)
		want := math.NaN()
		if k := len(finite); k > 0 {
			want = (finite[(k-1)/2] + finite[k/2]) / 2
		}
		kept := hash(x)
		s := &Spectrum{Flux: x}
		if got := s.Median(); got != want && !(got != got && want != want) {
			t.Fatalf("median of %v is %g, want %g", x, got, want)
		}
		if hash(x) != kept {
			t.Fatal("the values were moved")
		}
	}
}
