// Package dimension estimates how many dimensions the rows of a matrix occupy:
// by their variances (PCA) and by distances to near neighbours (TwoNN, Gride,
// maximum likelihood), which see curved sheets too.
//
// Rows are taken to be independent. Repeated visits to one object are not: two
// nearest neighbours that are the same object measure its noise, so Estimate
// draws one row an object. Nor is there one right number: a sheet with noise has a
// dimension at every scale, so look at Gride's plot before believing the others.
//
//	stars, err := resample.By(names)
//	report, err := dimension.Estimate(codes, stars, dimension.Options{})
//	fmt.Println(report.TwoNN)
package dimension
