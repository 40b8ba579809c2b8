package votable

import (
	"bufio"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
)

// binaryRows is rows as bytes in base64, big-endian (VOTable 1.4, sections 5.4
// and 5.5).
type binaryRows struct {
	t     *Reader
	r     *bufio.Reader
	flags []byte // of the null cells of a row; nil for BINARY
	cell  []byte
}

func newBinary(t *Reader, stream xml.StartElement, flagged bool) (*binaryRows, error) {
	if href := attribute(stream, "href"); href != "" {
		return nil, errors.New("the data lie at another place (href), which is not followed")
	}
	var r io.Reader
	switch encoding := attribute(stream, "encoding"); encoding {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, noBlanks{text{t.in}})
	case "gzip": // of which the text is base64
		z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, noBlanks{text{t.in}}))
		if err != nil {
			return nil, err
		}
		r = z
	default:
		return nil, fmt.Errorf("a STREAM with the encoding %.40q; base64 and gzip are read", encoding)
	}
	least := 0 // bytes of a row, or a row without any would come for ever
	for _, f := range t.Fields {
		if f.variable {
			least += 4
		} else {
			least += f.length
		}
	}
	if least == 0 {
		return nil, errors.New("rows of no bytes")
	}
	b := &binaryRows{t: t, r: bufio.NewReaderSize(r, 1<<15)}
	if flagged {
		b.flags = make([]byte, (len(t.Fields)+7)/8)
	}
	return b, nil
}

// noBlanks leaves out the blanks that base64 may be broken by; the decoder
// itself passes over line ends alone.
type noBlanks struct{ r io.Reader }

func (n noBlanks) Read(p []byte) (int, error) {
	for {
		got, err := n.r.Read(p)
		k := 0
		for _, c := range p[:got] {
			if c != ' ' && c != '\t' {
				p[k] = c
				k++
			}
		}
		if k > 0 || err != nil || len(p) == 0 {
			return k, err
		}
	}
}

func (b *binaryRows) next(row []Cell) error {
	if _, err := b.r.Peek(1); err != nil {
		if errors.Is(err, io.EOF) {
			return b.end()
		}
		return err
	}
	if b.flags != nil {
		if _, err := io.ReadFull(b.r, b.flags); err != nil {
			return eof(err)
		}
	}
	for i := range b.t.Fields {
		f := &b.t.Fields[i]
		length, err := b.read(f)
		if err != nil {
			return fmt.Errorf("field %.80q: %w", f.Name, eof(err))
		}
		if b.flags != nil && b.flags[i/8]&(0x80>>(i%8)) != 0 {
			row[i] = Cell{}
			continue
		}
		if row[i], err = f.decode(b.cell, length); err != nil {
			return fmt.Errorf("field %.80q: %w", f.Name, err)
		}
	}
	return nil
}

// end sees that nothing but the end of the stream follows.
func (b *binaryRows) end() error {
	if err := b.t.in.skipText(); err != nil {
		return err
	}
	token, err := b.t.token()
	if err != nil {
		return eof(err)
	}
	if _, ok := token.(xml.EndElement); !ok {
		return errors.New("something other than base64 in a STREAM")
	}
	return io.EOF
}

// read takes the bytes of a cell and tells its elements.
func (b *binaryRows) read(f *Field) (length int, err error) {
	length = f.length
	if f.variable {
		var head [4]byte
		if _, err := io.ReadFull(b.r, head[:]); err != nil {
			return 0, err
		}
		n := binary.BigEndian.Uint32(head[:])
		if n > MaxCell || f.length >= 0 && int(n) > f.length {
			return 0, fmt.Errorf("a cell of %d elements, the arraysize is %s", n, f.Arraysize)
		}
		length = int(n)
	}
	bytes := length * f.size
	if f.Datatype == "bit" {
		bytes = (length + 7) / 8
	}
	if bytes > 16*MaxCell {
		return 0, errTooLong
	}
	if cap(b.cell) < bytes {
		b.cell = make([]byte, bytes)
	}
	b.cell = b.cell[:bytes]
	_, err = io.ReadFull(b.r, b.cell)
	return length, err
}

// decode reads a cell of the given number of elements.
func (f *Field) decode(raw []byte, length int) (Cell, error) {
	switch f.Datatype {
	case "char":
		text, _, _ := strings.Cut(string(raw), "\x00")
		return f.written(text), nil
	case "unicodeChar":
		units := make([]uint16, length)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(raw[2*i:])
		}
		text, _, _ := strings.Cut(string(utf16.Decode(units)), "\x00")
		return f.written(text), nil
	}
	if f.single() {
		return f.element(raw, 0)
	}
	if length == 0 {
		return Cell{}, nil
	}
	parts := make([]string, length)
	for i := range parts {
		c, err := f.element(raw, i)
		if err != nil {
			return Cell{}, err
		}
		if parts[i] = c.String(); c.Null() {
			parts[i] = "NaN"
		}
	}
	return Cell{kind: written, text: strings.Join(parts, " ")}, nil
}

func (f *Field) written(text string) Cell {
	if text == "" || text == f.Null {
		return Cell{}
	}
	return Cell{kind: written, text: text}
}

// element reads the i-th element of a cell.
func (f *Field) element(raw []byte, i int) (Cell, error) {
	if f.Datatype == "bit" {
		bit := int64(raw[i/8] >> (7 - i%8) & 1)
		if f.single() && raw[0] != 0 { // astropy writes a single bit as 8
			bit = 1
		}
		return Cell{kind: integer, whole: bit}, nil
	}
	raw = raw[i*f.size : (i+1)*f.size]
	float := func(raw []byte) float64 { return float64(math.Float32frombits(binary.BigEndian.Uint32(raw))) }
	double := func(raw []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(raw)) }
	complexText := func(re, im float64) Cell {
		return Cell{kind: written, text: strconv.FormatFloat(re, 'g', -1, 64) + " " + strconv.FormatFloat(im, 'g', -1, 64)}
	}
	switch f.Datatype {
	case "boolean":
		return boolean(strings.TrimSpace(string(raw)))
	case "unsignedByte":
		return f.whole(int64(raw[0])), nil
	case "short":
		return f.whole(int64(int16(binary.BigEndian.Uint16(raw)))), nil
	case "int":
		return f.whole(int64(int32(binary.BigEndian.Uint32(raw)))), nil
	case "long":
		return f.whole(int64(binary.BigEndian.Uint64(raw))), nil
	case "float":
		return f.number(shortest(float(raw))), nil
	case "double":
		return f.number(double(raw)), nil
	case "floatComplex":
		return complexText(float(raw), float(raw[4:])), nil
	default: // doubleComplex, for the other kinds have been refused
		return complexText(double(raw), double(raw[8:])), nil
	}
}

// shortest is the number that a float32 was most likely made of: 0.1 and not
// 0.100000001490116.
func shortest(v float64) float64 {
	if v != v || math.IsInf(v, 0) {
		return v
	}
	s, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', -1, 32), 64)
	if err != nil {
		return v
	}
	return s
}
