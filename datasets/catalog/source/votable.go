package source

import (
	"fmt"
	"io"

	"github.com/stellarae/lab/datasets/catalog/votable"
)

// voTable is a table of a VOTable file.
type voTable struct {
	r     *votable.Reader
	cells []string
}

func openVOTable(in io.Reader, name string) (table, error) {
	r, err := votable.NewReader(in, name)
	if err != nil {
		return nil, err
	}
	return &voTable{r, make([]string, len(r.Fields))}, nil
}

func (t *voTable) format() string { return "votable" }

func (t *voTable) columns() []column {
	var head []column
	for i, f := range t.r.Fields {
		head = append(head, column{index: i, name: f.Name, unit: f.Unit, ucd: f.UCD})
	}
	return head
}

func (t *voTable) next() ([]string, error) {
	row, err := t.r.Next()
	if err != nil {
		return nil, err
	}
	for i, c := range row {
		t.cells[i] = c.String()
	}
	return t.cells, nil
}

func (t *voTable) notes() []string {
	var notes []string
	if t.r.Overflow {
		notes = append(notes, "the service cut the table short (OVERFLOW): rows are missing")
	}
	if t.r.Others > 0 {
		notes = append(notes, fmt.Sprintf("%d more tables in the file are not read", t.r.Others))
	}
	return notes
}
