package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	flatbuffers "github.com/google/flatbuffers/go"
)

// Names of the columns of a shard, and of the first ones of a Parquet file.
const (
	idColumn    = "dp_id"
	starColumn  = "target_name"
	scaleColumn = "scale" // of a row of float16
	fluxColumn  = "flux"
)

// header is what the metadata of a shard's Arrow file say, checked: where in
// the file its buffers are.
type header struct {
	rows                   int
	idOffsets, ids         span
	starOffsets, starNames span
	scale                  span // of float16 only
	flux                   span
}

type span struct{ at, bytes int64 }

// Bounds on a shard's metadata, which are a few hundred bytes, and on its names.
const (
	maxMetadata = 1 << 20
	maxNames    = 64 << 20
)

var magic = []byte("ARROW1")

// readHeader finds the buffers of an Arrow IPC file that holds one record batch
// of dp_id, target_name, for float16 scale, and flux. It reads the metadata
// itself, for the library's reader takes the number of fields and the like from
// the file before it checks them; here nothing is made as large as a file says,
// and a place outside the file is an error.
func readHeader(f io.ReaderAt, size int64, l Layout) (h header, err error) {
	defer func() {
		if recover() != nil { // an offset of the metadata led out of them
			h, err = header{}, errors.New("the Arrow metadata are damaged")
		}
	}()
	const tail = 10 // length of the footer, magic
	if size < tail+8 {
		return h, fmt.Errorf("%d bytes are no Arrow file", size)
	}
	end, err := readAt(f, size-tail, tail)
	if err != nil {
		return h, err
	}
	if !bytes.Equal(end[4:], magic) {
		return h, errors.New("not an Arrow file, or a torn one")
	}
	length := int64(binary.LittleEndian.Uint32(end))
	if length < 8 || length > maxMetadata || length > size-tail-8 {
		return h, fmt.Errorf("a footer of %d bytes in a file of %d", length, size)
	}
	footerAt := size - tail - length
	text, err := readAt(f, footerAt, length)
	if err != nil {
		return h, err
	}
	footer := root(text)
	if err := checkSchema(footer.table(6), l); err != nil {
		return h, err
	}
	if n := footer.vector(8).n; n != 0 {
		return h, fmt.Errorf("%d dictionaries: want none", n)
	}
	batches := footer.vector(10)
	if batches.n != 1 {
		return h, fmt.Errorf("%d record batches: want one", batches.n)
	}
	block := batches.at(0, 24)
	offset, metadata, body := int64(binary.LittleEndian.Uint64(block)), int64(int32(binary.LittleEndian.Uint32(block[8:]))), int64(binary.LittleEndian.Uint64(block[16:]))
	if offset < 8 || metadata < 16 || metadata > maxMetadata || body < 0 || body > footerAt || offset > footerAt-metadata-body {
		return h, fmt.Errorf("a record batch of %d and %d bytes at %d in a file of %d", metadata, body, offset, size)
	}
	text, err = readAt(f, offset, metadata)
	if err != nil {
		return h, err
	}
	if binary.LittleEndian.Uint32(text) != 0xffffffff {
		return h, errors.New("the record batch does not begin as one")
	}
	return batchHeader(root(text[8:]), l, span{offset + metadata, body})
}

// readAt reads a part that is known to be within the bounds above.
func readAt(f io.ReaderAt, at, n int64) ([]byte, error) {
	b := make([]byte, n)
	if _, err := f.ReadAt(b, at); err != nil {
		return nil, err
	}
	return b, nil
}

// batchHeader reads the message of the record batch, whose buffers are in body.
func batchHeader(message table, l Layout, body span) (h header, err error) {
	const recordBatch = 3
	if message.byte(6) != recordBatch {
		return h, errors.New("the message is not a record batch")
	}
	batch := message.table(8)
	rows := batch.int64(4)
	if rows < 1 || rows > maxRows {
		return h, fmt.Errorf("%d rows", rows)
	}
	if batch.has(10) {
		return h, errors.New("the buffers are compressed: rows would have no place in the file")
	}
	h.rows = int(rows)
	nodes, buffers := batch.vector(6), batch.vector(8)
	lengths, spans := []int64{rows, rows}, []*span{nil, &h.idOffsets, &h.ids, nil, &h.starOffsets, &h.starNames}
	if l.Type == Float16 {
		lengths, spans = append(lengths, rows), append(spans, nil, &h.scale)
	}
	lengths = append(lengths, rows, rows*int64(l.Samples))
	spans = append(spans, nil, nil, &h.flux)
	if nodes.n != len(lengths) || buffers.n != len(spans) {
		return h, fmt.Errorf("%d arrays in %d buffers: want %d in %d", nodes.n, buffers.n, len(lengths), len(spans))
	}
	for i, want := range lengths {
		node := nodes.at(i, 16)
		length, nulls := int64(binary.LittleEndian.Uint64(node)), int64(binary.LittleEndian.Uint64(node[8:]))
		if length != want || nulls != 0 {
			return h, fmt.Errorf("array %d has %d values, %d of them null: want %d and none", i, length, nulls, want)
		}
	}
	for i, to := range spans {
		buffer := buffers.at(i, 16)
		at, length := int64(binary.LittleEndian.Uint64(buffer)), int64(binary.LittleEndian.Uint64(buffer[8:]))
		if at < 0 || length < 0 || length > body.bytes || at > body.bytes-length {
			return h, fmt.Errorf("buffer %d: %d bytes at %d of %d", i, length, at, body.bytes)
		}
		if to != nil {
			*to = span{body.at + at, length}
		}
	}
	return h, h.check(l)
}

// check sees that the buffers hold what the rows need.
func (h header) check(l Layout) error {
	rows := int64(h.rows)
	offsets := 4 * (rows + 1)
	switch {
	case h.idOffsets.bytes < offsets || h.starOffsets.bytes < offsets:
		return errors.New("the names are fewer than the rows")
	case h.ids.bytes > maxNames || h.starNames.bytes > maxNames:
		return fmt.Errorf("names of more than %d bytes", maxNames)
	case l.Type == Float16 && h.scale.bytes < 4*rows:
		return errors.New("the scales are fewer than the rows")
	case h.flux.bytes < rows*int64(l.Samples)*int64(l.Type.width()):
		return fmt.Errorf("%d bytes of flux for %d rows of %d samples", h.flux.bytes, rows, l.Samples)
	case h.flux.at%int64(l.Type.width()) != 0:
		return fmt.Errorf("flux at byte %d is not aligned", h.flux.at)
	}
	return nil
}

// checkSchema sees that the columns are the layout's.
func checkSchema(schema table, l Layout) error {
	const (
		bigEndian                     = 1
		floatType, utf8, fixedSizeSet = 3, 5, 16 // of the union Type
		half, single                  = 0, 1     // of the enum Precision
	)
	precision := single
	names, kinds := []string{idColumn, starColumn}, []byte{utf8, utf8}
	if l.Type == Float16 {
		precision = half
		names, kinds = append(names, scaleColumn), append(kinds, floatType)
	}
	names, kinds = append(names, fluxColumn), append(kinds, fixedSizeSet)
	if schema.int16(4) == bigEndian {
		return errors.New("big-endian samples")
	}
	fields := schema.vector(6)
	if fields.n != len(names) {
		return fmt.Errorf("%d columns: want %v", fields.n, names)
	}
	for i, name := range names {
		field := fields.table(i)
		if got := field.text(4); got != name || field.byte(8) != kinds[i] {
			return fmt.Errorf("column %d is %.40q of type %d: want %q of type %d", i, got, field.byte(8), name, kinds[i])
		}
	}
	flux := fields.table(len(names) - 1)
	if n := int(flux.table(10).int32(4)); n != l.Samples {
		return fmt.Errorf("rows of %d samples: want %d", n, l.Samples)
	}
	child := flux.vector(14)
	if child.n != 1 || child.table(0).byte(8) != floatType || int(child.table(0).table(10).int16(4)) != precision {
		return fmt.Errorf("samples are not %s", l.Type)
	}
	return nil
}

// table and vector read a FlatBuffer. What is absent is zero or empty; a place
// outside the buffer panics, as a slice does.
type table struct{ *flatbuffers.Table }

func root(b []byte) table {
	return table{&flatbuffers.Table{Bytes: b, Pos: flatbuffers.GetUOffsetT(b)}}
}

// place is where the field of a slot is, 0 where it is absent.
func (t table) place(slot flatbuffers.VOffsetT) flatbuffers.UOffsetT {
	if o := t.Offset(slot); o != 0 {
		return t.Pos + flatbuffers.UOffsetT(o)
	}
	return 0
}

func (t table) has(slot flatbuffers.VOffsetT) bool { return t.place(slot) != 0 }

func number[T any](t table, slot flatbuffers.VOffsetT, get func(*flatbuffers.Table, flatbuffers.UOffsetT) T) (v T) {
	if at := t.place(slot); at != 0 {
		v = get(t.Table, at)
	}
	return v
}

func (t table) byte(slot flatbuffers.VOffsetT) byte {
	return number(t, slot, (*flatbuffers.Table).GetByte)
}
func (t table) int16(slot flatbuffers.VOffsetT) int16 {
	return number(t, slot, (*flatbuffers.Table).GetInt16)
}
func (t table) int32(slot flatbuffers.VOffsetT) int32 {
	return number(t, slot, (*flatbuffers.Table).GetInt32)
}
func (t table) int64(slot flatbuffers.VOffsetT) int64 {
	return number(t, slot, (*flatbuffers.Table).GetInt64)
}

func (t table) text(slot flatbuffers.VOffsetT) string {
	if at := t.place(slot); at != 0 {
		return t.String(at)
	}
	return ""
}

func (t table) table(slot flatbuffers.VOffsetT) table {
	at := t.place(slot)
	if at == 0 {
		panic("no table")
	}
	return table{&flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(at)}}
}

type vector struct {
	bytes []byte
	start flatbuffers.UOffsetT
	n     int
}

func (t table) vector(slot flatbuffers.VOffsetT) vector {
	o := t.Offset(slot)
	if o == 0 {
		return vector{}
	}
	v := flatbuffers.UOffsetT(o)
	return vector{t.Bytes, t.Vector(v), t.VectorLen(v)}
}

// at is element i of a vector of structs of a size.
func (v vector) at(i, size int) []byte {
	from := int(v.start) + i*size
	return v.bytes[from : from+size]
}

// table is element i of a vector of tables.
func (v vector) table(i int) table {
	at := v.start + flatbuffers.UOffsetT(4*i)
	return table{&flatbuffers.Table{Bytes: v.bytes, Pos: at + flatbuffers.GetUOffsetT(v.bytes[at:])}}
}
