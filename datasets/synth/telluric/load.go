package telluric

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/stellarae/lab/stellarae/fits"
)

// MaxLines is the greatest number of lines of a list.
const MaxLines = 1_000_000

// Load reads the lines of one gas from a file in HITRAN's terms: its records of
// 160 characters (.par; Rothman et al. 2005, JQSRT 96, 139, table 1), or a FITS
// table with the columns wave_number, Intensity, gamma_air, N, delta and Epp in
// its first extension. Others are left alone. Errors name the file and the row;
// a list with a value that is not finite, an intensity or a width below 0, or
// a wavenumber not above 0, is one.
func Load(path string) ([]Line, error) {
	data, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("telluric: %w", err)
	}
	var lines []Line
	if bytes.HasPrefix(data, []byte("SIMPLE  =")) || bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		lines, err = readTable(path, data)
	} else {
		lines, err = ReadRecords(path, bytes.NewReader(data))
	}
	if err != nil {
		return nil, fmt.Errorf("telluric: %w", err)
	}
	return lines, nil
}

// read reads a file that can be a list: MaxLines records, or as many bytes.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const most = MaxLines * 162
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if len(data) > most {
		return nil, fmt.Errorf("%s: longer than %d bytes", path, most)
	}
	return data, nil
}

// quantities are the columns of a table, in the order of Line.
var quantities = []string{"wave_number", "Intensity", "gamma_air", "N", "delta", "Epp"}

func readTable(path string, data []byte) ([]Line, error) {
	file, err := fits.Read(path, data)
	if err != nil {
		return nil, err
	}
	if len(file.HDUs) < 2 {
		return nil, fmt.Errorf("%s: no extension", path)
	}
	table, err := file.HDUs[1].Table()
	if err != nil {
		return nil, err
	}
	if table.Rows() > MaxLines {
		return nil, fmt.Errorf("%s: hdu 1: %d rows, more than %d", path, table.Rows(), MaxLines)
	}
	var columns [6]int
	for k, name := range quantities {
		at, ok := table.Index(name)
		if !ok {
			return nil, fmt.Errorf("%s: hdu 1: no column %s", path, name)
		}
		columns[k] = at
	}
	lines := make([]Line, table.Rows())
	for row := range lines {
		var v [6]float64
		for k, at := range columns {
			cell, err := table.Floats(row, at)
			if err != nil {
				return nil, err
			}
			if len(cell) != 1 {
				return nil, fmt.Errorf("%s: hdu 1: row %d, column %s: %d values", path, row, quantities[k], len(cell))
			}
			v[k] = cell[0]
		}
		if lines[row], err = newLine(v); err != nil {
			return nil, fmt.Errorf("%s: hdu 1: row %d: %w", path, row, err)
		}
	}
	return lines, nil
}

// fields are the ends of the values in a record, from 0, in the order of Line.
var fields = [6][2]int{{3, 15}, {15, 25}, {35, 40}, {55, 59}, {59, 67}, {45, 55}}

// ReadRecords reads HITRAN's records of 160 characters, one a row of text. Rows
// of blanks are passed over.
func ReadRecords(name string, r io.Reader) ([]Line, error) {
	scan := bufio.NewScanner(r)
	scan.Buffer(make([]byte, 0, 4096), 4096)
	var lines []Line
	row := 0
	for scan.Scan() {
		row++
		text := scan.Text()
		if strings.TrimSpace(text) == "" {
			continue
		}
		if len(lines) == MaxLines {
			return nil, fmt.Errorf("%s: more than %d lines", name, MaxLines)
		}
		if len(text) < 67 {
			return nil, fmt.Errorf("%s: row %d: %d characters: a record has 160", name, row, len(text))
		}
		var v [6]float64
		for k, f := range fields {
			x, err := strconv.ParseFloat(strings.TrimSpace(text[f[0]:f[1]]), 64)
			if err != nil {
				return nil, fmt.Errorf("%s: row %d, %s: %w", name, row, quantities[k], err)
			}
			v[k] = x
		}
		l, err := newLine(v)
		if err != nil {
			return nil, fmt.Errorf("%s: row %d: %w", name, row, err)
		}
		lines = append(lines, l)
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("%s: row %d: %w", name, row+1, err)
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%s: no line", name)
	}
	return lines, nil
}

// newLine checks what Line holds.
func newLine(v [6]float64) (Line, error) {
	for k, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) || (k < 3 && x < 0) {
			return Line{}, fmt.Errorf("%s is %g", quantities[k], x)
		}
	}
	if v[0] <= 0 {
		return Line{}, fmt.Errorf("%s is %g", quantities[0], v[0])
	}
	return Line{Number: v[0], Intensity: v[1], Width: v[2], Exponent: v[3], Shift: v[4], Lower: v[5]}, nil
}
