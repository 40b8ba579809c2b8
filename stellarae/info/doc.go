// Package info counts how many nodes of a latent code carry information, and
// tells which of them know a label.
//
// It takes plain slices and matrices: codes are samples x nodes, a label is
// one number a sample. It knows nothing of stars, files or catalogues, and
// which samples go in is the caller's choice (see KeepRows).
//
// It asks four questions that are easily mixed up. Is a node used (MAD, KL,
// SignalToNoise, Active, Ablation, Jacobian)? How many dimensions do the codes
// occupy (package dimension)? Does a node know a label (Associate)? Is what it
// knows its own (Beyond, Depend), and does it hold for stars not seen (Probe)? The
// estimators are in package mi, for columns of any origin.
//
// The counts of Sedaghat et al. 2021 (MNRAS 501, 6026, sections 6.1 and 6.2)
// are reproduced exactly as published, biases included: the plug-in mutual
// information of a histogram is too large for a node that knows nothing, the
// more so the finer the bins. Read it as the paper does, as a contrast between
// nodes, not as a measurement in nats.
//
//	count, err := info.CountPublished(codes, labels, info.Options{})
//	fmt.Println(count.Informative) // nodes with a MAD above 0.02
package info
