// Package linelist reads lists of spectral lines: VALD's answers to "extract
// stellar" and "extract all" in their short and long formats, and the columns
// of MOOG that linemake writes.
//
// It does not judge, merge or complete lists: a line comes out as the file has
// it, with its wavelength in air and its energy in eV.
//
//	lines, err := linelist.Load("VALD-Solar.txt")
//	fmt.Println(lines[0].Species, lines[0].Wave)
package linelist

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
)

// MaxLines is the greatest number of lines of a list.
const MaxLines = 5_000_000

// maxText is the longest line of text, in bytes.
const maxText = 4096

// Line is one transition.
type Line struct {
	Species    Species
	Wave       float64 // Angstrom, air, at rest
	Excitation float64 // of the lower level, eV
	LogGF      float64 // log10 of statistical weight times oscillator strength
	// Damping constants as log10 of rad/s (Rad), of rad/s cm3 an electron
	// (Stark) and a hydrogen atom (Waals), both at 10,000 K. 0 is unknown. A
	// Waals above 0 holds, before and after its point, the cross section in
	// Bohr radii squared at 10 km/s and the velocity exponent of Barklem,
	// Piskunov & O'Mara (2000, A&AS 142, 467).
	Rad, Stark, Waals float64
	Depth             float64 // at the centre, of the continuum, in the star the list was made for; 0: not given
}

// Load reads the list in a file; see Read.
func Load(path string) ([]Line, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("linelist: %w", err)
	}
	defer f.Close()
	return Read(path, f)
}

// Read reads a list whose format it tells from the first line of text: VALD's
// begin with a wavelength region, all others are taken as MOOG columns. Lines
// come in the order of the file. An error names the file, as name, and the
// line; a list without any transition is one.
func Read(name string, r io.Reader) ([]Line, error) {
	buffered := bufio.NewReaderSize(r, maxText)
	start, _ := buffered.Peek(maxText)
	first, _, _ := bytes.Cut(start, []byte("\n"))
	if bytes.Contains(first, []byte("Wavelength region")) {
		return ReadVALD(name, buffered)
	}
	return ReadMOOG(name, buffered)
}

// Sort orders lines by wavelength; lines of the same wavelength stay in order.
func Sort(lines []Line) {
	slices.SortStableFunc(lines, func(a, b Line) int {
		switch {
		case a.Wave < b.Wave:
			return -1
		case a.Wave > b.Wave:
			return 1
		}
		return 0
	})
}

// check refuses what no transition has.
func (l *Line) check() error {
	for _, v := range []struct {
		what      string
		value     float64
		low, high float64
	}{
		{"wavelength", l.Wave, 100, 1e7},
		{"excitation energy", l.Excitation, 0, 1000},
		{"log gf", l.LogGF, -50, 10},
		{"radiative damping", l.Rad, -20, 20},
		{"Stark damping", l.Stark, -20, 20},
		{"van der Waals damping", l.Waals, -40, 1e5},
		{"central depth", l.Depth, 0, 1},
	} {
		if !(v.value >= v.low && v.value <= v.high) { // also NaN
			return fmt.Errorf("%s %g: want %g to %g", v.what, v.value, v.low, v.high)
		}
	}
	return nil
}

// text hands out the lines of a file, numbered.
type text struct {
	name    string
	scanner *bufio.Scanner
	number  int
}

func newText(name string, r io.Reader) *text {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, maxText), maxText)
	return &text{name: name, scanner: s}
}

// next is the next line of text; false at the end and on an error.
func (t *text) next() (string, bool) {
	if !t.scanner.Scan() {
		return "", false
	}
	t.number++
	return t.scanner.Text(), true
}

// end is the error that ended the text, nil at its end.
func (t *text) end() error {
	if err := t.scanner.Err(); err != nil {
		return fmt.Errorf("linelist: %s: line %d: %w", t.name, t.number+1, err)
	}
	return nil
}

// errorf is an error at the present line.
func (t *text) errorf(format string, a ...any) error {
	return fmt.Errorf("linelist: %s: line %d: %w", t.name, t.number, fmt.Errorf(format, a...))
}

// add appends a line that is one.
func (t *text) add(lines []Line, l Line) ([]Line, error) {
	if err := l.check(); err != nil {
		return nil, t.errorf("%w", err)
	}
	if len(lines) == MaxLines {
		return nil, t.errorf("more than %d transitions", MaxLines)
	}
	return append(lines, l), nil
}

// eVPerWaveNumber is hc in eV cm.
const eVPerWaveNumber = 1.239841984e-4
