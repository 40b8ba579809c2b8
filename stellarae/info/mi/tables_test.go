package mi_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/mi"
	"gonum.org/v1/gonum/stat"
)

var page = flag.String("tables", "", "measure every estimator, for some minutes, and write the tables into this page")

// contender is an estimator as the tables name it, and how many rows it may be given
// in all, which keeps the slow ones from taking hours.
type contender struct {
	name   string
	budget int
	of     func(rng *rand.Rand, x, y []float64) (float64, error)
}

// least is how many estimates a mean and a spread are worth telling of.
const least = 8

func neighbours(name string, k int, f func(x, y []float64, k int) (float64, error)) contender {
	return contender{fmt.Sprintf("%s, k=%d", name, k), math.MaxInt, func(_ *rand.Rand, x, y []float64) (float64, error) { return f(x, y, k) }}
}

func bins(name string, bins int, f func(x, y []float64, bins int) (float64, error)) contender {
	return contender{fmt.Sprintf("%s, %d bins", name, bins), math.MaxInt, func(_ *rand.Rand, x, y []float64) (float64, error) { return f(x, y, bins) }}
}

func contenders() []contender {
	return []contender{
		neighbours("KSG1", 1, mi.KSG1), neighbours("KSG1", 3, mi.KSG1), neighbours("KSG1", 10, mi.KSG1),
		neighbours("KSG2", 3, mi.KSG2), neighbours("Mixed", 3, mi.Mixed),
		{"KSG1, k=3, halves", 240000, extrapolated},
		{"Gaussian copula", math.MaxInt, func(_ *rand.Rand, x, y []float64) (float64, error) { return mi.GaussianCopula(x, y) }},
		bins("equal frequency", 16, mi.EqualFrequency),
		bins("equal width", 10, info.HistogramMI), bins("equal width", 40, info.HistogramMI),
		{"Gaussian mixture", 24000, func(rng *rand.Rand, x, y []float64) (float64, error) {
			m, err := mi.Mixture(x, y, mi.MixtureOptions{Seed: rng.Uint64(), MostParts: 4, Starts: 2, Bootstraps: 5, Draws: 5000})
			return m.MI, err
		}},
	}
}

// extrapolated takes the bias to fall as one over the root of the number of rows.
func extrapolated(rng *rand.Rand, x, y []float64) (float64, error) {
	all, err := mi.KSG1(x, y, 3)
	if err != nil {
		return 0, err
	}
	const splits = 10
	var halves float64
	for range splits {
		order := rng.Perm(len(x))
		for _, rows := range [][]int{order[:len(x)/2], order[len(x)/2:]} {
			px, py := make([]float64, len(rows)), make([]float64, len(rows))
			for i, r := range rows {
				px[i], py[i] = x[r], y[r]
			}
			v, err := mi.KSG1(px, py, 3)
			if err != nil {
				return 0, err
			}
			halves += v / (2 * splits)
		}
	}
	return all + (all-halves)/(math.Sqrt2-1), nil
}

// rows and how often each number of them is drawn.
var sizes = []struct{ n, repeat int }{{300, 200}, {1000, 200}, {3000, 100}, {10000, 50}, {30000, 24}, {100000, 10}}

// measured is the bias and the spread of one estimate, of so many.
type measured struct {
	bias, sd float64
	repeat   int
}

// off is the bias in its own standard errors.
func (m measured) off() float64 { return m.bias / (m.sd / math.Sqrt(float64(m.repeat))) }

func (m measured) String() string {
	mark := ""
	if math.Abs(m.off()) > 3 {
		mark = "*"
	}
	return fmt.Sprintf("%+.3f%s ± %.3f", m.bias, mark, m.sd)
}

func measure(t *testing.T, truth float64, repeat int, estimate func(rng *rand.Rand) (float64, error)) measured {
	t.Helper()
	values := make([]float64, repeat)
	for i := range values {
		v, err := estimate(rand.New(rand.NewPCG(uint64(i), 2004)))
		if err != nil {
			t.Fatal(err)
		}
		values[i] = v
	}
	mean, sd := stat.MeanStdDev(values, nil)
	return measured{mean - truth, sd, repeat}
}

// tableOf is one law's table: a row an estimator, a column a number of rows.
func tableOf(t *testing.T, l law, of []contender) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| |")
	for _, s := range sizes {
		fmt.Fprintf(&b, " N = %d |", s.n)
	}
	b.WriteString("\n|---" + strings.Repeat("|---", len(sizes)) + "|\n")
	for _, c := range of {
		fmt.Fprintf(&b, "| %s |", c.name)
		for _, s := range sizes {
			repeat := min(s.repeat, c.budget/s.n)
			if repeat < least {
				b.WriteString(" |")
				continue
			}
			m := measure(t, l.truth, repeat, func(rng *rand.Rand) (float64, error) {
				x, y := l.sample(rng, s.n)
				return c.of(rng, x, y)
			})
			fmt.Fprintf(&b, " %v |", m)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestTables writes docs/estimators.md anew between its marks. It measures only
// where it is asked to: go test ./stellarae/info/mi -run TestTables -tables PAGE
func TestTables(t *testing.T) {
	if *page == "" {
		t.Skip("-tables is not given: not measuring every estimator")
	}
	text, err := os.ReadFile(*page)
	if err != nil {
		t.Fatal(err)
	}
	out := string(text)
	put := func(mark, table string) {
		begin, end := "<!-- "+mark+" -->\n", "<!-- end -->"
		before, rest, found := strings.Cut(out, begin)
		_, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			t.Fatalf("%s: no place for %q", *page, mark)
		}
		out = before + begin + "\n" + strings.TrimSpace(table) + "\n\n" + end + after
	}
	for _, rho := range []float64{0, 0.3, 0.6, 0.9, 0.99, 0.999} {
		l := gaussianLaw(rho)
		put(fmt.Sprintf("Gaussian %g", rho), fmt.Sprintf("rho = %g, %.4f nats\n\n", rho, l.truth)+tableOf(t, l, contenders()))
	}
	for _, w := range []float64{1, 0.5} {
		l := uniformLaw(w)
		put(fmt.Sprintf("uniform %g", w), fmt.Sprintf("w = %g, %.4f nats\n\n", w, l.truth)+tableOf(t, l, contenders()))
	}
	l := crossLaw()
	put("clouds", fmt.Sprintf("%.4f nats\n\n", l.truth)+tableOf(t, l, contenders()))

	ross := contender{"Ross, k=3", math.MaxInt, func(_ *rand.Rand, x, y []float64) (float64, error) {
		class := make([]int, len(y))
		for i, v := range y {
			class[i] = int(v)
		}
		return mi.Ross(x, class, 3)
	}}
	mixed := neighbours("Mixed", 3, mi.Mixed)
	frequency := bins("equal frequency", 16, mi.EqualFrequency)
	for _, l := range []law{classLaw(), roundedLaw(0.9)} {
		put(l.name, fmt.Sprintf("%.4f nats\n\n", l.truth)+tableOf(t, l, []contender{ross, mixed, frequency}))
	}
	l = stepsLaw()
	swapped := ross
	swapped.of = func(rng *rand.Rand, x, y []float64) (float64, error) { return ross.of(rng, y, x) }
	put(l.name, fmt.Sprintf("%.4f nats\n\n", l.truth)+tableOf(t, l, []contender{swapped, mixed, frequency}))

	var conditional strings.Builder
	for _, c := range chains() {
		table := tableOf(t, c.law, []contender{
			{fmt.Sprintf("Conditional, k=3, %d conditions", c.conditions), 240000, c.of(3)},
			{fmt.Sprintf("Conditional, k=10, %d conditions", c.conditions), 240000, c.of(10)},
		})
		fmt.Fprintf(&conditional, "%s, %.4f nats\n\n%s\n", c.law.name, c.law.truth, table)
	}
	put("conditional", conditional.String())
	if err := os.WriteFile(*page, []byte(out), 0o644); err != nil {
		t.Fatal(err)
	}
}

// chain is a law for I(x;y|z) with Gaussian conditions.
type chain struct {
	law        law
	conditions int
}

// chains are x and y that both hear of the conditions, and beyond them of each
// other with correlation rho.
func chains() []chain {
	var all []chain
	for _, rho := range []float64{0, 0.6} {
		for _, conditions := range []int{1, 2, 3} {
			l := gaussianLaw(rho)
			l.name = fmt.Sprintf("correlation %g beyond %d conditions", rho, conditions)
			all = append(all, chain{l, conditions})
		}
	}
	return all
}

func (c chain) of(k int) func(rng *rand.Rand, x, y []float64) (float64, error) {
	return func(rng *rand.Rand, x, y []float64) (float64, error) {
		zs := make([][]float64, c.conditions)
		for j := range zs {
			zs[j] = make([]float64, len(x))
			for i := range zs[j] {
				z := rng.NormFloat64()
				zs[j][i] = z
				x[i] += z / math.Sqrt(float64(c.conditions))
				y[i] += z / math.Sqrt(float64(c.conditions))
			}
		}
		return mi.Conditional(x, y, zs, k)
	}
}
