package intervene

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"
)

// An encoder that measures the line answers with what it measures: the velocity
// node with exactly its scale, the others not.
func TestDopplerResponseOfMeasuredLines(t *testing.T) {
	g := grid()
	population := stars(40, 1)
	d, err := DopplerResponse(measure(g), rowsOf(g, population), g, DopplerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Rows != 40 || len(d.Velocities) != 13 || d.Velocities[0] != -30 || d.Velocities[12] != 30 || len(d.Nodes) != 3 || len(d.Codes) != 40 {
		t.Fatalf("%d rows, velocities %v, %d nodes", d.Rows, d.Velocities, len(d.Nodes))
	}
	v, width, constant := d.Nodes[0], d.Nodes[1], d.Nodes[2]
	near(t, "slope", v.Slope, -0.1, 1e-4)
	near(t, "standard error", v.SlopeSE, 0, 1e-5)
	near(t, "share", v.Share, 1, 1e-5)
	near(t, "range", v.Range*v.Spread, 6, 6e-3)
	for j, x := range d.Velocities {
		near(t, fmt.Sprintf("mean at %g km/s", x), v.Mean[j], -0.1*x, 3e-3)
		near(t, "its standard error", v.SE[j], 0, 1e-3)
	}
	velocities := make([]float64, len(population))
	for i, s := range population {
		velocities[i] = s.velocity
	}
	// The dispersion is that of the stars, which no label told.
	near(t, "dispersion", v.Dispersion, stat.StdDev(velocities, nil), 0.02)
	near(t, "explained", v.Explained(v.Dispersion), 1, 1e-9)
	if !v.Monotonic || v.Agree < 0.999 || v.Verdict(10) != Velocity {
		t.Errorf("monotonic %v, agree %v, %s", v.Monotonic, v.Agree, v.Verdict(10))
	}
	// A line moved to the red is wider by 1e-4 a 30 km/s.
	if width.Range > 1e-2 || width.Verdict(10) != Silent || width.Dispersion < 1000 {
		t.Errorf("equivalent width: %+v", width)
	}
	if constant.Spread != 0 || constant.Slope != 0 || !math.IsNaN(constant.Share) || constant.Verdict(10) != Unused {
		t.Errorf("constant: %+v", constant)
	}
}

// For a linear encoder the response is known sample by sample: the code of the
// difference of the rows.
func TestDopplerResponseOfALinearEncoder(t *testing.T) {
	g := grid()
	rows, m := rowsOf(g, stars(7, 2)), randomMatrix(g.Len(), 4, 5)
	velocities := []float64{-12, -5, 4, 9}
	d, err := DopplerResponse(m.apply, rows, g, DopplerOptions{Velocities: velocities})
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewShifter(g, -12, 9)
	if err != nil {
		t.Fatal(err)
	}
	if d.Moving != s.Moving() {
		t.Errorf("%d samples move, want %d", d.Moving, s.Moving())
	}
	for k, n := range d.Nodes {
		slopes := make([]float64, len(rows))
		response := make([][]float64, len(rows)) // [row][velocity]
		for r, row := range rows {
			for _, v := range velocities {
				moved, sum := shift(t, g, -12, 9, v, row), 0.0
				for i := range row {
					sum += (float64(moved[i]) - float64(row[i])) * m.of[i][k]
				}
				response[r] = append(response[r], sum)
			}
			_, slopes[r] = stat.LinearRegression(velocities, response[r], nil, false)
		}
		for j := range velocities {
			mean := 0.0
			for r := range rows {
				mean += response[r][j] / 7
			}
			near(t, "mean response", n.Mean[j], mean, 1e-4)
		}
		near(t, "slope", n.Slope, stat.Mean(slopes, nil), 1e-5)
		near(t, "its error", n.SlopeSE, stat.StdDev(slopes, nil)/math.Sqrt(7), 1e-5)
		if !(n.Share > 0 && n.Share <= 1) {
			t.Errorf("share %v", n.Share)
		}
	}
}

// Half of the spectra answer up and half down: the mean curve explains nothing.
func TestShareOfOppositeAnswers(t *testing.T) {
	g := grid()
	turn := func(rows [][]float32) ([][]float32, error) {
		codes, err := measure(g)(rows)
		for _, code := range codes {
			if code[1] > 1.5 { // equivalent width, A
				code[0] = -code[0]
			}
		}
		return codes, err
	}
	var population []star
	for _, s := range stars(20, 3) {
		population = append(population, star{s.velocity, 0.3}, star{s.velocity, 0.9}) // 0.64 and 1.92 A
	}
	d, err := DopplerResponse(turn, rowsOf(g, population), g, DopplerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	n := d.Nodes[0]
	near(t, "slope", n.Slope, 0, 1e-4)
	near(t, "its error", n.SlopeSE, 0.1/math.Sqrt(39), 1e-4)
	near(t, "share", n.Share, 0, 1e-5)
	near(t, "agree", n.Agree, 0.5, 1e-9)
	if v := n.Verdict(10); v != Silent {
		t.Error(v)
	}
}

// Ends, gap and padding tell no velocity: rows that are level but for them give
// no response at all, to any encoder.
func TestNothingMovesWhereNothingIs(t *testing.T) {
	g := grid()
	rows := rowsOf(g, make([]star, 3))
	for _, row := range rows {
		for i := 300; i <= 320; i++ {
			row[i] = 0
		}
	}
	d, err := DopplerResponse(randomMatrix(g.Len(), 2, 1).apply, rows, g, DopplerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range d.Nodes {
		for _, z := range n.Mean {
			near(t, "response", z, 0, 1e-5)
		}
	}
}

func TestVerdict(t *testing.T) {
	good := Response{Spread: 1, MAD: 0.7, Slope: 0.04, SlopeSE: 0.001, Share: 0.95, Monotonic: true}
	change := func(f func(*Response)) Response { r := good; f(&r); return r }
	for _, test := range []struct {
		r    Response
		want string
	}{
		{good, Velocity},
		{change(func(r *Response) { r.MAD = 0.019 }), Unused},
		{change(func(r *Response) { r.MAD = math.NaN() }), Unused},
		{change(func(r *Response) { r.Monotonic = false }), Mixed},
		{change(func(r *Response) { r.Share = 0.4 }), Mixed},
		{change(func(r *Response) { r.Slope = -0.02 }), Mixed}, // (0.02 25)^2 = 0.25
		{change(func(r *Response) { r.Slope = 0.008 }), Silent},
		{change(func(r *Response) { r.Slope, r.SlopeSE = 0.02, 0.005 }), Silent},
	} {
		if got := test.r.Verdict(25); got != test.want {
			t.Errorf("%+v: %s, want %s", test.r, got, test.want)
		}
	}
	silent := change(func(r *Response) { r.Slope = 0.008 })
	for _, test := range []struct {
		r      Response
		cosine float64
		want   string
	}{
		{good, 0.5, Velocity}, {good, 0.49, Mixed}, {good, -0.9, Mixed}, {good, math.NaN(), Mixed}, {silent, 0.9, Silent},
		{change(func(r *Response) { r.Slope = -r.Slope }), -0.9, Velocity},
	} {
		if got := Judge(test.r, NodeDerivative{Cosine: Interval{Median: test.cosine}}, 25); got != test.want {
			t.Errorf("slope %v, cosine %v: %s, want %s", test.r.Slope, test.cosine, got, test.want)
		}
	}
}

// Injected velocities are even in their range and the seed's, and add to the
// star's own.
func TestInjectedVelocity(t *testing.T) {
	g := grid()
	population := stars(300, 4)
	rows := rowsOf(g, population)
	calls := 0
	in, err := InjectedVelocity(measure(g), rows, g, InjectOptions{Most: 20, Seed: 9, Progress: func(done, total int) { calls = 1000*done + total }})
	if err != nil {
		t.Fatal(err)
	}
	if calls != 300300 {
		t.Errorf("progress ended at %d", calls)
	}
	for r, v := range in.Velocities {
		if !(v >= -20 && v <= 20) {
			t.Fatalf("velocity %g", v)
		}
		near(t, "code", float64(in.Codes[r][0]), -(population[r].velocity+v)/10, 3e-3)
	}
	mean, sd := stat.MeanStdDev(in.Velocities, nil)
	near(t, "mean", mean, 0, 4*20/math.Sqrt(900))
	near(t, "standard deviation", sd, 20/math.Sqrt(3), 1)
	again, err := InjectedVelocity(measure(g), rows[:200], g, InjectOptions{Most: 20, Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	other, err := InjectedVelocity(measure(g), rows[:200], g, InjectOptions{Most: 20, Seed: 8})
	if err != nil {
		t.Fatal(err)
	}
	if again.Velocities[7] != in.Velocities[7] || other.Velocities[7] == in.Velocities[7] {
		t.Error("the velocities are not the seed's")
	}
}

func TestDopplerRefuses(t *testing.T) {
	g := grid()
	rows := rowsOf(g, stars(3, 1))
	cause := errors.New("the device is lost")
	try := func(e Encoder, rows [][]float32, velocities ...float64) error {
		_, err := DopplerResponse(e, rows, g, DopplerOptions{Velocities: velocities})
		return err
	}
	for want, err := range map[string]error{
		"1 spectra: want two at least":      try(measure(g), rows[:1]),
		"2 velocities: want three":          try(measure(g), rows, 1, 2),
		"do not increase":                   try(measure(g), rows, 1, 2, 2),
		"velocities [1 2 NaN]":              try(measure(g), rows, 1, 2, math.NaN()),
		"the device is lost":                try(func([][]float32) ([][]float32, error) { return nil, cause }, rows),
		"encoder: 0 rows out of 3":          try(func([][]float32) ([][]float32, error) { return nil, nil }, rows),
		"value 0 of row 2 is NaN":           try(func(x [][]float32) ([][]float32, error) { return [][]float32{{1}, {2}, {float32(math.NaN())}}, nil }, rows),
		"row 1 has 2 values, want 1":        try(func(x [][]float32) ([][]float32, error) { return [][]float32{{1}, {2, 3}, {4}}, nil }, rows),
		"row 1: 5 samples: the grid has 51": try(measure(g), [][]float32{rows[0], rows[1][:5], rows[2]}),
		"row 2: sample 100 is NaN":          try(measure(g), [][]float32{rows[0], rows[1], with(star{}.row(g), 100, math.NaN())}),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %q, got %v", want, err)
		}
	}
	if err := try(func([][]float32) ([][]float32, error) { return nil, cause }, rows); !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	if _, err := InjectedVelocity(measure(g), rows[:1], g, InjectOptions{}); err == nil {
		t.Error("one spectrum is no error")
	}
	if in, err := InjectedVelocity(measure(g), rows, g, InjectOptions{Most: -1}); err == nil || in != nil {
		t.Errorf("velocities up to -1: %v, %v", in, err)
	}
}

// The answer of an encoder that measures velocity, in units of 10 km/s.
func ExampleDopplerResponse() {
	g := grid()
	d, err := DopplerResponse(measure(g), rowsOf(g, stars(50, 1)), g, DopplerOptions{})
	if err != nil {
		panic(err)
	}
	for _, n := range d.Nodes {
		fmt.Printf("node %d: %.3f per km/s, %s\n", n.Node, n.Slope, n.Verdict(10))
	}
	// Output:
	// node 0: -0.100 per km/s, velocity
	// node 1: 0.000 per km/s, silent
	// node 2: 0.000 per km/s, unused
}
