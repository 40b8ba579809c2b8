package linelist

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// ReadMOOG reads MOOG's columns, as linemake (Placco et al. 2021, RNAAS 5, 92)
// writes them: wavelength in air, Angstrom; species code; excitation energy,
// eV; log gf; and, where they stand in the columns 41 to 50 of the row, the
// van der Waals damping as a logarithm. What follows is a comment. The first
// row may be a title; blank rows are passed over. A negative wavelength, with
// which MOOG marks the further lines of a blend, counts as a positive one.
// Values of the damping from 0 up are MOOG's switches, or constants C6, and come
// out as unknown.
func ReadMOOG(name string, r io.Reader) ([]Line, error) {
	t := newText(name, r)
	var lines []Line
	for {
		row, ok := t.next()
		if !ok {
			break
		}
		if strings.TrimSpace(row) == "" {
			continue
		}
		l, err := parseMOOG(row)
		if err != nil {
			if t.number == 1 && !startsWithNumber(row) {
				continue // the title
			}
			return nil, t.errorf("%w", err)
		}
		if lines, err = t.add(lines, l); err != nil {
			return nil, err
		}
	}
	if err := t.end(); err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("linelist: %s: no transition", name)
	}
	return lines, nil
}

func startsWithNumber(row string) bool {
	_, err := strconv.ParseFloat(strings.Fields(row)[0], 64)
	return err == nil
}

// parseMOOG is the transition of a row.
func parseMOOG(row string) (Line, error) {
	fields := strings.Fields(row)
	if len(fields) < 4 {
		return Line{}, fmt.Errorf("%d columns: want wavelength, species, excitation energy, log gf", len(fields))
	}
	var x [4]float64
	for i, what := range []string{"wavelength", "", "excitation energy", "log gf"} {
		if i == 1 {
			continue
		}
		var err error
		if x[i], err = strconv.ParseFloat(fields[i], 64); err != nil {
			return Line{}, fmt.Errorf("%s %q is not a number", what, fields[i])
		}
	}
	species, err := parseCode(fields[1])
	if err != nil {
		return Line{}, err
	}
	l := Line{Species: species, Wave: math.Abs(x[0]), Excitation: x[2], LogGF: x[3]}
	if len(row) > 40 {
		if c, err := strconv.ParseFloat(strings.TrimSpace(row[40:min(50, len(row))]), 64); err == nil && c < 0 {
			l.Waals = c
		}
	}
	return l, nil
}
