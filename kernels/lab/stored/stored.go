// Package stored looks at the outputs that notebooks are stored with: whether they
// may be kept, and whether a rerun says the same.
//
// It runs nothing and writes nothing; kernels/lab/course.py does.
//
//	old, err := stored.Read("notebooks/00_start.ipynb")
//	for _, complaint := range old.Check() { ... }
//	for _, difference := range stored.Compare(old, rerun) { ... }
package stored

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/lab"
)

// Largest bounds what one cell shows, in bytes as stored.
const Largest = 300_000

// Cell is a cell with its tags.
type Cell struct {
	lab.Cell
	Metadata struct{ Tags []string } `json:"metadata"`
	size     int
}

// UnmarshalJSON keeps the size of the outputs, as stored but for the indent.
func (c *Cell) UnmarshalJSON(text []byte) error {
	type plain Cell
	if err := json.Unmarshal(text, (*plain)(c)); err != nil {
		return err
	}
	var raw struct{ Outputs json.RawMessage }
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	for part := range strings.Lines(string(raw.Outputs)) {
		c.size += len(strings.TrimSpace(part))
	}
	return nil
}

// Book is a notebook.
type Book struct {
	Name  string
	Cells []Cell
}

// Read reads a notebook of nbformat 4.
func Read(path string) (*Book, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b := &Book{Name: path}
	if err := json.Unmarshal(text, b); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	b.Name = path
	if len(b.Cells) == 0 {
		return nil, fmt.Errorf("%s: no cells", path)
	}
	return b, nil
}

// raises is the tag of a cell that is meant to fail, as nbclient knows it.
const raises = "raises-exception"

// machinePath is a path of somebody's machine, where a word or a quoted text may
// begin.
var machinePath = regexp.MustCompile(`(?:^|[\s"'=:(>\[])((?:/(?:home|root|tmp|Users|var|opt|mnt|work|private|Volumes)/[^\s"'<]+)|(?:[A-Za-z]:\\\\?[^\s"'<]+))`)

// Check tells what may not be stored, a line for each: cells that failed though they
// are not tagged raises-exception, paths of a machine, outputs above Largest.
func (b *Book) Check() (complaints []string) {
	say := func(cell int, format string, args ...any) {
		complaints = append(complaints, fmt.Sprintf("%s: cell %d: %s", b.Name, cell, fmt.Sprintf(format, args...)))
	}
	for i, c := range b.Cells {
		if c.size > Largest {
			say(i, "shows %d bytes", c.size)
		}
		for _, o := range c.Outputs {
			if o.Type == "error" && !slices.Contains(c.Metadata.Tags, raises) {
				say(i, "failed: %s: %s", o.EName, o.EValue)
			}
			for _, text := range texts(o) {
				if found := machinePath.FindStringSubmatch(text); found != nil {
					say(i, "names %s", found[1])
				}
			}
		}
	}
	return complaints
}

// texts are what of an output is words.
func texts(o lab.Output) (all []string) {
	all = append(all, string(o.Text), o.EValue)
	all = append(all, o.Traceback...)
	for kind, data := range o.Data {
		if strings.HasPrefix(kind, "image/") && kind != "image/svg+xml" {
			continue
		}
		if text := o.MIME(kind); text != "" {
			all = append(all, text)
		} else {
			all = append(all, string(data))
		}
	}
	return all
}
