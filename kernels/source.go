// Package kernels carries the sources that a notebook's cells are linked with:
// the display library and the session's runtime. A kernel that was installed as
// a binary alone can so build cells without a network. It has no code; package
// build writes the sources out where a session needs them.
//
//	data, err := kernels.Source.ReadFile("display/doc.go")
package kernels

import "embed"

// Source holds Go files by their path below the folder kernels. Tests and what
// else is embedded beside the packages that cells import are for the reader to
// leave out.
//
//go:embed display session/rt
var Source embed.FS
