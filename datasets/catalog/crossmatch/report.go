package crossmatch

import (
	"io"
	"math"
	"slices"

	"encoding/json"

	"github.com/stellarae/lab/datasets/catalog/source"
	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Report is the account of a match: every star is in Matches, Unmatched or both
// (matched in no catalogue is unmatched), every value not taken is counted.
type Report struct {
	Spectra    int               `json:"spectra"`
	Stars      int               `json:"stars"`
	Matched    Matched           `json:"stars_matched"`
	Labels     []LabelReport     `json:"labels"`
	Catalogues []CatalogueReport `json:"catalogues"`
	Conflicts  []Conflict        `json:"conflicts"`  // the worst first
	Elsewhere  []MatchReport     `json:"elsewhere"`  // found by name, but far from where the spectrum was taken
	Ambiguous  []MatchReport     `json:"ambiguous"`  // found by place, with another star near
	Duplicates []MatchReport     `json:"duplicates"` // in several rows of a catalogue
	Refused    []string          `json:"names_not_linked"`
	Unmatched  []Unmatched       `json:"unmatched"`
	Matches    []MatchReport     `json:"matches"`
}

// Matched counts stars by how they were found in the first catalogue that has
// them.
type Matched struct {
	Name      int `json:"by_name"`
	Component int `json:"by_name_component_aside"`
	Position  int `json:"by_position"`
	None      int `json:"none"`
}

// LabelReport tells how much of a label there is and from where.
type LabelReport struct {
	Quantity  string         `json:"quantity"`
	Unit      string         `json:"unit,omitempty"`
	Stars     int            `json:"stars"`
	Spectra   int            `json:"spectra"`
	From      map[string]int `json:"stars_from"`
	Others    int            `json:"values_not_taken"`
	Conflicts int            `json:"conflicts"`
}

// CatalogueReport tells what was read of a catalogue.
type CatalogueReport struct {
	Name        string         `json:"name"`
	File        string         `json:"file"`
	Format      string         `json:"format"`
	Rows        int            `json:"rows"`
	Names       []string       `json:"name_columns"`
	Place       []string       `json:"position_columns,omitempty"`
	Columns     []ColumnReport `json:"label_columns"`
	Unused      []string       `json:"unused_columns,omitempty"`
	Notes       []string       `json:"notes,omitempty"`
	ByName      int            `json:"stars_by_name"`
	ByComponent int            `json:"stars_by_name_component_aside"`
	ByPosition  int            `json:"stars_by_position"`
}

// ColumnReport tells what was read of a column.
type ColumnReport struct {
	Quantity string `json:"quantity"`
	Column   string `json:"column"`
	Unit     string `json:"unit,omitempty"`
	source.Count
}

// MatchReport is a star found in a catalogue.
type MatchReport struct {
	Star       string   `json:"star"`
	Spectra    int      `json:"spectra"`
	Object     string   `json:"object"` // as the first spectrum has it
	Catalogue  string   `json:"catalogue"`
	Rows       []int    `json:"rows"` // from 1; the first is taken
	As         string   `json:"as"`   // the catalogue's name for it
	How        string   `json:"how"`
	Separation *float64 `json:"separation_arcsec,omitempty"`
	Rivals     int      `json:"others_within_radius,omitempty"`
}

// Unmatched is a star that no catalogue has.
type Unmatched struct {
	Star    string   `json:"star"`
	Object  string   `json:"object"`
	Spectra []string `json:"spectra"`
}

func newReport(spectra []Spectrum, sources []*source.Source) *Report {
	r := &Report{
		Spectra: len(spectra), Labels: []LabelReport{}, Conflicts: []Conflict{}, Elsewhere: []MatchReport{}, Ambiguous: []MatchReport{},
		Duplicates: []MatchReport{}, Refused: []string{}, Unmatched: []Unmatched{}, Matches: []MatchReport{}, Catalogues: []CatalogueReport{},
	}
	for _, s := range sources {
		c := CatalogueReport{
			Name: s.Name, File: s.File, Format: s.Format, Rows: s.Rows, Names: s.NameColumns, Place: s.Place, Unused: s.Unused, Notes: s.Notes,
			Columns: []ColumnReport{},
		}
		for _, l := range s.Labels {
			c.Columns = append(c.Columns, ColumnReport{l.Quantity, l.Column, l.Unit, l.Count})
		}
		if s.Types != nil {
			c.Columns = append(c.Columns, ColumnReport{typeText, s.Types.Column, "", s.Types.Count})
		}
		r.Catalogues = append(r.Catalogues, c)
	}
	return r
}

// account fills the report in from a finished match.
func (r *Report) account(m *matcher) {
	r.Stars = len(m.stars)
	for _, s := range m.stars {
		r.star(m, s)
	}
	for _, q := range append([]string{typeText}, m.quantities()...) {
		r.label(m, q)
	}
	sortConflicts(r.Conflicts)
}

func (r *Report) star(m *matcher, s *star) {
	object := m.spectra[s.spectra[0]].object()
	if len(s.found) == 0 {
		r.Matched.None++
		u := Unmatched{Star: s.key, Object: object}
		for _, i := range s.spectra {
			u.Spectra = append(u.Spectra, m.spectra[i].ID)
		}
		r.Unmatched = append(r.Unmatched, u)
		return
	}
	switch s.found[0].how {
	case byName:
		r.Matched.Name++
	case byComponent:
		r.Matched.Component++
	case byPlace:
		r.Matched.Position++
	}
	for _, f := range s.found {
		x := MatchReport{
			Star: s.key, Spectra: len(s.spectra), Object: object, Catalogue: m.sources[f.source].Name, As: m.rowName(f.source, f.rows[0]),
			How: f.how, Rivals: f.rivals,
		}
		for _, row := range f.rows {
			x.Rows = append(x.Rows, row+1)
		}
		if !math.IsNaN(f.separation) {
			x.Separation = &f.separation
		}
		c := &r.Catalogues[f.source]
		switch f.how {
		case byName:
			c.ByName++
		case byComponent:
			c.ByComponent++
		case byPlace:
			c.ByPosition++
		}
		r.Matches = append(r.Matches, x)
		if f.how != byPlace && f.separation > m.o.Apart {
			r.Elsewhere = append(r.Elsewhere, x)
		}
		if f.rivals > 0 {
			r.Ambiguous = append(r.Ambiguous, x)
		}
		if len(f.rows) > 1 {
			r.Duplicates = append(r.Duplicates, x)
		}
	}
}

func (r *Report) label(m *matcher, quantity string) {
	l := LabelReport{Quantity: quantity, From: map[string]int{}}
	for _, s := range m.sources {
		for _, x := range s.Labels {
			if labelName(x.Quantity) == quantity {
				l.Unit = x.Unit
			}
		}
	}
	for _, s := range m.stars {
		values, conflicts := m.types(s), []Conflict(nil)
		if quantity == typeText {
			conflicts = m.typeConflicts(s)
		} else {
			values, conflicts = m.values(s, quantity), m.conflicts(s, quantity)
		}
		if len(values) == 0 {
			continue
		}
		l.Stars++
		l.Spectra += len(s.spectra)
		l.From[m.from(values[0])]++
		l.Others += len(values) - 1
		l.Conflicts += len(conflicts)
		r.Conflicts = append(r.Conflicts, conflicts...)
	}
	if l.Stars > 0 {
		r.Labels = append(r.Labels, l)
	}
}

// refused notes names in a row that are not those of one star. row is from 0.
func (r *Report) refused(catalogue string, row int, err error) {
	text := rowText(catalogue, row, err)
	if !slices.Contains(r.Refused[max(0, len(r.Refused)-1):], text) {
		r.Refused = append(r.Refused, text)
	}
}

// Write writes the report as JSON, whole or not at all.
func (r *Report) Write(path string) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(r)
	})
}
