package display

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"
)

// series is one line, cloud or row of bars. scale is quantitative, temporal or
// nominal, and says which of x, times and labels is set.
type series struct {
	name   string
	scale  string
	x      []float64
	times  []time.Time
	labels []string
	y      []float64
}

func newSeries(name string, x, y any) (series, error) {
	s := series{name: name, scale: "quantitative"}
	var err error
	if s.y, err = toNumbers(y); err != nil {
		return s, fmt.Errorf("y: %w", err)
	}
	n := 0
	switch x := x.(type) {
	case nil:
		s.x = make([]float64, len(s.y))
		for i := range s.x {
			s.x[i] = float64(i)
		}
		n = len(s.x)
	case []time.Time:
		s.scale, s.times, n = "temporal", x, len(x)
	default:
		if r := reflect.ValueOf(x); r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.String {
			s.scale, n = "nominal", r.Len()
			for i := range n {
				s.labels = append(s.labels, r.Index(i).String())
			}
			break
		}
		if s.x, err = toNumbers(x); err != nil {
			return s, fmt.Errorf("x: %w", err)
		}
		n = len(s.x)
	}
	if n != len(s.y) {
		return s, fmt.Errorf("x has %d values and y has %d", n, len(s.y))
	}
	return s, nil
}

// at is x of point i as JSON has it.
func (s series) at(i int) any {
	switch s.scale {
	case "temporal":
		return s.times[i].Format(time.RFC3339Nano)
	case "nominal":
		return s.labels[i]
	}
	return number(s.x[i])
}

// pick chooses at most about limit points: of lines the lowest and the highest
// of each stretch, so that no peak is lost; of clouds every so-manieth; of bars
// the first.
func (s series) pick(kind string, limit int) []int {
	n := len(s.y)
	var out []int
	switch {
	case n <= limit || kind == "bar":
		for i := range min(n, limit) {
			out = append(out, i)
		}
	case kind == "line":
		stretches := max(1, limit/2)
		for k := range stretches {
			from, to := k*n/stretches, (k+1)*n/stretches
			low, high := from, from
			for i := from; i < to; i++ {
				if s.y[i] < s.y[low] || math.IsNaN(s.y[low]) {
					low = i
				}
				if s.y[i] > s.y[high] || math.IsNaN(s.y[high]) {
					high = i
				}
			}
			out = append(out, min(low, high))
			if low != high {
				out = append(out, max(low, high))
			}
		}
	default:
		for k := range limit {
			out = append(out, k*n/limit)
		}
	}
	return out
}

// toNumbers reads a slice or array of numbers of any kind.
func toNumbers(v any) ([]float64, error) {
	if list, ok := v.([]float64); ok {
		return list, nil
	}
	r := reflect.ValueOf(v)
	if k := r.Kind(); k != reflect.Slice && k != reflect.Array {
		return nil, fmt.Errorf("%T is not a slice of numbers", v)
	}
	out := make([]float64, r.Len())
	for i := range out {
		x := r.Index(i)
		if x.Kind() == reflect.Interface {
			x = x.Elem()
		}
		switch {
		case x.CanFloat():
			out[i] = x.Float()
		case x.CanInt():
			out[i] = float64(x.Int())
		case x.CanUint():
			out[i] = float64(x.Uint())
		default:
			return nil, fmt.Errorf("%T is not a slice of numbers", v)
		}
	}
	return out, nil
}

// bin is a bar of a histogram.
type bin struct {
	from, to float64
	n        int
}

// count sorts finite values into bins of equal width and tells how many others
// there are.
func count(values []float64, bins int) (out []bin, dropped int) {
	var list []float64
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			list = append(list, v)
		}
	}
	dropped = len(values) - len(list)
	if len(list) == 0 {
		return []bin{}, dropped
	}
	slices.Sort(list)
	low, high := list[0], list[len(list)-1]
	if low == high {
		return []bin{{low - 0.5, high + 0.5, len(list)}}, dropped
	}
	if bins <= 0 {
		quartiles := list[len(list)*3/4] - list[len(list)/4]
		bins = 30
		if n := math.Ceil((high - low) / (2 * quartiles) * math.Cbrt(float64(len(list)))); !math.IsNaN(n) {
			bins = int(min(200, max(5, n)))
		}
	}
	bins = min(bins, maxPoints)
	edge := func(i int) float64 { // does not overflow
		t := float64(i) / float64(bins)
		return low*(1-t) + high*t
	}
	out = make([]bin, bins)
	for i := range out {
		out[i].from, out[i].to = edge(i), edge(i+1)
	}
	i := 0
	for _, v := range list {
		for i < bins-1 && v >= out[i].to {
			i++
		}
		out[i].n++
	}
	return out, dropped
}

// maxCells is how many cells a heat map draws each way.
const maxCells = 150

// cells is a heat map: stepY x stepX of rows x columns values averaged in each.
type cells struct {
	rows, columns int
	stepY, stepX  int
	z             [][]float64
	extent        [4]float64 // x0, x1, y0, y1
}

func newCells(v any) (*cells, error) {
	c := &cells{}
	var at func(i, j int) float64
	switch m := v.(type) {
	case matrix:
		c.rows, c.columns = m.Dims()
		at = m.At
	default:
		r := reflect.ValueOf(v)
		if k := r.Kind(); k != reflect.Slice && k != reflect.Array {
			return nil, fmt.Errorf("%T is not a [][]float64", v)
		}
		rows := make([][]float64, r.Len())
		for i := range rows {
			var err error
			if rows[i], err = toNumbers(r.Index(i).Interface()); err != nil {
				return nil, err
			}
			if len(rows[i]) != len(rows[0]) {
				return nil, fmt.Errorf("row %d has %d values, row 0 has %d", i, len(rows[i]), len(rows[0]))
			}
		}
		c.rows = len(rows)
		if c.rows > 0 {
			c.columns = len(rows[0])
		}
		at = func(i, j int) float64 { return rows[i][j] }
	}
	if c.rows == 0 || c.columns == 0 {
		return nil, errors.New("no values")
	}
	c.extent = [4]float64{0, float64(c.columns), 0, float64(c.rows)}
	c.stepY, c.stepX = (c.rows+maxCells-1)/maxCells, (c.columns+maxCells-1)/maxCells
	for i := 0; i < c.rows; i += c.stepY {
		var row []float64
		for j := 0; j < c.columns; j += c.stepX {
			sum, n := 0.0, 0
			for a := i; a < min(i+c.stepY, c.rows); a++ {
				for b := j; b < min(j+c.stepX, c.columns); b++ {
					if z := at(a, b); !math.IsNaN(z) {
						sum += z
						n++
					}
				}
			}
			row = append(row, sum/float64(n))
		}
		c.z = append(c.z, row)
	}
	return c, nil
}
