// Package resample draws, permutes and splits rows by the cluster they belong to:
// the star of a spectrum, say, when stars are independent and visits to one are
// not.
//
// It knows no statistic; those are functions of a list of rows. It does not
// guess the clusters: rows that share a star and a night want a choice.
//
//	stars, err := resample.By(names)
//	rows := stars.OneOfEach(rng)  // independent rows
//	interval, err := stars.Bootstrap(statistic, resample.Options{})
package resample
