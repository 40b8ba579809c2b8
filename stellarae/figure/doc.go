// Package figure draws what an astronomer wants to see of spectra, of an
// autoencoder's latent nodes and of its training: spectrum and reconstruction,
// the deviation of every node, mutual information, node against label,
// training curves, latent traversals and the Kiel diagram; and of a count of
// the informative nodes: which node knows which label and how surely, estimates
// beside published ones, dimension, use against information, what depends on
// what, the count by threshold, the answer to a Doppler shift, and a traversal
// beside physics. Every figure is a function from plain numbers, or from the
// results of package info, to a Figure, which encodes itself as PNG or SVG.
//
// It computes no statistics beyond what drawing needs, and it is not
// interactive.
//
//	f, err := figure.Spectrum(figure.SpectrumData{Wave: wave, Flux: flux, Model: decoded})
//	err = f.Save("spectrum.svg")
//
// Texts may hold subscripts and superscripts, as in "T_{eff} (K)" and
// "km s^{-1}". Colours are told apart by readers with any common form of
// colour blindness.
package figure
