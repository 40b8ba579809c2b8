package baseline

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/datasets"
)

// PCAOptions say how to find principal components.
type PCAOptions struct {
	Components int    // how many to keep, at least 1
	Spectra    int    // at most so many are looked at; 0 means 1000
	Seed       uint64 // of their choice
	Memory     int64  // bytes for them, which bounds their number too; 0 means 1 GiB
}

// PCA is the mean spectrum and the leading principal components about it.
type PCA struct {
	Mean       []float32   // [sample]
	Components [][]float32 // [component][sample], orthonormal; the largest entry is positive
	Deviation  []float64   // [component] standard deviation of its score over the spectra fitted
	Share      []float64   // [component] of the spectra's variance
	Spectra    int         // fitted
}

// FitPCA finds the principal components of one spectrum of each star among rows,
// at most o.Spectra, drawn at random. They are those of the spectra's n x n
// matrix of products (Sirovich 1987, doi:10.1090/qam/910462), whose size does
// not grow with the number of samples.
//
// More components than the spectra have directions, fewer than two stars, and
// rows that cannot be read or are not finite are errors.
func FitPCA(d datasets.Dataset, rows []int, o PCAOptions) (*PCA, error) {
	if o.Spectra == 0 {
		o.Spectra = 1000
	}
	if o.Memory == 0 {
		o.Memory = 1 << 30
	}
	if o.Components < 1 || o.Spectra < 2 {
		return nil, fmt.Errorf("baseline: %d components of %d spectra: want one at least, of two", o.Components, o.Spectra)
	}
	for _, row := range rows {
		if row < 0 || row >= d.Len() {
			return nil, fmt.Errorf("baseline: row %d: the dataset has %d", row, d.Len())
		}
	}
	most := min(int64(o.Spectra), o.Memory/int64(4*max(1, d.Samples())))
	chosen := oneOfEachStar(d, rows, int(most), o.Seed)
	if len(chosen) < 2 {
		return nil, fmt.Errorf("baseline: %d spectra of different stars to fit, of %d rows: want two at least", len(chosen), len(rows))
	}
	batch, err := read(d, chosen)
	if err != nil {
		return nil, err
	}
	return fit(batch, o.Components)
}

// oneOfEachStar draws most rows, none of a star that another one is of, and
// puts them in order.
func oneOfEachStar(d datasets.Dataset, rows []int, most int, seed uint64) []int {
	random := rand.New(rand.NewPCG(seed, 0x706361))
	var chosen []int
	seen := map[string]bool{}
	for _, k := range random.Perm(len(rows)) {
		if star := d.Star(rows[k]); len(chosen) < most && !seen[star] {
			seen[star] = true
			chosen = append(chosen, rows[k])
		}
	}
	slices.Sort(chosen)
	return chosen
}

// blockSamples is how many samples of all spectra are turned into float64 at
// once.
const blockSamples = 2048

// fit finds the components of rows.
func fit(rows [][]float32, components int) (*PCA, error) {
	n, samples := len(rows), len(rows[0])
	p := &PCA{Mean: meanOf(rows), Spectra: n}
	products := mat.NewSymDense(n, nil)
	for start := 0; start < samples; start += blockSamples {
		products.SymRankK(products, 1, p.centred(rows, start))
	}
	total := mat.Trace(products)
	var eigen mat.EigenSym
	if !eigen.Factorize(products, true) {
		return nil, errors.New("baseline: the eigenvalues of the spectra's products do not converge")
	}
	values := eigen.Values(nil) // ascending
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	const negligible = 1e-12 // of the variance: below are rounding errors
	for c := range components {
		if c >= n-1 || !(values[n-1-c] > negligible*total) {
			return nil, fmt.Errorf("baseline: %d components asked for: %d spectra have %d", components, n, c)
		}
		p.Share = append(p.Share, values[n-1-c]/total)
		p.Deviation = append(p.Deviation, math.Sqrt(values[n-1-c]/float64(n-1)))
		p.Components = append(p.Components, make([]float32, samples))
	}
	leading := mat.NewDense(n, components, nil)
	for c := range components {
		for r := range n {
			leading.Set(r, c, vectors.At(r, n-1-c)/math.Sqrt(values[n-1-c]))
		}
	}
	for start := 0; start < samples; start += blockSamples {
		var part mat.Dense // components x block
		part.Mul(leading.T(), p.centred(rows, start))
		for c := range components {
			for i, v := range part.RawRowView(c) {
				p.Components[c][start+i] = float32(v)
			}
		}
	}
	for _, component := range p.Components {
		turn(component)
	}
	return p, nil
}

func meanOf(rows [][]float32) []float32 {
	mean := make([]float32, len(rows[0]))
	for i := range mean {
		sum := 0.0
		for _, row := range rows {
			sum += float64(row[i])
		}
		mean[i] = float32(sum / float64(len(rows)))
	}
	return mean
}

// centred is a block of samples of all rows, less the mean: rows x block.
func (p *PCA) centred(rows [][]float32, start int) *mat.Dense {
	end := min(start+blockSamples, len(p.Mean))
	block := mat.NewDense(len(rows), end-start, nil)
	for r, row := range rows {
		to := block.RawRowView(r)
		for i := range to {
			to[i] = float64(row[start+i]) - float64(p.Mean[start+i])
		}
	}
	return block
}

// turn gives a component, whose sign is arbitrary, one of its own: its largest
// entry is positive.
func turn(component []float32) {
	largest := component[0]
	for _, v := range component {
		if math.Abs(float64(v)) > math.Abs(float64(largest)) {
			largest = v
		}
	}
	if largest < 0 {
		for i := range component {
			component[i] = -component[i]
		}
	}
}

// Encode gives the scores of every row: its projections, less the mean, on the
// components, in units of the flux. Rows of another length are an error.
func (p *PCA) Encode(rows [][]float32) ([][]float32, error) {
	codes := make([][]float32, len(rows))
	for r, row := range rows {
		if len(row) != len(p.Mean) {
			return nil, fmt.Errorf("baseline: row %d has %d samples, want %d", r, len(row), len(p.Mean))
		}
		codes[r] = make([]float32, len(p.Components))
		for c, component := range p.Components {
			sum := 0.0
			for i, v := range component {
				sum += float64(v) * (float64(row[i]) - float64(p.Mean[i]))
			}
			codes[r][c] = float32(sum)
		}
	}
	return codes, nil
}

// Decode gives the spectrum of every code: the mean and the components by their
// scores. Codes of another length are an error.
func (p *PCA) Decode(codes [][]float32) ([][]float32, error) {
	rows := make([][]float32, len(codes))
	for r, code := range codes {
		if len(code) != len(p.Components) {
			return nil, fmt.Errorf("baseline: code %d has %d values, want %d", r, len(code), len(p.Components))
		}
		rows[r] = make([]float32, len(p.Mean))
		for i, m := range p.Mean {
			sum := float64(m)
			for c, component := range p.Components {
				sum += float64(code[c]) * float64(component[i])
			}
			rows[r][i] = float32(sum)
		}
	}
	return rows, nil
}
