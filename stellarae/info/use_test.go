package info

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// A hand-made linear autoencoder: three of eight nodes are used, by the factors
// 2, 1 and 0.3; the others are collapsed.
var factors = []float64{2, 1, 0.3}

func handmade(rows int) (mu, logvar *mat.Dense, decode func(*mat.Dense) (*mat.Dense, error)) {
	rng := rand.New(rand.NewPCG(1, 8))
	mu, logvar = mat.NewDense(rows, 8, nil), mat.NewDense(rows, 8, nil)
	for r := range rows {
		for i := range 8 {
			if i < len(factors) {
				mu.Set(r, i, rng.NormFloat64())
				logvar.Set(r, i, math.Log(0.01))
			} else {
				mu.Set(r, i, 0.005*rng.NormFloat64())
			}
		}
	}
	return mu, logvar, func(codes *mat.Dense) (*mat.Dense, error) {
		n, _ := codes.Dims()
		out := mat.NewDense(n, 4, nil)
		for r := range n {
			for i, f := range factors {
				out.Set(r, i, f*codes.At(r, i))
			}
		}
		return out, nil
	}
}

func TestUseOfAKnownEncoder(t *testing.T) {
	mu, logvar, decode := handmade(2000)
	kl, err := KL(mu, logvar)
	if err != nil {
		t.Fatal(err)
	}
	snr, err := SignalToNoise(mu, logvar)
	if err != nil {
		t.Fatal(err)
	}
	// E[mu^2] = 1, sigma^2 = 0.01: (1 + 0.01 - 1 - ln 0.01)/2.
	const want = (0.01 + 4.605170185988091) / 2
	for i := range kl {
		if used := i < 3; used && (math.Abs(kl[i]-want) > 0.07 || math.Abs(snr[i]-100) > 12) || !used && (kl[i] > 1e-4 || snr[i] > 1e-4) {
			t.Errorf("node %d: KL %v, signal to noise %v", i, kl[i], snr[i])
		}
	}
	at, count, err := Active(mu)
	if err != nil || len(at) != 11 || math.Abs(at[10]-0.1) > 1e-15 || slices.Min(count) != 3 || slices.Max(count) != 3 {
		t.Errorf("active %v at %v (%v)", count, at, err)
	}
	if _, count, _ = Active(mu, 1e-6, 5); count[0] != 8 || count[1] != 0 {
		t.Errorf("active %v above 1e-6 and 5", count)
	}

	target, _ := decode(mu)
	base, growth, err := Ablation(mu, func(codes *mat.Dense) (float64, error) {
		x, err := decode(codes)
		x.Sub(x, target)
		return math.Pow(mat.Norm(x, 2), 2) / 2000, err
	})
	if err != nil || base != 0 {
		t.Fatal(base, err)
	}
	jacobian, err := Jacobian(mu, 0.01, decode)
	if err != nil {
		t.Fatal(err)
	}
	for i := range growth {
		f := 0.0
		if i < len(factors) {
			f = factors[i]
		}
		if math.Abs(growth[i]-f*f) > 0.1*f*f || math.Abs(jacobian[i]-f) > 1e-9 {
			t.Errorf("node %d of factor %v: loss grows by %v, Jacobian %v", i, f, growth[i], jacobian[i])
		}
	}
}

// Repeat visits widen the interval of the MAD: as wide as one visit a star makes
// it, not as many visits would.
func TestMADIntervalsFollowTheStars(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 8))
	const stars, visits = 100, 20
	codes := mat.NewDense(stars*visits, 2, nil)
	ids := make([]int, stars*visits)
	var own float64
	for r := range ids {
		ids[r] = r / visits
		if r%visits == 0 {
			own = rng.NormFloat64()
		}
		codes.Set(r, 0, own+0.01*rng.NormFloat64())
		codes.Set(r, 1, rng.NormFloat64())
	}
	clusters, err := resample.By(ids)
	if err != nil {
		t.Fatal(err)
	}
	in, err := MADIntervals(codes, clusters, resample.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	// The standard error of a MAD of n normal values is 0.79/sqrt(n) (by its
	// influence function).
	for i, n := range []float64{stars, stars * visits} {
		if ratio := in[i].SE / (0.79 / math.Sqrt(n)); ratio < 0.6 || ratio > 1.6 || in[i].Lo > 0.6745 || in[i].Hi < 0.6745 {
			t.Errorf("node %d: %+v, %.2f of the standard error of %v rows", i, in[i], ratio, n)
		}
	}
	if _, err := MADIntervals(codes, resample.Singles(3), resample.Options{}); err == nil {
		t.Error("clusters of another number of rows")
	}
}

func TestUseOfBadInput(t *testing.T) {
	mu, logvar, decode := handmade(10)
	broken := mat.DenseCopyOf(mu)
	broken.Set(3, 3, math.Inf(1))
	huge := mat.DenseCopyOf(logvar)
	huge.Set(0, 0, 800) // its exponential is not finite
	fail := errors.New("fails")
	for name, of := range map[string]func() error{
		"KL, infinite":       func() error { _, err := KL(broken, logvar); return err },
		"KL, shapes":         func() error { _, err := KL(mu, mat.NewDense(10, 7, nil)); return err },
		"KL, overflow":       func() error { _, err := KL(mu, huge); return err },
		"signal to noise":    func() error { _, err := SignalToNoise(nil, logvar); return err },
		"active":             func() error { _, _, err := Active(broken); return err },
		"ablation, infinite": func() error { _, _, err := Ablation(broken, nil); return err },
		"ablation, fails": func() error {
			_, _, err := Ablation(mu, func(*mat.Dense) (float64, error) { return 0, fail })
			return err
		},
		"ablation, NaN": func() error {
			_, _, err := Ablation(mu, func(*mat.Dense) (float64, error) { return math.NaN(), nil })
			return err
		},
		"Jacobian, step": func() error { _, err := Jacobian(mu, 0, decode); return err },
		"Jacobian, fails": func() error {
			_, err := Jacobian(mu, 1, func(*mat.Dense) (*mat.Dense, error) { return nil, fail })
			return err
		},
		"Jacobian, few rows": func() error {
			_, err := Jacobian(mu, 1, func(*mat.Dense) (*mat.Dense, error) { return mat.NewDense(1, 1, nil), nil })
			return err
		},
	} {
		if of() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
