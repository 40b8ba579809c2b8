package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stellarae/lab/docs/pages"
)

// The pages of the project show this program's commands as they are.

const projectRoot = "../../.."

var writeReference = flag.Bool("write-reference", false, "write docs/cli-gokernel.md anew")

func TestPagesShowCommandsAsTheyAre(t *testing.T) {
	all, err := pages.Read(projectRoot)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, p := range all {
		for _, c := range p.Commands() {
			if c.Words[0] != "gokernel" {
				continue
			}
			checked++
			if err := pages.Check(newRoot, c); err != nil {
				t.Errorf("%s: %s: %v", p.Path, c.Text, err)
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d commands were found", checked)
	}
}

func TestReferenceIsCurrent(t *testing.T) {
	want := pages.Reference(newRoot(), "The kernel's command line",
		"What `gokernel --help` and the `--help` of its commands say, in one page; `make docs` writes it. [kernel.md](kernel.md) is about the kernel itself.")
	path := filepath.Join(projectRoot, "docs", "cli-gokernel.md")
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
		t.Error("docs/cli-gokernel.md is not what the commands' help says: make docs writes it anew")
	}
}
