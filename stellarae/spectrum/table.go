package spectrum

import (
	"fmt"
	"strings"

	"github.com/stellarae/lab/stellarae/fits"
)

// Column names, without regard to case, the preferred first: those of ESO's
// archive products (WAVE, FLUX, ERR), of the ESPRESSO pipeline that also reduces
// HARPS (wavelength_air, flux, error), and common ones. Others, such as QUAL, are
// ignored.
var (
	waveColumns = []string{"WAVE", "WAVELENGTH_AIR", "WAVE_AIR", "WAVELENGTH", "LAMBDA", "AWAV"}
	fluxColumns = []string{"FLUX", "FLUX_REDUCED"}
	errColumns  = map[string][]string{"FLUX": {"ERR", "ERROR", "FLUX_ERR", "SIGMA"}, "FLUX_REDUCED": {"ERR_REDUCED"}}
)

// findColumn is the first of names that t has, or -1.
func findColumn(t *fits.Table, names []string) (col int, name string) {
	for _, name := range names {
		if col, ok := t.Index(name); ok {
			return col, name
		}
	}
	return -1, ""
}

// firstTable is the first HDU with a table that has columns for wavelength and
// flux, or -1.
func firstTable(f *fits.File) int {
	for i, hdu := range f.HDUs {
		if hdu.Kind != fits.KindBinTable {
			continue
		}
		t, err := hdu.Table()
		if err != nil {
			continue
		}
		wave, _ := findColumn(t, waveColumns)
		flux, _ := findColumn(t, fluxColumns)
		if wave >= 0 && flux >= 0 {
			return i
		}
	}
	return -1
}

// readTable reads a table of one row whose cells are vectors, or of many rows
// whose cells are scalars. The wavelengths are in air if the UCD of their column
// holds obs.atmos, in vacuum if it names em.wl without (the convention of ESO's
// data products), and in air if there is no UCD.
func readTable(hdu *fits.HDU, _ headers) (*Spectrum, error) {
	t, err := newTable(hdu)
	if err != nil {
		return nil, err
	}
	s := &Spectrum{Medium: t.medium, Info: Info{Format: "phase3"}}
	if t.Rows() != 1 {
		s.Info.Format = "table"
	}
	if s.Wave, err = column(t.Table, t.wave, (*fits.Table).Floats); err != nil {
		return nil, err
	}
	if s.Flux, err = column(t.Table, t.flux, (*fits.Table).Float32s); err != nil {
		return nil, err
	}
	if t.err >= 0 {
		if s.Err, err = column(t.Table, t.err, (*fits.Table).Float32s); err != nil {
			return nil, err
		}
	}
	if len(s.Wave) > MaxSamples {
		return nil, fmt.Errorf("%d samples are more than the %d of a spectrum", len(s.Wave), MaxSamples)
	}
	if t.scale != 1 {
		for i := range s.Wave {
			s.Wave[i] *= t.scale
		}
	}
	return s, nil
}

// table is a table that holds a spectrum.
type table struct {
	*fits.Table
	wave, flux, err int     // columns; err is -1 where there is none
	scale           float64 // Angstrom in a unit of wave
	medium          Medium
}

func newTable(hdu *fits.HDU) (*table, error) {
	inner, err := hdu.Table()
	if err != nil {
		return nil, err
	}
	t := &table{Table: inner}
	var waveName, fluxName string
	t.wave, waveName = findColumn(inner, waveColumns)
	t.flux, fluxName = findColumn(inner, fluxColumns)
	t.err, _ = findColumn(inner, errColumns[fluxName])
	if t.scale, err = angstroms(inner.Columns()[t.wave].Unit); err != nil {
		return nil, fmt.Errorf("column %s: %w", waveName, err)
	}
	ucd := strings.ToLower(headers{hdu.Header}.text(fmt.Sprintf("TUCD%d", t.wave+1)))
	if strings.HasPrefix(ucd, "em.wl") && !strings.Contains(ucd, "obs.atmos") {
		t.medium = Vacuum
	}
	return t, nil
}

// column is a column's values: the vector of its only row, or one value a row.
func column[T any](t *fits.Table, col int, cell func(t *fits.Table, row, col int) ([]T, error)) ([]T, error) {
	rows := t.Rows()
	if rows == 1 {
		return cell(t, 0, col)
	}
	if rows > MaxSamples {
		return nil, fmt.Errorf("%d samples are more than the %d of a spectrum", rows, MaxSamples)
	}
	values := make([]T, rows)
	for row := range rows {
		v, err := cell(t, row, col)
		if err != nil {
			return nil, err
		}
		if len(v) != 1 {
			return nil, fmt.Errorf("row %d, column %s: %d values in one of %d rows: want one row of vectors, or scalars", row, t.Columns()[col].Name, len(v), rows)
		}
		values[row] = v[0]
	}
	return values, nil
}
