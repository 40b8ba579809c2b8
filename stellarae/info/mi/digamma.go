package mi

import "math"

const euler = 0.577215664901532860606512090082402431

// digammas is the digamma function at 1 to n (index 0 is NaN), by its
// recurrence; the rounding error stays below 1e-13 for a million values.
func digammas(n int) []float64 {
	psi := make([]float64, n+1)
	psi[0] = math.NaN()
	var harmonic, lost float64 // Kahan's sum
	for i := 1; i <= n; i++ {
		psi[i] = harmonic - euler
		term := 1/float64(i) - lost
		sum := harmonic + term
		lost = (sum - harmonic) - term
		harmonic = sum
	}
	return psi
}
