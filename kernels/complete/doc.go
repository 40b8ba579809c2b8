// Package complete answers what a front end asks while a cell is being typed:
// what may stand at the cursor, and what the thing there is. It keeps gopls
// running in the session's module and shows it each cell as a file of package
// main beside a file with what earlier cells declared; while gopls starts, or
// when it is slow or gone, names are taken from those texts and from the
// sources of the standard library. Special and shell lines are completed here.
//
// It runs no cell and waits for none, writes no file, and gives no diagnostics.
//
//	e, err := complete.Start(ctx, complete.Options{Gopls: "/usr/bin/gopls", Dir: moduleFolder})
//	e.SetSession(complete.Session{Source: "package main\n\nvar spectra []float64\n"})
//	c, err := e.Complete(ctx, "len(spec", 8) // c.Items[0].Text is "spectra"
package complete
