package resample

import (
	"errors"
	"fmt"
	"math/rand/v2"
)

// Clusters groups rows 0 to Rows()-1. It does not change, and may be used by
// several goroutines.
type Clusters struct {
	of      []int // cluster of a row
	members [][]int
}

// By groups rows that have the same id, in the order in which ids first
// appear. No ids are an error.
func By[T comparable](ids []T) (*Clusters, error) {
	if len(ids) == 0 {
		return nil, errors.New("resample: no rows")
	}
	c := &Clusters{of: make([]int, len(ids))}
	number := map[T]int{}
	for r, id := range ids {
		n, known := number[id]
		if !known {
			n = len(c.members)
			number[id] = n
			c.members = append(c.members, nil)
		}
		c.of[r] = n
		c.members[n] = append(c.members[n], r)
	}
	return c, nil
}

// Singles makes every row a cluster of its own. It panics for less than one row.
func Singles(rows int) *Clusters {
	if rows < 1 {
		panic("resample: no rows")
	}
	c := &Clusters{of: make([]int, rows), members: make([][]int, rows)}
	for r := range rows {
		c.of[r], c.members[r] = r, []int{r}
	}
	return c
}

// Rows is the number of rows, Len that of clusters.
func (c *Clusters) Rows() int { return len(c.of) }
func (c *Clusters) Len() int  { return len(c.members) }

// Of is the cluster of a row, Members the rows of a cluster (not to be changed).
func (c *Clusters) Of(row int) int      { return c.of[row] }
func (c *Clusters) Members(n int) []int { return c.members[n] }
func (c *Clusters) Repeats() bool       { return c.Len() < c.Rows() }

// Keep groups the given rows as before, as rows 0 to len(rows)-1. No rows and
// rows outside are errors.
func (c *Clusters) Keep(rows []int) (*Clusters, error) {
	ids := make([]int, len(rows))
	for i, r := range rows {
		if r < 0 || r >= c.Rows() {
			return nil, fmt.Errorf("resample: row %d is outside the %d rows", r, c.Rows())
		}
		ids[i] = c.of[r]
	}
	return By(ids)
}

// OneOfEach draws one row of every cluster, in the order of the clusters.
func (c *Clusters) OneOfEach(rng *rand.Rand) []int {
	rows := make([]int, c.Len())
	for n, m := range c.members {
		rows[n] = m[rng.IntN(len(m))]
	}
	return rows
}

// Draw is as many clusters as there are, drawn with replacement, with all their
// rows: a bootstrap sample.
func (c *Clusters) Draw(rng *rand.Rand) []int {
	var rows []int
	for range c.Len() {
		rows = append(rows, c.members[rng.IntN(c.Len())]...)
	}
	return rows
}

// Split deals the clusters at random into parts of nearly equal numbers of
// clusters, and gives the rows of each. It panics unless parts is from 1 to the
// number of clusters.
func (c *Clusters) Split(parts int, rng *rand.Rand) [][]int {
	if parts < 1 || parts > c.Len() {
		panic(fmt.Sprintf("resample: %d parts of %d clusters", parts, c.Len()))
	}
	out := make([][]int, parts)
	for i, n := range rng.Perm(c.Len()) {
		out[i%parts] = append(out[i%parts], c.members[n]...)
	}
	return out
}
