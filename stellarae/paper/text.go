package paper

import (
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
)

// thousands writes a number with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// list writes numbers as "2, 9 and 11".
func list[T any](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	switch n := len(words); n {
	case 0:
		return "none"
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// ranges writes index ranges.
func ranges(all [][2]int) string {
	var words []string
	for _, r := range all {
		words = append(words, fmt.Sprintf("%d to %d", r[0], r[1]))
	}
	return strings.Join(words, ", ")
}

// zeros counts them up to the first other value.
func zeros(row iter.Seq2[int, float32]) (n int) {
	for _, v := range row {
		if v != 0 {
			break
		}
		n++
	}
	return n
}

// mean leaves out what is not a number.
func mean(values []float64) float64 {
	total, n := 0.0, 0
	for _, v := range values {
		if !math.IsNaN(v) {
			total, n = total+v, n+1
		}
	}
	return total / float64(n)
}
