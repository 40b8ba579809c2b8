// Package mi estimates mutual information and entropy, in nats, from samples:
// by nearest neighbours, by ranks, by histograms and by Gaussian mixtures.
//
// A variable is a slice with one number a row; a vector is a list of such
// columns. Estimates are not clipped at zero: an estimator without bias must
// fall below zero as often as above where nothing is shared, and a mean of
// clipped values is too large. Rows are taken to be independent: repeated visits
// to one object are not, and inflate every estimate here, so draw one row an
// object first (package resample). Missing values are not dropped silently; see
// Complete. No p-values are given; see package significance.
//
//	mi.KSG1(x, y, 3)             // continuous with continuous
//	mi.Ross(x, class, 3)         // continuous with classes
//	mi.Mixed(x, y, 3)            // with values that repeat
//	mi.Conditional(x, y, zs, 3)  // beyond what the columns zs tell
package mi
