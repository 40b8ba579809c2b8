package main

import (
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/stellarae/lab/datasets/eso/esotest"
)

// The scripts in testdata/fetch each have an archive of their own, at
// $STELLARAE_ARCHIVE, with 40 spectra of 4 targets: HD10000 to HD10003.
// drops makes one request for a file in five break off, pace slows files down, and
// private makes all files proprietary to the token "right".
func TestFetchScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/fetch",
		Setup: func(e *testscript.Env) error {
			a := esotest.New(40, 500)
			e.Defer(a.Close)
			e.Setenv(archiveVariable, a.URL)
			e.Values["archive"] = a
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "lines": lines, "json": jsonHas, "nothing": scriptCommands["nothing"], "await": await,
			"private": change(func(a *esotest.Archive, _ []string) error {
				a.Token = "right"
				for _, id := range a.IDs() {
					a.Private[id] = true
				}
				return nil
			}),
			"drops": change(func(a *esotest.Archive, _ []string) error {
				a.Faults, a.FaultRate = []esotest.Fault{esotest.Drop}, 0.2
				return nil
			}),
			"pace": change(func(a *esotest.Archive, args []string) (err error) {
				a.Pace, err = time.ParseDuration(args[0])
				return err
			}),
		},
	})
}

// change is a command that changes a script's archive.
func change(to func(a *esotest.Archive, args []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		a := ts.Value("archive").(*esotest.Archive)
		var err error
		a.Change(func() { err = to(a, args) })
		ts.Check(err)
	}
}
