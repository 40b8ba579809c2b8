package info

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stellarae/lab/stellarae/info/resample"
	"gonum.org/v1/gonum/mat"
)

// The largest sum is that of trying every assignment.
func TestAssignIsTheBestOfAll(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for trial := range 300 {
		rows, columns := 1+rng.IntN(6), 1+rng.IntN(6)
		gain := make([][]float64, rows)
		for i := range gain {
			gain[i] = make([]float64, columns)
			for j := range gain[i] {
				gain[i][j] = float64(rng.IntN(10)) * rng.Float64()
			}
		}
		to := assign(gain)
		sum, pairs, taken := 0.0, 0, map[int]bool{}
		for i, j := range to {
			if j < 0 {
				continue
			}
			if taken[j] {
				t.Fatalf("trial %d: column %d is given twice: %v", trial, j, to)
			}
			taken[j] = true
			sum += gain[i][j]
			pairs++
		}
		if best := bestOf(gain, 0, 0); pairs != min(rows, columns) || math.Abs(sum-best) > 1e-12 {
			t.Fatalf("trial %d, %d x %d: %v gives %v by %d pairs, the best is %v", trial, rows, columns, to, sum, pairs, best)
		}
	}
}

func bestOf(gain [][]float64, row int, taken uint) float64 {
	if row == len(gain) {
		return 0
	}
	best := bestOf(gain, row+1, taken) // this row without a column
	for j, g := range gain[row] {
		if taken&(1<<j) == 0 {
			best = max(best, g+bestOf(gain, row+1, taken|1<<j))
		}
	}
	return best
}

// Another run has the same factors in another order, bent and with other signs.
func TestMatchNodesFindsThePermutation(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	const rows, nodes = 400, 9
	codes, others := mat.NewDense(rows, nodes, nil), mat.NewDense(rows, nodes+3, nil)
	order := rng.Perm(nodes)
	for r := range rows {
		for i := range nodes {
			z := rng.NormFloat64()
			codes.Set(r, i, z)
			others.Set(r, order[i], math.Sinh(z)*float64(1-2*(i%2))+0.1*rng.NormFloat64())
		}
		others.Set(r, nodes, rng.NormFloat64())
	}
	for _, c := range []struct {
		name  string
		a, b  *mat.Dense
		to    func(i int) int
		pairs int
	}{
		{"fewer to more", codes, others, func(i int) int { return order[i] }, nodes},
		{"to itself", codes, codes, func(i int) int { return i }, nodes},
	} {
		pairs, err := MatchNodes(c.a, c.b, resample.Singles(rows), 1)
		if err != nil || len(pairs) != c.pairs {
			t.Fatalf("%s: %v %v", c.name, pairs, err)
		}
		for _, p := range pairs {
			if p.Other != c.to(p.Node) || math.Abs(p.Rho) < 0.95 || c.name != "to itself" && p.Rho > 0 != (p.Node%2 == 0) {
				t.Errorf("%s: %+v", c.name, p)
			}
		}
	}
	if pairs, err := MatchNodes(others, codes, resample.Singles(rows), 1); err != nil || len(pairs) != nodes {
		t.Errorf("more to fewer: %v %v", pairs, err)
	}
	if _, err := MatchNodes(codes, mat.NewDense(3, 2, nil), resample.Singles(rows), 1); err == nil {
		t.Error("runs of different rows match")
	}
}
