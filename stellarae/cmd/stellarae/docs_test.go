package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stellarae/lab/docs/pages"
)

// The pages of the project show this program's commands as they are.

const projectRoot = "../../.."

var writeReference = flag.Bool("write-reference", false, "write docs/cli.md anew")

func readPages(t *testing.T) []pages.Page {
	t.Helper()
	all, err := pages.Read(projectRoot)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Commands on the pages, also where prose leaves out the program's name:
// `count --model run`.
func TestPagesShowCommandsAsTheyAre(t *testing.T) {
	names := map[string]bool{}
	for _, c := range newRoot().Commands() {
		names[c.Name()] = true
	}
	checked := 0
	for _, p := range readPages(t) {
		for _, c := range p.Commands() {
			if c.Words[0] != "stellarae" {
				if !names[c.Words[0]] || !strings.Contains(c.Text, "--") {
					continue
				}
				c.Words = append([]string{"stellarae"}, c.Words...)
			}
			checked++
			if err := pages.Check(newRoot, c); err != nil {
				t.Errorf("%s: %s: %v", p.Path, c.Text, err)
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d commands were found", checked)
	}
}

// Blocks marked "sh run" run one after another, each page in a folder of its
// own.
func TestPagesRun(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the program")
	}
	ran := 0
	for _, p := range readPages(t) {
		dir := t.TempDir()
		for _, b := range p.Blocks {
			if !b.Runs() {
				continue
			}
			ran++
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			bash := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", b.Text)
			bash.Dir = dir
			bash.Env = append(os.Environ(), "GOMLX_BACKEND=go")
			out, err := bash.CombinedOutput()
			cancel()
			if err != nil {
				t.Fatalf("%s: %v\n%s\n%s", p.Path, err, b.Text, out)
			}
		}
	}
	if ran == 0 {
		t.Error("no block is marked to be run")
	}
}

func TestReferenceIsCurrent(t *testing.T) {
	want := pages.Reference(newRoot(), "The command line",
		"What `stellarae --help` and the `--help` of its commands say, in one page; `make docs` writes it. Exit codes: 0 done, 1 failed,\n"+
			"2 called wrongly. Results go to standard output, progress and warnings to standard error; with `--json` a result is one JSON value.\n"+
			"The kernel's program has [a page of its own](cli-gokernel.md).")
	path := filepath.Join(projectRoot, "docs", "cli.md")
	if *writeReference {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/cli.md is not what the commands' help says: make docs writes it anew")
	}
}
