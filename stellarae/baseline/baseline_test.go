package baseline

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend"
	"github.com/google/go-cmp/cmp"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// table is a dataset in memory; visits is how many rows each star has.
type table struct {
	rows   [][]float32
	visits int
	read   []int // which rows were asked for
	bad    int   // the row that cannot be read; 0 for none
}

var errBad = errors.New("the file is cut")

func (t *table) Len() int          { return len(t.rows) }
func (t *table) Samples() int      { return len(t.rows[0]) }
func (t *table) ID(i int) string   { return fmt.Sprintf("ADP.%d", i) }
func (t *table) Star(i int) string { return fmt.Sprintf("HD %d", i/max(1, t.visits)) }
func (t *table) Row(i int, dst []float32) error {
	t.read = append(t.read, i)
	if t.bad > 0 && i == t.bad {
		return errBad
	}
	copy(dst, t.rows[i])
	return nil
}

var _ datasets.Dataset = (*table)(nil)

func all(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

func worst(t testing.TB, got, want [][]float32) float64 {
	t.Helper()
	off := 0.0
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for r := range want {
		if len(got[r]) != len(want[r]) {
			t.Fatalf("row %d has %d values, want %d", r, len(got[r]), len(want[r]))
		}
		for i := range want[r] {
			off = math.Max(off, math.Abs(float64(got[r][i])-float64(want[r][i])))
		}
	}
	return off
}

// The numbers are numpy's, see testdata/make_fixtures.py.
func TestPCAEqualsNumpy(t *testing.T) {
	var want struct {
		Rows, Components, Scores [][]float32
		Deviation, Share         []float64
	}
	text, err := os.ReadFile("testdata/pca.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	d := &table{rows: want.Rows}
	p, err := FitPCA(d, all(30), PCAOptions{Components: 4, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if off := worst(t, p.Components, want.Components); off > 1e-6 {
		t.Errorf("components off by %.2g", off)
	}
	for c := range want.Share {
		if math.Abs(p.Share[c]/want.Share[c]-1) > 1e-6 || math.Abs(p.Deviation[c]/want.Deviation[c]-1) > 1e-6 {
			t.Errorf("component %d: share %v and deviation %v, want %v and %v", c, p.Share[c], p.Deviation[c], want.Share[c], want.Deviation[c])
		}
	}
	scores, err := Codes(d, all(30), p.Encode, nil)
	if err != nil {
		t.Fatal(err)
	}
	if off := worst(t, scores, want.Scores); off > 2e-6 {
		t.Errorf("scores off by %.2g", off)
	}
}

// plane are rows of a few directions and nothing else, longer than a block.
func plane(n, samples, directions int) *table {
	random := rand.New(rand.NewPCG(4, 4))
	basis := make([][]float64, directions)
	for k := range basis {
		basis[k] = make([]float64, samples)
		for i := range basis[k] {
			basis[k][i] = random.NormFloat64()
		}
	}
	d := &table{visits: 3}
	for range n {
		row := make([]float32, samples)
		for k := range basis {
			z := random.NormFloat64() / float64(1+k)
			for i := range row {
				row[i] += float32(z * basis[k][i])
			}
		}
		d.rows = append(d.rows, row)
	}
	return d
}

// Rows of three directions are their three components, and have no fourth;
// components are orthonormal; rows that were not fitted come back too.
func TestPCAOfAPlane(t *testing.T) {
	d := plane(60, 5000, 3)
	p, err := FitPCA(d, all(40), PCAOptions{Components: 3, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	if p.Spectra != 14 { // stars among 40 rows
		t.Errorf("%d spectra fitted", p.Spectra)
	}
	for a := range 3 {
		for b := range 3 {
			dot, want := 0.0, 0.0
			for i := range 5000 {
				dot += float64(p.Components[a][i]) * float64(p.Components[b][i])
			}
			if a == b {
				want = 1
			}
			if math.Abs(dot-want) > 1e-5 {
				t.Errorf("components %d and %d: product %v", a, b, dot)
			}
		}
	}
	if s := p.Share[0] + p.Share[1] + p.Share[2]; math.Abs(s-1) > 1e-6 || p.Share[0] < p.Share[1] || p.Share[1] < p.Share[2] {
		t.Errorf("shares %v", p.Share)
	}
	codes, err := p.Encode(d.rows)
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.Decode(codes)
	if err != nil {
		t.Fatal(err)
	}
	if off := worst(t, again, d.rows); off > 1e-4 {
		t.Errorf("decoded rows are off by %.2g", off)
	}
	if _, err := FitPCA(d, all(40), PCAOptions{Components: 4, Seed: 2}); err == nil || !strings.Contains(err.Error(), "4 components asked for: 14 spectra have 3") {
		t.Error(err)
	}
}

// One spectrum of each star is read, no more than asked for or than fit into
// memory, and which ones is the seed's.
func TestPCAReadsFewSpectra(t *testing.T) {
	chosen := func(o PCAOptions) []int {
		d := plane(60, 100, 3)
		o.Components = 1
		if _, err := FitPCA(d, all(60), o); err != nil {
			t.Fatal(err)
		}
		stars := map[int]bool{}
		for _, row := range d.read {
			if stars[row/3] {
				t.Errorf("two spectra of star %d", row/3)
			}
			stars[row/3] = true
		}
		return d.read
	}
	if got := chosen(PCAOptions{Seed: 1}); len(got) != 20 {
		t.Errorf("%d spectra of 20 stars", len(got))
	}
	if got := chosen(PCAOptions{Spectra: 5, Seed: 1}); len(got) != 5 {
		t.Errorf("%d spectra, 5 are allowed", len(got))
	}
	if got := chosen(PCAOptions{Memory: 7*400 + 399, Seed: 1}); len(got) != 7 {
		t.Errorf("%d spectra, 7 fit into memory", len(got))
	}
	if !slices.Equal(chosen(PCAOptions{Seed: 1}), chosen(PCAOptions{Seed: 1})) || slices.Equal(chosen(PCAOptions{Seed: 1}), chosen(PCAOptions{Seed: 2})) {
		t.Error("the choice is not the seed's")
	}
}

// Codes are those of the encoder, in the order of the rows asked for, however
// many batches they take.
func TestCodesInBatches(t *testing.T) {
	d := plane(600, 3, 2)
	rows := rand.New(rand.NewPCG(1, 1)).Perm(600)
	var sizes []int
	last := 0
	codes, err := Codes(d, rows, func(rows [][]float32) ([][]float32, error) {
		sizes = append(sizes, len(rows))
		return rows, nil
	}, func(done, total int) { last = 1000*done + total })
	if err != nil {
		t.Fatal(err)
	}
	want := make([][]float32, 600)
	for i, row := range rows {
		want[i] = d.rows[row]
	}
	if diff := cmp.Diff(want, codes); diff != "" || !slices.Equal(sizes, []int{256, 256, 88}) || last != 600600 {
		t.Errorf("batches of %v, progress %d, %s", sizes, last, diff)
	}
}

// An untrained network is the one that a training with the seed starts from.
func TestUntrained(t *testing.T) {
	backend, err := compute.NewWithConfig("go")
	if err != nil {
		t.Fatal(err)
	}
	c := stellarae.Config{
		Name: "tiny", Grid: spectrum.Grid{Start: 5000, Step: 0.1, Samples: 16}, Nodes: 2, Slope: 0.1,
		Encoder: []stellarae.Conv{{In: 1, Out: 2, Kernel: 3, Stride: 2}},
	}
	d := plane(5, 16, 3)
	codes := func(seed uint64) [][]float32 {
		m, err := Untrained(backend, c, seed)
		if err != nil {
			t.Fatal(err)
		}
		codes, err := Codes(d, all(5), m.Encode, nil)
		if err != nil {
			t.Fatal(err)
		}
		return codes
	}
	m, err := stellarae.New(backend, c, 7)
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.Encode(d.rows)
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(codes(7), want) || cmp.Equal(codes(8), want) {
		t.Error("the codes are not the seed's")
	}
	if _, err := Untrained(backend, stellarae.Config{}, 1); err == nil {
		t.Error("no network is no error")
	}
}

func TestRefuses(t *testing.T) {
	good := plane(9, 4, 2)
	broken := plane(9, 4, 2)
	broken.rows[6][2] = float32(math.NaN())
	cut := plane(9, 4, 2)
	cut.visits, cut.bad = 1, 5
	fit := func(d *table, rows []int, components, spectra int) error {
		_, err := FitPCA(d, rows, PCAOptions{Components: components, Spectra: spectra})
		return err
	}
	p, err := FitPCA(good, all(9), PCAOptions{Components: 1})
	if err != nil {
		t.Fatal(err)
	}
	encode := func(row []float32) error { _, err := p.Encode([][]float32{row}); return err }
	decode := func(code []float32) error { _, err := p.Decode([][]float32{code}); return err }
	code := func(d *table, rows []int, f func([][]float32) ([][]float32, error)) error {
		_, err := Codes(d, rows, f, nil)
		return err
	}
	for want, err := range map[string]error{
		"0 components of 1000 spectra":             fit(good, all(9), 0, 0),
		"1 components of 1 spectra":                fit(good, all(9), 1, 1),
		"1 spectra of different stars":             fit(good, all(3), 1, 0),
		"0 spectra of different stars":             fit(good, nil, 1, 0),
		"row 9: the dataset has 9":                 fit(good, []int{0, 9}, 1, 0),
		"row -1: the dataset has 9":                code(good, []int{-1}, p.Encode),
		"ADP.6: sample 2 is NaN":                   code(broken, all(9), p.Encode),
		"ADP.5: the file is cut":                   fit(cut, all(9), 1, 0),
		"rows from ADP.3: ":                        code(plane(9, 5, 2), []int{3}, p.Encode),
		"0 codes of 2 rows":                        code(good, []int{3, 4}, func([][]float32) ([][]float32, error) { return nil, nil }),
		"row 0 has 5 samples, want 4":              encode(make([]float32, 5)),
		"code 0 has 2 values, want 1":              decode(make([]float32, 2)),
		"1 components asked for: 2 spectra have 0": fit(&table{rows: [][]float32{{1, 2}, {1, 2}}}, all(2), 1, 0),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %q, got %v", want, err)
		}
	}
	if err := fit(cut, all(9), 1, 0); !errors.Is(err, errBad) {
		t.Error("the cause is lost")
	}
}

func ExampleFitPCA() {
	d := plane(30, 200, 2)
	pca, err := FitPCA(d, all(30), PCAOptions{Components: 2, Seed: 1})
	if err != nil {
		panic(err)
	}
	codes, err := Codes(d, all(30), pca.Encode, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%d codes of %d values; %.0f %% of the variance of %d spectra\n", len(codes), len(codes[0]), 100*(pca.Share[0]+pca.Share[1]), pca.Spectra)
	// Output:
	// 30 codes of 2 values; 100 % of the variance of 10 spectra
}

func BenchmarkFitPCA(b *testing.B) {
	d := plane(300, 1<<15, 5)
	d.visits = 1
	for b.Loop() {
		if _, err := FitPCA(d, all(300), PCAOptions{Components: 5}); err != nil {
			b.Fatal(err)
		}
	}
}
