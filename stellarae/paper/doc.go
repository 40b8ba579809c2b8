// Package paper sets the figures and the numeric claims of Sedaghat, Romaniello,
// Carrick and Pineau 2021 (MNRAS 501, 6026) beside what comes out here, and says of
// each whether it was reproduced, by a criterion that is stated with it.
//
// There are two lanes. Simulated asks the run folder of the course: stars whose
// truth is known, a small network, the paper's two counts and the corrected ones.
// Published asks the authors' own codes, labels and checkpoint, if they are at
// hand; there the published numbers must come out.
//
// It trains nothing and has no estimator of its own, and it does not read the
// notebooks' outputs: notebooks show, this package computes.
//
//	sim, err := paper.Simulated(device.Backend, "runs/course", paper.Options{})
//	pub, err := paper.Published("data/published", paper.Options{})
//	err = paper.Write("docs", sim, pub)
package paper
