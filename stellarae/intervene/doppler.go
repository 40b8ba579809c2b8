package intervene

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// DopplerOptions of a Doppler response. The zero value is usable.
type DopplerOptions struct {
	// Velocities in km/s, increasing, three at least; best even about 0 (see
	// Shifter.By). nil means -30 to 30 in steps of 5.
	Velocities []float64

	Progress func(done, total int) // of rows encoded; may be nil
}

// Doppler is how the nodes of a code answer when the light of every spectrum is
// shifted.
type Doppler struct {
	Velocities []float64   // km/s
	Rows       int         // spectra
	Moving     int         // samples of the grid that were shifted
	Nodes      []Response  // one for each node
	Codes      [][]float32 // rows x nodes, of the rows as they are
}

// Response is how a node answers to the velocity.
type Response struct {
	Node   int
	Spread float64 // standard deviation of the node over the rows as they are, code units
	MAD    float64 // its median absolute deviation, code units

	Mean []float64 // [velocity] code shifted minus code as it is, mean over rows
	SE   []float64 // [velocity] standard error of Mean over rows

	Slope   float64 // mean over rows of the straight line's slope, code units per km/s
	SlopeSE float64 // its standard error over rows
	Agree   float64 // share of the rows whose own slope has the sign of Slope

	// Range is the mean curve's from lowest to highest value, in units of Spread.
	Range float64
	// Share is how much of the variance that the shifts bring about in the
	// spectra is explained by the velocity, that is by the mean curve: 1 where all
	// spectra answer alike, near 0 where each has an answer of its own. NaN for a
	// node that nothing moves.
	Share float64
	// Monotonic is whether the mean curve rises, or falls, at every step.
	Monotonic bool
	// Dispersion is the scatter of velocities that would bring about the whole
	// Spread, Spread / |Slope|, km/s. A node that is velocity and nothing else has
	// that of the stars; one that answers by the way has a far larger one.
	Dispersion float64
}

// Explained is the share of a node's variance over the spectra that velocities
// of the given scatter (standard deviation, km/s) bring about by its slope,
// (Slope scatter / Spread)^2. It is above 1 where the spectra scatter less.
func (r Response) Explained(scatter float64) float64 {
	x := r.Slope * scatter / r.Spread
	return x * x
}

// Verdicts on a node.
const (
	Velocity = "velocity" // the node tells velocity above all
	Mixed    = "mixed"    // it answers, but more of its spread comes from elsewhere
	Silent   = "silent"   // it does not answer worth mentioning
	Unused   = "unused"   // its deviation is below 0.02, as of a collapsed node (Sedaghat et al. 2021, section 6.1)
)

// Verdict sums a response up, for stars whose velocities scatter by some km/s
// (nearby ones by 20 to 40): Velocity is a monotonic response of which velocity
// explains half (Share), and of the node's variance too (Explained); Mixed is a
// slope of at least five standard errors that explains a twentieth.
//
// This is about the encoder alone, and of many nodes some measure velocity by
// chance: of twelve untrained networks of 16 nodes, on a simulated survey, 11
// nodes of 192 did. See Judge.
func (r Response) Verdict(scatter float64) string {
	const unused = 0.02
	explained := r.Explained(scatter)
	switch {
	case !(r.MAD > unused):
		return Unused
	case r.Monotonic && r.Share >= 0.5 && explained >= 0.5:
		return Velocity
	case math.Abs(r.Slope) >= 5*r.SlopeSE && explained >= 0.05:
		return Mixed
	}
	return Silent
}

// Judge is the verdict on a node from both sides: Velocity stands only where
// the decoder, too, shifts the spectrum when the node moves, to the side that
// the encoder has it, with a median cosine of at least a half; else it becomes
// Mixed. d is of the same node, against DopplerDerivative.
func Judge(r Response, d NodeDerivative, scatter float64) string {
	verdict := r.Verdict(scatter)
	if cosine := d.Cosine.Median; verdict == Velocity && !(math.Abs(cosine) >= 0.5 && cosine*r.Slope > 0) {
		return Mixed
	}
	return verdict
}

// DopplerResponse shifts rows, spectra prepared on the grid g, by velocities
// and encodes them: which nodes answer is evidence for a code of radial velocity
// that no label has a part in. What of a row moves is told at Shifter.
//
// Two cautions. The whole row moves, telluric lines with it, which in the
// barycentric frame of the archive's products move against the star's by the
// Earth's velocity (the product's BERV): a node that answers may follow those
// lines, or anything else the instrument puts in. So see that the node does not
// go with BERV, or choose a window without telluric lines. And the shifted
// spectra hold velocities that the training may not have seen: keep the shifts
// within the stars' own.
//
// Fewer than two rows, rows of another length than the grid or not finite,
// velocities out of order and an encoder that fails are errors.
func DopplerResponse(encode Encoder, rows [][]float32, g spectrum.Grid, o DopplerOptions) (*Doppler, error) {
	velocities := slices.Clone(o.Velocities)
	if velocities == nil {
		velocities = floats.Span(make([]float64, 13), -30, 30)
	}
	if err := checkVelocities(velocities); err != nil {
		return nil, err
	}
	if len(rows) < 2 {
		return nil, fmt.Errorf("intervene: %d spectra: want two at least", len(rows))
	}
	shifter, err := NewShifter(g, velocities[0], velocities[len(velocities)-1])
	if err != nil {
		return nil, err
	}
	rest, err := shifter.By(0) // for its checks: a shift by 0 changes nothing
	if err != nil {
		return nil, err
	}
	total, done := len(rows)*(1+len(velocities)), 0
	report := func(n int) {
		done += n
		if o.Progress != nil {
			o.Progress(done, total)
		}
	}
	d := &Doppler{Velocities: velocities, Rows: len(rows), Moving: shifter.Moving()}
	d.Codes, err = encodeAll(encode, len(rows), g.Len(), 0, func(r int) ([]float32, error) { return rest(rows[r]) }, report)
	if err != nil {
		return nil, err
	}
	shifted := make([][][]float32, len(velocities)) // [velocity][row][node]
	for j, v := range velocities {
		by, err := shifter.By(v)
		if err != nil {
			return nil, err
		}
		shifted[j], err = encodeAll(encode, len(rows), g.Len(), len(d.Codes[0]), func(r int) ([]float32, error) { return by(rows[r]) }, report)
		if err != nil {
			return nil, err
		}
	}
	for k := range d.Codes[0] {
		d.Nodes = append(d.Nodes, respond(k, velocities, d.Codes, shifted))
	}
	return d, nil
}

func checkVelocities(velocities []float64) error {
	if len(velocities) < 3 {
		return fmt.Errorf("intervene: %d velocities: want three at least", len(velocities))
	}
	for j := 1; j < len(velocities); j++ {
		if !(velocities[j-1] < velocities[j]) {
			return fmt.Errorf("intervene: velocities %v do not increase", velocities)
		}
	}
	return nil
}

// respond sums up the codes of node k.
func respond(k int, velocities []float64, codes [][]float32, shifted [][][]float32) Response {
	n := len(codes)
	own := column(codes, k)
	_, mad := info.MAD(mat.NewDense(n, 1, slices.Clone(own)))
	r := Response{Node: k, Spread: stat.StdDev(own, nil), MAD: mad[0], Monotonic: true}

	slopes, level := make([]float64, n), make([]float64, n)
	curve, response := make([]float64, len(velocities)), make([]float64, n)
	for i := range slopes {
		for j := range velocities {
			curve[j] = float64(shifted[j][i][k])
		}
		level[i] = stat.Mean(curve, nil)
		_, slopes[i] = stat.LinearRegression(velocities, curve, nil, false)
	}
	centre := stat.Mean(level, nil)
	within, common := 0.0, 0.0 // sums of squares
	for j := range velocities {
		sum := 0.0
		for i := range response {
			z := float64(shifted[j][i][k])
			response[i] = z - own[i]
			sum += z
			within += (z - level[i]) * (z - level[i])
		}
		mean, sd := stat.MeanStdDev(response, nil)
		r.Mean, r.SE = append(r.Mean, mean), append(r.SE, sd/math.Sqrt(float64(n)))
		off := sum/float64(n) - centre
		common += float64(n) * off * off
	}
	mean, sd := stat.MeanStdDev(slopes, nil)
	r.Slope, r.SlopeSE = mean, sd/math.Sqrt(float64(n))
	agree := 0
	for _, s := range slopes {
		if s*r.Slope > 0 {
			agree++
		}
	}
	r.Agree = float64(agree) / float64(n)
	for j := 1; j < len(r.Mean); j++ {
		r.Monotonic = r.Monotonic && (r.Mean[j]-r.Mean[j-1])*r.Slope > 0
	}
	r.Share = common / within
	r.Range = (floats.Max(r.Mean) - floats.Min(r.Mean)) / r.Spread
	r.Dispersion = r.Spread / math.Abs(r.Slope)
	return r
}
