package explore

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/stellarae/lab/datasets/catalog"
)

func asJSON[T any](t testing.TB, status int, body []byte) (v T) {
	t.Helper()
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, body)
	}
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// answer is a view as the page reads it.
type answer struct {
	from, to, stride, points int
	series                   [][]float32
}

func viewOf(t testing.TB, s *Server, query string, body []float32) answer {
	t.Helper()
	status, b := ask(t, s, "POST", "/api/view?"+query, words{}.floats(body))
	if status != http.StatusOK {
		t.Fatalf("%s: status %d: %s", query, status, b)
	}
	head := floatsOf(b[:32])
	n := func(i int) int { return int(math.Float32bits(head[i])) }
	a := answer{from: n(0), to: n(1), stride: n(2), points: n(3)}
	rest := floatsOf(b[32:])
	if len(rest) != n(4)*a.points {
		t.Fatalf("%s: %d values in %d series of %d points", query, len(rest), n(4), a.points)
	}
	for part := range slices.Chunk(rest, a.points) {
		a.series = append(a.series, part)
	}
	return a
}

// minus is a difference as float32 computes it.
func minus(a, b []float32) []float32 {
	d := make([]float32, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return d
}

// What is shown is what Model.Encode and Model.Decode give, bit for bit.
func TestValues(t *testing.T) {
	e, s := serve(t)
	g := config().Grid
	inside := func(row []float32) []float32 { return row[g.PadLeft : g.PadLeft+g.Samples] }
	for _, i := range []int{0, 17, spectra - 1} {
		row := must[[]float32](t)(e.survey.Row(i))
		code := must[[][]float32](t)(fixture.model.Encode([][]float32{row}))[0]
		status, body := ask(t, s, "GET", fmt.Sprintf("/api/spectrum?i=%d", i), nil)
		got := asJSON[shown](t, status, body)
		if !slices.Equal(got.Code, code) || !got.HasInput || got.Labels["Teff"] == 0 || got.Star == "" {
			t.Errorf("spectrum %d: %+v, want the code %v", i, got, code)
		}
		status, body = ask(t, s, "GET", "/api/spectrum?id="+got.ID, nil)
		if byName := asJSON[shown](t, status, body); byName.Index != i {
			t.Errorf("%s is number %d, want %d", got.ID, byName.Index, i)
		}

		moved := slices.Clone(code)
		moved[1] += 0.7
		decoded := must[[][]float32](t)(fixture.model.Decode([][]float32{code}))[0]
		movedTo := must[[][]float32](t)(fixture.model.Decode([][]float32{moved}))[0]
		want := [][]float32{inside(row), inside(decoded), minus(inside(row), inside(decoded)), inside(movedTo), minus(inside(movedTo), inside(decoded))}
		a := viewOf(t, s, fmt.Sprintf("i=%d", i), append(slices.Clone(code), moved...))
		for k := range want {
			if !slices.Equal(a.series[k], want[k]) {
				t.Errorf("spectrum %d: series %d differs", i, k)
			}
		}
		part := viewOf(t, s, fmt.Sprintf("i=%d&from=20&to=90", i), code)
		if len(part.series) != 3 || part.stride != 1 || !slices.Equal(part.series[1], want[1][20:90]) {
			t.Errorf("spectrum %d: samples 20 to 90: %+v", i, part)
		}
		// the same spectrum dropped: its samples come with the question
		again := viewOf(t, s, "", append(slices.Clone(code), inside(row)...))
		if !slices.Equal(again.series[2], want[2]) {
			t.Errorf("spectrum %d dropped: the residual differs", i)
		}
		alone := viewOf(t, s, "", code)
		if !slices.Equal(alone.series[1], want[1]) || alone.series[0][0] == alone.series[0][0] {
			t.Errorf("spectrum %d: a code alone: %v", i, alone.series[0][:3])
		}
	}
}

func TestViewRefuses(t *testing.T) {
	_, s := serve(t)
	nan := float32(math.NaN())
	for _, c := range []struct {
		query string
		body  []float32
		want  int
	}{
		{"i=-1", make([]float32, 3), 400},
		{fmt.Sprintf("i=%d", spectra), make([]float32, 3), 400},
		{"i=x", make([]float32, 3), 400},
		{"i=0&from=10&to=10", make([]float32, 3), 400},
		{"i=0&to=253", make([]float32, 3), 400},
		{"i=0&bins=0", make([]float32, 3), 400},
		{"i=0&bins=99999999", make([]float32, 3), 400},
		{"i=0", nil, 400},
		{"i=0", make([]float32, 4), 400},
		{"i=0", []float32{0, nan, 0}, 400},
		{"i=0", []float32{0, float32(math.Inf(1)), 0}, 400},
		{"i=0", make([]float32, 3+3+252+1), 413},
	} {
		if status, body := ask(t, s, "POST", "/api/view?"+c.query, words{}.floats(c.body)); status != c.want {
			t.Errorf("%s with %d values: status %d, want %d: %s", c.query, len(c.body), status, c.want, body)
		}
	}
	for _, path := range []string{"/api/spectrum?id=nobody", "/api/spectrum?id=../../etc/passwd", "/api/spectrum", "/api/points?label=nothing"} {
		if status, body := ask(t, s, "GET", path, nil); status != http.StatusNotFound {
			t.Errorf("%s: status %d: %s", path, status, body)
		}
	}
	if status, _ := ask(t, s, "GET", "/api/view", nil); status != http.StatusMethodNotAllowed && status != http.StatusNotFound {
		t.Errorf("a view by GET: status %d", status)
	}
}

// Least and greatest of every bin, in their order, whatever the numbers.
func TestReduce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		values := make([]float32, 1+random.IntN(3000))
		for i := range values {
			values[i] = float32(random.NormFloat64())
			if random.IntN(50) == 0 {
				values[i] = float32(math.NaN())
			}
		}
		from := random.IntN(len(values))
		to := from + 1 + random.IntN(len(values)-from)
		b := binning(from, to, 1+random.IntN(200))
		got := b.reduce(values)
		if len(got) != b.points() {
			t.Fatalf("%+v: %d points, want %d", b, len(got), b.points())
		}
		if b.stride == 1 {
			continue
		}
		for k, start := 0, from; start < to; k, start = k+2, start+b.stride {
			lo, hi := float32(math.Inf(1)), float32(math.Inf(-1))
			at := [2]int{-1, -1}
			for i := start; i < min(start+b.stride, to); i++ {
				if v := values[i]; v < lo {
					lo, at[0] = v, i
				}
				if v := values[i]; v > hi {
					hi, at[1] = v, i
				}
			}
			want := [2]float32{lo, hi}
			if at[0] > at[1] {
				want = [2]float32{hi, lo}
			}
			if at[0] >= 0 && (got[k] != want[0] || got[k+1] != want[1]) {
				t.Fatalf("%+v: bin at %d: %v, want %v", b, start, got[k:k+2], want)
			}
		}
	}
}

// The nearest are those that a look at all of them finds.
func TestNeighbours(t *testing.T) {
	e, s := serve(t)
	sv := e.survey
	code := sv.codes[5]
	type near struct {
		i int
		d float64
	}
	var want []near
	for row, i := range sv.coded {
		d := 0.0
		for _, n := range sv.nodes {
			if n.Informative {
				d += math.Pow(float64(code[n.Node]-sv.codes[row][n.Node])/(1.4826*n.MAD), 2)
			}
		}
		if i != sv.coded[5] {
			want = append(want, near{i, math.Sqrt(d)})
		}
	}
	slices.SortFunc(want, func(a, b near) int {
		if a.d < b.d {
			return -1
		}
		return 1
	})
	status, body := ask(t, s, "POST", fmt.Sprintf("/api/neighbours?k=7&i=%d", sv.coded[5]), words{}.floats(code))
	got := asJSON[[]neighbour](t, status, body)
	if len(got) != 7 {
		t.Fatalf("%d neighbours", len(got))
	}
	for k, n := range got {
		if n.Index != want[k].i || math.Abs(n.Distance-want[k].d) > 1e-9*want[k].d || n.Labels["Teff"] == 0 {
			t.Errorf("neighbour %d: %+v, want %+v", k, n, want[k])
		}
	}
	status, body = ask(t, s, "POST", fmt.Sprintf("/api/neighbours?k=50&stars=1&i=%d", sv.coded[5]), words{}.floats(code))
	stars := map[string]bool{sv.star(sv.coded[5]): true}
	for _, n := range asJSON[[]neighbour](t, status, body) {
		if stars[n.Star] {
			t.Errorf("%s stands in the list twice, or is the star itself", n.Star)
		}
		stars[n.Star] = true
	}
}

func TestPoints(t *testing.T) {
	e, s := serve(t)
	status, body := ask(t, s, "GET", "/api/points?x=2&y=0&label=Teff", nil)
	if status != http.StatusOK {
		t.Fatalf("status %d: %s", status, body)
	}
	all := floatsOf(body)
	n := int(math.Float32bits(all[0]))
	teff := must[catalog.Column](t)(e.survey.labels.Column("Teff"))
	if n != spectra || len(all) != 1+4*n {
		t.Fatalf("%d points in %d values", n, len(all))
	}
	for k := range n {
		i := int(math.Float32bits(all[1+k]))
		code := e.survey.code(i)
		if all[1+n+k] != code[2] || all[1+2*n+k] != code[0] || all[1+3*n+k] != float32(teff.Values[i]) {
			t.Fatalf("point %d: %v %v %v", k, all[1+n+k], all[1+2*n+k], all[1+3*n+k])
		}
	}
}

// Many pages at once get each its own answer.
func TestManyPages(t *testing.T) {
	e, s := serve(t)
	var all sync.WaitGroup
	for page := range 10 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(page), 1))
			for range 15 {
				i := random.IntN(spectra)
				code := slices.Clone(e.survey.code(i))
				code[random.IntN(3)] = float32(random.NormFloat64())
				a := viewOf(t, s, fmt.Sprintf("i=%d&from=10&to=200", i), code)
				want, err := e.coder.decode(t.Context(), code)
				if err != nil || !slices.Equal(a.series[1], e.unpadded(want)[10:200]) {
					t.Errorf("page %d, spectrum %d: another's answer, or %v", page, i, err)
				}
			}
		})
	}
	all.Wait()
}
