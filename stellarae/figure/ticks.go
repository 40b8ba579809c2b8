package figure

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// linearTicks marks about count round values: 1, 2 or 5 times a power of ten.
type linearTicks struct{ count int }

// Ticks implements plot.Ticker.
func (l linearTicks) Ticks(lo, hi float64) []plot.Tick {
	if !(hi > lo) || math.IsInf(hi-lo, 0) {
		return nil
	}
	// The step whose number of labels comes nearest to count.
	exp := int(math.Floor(math.Log10((hi - lo) / float64(l.count))))
	step, minor, best := 1, 5, math.Inf(1)
	for _, s := range []struct{ step, minor int }{{1, 5}, {2, 4}, {5, 5}, {10, 5}} {
		labels := (hi - lo) / (float64(s.step) * math.Pow10(exp))
		if miss := math.Abs(math.Log(labels / float64(l.count))); miss < best {
			step, minor, best = s.step, s.minor, miss
		}
	}
	if step == 10 {
		step, exp = 1, exp+1
	}
	// Ticks are counted in whole minor steps, so that no rounding piles up.
	size := float64(step) / float64(minor) * math.Pow10(exp)
	if lo+size == lo || hi-size == hi {
		return []plot.Tick{{Value: lo, Label: number(lo, 6)}, {Value: hi, Label: number(hi, 6)}}
	}
	var ticks []plot.Tick
	for i := math.Ceil(lo/size - 1e-6); i <= math.Floor(hi/size+1e-6); i++ {
		t := plot.Tick{Value: i * size}
		if math.Mod(i, float64(minor)) == 0 {
			t.Label = decimal(i*size, max(0, -exp))
		}
		ticks = append(ticks, t)
	}
	return ticks
}

// logTicks marks the powers of ten, and 2 to 9 times them as minor ticks. In
// less than two decades 2 and 5 times them are labelled too.
type logTicks struct{}

// Ticks implements plot.Ticker.
func (logTicks) Ticks(lo, hi float64) []plot.Tick {
	if !(lo > 0 && hi > lo) {
		return nil
	}
	var ticks []plot.Tick
	first, last := int(math.Floor(math.Log10(lo))), int(math.Ceil(math.Log10(hi)))
	every, short := 1+(last-first)/8, hi < 100*lo
	for e := first; e <= last; e++ {
		for i := 1; i < 10; i++ {
			v := float64(i) * math.Pow10(e)
			if v < lo*(1-1e-9) || v > hi*(1+1e-9) {
				continue
			}
			t := plot.Tick{Value: v}
			switch {
			case i == 1 && e%every == 0:
				t.Label = power(e)
			case short && (i == 2 || i == 5):
				t.Label = number(v, 1)
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}

// power is ten to the e: plain near one, as an exponent further out.
func power(e int) string {
	if e >= -2 && e <= 3 {
		return decimal(math.Pow10(e), max(0, -e))
	}
	return "10^{" + decimal(float64(e), 0) + "}"
}

// decimal is v with that many digits after the point and a true minus sign.
func decimal(v float64, digits int) string {
	if digits > 6 || math.Abs(v) >= 1e7 {
		return number(v, 3)
	}
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		if strings.Trim(rest, "0.") == "" {
			return rest
		}
		return "\u2212" + rest
	}
	return s
}

// number is v with at most that many significant digits.
func number(v float64, digits int) string {
	s := strconv.FormatFloat(v, 'g', digits, 64)
	mantissa, exp, ok := strings.Cut(s, "e")
	if ok {
		e, _ := strconv.Atoi(exp)
		mantissa += "\u00d710^{" + strconv.Itoa(e) + "}"
	}
	return strings.ReplaceAll(mantissa, "-", "\u2212")
}
