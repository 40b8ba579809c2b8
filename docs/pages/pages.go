// Package pages holds the project's pages - the README, docs and the words of
// the notebooks - to the project itself: their links lead somewhere, and the
// commands they show exist with the flags they show. It also writes the
// reference of a command line from its own help.
//
// It asks no network, so links to other sites are not followed, and it runs no
// command: who knows the programs does.
//
//	all, err := pages.Read(".")
//	for _, p := range all {
//		for _, c := range p.Commands() {
//			fmt.Println(p.Path, c.Words)
//		}
//	}
package pages

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// A Page is what a Markdown file or a notebook says.
type Page struct {
	Path    string   // from the root of the project, with slashes
	Links   []string // where links and images lead, as written
	Anchors []string // of its headings, as GitHub makes them
	Blocks  []Block
	Spans   []string // code within a line of prose
}

// A Block is a fenced code block.
type Block struct {
	Info string // what stands behind the fence, as in "sh run"
	Text string
}

// Read reads README.md and the other Markdown files of the project's root, and
// all of docs and notebooks below it.
func Read(root string) ([]Page, error) {
	var paths []string
	for _, pattern := range []string{"*.md", "docs/*.md", "notebooks/*.md", "notebooks/*.ipynb"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		paths = append(paths, found...)
	}
	pages := make([]Page, len(paths))
	for i, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if filepath.Ext(path) == ".ipynb" {
			if content, err = words(content); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return nil, err
		}
		pages[i] = Parse(filepath.ToSlash(name), content)
	}
	return pages, nil
}

// words are the Markdown cells of a notebook, and the shell lines of its code
// cells as a block.
func words(notebook []byte) ([]byte, error) {
	var n struct {
		Cells []struct {
			Type   string   `json:"cell_type"`
			Source []string `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(notebook, &n); err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, cell := range n.Cells {
		source := strings.Join(cell.Source, "")
		switch cell.Type {
		case "markdown":
			fmt.Fprintf(&b, "%s\n\n", source)
		case "code":
			if shell, isShell := shellLines(source); isShell {
				fmt.Fprintf(&b, "```sh\n%s```\n\n", shell)
			}
		}
	}
	return []byte(b.String()), nil
}

// shellLines are those that the kernel hands to a shell: !command, !*command,
// with the lines that a backslash adds to them.
func shellLines(cell string) (string, bool) {
	var b strings.Builder
	more := false
	for line := range strings.Lines(cell) {
		shell, isShell := strings.CutPrefix(line, "!")
		if !isShell && !more {
			continue
		}
		b.WriteString(strings.TrimRight(strings.TrimPrefix(shell, "*"), "\n") + "\n")
		more = strings.HasSuffix(strings.TrimSpace(line), `\`)
	}
	return b.String(), b.Len() > 0
}

// Parse reads Markdown as GitHub does.
func Parse(path string, source []byte) Page {
	p := Page{Path: path}
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM))
	document := markdown.Parser().Parse(text.NewReader(source))
	taken := map[string]int{}
	err := ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			p.Anchors = append(p.Anchors, anchor(plain(n, source), taken))
		case *ast.Link:
			p.Links = append(p.Links, string(n.Destination))
		case *ast.Image:
			p.Links = append(p.Links, string(n.Destination))
		case *ast.CodeSpan:
			p.Spans = append(p.Spans, plain(n, source))
		case *ast.FencedCodeBlock:
			block := Block{Text: lines(n, source)}
			if n.Info != nil {
				block.Info = string(n.Info.Value(source))
			}
			p.Blocks = append(p.Blocks, block)
		case *ast.CodeBlock: // indented
			p.Blocks = append(p.Blocks, Block{Text: lines(n, source)})
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		panic(err) // the walk above returns none
	}
	return p
}

// plain is the text of a node without its marks.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.Write(c.Value(source))
			if c.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		default:
			b.WriteString(plain(c, source))
		}
	}
	return b.String()
}

func lines(n ast.Node, source []byte) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		b.Write(segment.Value(source))
	}
	return b.String()
}

// Shell tells whether a block holds shell commands: those that say so, and those
// that say nothing.
func (b Block) Shell() bool {
	fields := strings.Fields(b.Info)
	return len(fields) == 0 || slices.Contains([]string{"sh", "bash"}, fields[0])
}

// Runs tells whether a block is marked to be run as it stands, "sh run".
func (b Block) Runs() bool {
	return slices.Contains(strings.Fields(b.Info), "run")
}
