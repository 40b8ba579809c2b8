package spectrum

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// maxLine is the longest line of a text file, in bytes.
const maxLine = 4096

// ReadText reads text of two or three columns: wavelength in Angstrom (air,
// barycentric; no other unit is guessed), flux and, if there, its standard
// deviation. Columns are divided by a comma, a semicolon or blanks; empty lines
// and what follows a # are skipped, and so is a first line that begins with no
// number: the names of the columns. Columns after the third are ignored. Flux may
// be nan or inf, a wavelength may not.
//
// name is what Info.File and errors call the text. An error names the line. No
// more than MaxSamples samples and lines of 4 KiB are read.
func ReadText(name string, r io.Reader) (*Spectrum, error) {
	return readText(name, r, MaxSamples)
}

// readText is ReadText for no more than limit samples.
func readText(name string, r io.Reader, limit int) (*Spectrum, error) {
	s := &Spectrum{Info: Info{
		Format: "text", Airmass: math.NaN(), SNR: math.NaN(), BERV: math.NaN(), RV: math.NaN(),
	}}
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 0, maxLine), maxLine)
	columns, line := 0, 0
	for scanner.Scan() {
		line++
		text, _, _ := strings.Cut(scanner.Text(), "#")
		if line == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if strings.IndexByte(text, 0) >= 0 {
			return nil, fmt.Errorf("%s: line %d: a zero byte: neither FITS nor text", name, line)
		}
		fields := strings.FieldsFunc(text, isSeparator)
		if len(fields) == 0 {
			continue
		}
		values, err := numbers(fields[:min(len(fields), 3)])
		if err != nil {
			if columns == 0 && notNumber(fields[0]) {
				columns = -1 // names of columns, once
				continue
			}
			return nil, fmt.Errorf("%s: line %d: %w", name, line, err)
		}
		if columns <= 0 {
			columns = len(values)
		}
		if len(values) != columns || columns < 2 {
			return nil, fmt.Errorf("%s: line %d: %d columns, want %d", name, line, len(values), max(columns, 2))
		}
		if !inOrder(s.Wave, values[0]) {
			return nil, fmt.Errorf("%s: line %d: wavelength %g is not finite and positive, or not in order after those before it", name, line, values[0])
		}
		if len(s.Wave) == limit {
			return nil, fmt.Errorf("%s: line %d: more than %d samples", name, line, limit)
		}
		s.Wave = append(s.Wave, values[0])
		s.Flux = append(s.Flux, float32(values[1]))
		if columns == 3 {
			s.Err = append(s.Err, float32(values[2]))
		}
	}
	if err := scanner.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("longer than %d bytes: neither FITS nor text of columns", maxLine)
		}
		return nil, fmt.Errorf("%s: line %d: %w", name, line+1, err)
	}
	if len(s.Wave) == 0 {
		if line == 0 {
			return nil, fmt.Errorf("%s: the file is empty", name)
		}
		return nil, fmt.Errorf("%s: no line of numbers: neither FITS nor text of columns", name)
	}
	return finish(s, name)
}

// inOrder tells whether w continues the wavelengths, upwards or downwards.
func inOrder(wave []float64, w float64) bool {
	n := len(wave)
	switch {
	case !(w > 0 && w <= math.MaxFloat64):
		return false
	case n == 0:
		return true
	case n == 1:
		return w != wave[0]
	}
	if wave[0] < wave[1] {
		return w > wave[n-1]
	}
	return w < wave[n-1]
}

func isSeparator(r rune) bool {
	return r == ',' || r == ';' || r == ' ' || r == '\t' || r == '\r' || r == '\v' || r == '\f'
}

func numbers(fields []string) ([]float64, error) {
	values := make([]float64, len(fields))
	for i, field := range fields {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, fmt.Errorf("column %d: %q is not a number", i+1, field)
		}
		values[i] = v
	}
	return values, nil
}

func notNumber(field string) bool {
	_, err := strconv.ParseFloat(field, 64)
	return err != nil && !errors.Is(err, strconv.ErrRange)
}
