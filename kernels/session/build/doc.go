// Package build turns the Go text of cells into what can be run: plugins that a
// session's worker loads, the worker itself, and plain programs. It calls the
// compiler and the linker directly with import configurations that it keeps, as
// the go command is asked only for packages that are not known yet. It also
// keeps the module in which a session's cells live. It runs none of what it
// builds, and does not know what a cell means.
//
//	m, err := build.NewModule(dir, notebookDir, build.ModuleOptions{})
//	b, err := build.NewBuilder(m, build.Options{})
//	g, err := b.Packages(ctx, []string{"fmt"})
//	so, err := b.Plugin(ctx, "c001", src, g)
//	exe, err := b.Worker(ctx, g)
//
// # Cells that share a package
//
// The go command gives every plugin a package of its own, so that a type of one
// cell is unknown to the next. Here all cells are compiled as package main,
// and two symbols that must differ are renamed in the compiled archive:
// main..inittask, so that each plugin has its own initialisers, and the table of
// exported symbols, go:plugin.tabs, which plugin.Open would read and check against
// what is loaded already. What a cell has to offer it
// registers from its init function. The dynamic linker makes one of the types
// and variables that several plugins have under one name; functions are each
// plugin's own.
package build
