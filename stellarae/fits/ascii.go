package fits

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// parseASCII reads an ASCII table's TFORM (Aw, Iw, Fw.d, Ew.d, Dw.d) of a
// column that begins at byte start of a row, counted from 1 (FITS standard
// 4.0, section 7.2).
func (c *Column) parseASCII(start, rowSize int64) error {
	form := strings.TrimSpace(c.Format)
	if form == "" || !strings.Contains("AIFED", form[:1]) {
		return fmt.Errorf("TFORM %q is none of an ASCII table", c.Format)
	}
	c.Type = form[0]
	width, decimal, _ := strings.Cut(form[1:], ".")
	w, err := strconv.Atoi(width)
	if err != nil || w < 1 {
		return fmt.Errorf("TFORM %q is none of an ASCII table", c.Format)
	}
	if start < 1 || start > rowSize || int64(w) > rowSize-start+1 {
		return fmt.Errorf("%d bytes from byte %d (TBCOL) leave rows of %d (NAXIS1)", w, start, rowSize)
	}
	c.offset, c.width, c.Repeat = int(start-1), w, 1
	if c.Type == 'A' {
		c.Repeat, c.sub = w, w
	}
	if n, err := strconv.Atoi(decimal); err == nil && n > 0 && n < w {
		c.decimal = n
	}
	return nil
}

// number returns a field's text, and whether it stands for a null.
func (c *Column) number(raw []byte) (text string, null bool) {
	text = strings.TrimSpace(string(raw))
	return text, c.hasNullText && text == c.nullText
}

// realText reads a numeric field in Fortran's ways: an empty one is zero, the
// exponent may begin with D or just a sign, and d digits lie behind the decimal
// point if it is not written.
func (c *Column) realText(raw []byte) (float64, error) {
	if c.Type == 'A' {
		return 0, fmt.Errorf("%q is not numeric", c.Format)
	}
	text, null := c.number(raw)
	switch {
	case null:
		return math.NaN(), nil
	case text == "":
		return c.scaling.zero, nil
	}
	text = strings.NewReplacer("D", "E", "d", "e").Replace(text)
	if i := strings.LastIndexAny(text, "+-"); i > 0 && strings.IndexByte("0123456789.", text[i-1]) >= 0 {
		text = text[:i] + "E" + text[i:]
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.ContainsAny(text, "xX_") {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	if c.decimal > 0 && !strings.ContainsAny(text, ".nN") {
		v /= math.Pow10(c.decimal)
	}
	return float64(v*c.scaling.scale) + c.scaling.zero, nil
}

// integerText reads an integer field; an empty one is zero.
func (c *Column) integerText(raw []byte) (int64, error) {
	if c.Type != 'I' {
		return 0, fmt.Errorf("%q is not of integers", c.Format)
	}
	text, null := c.number(raw)
	var v int64
	switch {
	case null:
		return 0, errors.New("null")
	case text != "":
		var err error
		if v, err = strconv.ParseInt(text, 10, 64); err != nil {
			return 0, fmt.Errorf("%q is not an integer", text)
		}
	}
	s := c.scaling
	s.hasNull = false
	return s.integer(v)
}
