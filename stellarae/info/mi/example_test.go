package mi_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae/info/mi"
)

// gaussian is n draws of two standard normal variables with correlation rho.
func gaussian(seed uint64, n int, rho float64) (x, y []float64) {
	rng := rand.New(rand.NewPCG(seed, 42))
	x, y = make([]float64, n), make([]float64, n)
	for i := range x {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		x[i], y[i] = a, rho*a+math.Sqrt(1-rho*rho)*b
	}
	return x, y
}

func ExampleKSG1() {
	x, y := gaussian(1, 2000, 0.9)
	nats, err := mi.KSG1(x, y, 3)
	fmt.Printf("%.2f nats of %.2f, as rho %.2f, %v\n", nats, mi.Gaussian(0.9), mi.EquivalentRho(nats), err)

	y[7] = math.NaN()
	_, err = mi.KSG1(x, y, 3)
	fmt.Println(err, errors.Is(err, mi.ErrNotFinite))
	kept, rows := mi.Complete(x, y)
	nats, err = mi.KSG1(kept[0], kept[1], 3)
	fmt.Printf("%.2f nats of %d rows, %v\n", nats, len(rows), err)
	// Output:
	// 0.85 nats of 0.83, as rho 0.90, <nil>
	// mi: column 1, row 7: NaN is not a finite number true
	// 0.85 nats of 1999 rows, <nil>
}

// Given what stands between them, two variables share nothing more.
func ExampleConditional() {
	rng := rand.New(rand.NewPCG(5, 1))
	var first, between, last []float64
	for range 2000 {
		a := rng.NormFloat64()
		b := a + 0.5*rng.NormFloat64()
		first, between, last = append(first, a), append(between, b), append(last, b+0.5*rng.NormFloat64())
	}
	alone, _ := mi.KSG1(first, last, 3)
	given, _ := mi.Conditional(first, last, [][]float64{between}, 3)
	fmt.Printf("%.2f of 0.55, %.2f of 0\n", alone, given)
	// Output: 0.56 of 0.55, 0.01 of 0
}

func ExampleRoss() {
	rng := rand.New(rand.NewPCG(2, 2))
	var x []float64
	var types []string
	for i := range 900 {
		x = append(x, rng.Float64()+float64(i%3)) // three bands that do not overlap
		types = append(types, []string{"K", "F", "G"}[i%3])
	}
	nats, err := mi.Ross(x, mi.Classes(types), 3)
	fmt.Printf("%.2f nats of %.2f, %v\n", nats, math.Log(3), err)
	// Output: 1.10 nats of 1.10, <nil>
}

func ExampleMixture() {
	x, y := gaussian(3, 600, 0.6)
	m, err := mi.Mixture(x, y, mi.MixtureOptions{Seed: 1, MostParts: 3, Bootstraps: 20, Draws: 5000})
	fmt.Printf("%.2f +- %.2f nats of %.2f, %d part, %v\n", m.MI, m.SD, mi.Gaussian(0.6), m.Parts, err)
	// Output: 0.20 +- 0.03 nats of 0.22, 1 part, <nil>
}

// Values that repeat need no noise to break their ties.
func ExampleMixed() {
	rng := rand.New(rand.NewPCG(4, 4))
	var code, label []float64
	for range 1000 {
		c := float64(rng.IntN(4))
		code, label = append(code, c), append(label, math.Floor(c/2))
	}
	_, err := mi.KSG1(code, label, 3)
	fmt.Println(errors.Is(err, mi.ErrTies))
	nats, err := mi.Mixed(code, label, 3)
	fmt.Printf("%.2f nats of %.2f, %v\n", nats, math.Ln2, err)
	// Output:
	// true
	// 0.69 nats of 0.69, <nil>
}
