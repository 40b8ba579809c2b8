// Package knn finds nearest neighbours exactly: a k-d tree for vectors and a
// sorted line for numbers.
//
// It serves estimators that ask for the neighbours of every point of one
// sample, in up to a few hundred dimensions of which few are in use. It does not
// search approximately, and the points do not change once the tree is built.
//
//	tree, err := knn.New(knn.Max, x, y)
//	dist, rows := tree.Searcher(3).Nearest(0) // the three nearest to row 0
package knn
