package figure

import (
	"math"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info"
)

// madeSpectrum is a continuum with the lines of the table and 4,000 others, and
// a reconstruction that blurs it.
func madeSpectrum(n int, start, step float64) SpectrumData {
	rng := rand.New(rand.NewPCG(1, 1))
	d := SpectrumData{Wave: make([]float64, n), Flux: make([]float32, n), Model: make([]float32, n)}
	for i := range d.Wave {
		d.Wave[i] = start + step*float64(i)
		c := math.Exp(-math.Pow((d.Wave[i]-6000)/1500, 2))
		d.Flux[i], d.Model[i] = float32(c), float32(c)
	}
	line := func(wave, depth, width float64) {
		for i := max(0, int((wave-6*width-start)/step)); i < min(n, int((wave+6*width-start)/step)); i++ {
			at := d.Wave[i] - wave
			d.Flux[i] *= float32(1 - depth*math.Exp(-at*at/2/width/width))
			wide := 1.7 * width
			d.Model[i] *= float32(1 - depth/1.7*math.Exp(-at*at/2/wide/wide))
		}
	}
	for range 4000 {
		line(3785+3280*rng.Float64(), 0.7*rng.Float64(), 0.06)
	}
	for _, l := range Lines {
		line(l.Wave, 0.8, 0.5)
	}
	for i := range d.Flux {
		d.Flux[i] += float32(0.01 * rng.NormFloat64())
	}
	return d
}

func publishedMAD() MADData {
	d := MADData{Title: "Deviation of the latent nodes", MAD: make([]float64, 128), Threshold: 0.02}
	for i := range d.MAD {
		d.MAD[i] = 0.006 + 0.003*math.Sin(float64(i*i))
	}
	for n, v := range map[int]float64{11: 0.64, 19: 0.11, 58: 0.035, 85: 0.56, 99: 0.67, 124: 0.44} {
		d.MAD[n] = v
	}
	d.Informative = []int{11, 19, 58, 85, 99, 124}
	return d
}

var madeBins = []int{5, 10, 20, 40, 80, 160}

// madeMI has one node that knows the label, one that knows half as much, and
// noise that grows with the number of bins.
func madeMI(name string, best, second int) info.LabelMI {
	rng := rand.New(rand.NewPCG(uint64(best), uint64(second)))
	l := info.LabelMI{Name: name, MI: make([][]float64, len(madeBins))}
	for r := range l.MI {
		l.MI[r] = make([]float64, 128)
		for n := range l.MI[r] {
			l.MI[r][n] = 0.02 + 0.06*float64(r) + 0.05*rng.Float64()
		}
		l.MI[r][best] += 1.2
		l.MI[r][second] += 0.5
	}
	return l
}

func madeSample(n int) (rv, teff, logg, code []float64) {
	rng := rand.New(rand.NewPCG(3, 4))
	rv, teff, logg, code = make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		rv[i] = 30 * rng.NormFloat64()
		teff[i] = 5600 * math.Exp(0.22*rng.NormFloat64())
		logg[i] = 4.6 - math.Max(0, (teff[i]-5500)/6000) - 0.5*rng.ExpFloat64()*rng.Float64()
		code[i] = -2.5*rv[i]/25*math.Exp(-math.Abs(rv[i])/30) + 0.1*rng.NormFloat64()
		if teff[i] > 8000 {
			code[i] = 0.05 + 0.1*rng.NormFloat64()
		}
	}
	return rv, teff, logg, code
}

// madeTypes are the types by temperature, every twentieth one unknown.
func madeTypes(teff []float64) []float64 {
	types := make([]float64, len(teff))
	for i, t := range teff {
		for _, limit := range []float64{30000, 10000, 7500, 6000, 5200, 3700} {
			if t < limit {
				types[i]++
			}
		}
		if i%20 == 0 {
			types[i] = math.NaN()
		}
	}
	return types
}

func madeTraining() TrainingData {
	rng := rand.New(rand.NewPCG(5, 6))
	d := TrainingData{Title: "Training"}
	for i := range 300 {
		step := 500 * i
		row, sum := make([]float64, 128), 0.0
		for n := range row {
			row[n] = 0.01 * rng.Float64()
			if n%20 == 5 {
				row[n] += (3 - 0.02*float64(n)) * (1 - math.Exp(-float64(step)/(20000+200*float64(n))))
			}
			sum += row[n]
		}
		beta := 1e-3 * math.Min(1, float64(step)/50000)
		rec := 0.02 + 0.3*math.Exp(-float64(step)/15000)*(1+0.1*rng.NormFloat64())
		d.Step = append(d.Step, step)
		d.Reconstruction = append(d.Reconstruction, rec)
		d.Loss = append(d.Loss, rec+beta*sum)
		d.KL, d.Beta, d.NodeKL = append(d.KL, sum), append(d.Beta, beta), append(d.NodeKL, row)
	}
	return d
}

// madeTraversal shifts a spectrum by 10 km/s for every unit of the node.
func madeTraversal() TraversalData {
	s := madeSpectrum(1024, 5160, 0.02)
	d := TraversalData{Title: "Node 124 moved, all others at rest", Node: 124, Wave: s.Wave, Lines: true, Range: [2]float64{5165, 5175}}
	for v := -3; v <= 3; v++ {
		d.Values = append(d.Values, float64(v))
		moved := make([]float32, len(s.Wave))
		for i := range moved {
			moved[i] = s.Model[min(max(i-9*v, 0), len(moved)-1)]
		}
		d.Spectra = append(d.Spectra, moved)
	}
	return d
}
