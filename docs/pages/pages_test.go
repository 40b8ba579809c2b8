package pages

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

const (
	root   = "../.."
	module = "github.com/stellarae/lab"
)

func project(t *testing.T) []Page {
	t.Helper()
	all, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestLinksLeadSomewhere(t *testing.T) {
	files, err := Files(root)
	if err != nil {
		t.Skip("without git the project's files are not known: ", err)
	}
	all := project(t)
	links := 0
	for _, p := range all {
		links += len(p.Links)
	}
	if len(all) < 10 || links < 25 {
		t.Errorf("%d links on %d pages: not all was read", links, len(all))
	}
	for _, broken := range Broken(all, files) {
		t.Error(broken)
	}
}

// The commands of make and go; the tests of the programs check their own.
func TestCommandsExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	makefile := ParseMakefile(string(text))
	checked := map[string]int{}
	for _, p := range project(t) {
		for _, c := range p.Commands() {
			switch c.Words[0] {
			case "make":
				err = makefile.Check(c)
			case "go":
				err = CheckGo(root, module, c)
			default:
				continue
			}
			checked[c.Words[0]]++
			if err != nil {
				t.Errorf("%s: %s: %v", p.Path, c.Text, err)
			}
		}
	}
	if checked["make"] < 10 || checked["go"] < 5 {
		t.Errorf("only %v were found", checked)
	}
}

const sample = "# The page\n" +
	"See [the other](other.md#a-heading), ![a picture](images/p.png) and `make all`, with `prog ...`.\n\n" +
	"## A `code`, again!\n## A `code`, again!\n\n" +
	"| cell |\n|---|\n| `prog show --out DIR | wc -l` |\n\n" +
	"```sh run\nNAME=1 bin/prog show 'two words' > file 2>&1   # why\nprog a \\\n  b && prog c\n```\n" +
	"```go\nprog()\n```\n"

func TestParse(t *testing.T) {
	p := Parse("docs/page.md", []byte(sample))
	if want := []string{"the-page", "a-code-again", "a-code-again-1"}; !slices.Equal(p.Anchors, want) {
		t.Errorf("anchors %q, want %q", p.Anchors, want)
	}
	if want := []string{"other.md#a-heading", "images/p.png"}; !slices.Equal(p.Links, want) {
		t.Errorf("links %q, want %q", p.Links, want)
	}
	if len(p.Blocks) != 2 || !p.Blocks[0].Runs() || !p.Blocks[0].Shell() || p.Blocks[1].Shell() {
		t.Errorf("blocks %+v", p.Blocks)
	}
	var words [][]string
	for _, c := range p.Commands() {
		words = append(words, c.Words)
	}
	want := [][]string{
		{"prog", "show", "two words"}, {"prog", "a", "b"}, {"prog", "c"},
		{"make", "all"},
	}
	if d := cmp.Diff(want, words[:min(4, len(words))]); d != "" {
		t.Error(d)
	}
}

func TestNotebooksWordsAndShellLines(t *testing.T) {
	notebook := `{"cells": [
		{"cell_type": "markdown", "source": ["# Title\n", "[x](y.md)"]},
		{"cell_type": "code", "source": ["!*go mod edit \\\n", "  -require a\n", "x := 1\n", "!make demo"]},
		{"cell_type": "code", "source": ["y := 2"]}]}`
	text, err := words([]byte(notebook))
	if err != nil {
		t.Fatal(err)
	}
	want := "# Title\n[x](y.md)\n\n```sh\ngo mod edit \\\n  -require a\nmake demo\n```\n\n"
	if string(text) != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

func TestBrokenLinksAreFound(t *testing.T) {
	files := map[string]bool{".": true, "docs": true, "docs/a.md": true, "docs/b.md": true, "x.go": true}
	for link, broken := range map[string]bool{
		"b.md": false, "b.md#there": false, "#here": false, "../x.go": false, "https://example.org/p": false, ".": false,
		"c.md": true, "b.md#nowhere": true, "#nowhere": true, "../../x.go": true, "http://example.org": true,
		"/x.go": true, "ftp://example.org": true,
	} {
		a := Parse("docs/a.md", []byte("# Here\n[l]("+link+")\n"))
		b := Parse("docs/b.md", []byte("# There\n"))
		if got := Broken([]Page{a, b}, files); (len(got) > 0) != broken {
			t.Errorf("%s: %v", link, got)
		}
	}
}

func TestWrongCommandsAreFound(t *testing.T) {
	makefile := ParseMakefile("OUT ?= x\nall: build\nbuild:\n\tgo build\n")
	newRoot := func() *cobra.Command {
		root := &cobra.Command{Use: "prog"}
		group := &cobra.Command{Use: "group"}
		show := &cobra.Command{Use: "show", Run: func(*cobra.Command, []string) {}}
		show.Flags().Int("n", 1, "how many")
		group.AddCommand(show)
		root.AddCommand(group)
		return root
	}
	for line, right := range map[string]bool{
		"make all OUT=y": true, "make": true, "make none": false, "make all IN=y": false,
		"go test ./docs/pages -run TestParse": true, "go test ./docs/pages -run TestNone": false,
		"go test ./docs/none": false, "go build ./docs/...": true, "go doc " + module + "/docs/pages": true,
		"go test ./docs/pages -run TestParse|TestNone":   true, // the shell ends the command at |
		"go test ./docs/pages -run 'TestParse|TestNone'": false,
		"go test -run ^$ -bench Nothing ./docs/pages":    false,
		"go mod edit -replace " + module + "=../x":       true, "prog group show --n 3 file": true, "prog group show --n three": false, "prog group show --m 3": false,
		"prog other": false, "prog group other": false, "prog group show --help": true,
	} {
		c := split(line)[0]
		var err error
		switch c.Words[0] {
		case "make":
			err = makefile.Check(c)
		case "go":
			err = CheckGo(root, module, c)
		case "prog":
			err = Check(newRoot, c)
		}
		if (err == nil) != right {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestReference(t *testing.T) {
	root := &cobra.Command{Use: "prog", Short: "A program"}
	show := &cobra.Command{Use: "show FILE", Short: "Show it", Example: "  prog show a\n  prog show b", Run: func(*cobra.Command, []string) {}}
	show.Flags().String("out", "x|y", "where to, x|y")
	root.AddCommand(show)
	got := string(Reference(root, "Title", "Words."))
	for _, want := range []string{
		"# Title\n\nWords.\n", "| [prog show](#prog-show) | Show it |", "```text\nprog show FILE [flags]\n\nShow it.\n```",
		"```sh\nprog show a\nprog show b\n```", "| `--out` | string | where to, x\\|y (default x\\|y) |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
