package votable

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// Field describes a column.
type Field struct {
	Name, ID, UCD, Unit, Utype string
	Datatype                   string // as VOTable names it: "double", "char", ...
	Arraysize                  string // "" for a single value, else "8", "*", "16*", "2x3", ...
	Null                       string // the value that stands for none; "" where there is none

	size     int  // bytes of an element; 0 for bits
	length   int  // elements of a cell; of a variable one the most, -1 for any
	variable bool // cells have lengths of their own
	none     struct {
		whole           int64 // Null as a number
		real            float64
		isWhole, isReal bool
	}
}

// sizes of elements in bytes (VOTable 1.4, section 2.1).
var sizes = map[string]int{
	"boolean": 1, "bit": 0, "unsignedByte": 1, "short": 2, "int": 4, "long": 8, "char": 1, "unicodeChar": 2,
	"float": 4, "double": 8, "floatComplex": 8, "doubleComplex": 16,
}

func fieldOf(e xml.StartElement) (Field, error) {
	f := Field{
		Name: attribute(e, "name"), ID: attribute(e, "ID"), UCD: attribute(e, "ucd"), Unit: attribute(e, "unit"),
		Utype: attribute(e, "utype"), Datatype: attribute(e, "datatype"), Arraysize: attribute(e, "arraysize"),
	}
	if f.Name == "" {
		f.Name = f.ID
	}
	var ok bool
	if f.size, ok = sizes[f.Datatype]; !ok {
		return f, fmt.Errorf("%.80q has the datatype %.40q, which is not known", f.Name, f.Datatype)
	}
	f.length = 1
	if f.Arraysize == "" {
		return f, nil
	}
	for part := range strings.SplitSeq(f.Arraysize, "x") {
		if part == "*" { // the last of several
			f.length, f.variable = -1, true
			continue
		}
		whole, star := strings.CutSuffix(part, "*")
		n, err := strconv.Atoi(whole)
		if err != nil || n < 0 || n > MaxCell || f.variable {
			return f, fmt.Errorf("%.80q has the arraysize %.40q", f.Name, f.Arraysize)
		}
		f.variable = star
		if f.length *= n; f.length > MaxCell {
			return f, fmt.Errorf("%.80q has cells of %.40s elements, more than %d", f.Name, f.Arraysize, MaxCell)
		}
	}
	return f, nil
}

// setNull takes the value that stands for none.
func (f *Field) setNull(text string) {
	f.Null = text
	whole, err := parseInteger(strings.TrimSpace(text))
	f.none.whole, f.none.isWhole = whole, err == nil
	number, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	f.none.real, f.none.isReal = number, err == nil
}

// isText tells whether cells are text.
func (f *Field) isText() bool { return f.Datatype == "char" || f.Datatype == "unicodeChar" }

// single tells whether cells are one value.
func (f *Field) single() bool { return f.length == 1 && !f.variable }

// isInteger tells whether a cell is one integer, which may be given as null.
func (f *Field) isInteger() bool {
	switch f.Datatype {
	case "unsignedByte", "short", "int", "long":
		return f.single()
	}
	return false
}

// Cell is one value. Arrays of numbers are text, as TABLEDATA has them.
type Cell struct {
	kind   kind
	number float64
	whole  int64
	text   string
}

type kind uint8

const (
	null kind = iota
	integer
	real
	written
)

// Null tells whether there is no value; a number that is NaN is none.
func (c Cell) Null() bool { return c.kind == null }

// Float is the cell as a number; false where there is no value or none that is
// a number.
func (c Cell) Float() (float64, bool) {
	switch c.kind {
	case integer:
		return float64(c.whole), true
	case real:
		return c.number, true
	case written:
		v, err := strconv.ParseFloat(strings.TrimSpace(c.text), 64)
		return v, err == nil && v == v
	}
	return 0, false
}

// String is the cell as text, integers exact, "" where there is no value.
func (c Cell) String() string {
	switch c.kind {
	case integer:
		return strconv.FormatInt(c.whole, 10)
	case real:
		return strconv.FormatFloat(c.number, 'g', -1, 64)
	}
	return c.text
}
