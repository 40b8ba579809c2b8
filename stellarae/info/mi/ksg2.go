package mi

import "math"

// KSG2 is the second estimator of Kraskov, Stögbauer and Grassberger 2004
// (equation 9),
//
//	psi(k) - 1/k + psi(N) - < psi(nx) + psi(ny) >
//
// which counts within the rectangle that the k nearest neighbours span. It has
// less bias than KSG1 at high mutual information and more spread. Scaling and
// errors are as for KSG1; which of several neighbours at the same distance takes
// part is not defined, so values on a lattice are better left to Mixed.
func KSG2(x, y []float64, k int) (float64, error) {
	mean, psi, err := meanOverPlane(x, y, k, false, func(n *neighbourhood, psi []float64) float64 {
		var ex, ey float64
		for _, r := range n.rows {
			ex, ey = max(ex, math.Abs(x[r]-x[n.row])), max(ey, math.Abs(y[r]-y[n.row]))
		}
		return -psi[n.X.Upto(x[n.row], ex)-1] - psi[n.Y.Upto(y[n.row], ey)-1]
	})
	if err != nil {
		return 0, err
	}
	return psi[k] - 1/float64(k) + psi[len(x)] + mean, nil
}
