package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	npyio "github.com/sbinet/npyio/npy"
)

// maxHeader bounds the text of a header. NumPy itself refuses more than
// 10,000 bytes by default.
const maxHeader = 10000

// header is what the file says of its array, checked against the file's size.
type header struct {
	shape   []int
	fortran bool
	count   int // values: the product of shape
	width   int // bytes a value
	order   binary.ByteOrder
}

// readHeader reads the header of a file of size bytes and leaves r at the
// first value. The layout is that of NumPy's format description,
// numpy.lib.format.
func readHeader(r io.Reader, size int64) (header, error) {
	prefix := make([]byte, 8, 12) // magic, major, minor
	if _, err := io.ReadFull(r, prefix); err != nil || string(prefix[:6]) != string(npyio.Magic[:]) {
		return header{}, errors.New("not a .npy file")
	}
	var length int64
	switch major := prefix[6]; major {
	case 1:
		prefix = prefix[:10]
	case 2:
		prefix = prefix[:12]
	default:
		return header{}, fmt.Errorf("format version %d.%d is not supported", major, prefix[7])
	}
	if _, err := io.ReadFull(r, prefix[8:]); err != nil {
		return header{}, errors.New("file ends in the header")
	}
	for i, b := range prefix[8:] {
		length |= int64(b) << (8 * i)
	}
	if length > maxHeader {
		return header{}, fmt.Errorf("header of %d bytes is longer than %d", length, maxHeader)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return header{}, errors.New("file ends in the header")
	}
	h, err := parseHeader(append(prefix, text...))
	if err != nil {
		return header{}, err
	}
	body := size - int64(len(prefix)) - length
	if want := int64(h.count) * int64(h.width); want != body {
		return header{}, fmt.Errorf("shape %s of %d-byte values takes %d bytes, the file has %d",
			shapeText(h.shape), h.width, want, body)
	}
	return h, nil
}

// parseHeader reads a complete header. The library slices the text by the
// places of its keys, which panics where they are missing or out of order.
func parseHeader(raw []byte) (h header, err error) {
	defer func() {
		if recover() != nil {
			h, err = header{}, errors.New("malformed header")
		}
	}()
	rd, err := npyio.NewReader(bytes.NewReader(raw))
	if err != nil {
		return header{}, fmt.Errorf("malformed header: %w", err)
	}
	d := rd.Header.Descr
	h = header{shape: d.Shape, fortran: d.Fortran, order: binary.LittleEndian}
	switch d.Type {
	case "<f4":
		h.width = 4
	case "<f8":
		h.width = 8
	case ">f4":
		h.width, h.order = 4, binary.BigEndian
	case ">f8":
		h.width, h.order = 8, binary.BigEndian
	case "|O", "O":
		return header{}, errors.New("an object array is a pickle and is not read")
	default:
		return header{}, fmt.Errorf("values of type %.40q are neither float32 nor float64", d.Type)
	}
	h.count, err = product(h.shape)
	return h, err
}

// product is the number of values of an array. Whatever the axes, it fits
// into memory's address range eight bytes a value, or is an error.
func product(shape []int) (int, error) {
	if len(shape) > 32 {
		return 0, fmt.Errorf("an array of %d axes is not supported", len(shape))
	}
	n := 1
	for _, m := range shape {
		if m < 0 {
			return 0, fmt.Errorf("shape %s has a negative axis", shapeText(shape))
		}
		if m > 0 && n > math.MaxInt/8/m {
			return 0, fmt.Errorf("shape %s is too large", shapeText(shape))
		}
		n *= m
	}
	return n, nil
}

// writeHeader writes a version 1.0 header for little-endian float32 values in
// C order, padded so that they start at a multiple of 64 bytes.
func writeHeader(w io.Writer, shape []int) error {
	text := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", shapeText(shape))
	fixed := len(npyio.Magic) + 4
	text += strings.Repeat(" ", 63-(fixed+len(text))%64) + "\n"
	raw := append(npyio.Magic[:], 1, 0)
	raw = binary.LittleEndian.AppendUint16(raw, uint16(len(text)))
	_, err := w.Write(append(raw, text...))
	return err
}

// shapeText writes a shape as Python does: (), (7,) or (7, 128).
func shapeText(shape []int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i, m := range shape {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d,", m)
	}
	s := b.String()
	if len(shape) > 1 {
		s = s[:len(s)-1]
	}
	return s + ")"
}
