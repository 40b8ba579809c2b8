package mi

import "math"

// Mixed is the mutual information of x and y where values may repeat: rounded
// labels, classes, spikes, or a mixture of these with continuous values. It
// follows Gao, Kannan, Oh and Viswanath 2017 (arXiv:1709.06212): where the k-th
// neighbour of a point is the point itself again, the points equal to it are
// counted in place of k. With psi(N) for their ln N it equals KSG1 where no pair
// repeats more than k times. No noise is added to break ties.
//
// Errors are those of KSG1 without ErrTies.
func Mixed(x, y []float64, k int) (float64, error) {
	mean, psi, err := meanOverPlane(x, y, k, true, func(n *neighbourhood, psi []float64) float64 {
		radius, joint := n.radius(), k
		if radius == 0 {
			radius = math.SmallestNonzeroFloat64
			joint = n.Same(n.row)
		}
		return psi[joint] - psi[n.X.Within(x[n.row], radius)] - psi[n.Y.Within(y[n.row], radius)]
	})
	if err != nil {
		return 0, err
	}
	return psi[len(x)] + mean, nil
}
