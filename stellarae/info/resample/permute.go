package resample

import "math/rand/v2"

// Between gives every cluster the labels of another: row r takes the label of
// row from[r]. It is the null of "nothing about the cluster is shared". A label
// that is one value a cluster is permuted exactly. For a label that changes from
// row to row, clusters of unequal size cannot exchange their rows one by one: the
// rows of the other cluster are taken in a random order, again from the first
// where they are too few. Exact there is a permutation of one row of each
// cluster (OneOfEach).
func (c *Clusters) Between(rng *rand.Rand) (from []int) {
	from = make([]int, c.Rows())
	var order []int
	for n, other := range rng.Perm(c.Len()) {
		order = append(order[:0], c.members[other]...)
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for i, r := range c.members[n] {
			from[r] = order[i%len(order)]
		}
	}
	return from
}

// Within permutes rows inside their clusters: row r takes the label of row
// from[r] of the same cluster. It is the null of "beyond what is constant in a
// cluster, nothing is shared", for labels of a visit such as airmass or
// signal-to-noise. A cluster of one row tells nothing.
func (c *Clusters) Within(rng *rand.Rand) (from []int) {
	from = make([]int, c.Rows())
	for _, m := range c.members {
		for i, j := range rng.Perm(len(m)) {
			from[m[i]] = m[j]
		}
	}
	return from
}
