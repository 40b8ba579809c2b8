// Package source reads a catalogue of stars as astronomers publish it - CSV,
// TSV, RDB or VOTable, any of them gzip-compressed - into names, positions and
// labels in the units of the project, with their errors.
//
// It finds the columns by name, UCD and unit, takes what a Mapping says
// instead, and keeps account of all it leaves out. It does not match stars to
// spectra; package crossmatch does.
//
//	s, err := source.Open("gr8stars_freckelton2025.csv", source.Mapping{})
//	for _, l := range s.Labels {
//		fmt.Println(l.Quantity, l.Column, l.Values[0], l.Errors[0])
//	}
package source

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/stellarae/lab/datasets/catalog/sky"
	"github.com/stellarae/lab/datasets/catalog/starname"
)

// Source is a catalogue. All slices of rows have one element a row of the file.
type Source struct {
	Name      string // what labels from it are said to be from
	File      string
	Format    string // "csv", "tsv", "rdb" or "votable"
	Rows      int
	Names     [][]starname.Name // the star's designations
	Positions []sky.Position    // nil without columns for them
	Labels    []Label
	Types     *Types // spectral types; nil without a column for them

	NameColumns []string
	Place       []string // the columns of the position
	Unused      []string // columns nothing was taken from
	Notes       []string // what a user should know of the reading
}

// Label is a quantity of a catalogue.
type Label struct {
	Quantity string // "Teff", "[M/H]", ... as in the label table
	Column   string // of the file
	Unit     string // of Values
	Values   []float64
	Errors   []float64 // NaN where not known; nil without a column
	Count    Count
}

// Types is a catalogue's spectral types.
type Types struct {
	Column string
	Values []string // "" where missing
	Count  Count
}

// Count tells what became of the cells of a column.
type Count struct {
	Values     int    `json:"values"`
	Errors     int    `json:"errors"`
	Missing    int    `json:"missing"`
	Unreadable int    `json:"unreadable"`   // not a number
	Outside    int    `json:"out_of_range"` // no value this quantity can have, often a mark for a missing one
	FirstBad   string `json:"first_bad,omitempty"`
}

// Limits on what is kept, whatever a file claims.
const (
	MaxRows  = 1 << 24
	MaxBytes = 4 << 30 // of the cells kept
)

// Open reads a catalogue. The format is told from the content. Errors name the
// file and the row: a file that is none of the formats, a mapping to a column
// that is not there or of a unit that does not fit, a catalogue in which
// nothing names or places a star or that has no labels.
func Open(path string, m Mapping) (*Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("source: %s: a folder", path)
	}
	s, err := Read(f, m)
	if err != nil {
		return nil, fmt.Errorf("source: %s: %w", path, err)
	}
	s.File = path
	if s.Name == "" {
		s.Name = Stem(path)
	}
	return s, nil
}

// Stem is a file's name without folder and extensions.
func Stem(path string) string {
	name := filepath.Base(path)
	for _, e := range []string{".gz", ".csv", ".tsv", ".rdb", ".txt", ".vot", ".votable", ".xml", ".dat"} {
		if t, ok := strings.CutSuffix(name, e); ok && t != "" {
			name = t
		}
	}
	return name
}

// Read reads a catalogue from a stream.
func Read(r io.Reader, m Mapping) (*Source, error) {
	t, err := openTable(r, m)
	if err != nil {
		return nil, err
	}
	p, err := m.plan(t.columns())
	if err != nil {
		return nil, err
	}
	s := &Source{Name: m.Name, Format: t.format()}
	p.begin(s)
	for held := 0; ; {
		row, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if s.Rows == MaxRows {
			return nil, fmt.Errorf("more than %d rows", MaxRows)
		}
		if held += p.take(s, row); held > MaxBytes {
			return nil, fmt.Errorf("row %d: more than %d bytes to keep", s.Rows, MaxBytes)
		}
	}
	s.Notes = append(append(s.Notes, p.notes...), t.notes()...)
	for _, l := range s.Labels {
		s.Notes = append(s.Notes, l.Count.notes(l.Column)...)
	}
	if p.badPlaces > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("%d positions cannot be read: %s", p.badPlaces, p.firstBadPlace))
	}
	return s, nil
}

func (c *Count) notes(column string) []string {
	if c.Unreadable+c.Outside == 0 {
		return nil
	}
	return []string{fmt.Sprintf("column %q: %d cells are not numbers, %d are values the quantity cannot have; the first is %s; left out", column, c.Unreadable, c.Outside, c.FirstBad)}
}

// begin makes the columns that take fills.
func (p *plan) begin(s *Source) {
	for _, n := range p.names {
		s.NameColumns = append(s.NameColumns, n.column.name)
	}
	if p.place != nil {
		s.Positions = []sky.Position{}
		s.Place = p.place.names()
	}
	for _, l := range p.labels {
		s.Labels = append(s.Labels, Label{Quantity: l.quantity.name, Column: l.column.name, Unit: l.quantity.unit, Values: []float64{}})
		if len(l.errors) > 0 {
			s.Labels[len(s.Labels)-1].Errors = []float64{}
		}
	}
	if p.types != nil {
		s.Types = &Types{Column: p.types.name}
	}
	s.Unused = p.unused
}

// take adds a row, and tells about how many bytes it keeps.
func (p *plan) take(s *Source, row []string) int {
	s.Rows++
	bytes := 24
	var names []starname.Name
	for _, n := range p.names {
		names = n.read(names, row[n.column.index], p.isMissing)
	}
	bytes += 100 * len(names)
	s.Names = append(s.Names, names)
	if p.place != nil {
		s.Positions = append(s.Positions, p.takePlace(s.Rows, row))
		bytes += 40
	}
	for i := range p.labels {
		p.labels[i].take(&s.Labels[i], s.Rows, row, p.isMissing)
		bytes += 16
	}
	if p.types != nil {
		text := strings.Clone(strings.TrimSpace(row[p.types.index]))
		if p.isMissing(text) {
			text = ""
			s.Types.Count.Missing++
		} else {
			s.Types.Count.Values++
		}
		s.Types.Values = append(s.Types.Values, text)
		bytes += 16 + len(text)
	}
	return bytes
}

// take adds the value and the error of a row.
func (l *labelPlan) take(to *Label, number int, row []string, missing func(string) bool) {
	value, cell := math.NaN(), strings.TrimSpace(row[l.column.index])
	c := &to.Count
	bad := func(count *int) {
		if *count++; c.FirstBad == "" {
			c.FirstBad = fmt.Sprintf("%.40q in row %d", cell, number)
		}
	}
	if missing(cell) {
		c.Missing++
	} else if v, ok := parseNumber(cell); !ok {
		bad(&c.Unreadable)
	} else if v = l.scale.apply(v); !(v >= l.quantity.low && v <= l.quantity.high) {
		bad(&c.Outside)
	} else {
		value = v
		c.Values++
	}
	to.Values = append(to.Values, value)
	if to.Errors == nil {
		return
	}
	spread := math.NaN() // the larger one of two
	for _, e := range l.errors {
		text := strings.TrimSpace(row[e.index])
		v, ok := parseNumber(text)
		if !ok || missing(text) {
			continue
		}
		if v *= l.scale.factor; len(l.errors) > 1 {
			v = math.Abs(v) // one of them is downwards
		}
		if v > 0 && !math.IsInf(v, 0) && !(v <= spread) {
			spread = v
		}
	}
	if !math.IsNaN(value) && !math.IsNaN(spread) {
		c.Errors++
	}
	to.Errors = append(to.Errors, spread)
}
