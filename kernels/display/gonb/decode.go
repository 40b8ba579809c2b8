package gonb

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
)

// Limits of one value of a stream.
const (
	maxBytes = 256 << 20 // its encoding, over all its messages
	maxItems = 8 << 20   // values within it
	maxDepth = 1000      // nesting
	maxTypes = 10000     // types defined in the stream
)

// Ids of the types every stream knows (encoding/gob, "Encoding details").
const (
	idBool = 1 + iota
	idInt
	idUint
	idFloat
	idBytes
	idString
	idComplex
	idInterface
	idFirst = 64 // ids from here on are the stream's own
)

// named is the value of an interface with the name its type is registered under.
type named struct {
	name  string
	value any
}

// decoder reads a gob stream without knowing its types beforehand. Values come
// out as bool, int64, uint64, float64, complex128, string, []byte, []int64,
// []float64, []string, []any, map[string]any (also for structs) and named.
type decoder struct {
	r     *bufio.Reader
	types map[int64]*wireType
	buf   []byte // rest of the message
	bytes int    // left for this value
	items int
	depth int
}

// wireType is the definition of a type: exactly one of the kinds.
type wireType struct {
	kind      byte // 'a'rray, 's'lice, 't' struct, 'm'ap, 'g' opaque bytes, te'x't
	name      string
	key, elem int64
	length    int64
	fields    []field
}

type field struct {
	name string
	id   int64
}

func newDecoder(r io.Reader) *decoder {
	return &decoder{r: bufio.NewReader(r), types: map[int64]*wireType{}}
}

var (
	errTruncated = errors.New("value longer than its message")
	errTooLarge  = fmt.Errorf("value over %d MB", maxBytes>>20)
	errItems     = fmt.Errorf("more than %d values in one", maxItems)
	errDepth     = fmt.Errorf("nested over %d deep", maxDepth)
)

// next returns the next value; io.EOF where the stream ends between two.
func (d *decoder) next() (v any, err error) {
	d.buf, d.bytes, d.items, d.depth = nil, maxBytes, maxItems, 0
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(failure)
			if !ok {
				panic(r)
			}
			v, err = nil, f.error
		}
	}()
	if _, err := d.r.Peek(1); err != nil {
		return nil, err
	}
	id := d.typeSequence(false)
	v = d.value(id)
	if len(d.buf) > 0 {
		d.fail(errors.New("bytes left over after a value"))
	}
	return v, nil
}

// failure ends the decoding of a value from within its depths.
type failure struct{ error }

func (d *decoder) fail(err error) { panic(failure{err}) }

// message reads the next message of the value into buf.
func (d *decoder) message() {
	n := readUint(func() byte {
		b, err := d.r.ReadByte()
		if err != nil {
			d.fail(unexpected(err))
		}
		return b
	}, d.fail)
	if n > uint64(d.bytes) {
		d.fail(errTooLarge)
	}
	d.bytes -= int(n)
	// What arrives is what claims memory, not what the length announces.
	var buf []byte
	for left := int(n); left > 0; {
		step := min(left, max(1<<16, len(buf)))
		at := len(buf)
		buf = append(buf, make([]byte, step)...)
		if _, err := io.ReadFull(d.r, buf[at:]); err != nil {
			d.fail(unexpected(err))
		}
		left -= step
	}
	d.buf = buf
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (d *decoder) byte() byte {
	if len(d.buf) == 0 {
		d.fail(errTruncated)
	}
	b := d.buf[0]
	d.buf = d.buf[1:]
	return b
}

func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.buf)) {
		d.fail(errTruncated)
	}
	b := d.buf[:n]
	d.buf = d.buf[n:]
	return b
}

// readUint reads an unsigned integer: itself below 128, otherwise a byte with
// the negated number of bytes that follow, highest first.
func readUint(next func() byte, fail func(error)) uint64 {
	b := next()
	if b < 0x80 {
		return uint64(b)
	}
	n := -int(int8(b))
	if n > 8 {
		fail(fmt.Errorf("an integer of %d bytes", n))
	}
	var x uint64
	for range n {
		x = x<<8 | uint64(next())
	}
	return x
}

func (d *decoder) uint() uint64 { return readUint(d.byte, d.fail) }

func (d *decoder) int() int64 {
	x := d.uint()
	if x&1 != 0 {
		return ^int64(x >> 1)
	}
	return int64(x >> 1)
}

func (d *decoder) string() string { return string(d.take(d.uint())) }

// float reads a float64 whose bytes are reversed, so that the zeros of its
// fraction need not be sent.
func (d *decoder) float() float64 { return math.Float64frombits(bits.ReverseBytes64(d.uint())) }

// typeSequence takes in definitions of types and returns the id of the type of
// the value that follows. A definition ends its message; within a nested
// interface the length of the next message stands in the way.
func (d *decoder) typeSequence(nested bool) int64 {
	for {
		if len(d.buf) == 0 {
			d.message()
		}
		id := d.int()
		if id >= 0 {
			return id
		}
		d.define(-id)
		if len(d.buf) > 0 {
			if !nested {
				d.fail(errors.New("bytes left over after the definition of a type"))
			}
			d.uint()
		}
	}
}
