// Package significance turns statistics and their permuted values into claims:
// p-values, the max-T adjustment for a whole table, q-values for a map, and
// effect sizes to stand beside them.
//
// It does not permute; package resample does, and the caller knows what may be
// exchanged. NaN means "cannot say" and stays NaN.
//
//	adjusted, err := significance.MaxT(observed, null)   // any claim
//	q := significance.BenjaminiHochberg(p)               // the map
package significance
