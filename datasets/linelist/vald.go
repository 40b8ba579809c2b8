package linelist

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// ReadVALD reads what VALD (Ryabchikova et al. 2015, Phys. Scr. 90, 054005)
// mails: "extract stellar" or "extract all", in the short or the long format.
// The column heads tell which, and the units: wavelengths in vacuum come out
// in air (Morton 2000), energies in 1/cm in eV. The first line of text says
// how many transitions there are; a file with fewer is an error. What follows
// them, abundances and references, is not read.
func ReadVALD(name string, r io.Reader) ([]Line, error) {
	t := newText(name, r)
	want, layout, err := header(t)
	if err != nil {
		return nil, err
	}
	lines := make([]Line, 0, min(want, 1<<16))
	for len(lines) < want {
		row, ok := t.next()
		if !ok {
			if err := t.end(); err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("linelist: %s: ends after %d of the %d transitions that its first line announces", name, len(lines), want)
		}
		symbol, values, ok := strings.Cut(strings.TrimPrefix(row, "'"), "',")
		if !ok || !strings.HasPrefix(row, "'") {
			// The long format has three more rows a transition, in quotes; the
			// short one none.
			if layout.long && strings.HasPrefix(row, "'") || strings.TrimSpace(row) == "" {
				continue
			}
			return nil, t.errorf("want transition %d of %d, have %.40q", len(lines)+1, want, row)
		}
		l, err := layout.parse(symbol, values)
		if err != nil {
			return nil, t.errorf("%w", err)
		}
		if lines, err = t.add(lines, l); err != nil {
			return nil, err
		}
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("linelist: %s: no transition", name)
	}
	return lines, nil
}

// layout is where the values after the species stand, -1: nowhere.
type layout struct {
	long                                          bool
	wave, excite, loggf, rad, stark, waals, depth int
	vacuum, waveNumber                            bool
}

// header reads the first rows: the region and the heads of the columns.
func header(t *text) (want int, l layout, err error) {
	first, _ := t.next()
	fields := strings.Split(first, ",")
	if len(fields) < 3 || !strings.Contains(first, "Wavelength region") {
		return 0, l, fmt.Errorf("linelist: %s: line 1: want VALD's wavelength region and number of lines, have %.40q", t.name, first)
	}
	want, err = strconv.Atoi(strings.TrimSpace(fields[2]))
	if err != nil || want < 0 || want > MaxLines {
		return 0, l, t.errorf("number of lines selected %q: want 0 to %d", strings.TrimSpace(fields[2]), MaxLines)
	}
	for {
		row, ok := t.next()
		if !ok {
			if err := t.end(); err != nil {
				return 0, l, err
			}
			return 0, l, fmt.Errorf("linelist: %s: ends before the heads of the columns", t.name)
		}
		if !strings.Contains(row, "WL_") {
			if t.number > 4 {
				return 0, l, t.errorf("want the heads of the columns, with WL_air or WL_vac, have %.40q", row)
			}
			continue
		}
		switch {
		case !strings.Contains(row, "WL_air(A)") && !strings.Contains(row, "WL_vac(A)"):
			return 0, l, t.errorf("wavelengths are not in Angstrom: %.60q", row)
		case strings.Contains(row, "E_up"):
			l = layout{long: true, wave: 0, loggf: 1, excite: 2, rad: 9, stark: 10, waals: 11, depth: 12}
		case strings.Contains(row, "Vmic"):
			l = layout{wave: 0, excite: 1, loggf: 3, rad: 4, stark: 5, waals: 6, depth: 8}
		default:
			l = layout{wave: 0, excite: 1, loggf: 2, rad: 3, stark: 4, waals: 5, depth: -1}
		}
		if !strings.Contains(row, "depth") {
			l.depth = -1
		}
		l.vacuum = strings.Contains(row, "WL_vac")
		l.waveNumber = strings.Contains(row, "(cm-1)") || strings.Contains(row, "(cm^-1)")
		return want, l, nil
	}
}

// parse is the transition of a row.
func (l *layout) parse(symbol, values string) (Line, error) {
	species, err := ParseSpecies(symbol)
	if err != nil {
		return Line{}, err
	}
	fields := strings.Split(values, ",")
	number := func(at int, what string) float64 {
		if at < 0 || err != nil {
			return 0
		}
		if at >= len(fields) {
			err = fmt.Errorf("%d values: want %s as the %dth", len(fields), what, at+1)
			return 0
		}
		x, e := strconv.ParseFloat(strings.TrimSpace(fields[at]), 64)
		if e != nil {
			err = fmt.Errorf("%s %q is not a number", what, strings.TrimSpace(fields[at]))
		}
		return x
	}
	out := Line{
		Species:    species,
		Wave:       number(l.wave, "the wavelength"),
		Excitation: number(l.excite, "the excitation energy"),
		LogGF:      number(l.loggf, "log gf"),
		Rad:        number(l.rad, "the radiative damping"),
		Stark:      number(l.stark, "the Stark damping"),
		Waals:      number(l.waals, "the van der Waals damping"),
		Depth:      number(l.depth, "the central depth"),
	}
	if err != nil {
		return Line{}, err
	}
	if l.waveNumber {
		out.Excitation *= eVPerWaveNumber
	}
	if l.vacuum {
		out.Wave = spectrum.Morton2000.Air(out.Wave)
	}
	return out, nil
}
