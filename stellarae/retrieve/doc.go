// Package retrieve finds the spectra nearest to a spectrum in latent space, and
// the spectra that have no near ones or are badly reconstructed: outliers, each
// with the reason.
//
// Distance is Euclidean over the nodes in use, each in units of its own spread,
// so that a node counts by what is unusual for it and nodes that hardly move do
// not count. Visits of one star are nearly copies; where stars are known, every
// star comes once and a spectrum's own star is left out.
//
// It takes codes and spectra as they come from the network and knows nothing of
// files, labels' names or networks. The search is exact; it is no index for
// billions.
//
//	x, err := retrieve.New(codes, retrieve.Options{Stars: table.StarKeys()})
//	for _, n := range x.NearestTo(0, 5) {
//		fmt.Println(n.Row, n.Distance)
//	}
package retrieve
