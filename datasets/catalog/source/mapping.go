package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Mapping says what the columns of a catalogue are, where they are not to be
// guessed. The zero Mapping guesses everything.
type Mapping struct {
	Name      string            `json:"name,omitempty"`      // of the catalogue; "": the file's
	Table     string            `json:"table,omitempty"`     // of a VOTable file; "": the first with data
	Delimiter string            `json:"delimiter,omitempty"` // of a text; "": tab, comma, semicolon or bar, whichever the header has most of
	Missing   []string          `json:"missing,omitempty"`   // cells that stand for no value, besides empty, nan, null, none, n/a, - and --
	Names     []string          `json:"names,omitempty"`     // columns of designations; nil: guessed
	RA        string            `json:"ra,omitempty"`        // columns of the position; "": guessed
	Dec       string            `json:"dec,omitempty"`
	PMRA      string            `json:"pmra,omitempty"` // with the factor cos(Dec)
	PMDec     string            `json:"pmdec,omitempty"`
	Epoch     float64           `json:"epoch,omitempty"` // of the position, Julian year; 0: a column of the file, else 2000
	Labels    map[string]Column `json:"labels,omitempty"`
	Only      bool              `json:"only,omitempty"` // take no labels but those of Labels
}

// Column is the column of a quantity. The quantity may be any; those the package
// does not know keep their values as they are. A Name of "" takes the quantity
// from no column. In JSON a Column may be just its name.
type Column struct {
	Name  string `json:"column"`
	Unit  string `json:"unit,omitempty"`  // "": what the file says, else the project's own
	Error string `json:"error,omitempty"` // column of the standard error; "": guessed
}

// UnmarshalJSON takes a name, or an object.
func (c *Column) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &c.Name)
	}
	type plain Column
	return strict(text, (*plain)(c))
}

func strict(text []byte, v any) error {
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// ReadMappings reads a JSON file: an object of Mappings by the names of the
// catalogues' files, with or without their extensions.
func ReadMappings(path string) (map[string]Mapping, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	m := map[string]Mapping{}
	if err := strict(text, &m); err != nil {
		return nil, fmt.Errorf("source: %s: %w", path, err)
	}
	return m, nil
}

// MappingFor is the mapping of a catalogue's file, or the zero one.
func MappingFor(m map[string]Mapping, path string) Mapping {
	for _, name := range []string{path, filepath.Base(path), Stem(path)} {
		if found, ok := m[name]; ok {
			return found
		}
	}
	return Mapping{}
}

// Set adds "QUANTITY=COLUMN" or "QUANTITY=COLUMN:UNIT" to the mapping, the form
// of a command line's flag; an empty COLUMN takes the quantity from none. Besides
// quantities there are name, ra, dec, pmra, pmdec and epoch.
func (m *Mapping) Set(text string) error {
	what, column, ok := strings.Cut(text, "=")
	if !ok || what == "" {
		return fmt.Errorf("source: %q: want QUANTITY=COLUMN or QUANTITY=COLUMN:UNIT", text)
	}
	column, unit, _ := strings.Cut(column, ":")
	switch strings.ToLower(what) {
	case "name":
		m.Names = append(slices.Clip(m.Names), column)
	case "ra":
		m.RA = column
	case "dec":
		m.Dec = column
	case "pmra":
		m.PMRA = column
	case "pmdec":
		m.PMDec = column
	case "epoch":
		v, ok := parseNumber(column)
		if !ok || !(math.Abs(v) < 1e4) {
			return fmt.Errorf("source: %q: want a year", text)
		}
		m.Epoch = v
	default:
		labels := map[string]Column{what: {Name: column, Unit: unit}}
		for k, v := range m.Labels {
			if k != what {
				labels[k] = v
			}
		}
		m.Labels = labels
	}
	return nil
}

// plan is how to take a catalogue apart.
type plan struct {
	names     []nameColumn
	place     *placePlan
	labels    []labelPlan
	types     *column
	unused    []string
	notes     []string
	isMissing func(cell string) bool

	badPlaces     int
	firstBadPlace string
}

// labelPlan is where a quantity comes from.
type labelPlan struct {
	quantity quantity
	column   column
	scale    scale
	errors   []column
}

func (m Mapping) plan(columns []column) (*plan, error) {
	p := &plan{isMissing: func(cell string) bool { return isMissing(cell) || slices.Contains(m.Missing, cell) }}
	b := &binder{columns: columns, used: map[int]bool{}}
	if err := errors.Join(p.bindNames(m, b), p.bindPlace(m, b), p.bindLabels(m, b)); err != nil {
		return nil, err
	}
	switch {
	case len(p.names) == 0 && p.place == nil:
		return nil, fmt.Errorf("no column names or places a star; the columns are %s", listed(columns))
	case len(p.labels) == 0 && p.types == nil:
		return nil, fmt.Errorf("no column is a label; the columns are %s", listed(columns))
	}
	for _, c := range columns {
		if !b.used[c.index] {
			p.unused = append(p.unused, c.name)
		}
	}
	return p, nil
}

// listed names columns for an error, the first of many.
func listed(columns []column) string {
	var names []string
	for i, c := range columns {
		if i == 30 {
			names = append(names, fmt.Sprintf("and %d more", len(columns)-i))
			break
		}
		names = append(names, fmt.Sprintf("%.40q", c.name))
	}
	return strings.Join(names, ", ")
}

// isMissing tells the usual ways to write that there is no value.
func isMissing(cell string) bool {
	switch strings.ToLower(cell) {
	case "", "nan", "null", "none", "n/a", "na", "-", "--", "---", "...", "?":
		return true
	}
	return false
}
