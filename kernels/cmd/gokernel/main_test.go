package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
)

// The scripts in testdata/script run the program as people do.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gokernel": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir+"/home")
			for _, name := range []string{
				"JUPYTER_DATA_DIR", "JUPYTER_PATH", "JUPYTER_PREFER_ENV_PATH", "XDG_DATA_HOME", "VIRTUAL_ENV", "CONDA_PREFIX",
				"PJRT_PLUGIN_LIBRARY_PATH",
			} {
				e.Setenv(name, "")
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"lines": lines},
	})
}

// lines FILE N checks the number of lines; FILE may be stdout or stderr.
func lines(ts *testscript.TestScript, neg bool, args []string) {
	if n := strings.Count(ts.ReadFile(args[0]), "\n"); fmt.Sprint(n) != args[1] {
		ts.Fatalf("%s has %d lines, want %s", args[0], n, args[1])
	}
}

// Every command has an example, and its examples name only flags that it has.
func TestHelp(t *testing.T) {
	root := newRoot()
	for _, c := range append(root.Commands(), root) {
		if c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for line := range strings.Lines(c.Example) {
			checkExample(t, root, line)
		}
	}
}

func checkExample(t *testing.T, root *cobra.Command, line string) {
	t.Helper()
	line, _, _ = strings.Cut(line, "#")
	words := strings.Fields(line)
	if len(words) < 2 || words[0] != "gokernel" {
		t.Errorf("no example: %q", line)
		return
	}
	c, _, err := root.Find(words[1:2])
	if err != nil {
		t.Errorf("%q: %v", line, err)
		return
	}
	for _, w := range words {
		if name, isFlag := strings.CutPrefix(w, "--"); isFlag && c.Flags().Lookup(name) == nil {
			t.Errorf("%q: %s has no %s", line, c.Name(), w)
		}
	}
}
