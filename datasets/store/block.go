package store

import (
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
	"runtime"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"golang.org/x/sync/errgroup"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Block is what becomes a shard.
type Block struct {
	Flux    []float32      // the rows one after the other
	Table   *catalog.Table // a row for each: IDs, Stars, and the layout's columns
	LeftOut []LeftOut      // sources that gave no row
}

// WriteShard writes the files of shard number into a store's folder and says
// what a manifest needs to know of them. They belong to the store only after
// Commit. The same block gives the same bytes, wherever it is written.
func WriteShard(dir string, l Layout, number int, b Block) (Entry, error) {
	e := Entry{Number: number, Rows: b.Table.Rows(), LeftOut: b.LeftOut}
	switch {
	case number < 0 || number > maxRows:
		return e, fmt.Errorf("store: %s: no shard can have the number %d", dir, number)
	case e.Rows > maxRows:
		return e, fmt.Errorf("store: %s: %d rows in a shard: want at most %d", dir, e.Rows, maxRows)
	case len(b.Flux) != e.Rows*l.Samples:
		return e, fmt.Errorf("store: %s: %d samples for %d rows of %d", dir, len(b.Flux), e.Rows, l.Samples)
	}
	if e.Rows == 0 {
		return e, nil
	}
	if err := sameColumns(ColumnsOf(b.Table), l.Columns); err != nil {
		return e, fmt.Errorf("store: %s: %w", dir, err)
	}
	record, err := record(l, b)
	if err != nil {
		return e, fmt.Errorf("store: %s: %w", filepath.Join(dir, arrowName(number)), err)
	}
	defer record.Release()
	e.Arrow, err = writeFile(dir, arrowName(number), func(w io.Writer) error { return writeArrow(w, record) })
	if err != nil {
		return e, err
	}
	e.Parquet, err = writeFile(dir, parquetName(number), func(w io.Writer) error { return writeTable(w, l.Columns, b.Table) })
	return e, err
}

// writeFile writes a file that is there whole or not at all, and sums it up on
// the way.
func writeFile(dir, name string, write func(io.Writer) error) (*File, error) {
	sum := &summing{}
	err := atomicfile.Write(filepath.Join(dir, name), func(w io.Writer) error {
		sum.w = w
		return write(sum)
	})
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return &File{Name: name, Bytes: sum.bytes, CRC32C: hexadecimal(sum.crc)}, nil
}

// summing counts and checksums what is written.
type summing struct {
	w     io.Writer
	bytes int64
	crc   uint32
}

// sumAtOnce is little enough to be still in the processor's cache when it is
// written after it was summed up, and more than what atomicfile would copy.
const sumAtOnce = 320 << 10

func (s *summing) Write(p []byte) (written int, err error) {
	for len(p) > 0 && err == nil {
		var n int
		part := p[:min(sumAtOnce, len(p))]
		crc := crc32.Update(s.crc, castagnoli, part)
		if n, err = s.w.Write(part); err == nil {
			s.crc = crc
		}
		written += n
		p = p[n:]
	}
	s.bytes += int64(written)
	return written, err
}

func (t Type) arrow() arrow.DataType {
	if t == Float16 {
		return arrow.FixedWidthTypes.Float16
	}
	return arrow.PrimitiveTypes.Float32
}

// schema is the columns of a shard's Arrow file.
func (l Layout) schema() *arrow.Schema {
	fields := []arrow.Field{{Name: idColumn, Type: arrow.BinaryTypes.String}, {Name: starColumn, Type: arrow.BinaryTypes.String}}
	if l.Type == Float16 {
		fields = append(fields, arrow.Field{Name: scaleColumn, Type: arrow.PrimitiveTypes.Float32})
	}
	row := arrow.FixedSizeListOfNonNullable(int32(l.Samples), l.Type.arrow())
	fields = append(fields, arrow.Field{Name: fluxColumn, Type: row})
	about := arrow.NewMetadata([]string{"format"}, []string{fmt.Sprintf("%s %d", format, version)})
	return arrow.NewSchema(fields, &about)
}

// record is a block as Arrow; float32 samples are not copied.
func record(l Layout, b Block) (arrow.RecordBatch, error) {
	rows := b.Table.Rows()
	stars := b.Table.Stars
	if stars == nil {
		stars = make([]string, rows)
	}
	columns := []arrow.Array{textArray(b.Table.IDs), textArray(stars)}
	flux := bytesOf(b.Flux)
	if l.Type == Float16 {
		halves, scales, err := allHalves(l, b)
		if err != nil {
			return nil, err
		}
		flux = bytesOf(halves)
		columns = append(columns, plainArray(arrow.PrimitiveTypes.Float32, rows, bytesOf(scales)))
	}
	samples := plainArray(l.Type.arrow(), rows*l.Samples, flux)
	defer samples.Release()
	list := array.NewData(l.schema().Field(len(columns)).Type, rows, []*memory.Buffer{nil}, []arrow.ArrayData{samples.Data()}, 0, 0)
	defer list.Release()
	columns = append(columns, array.MakeFromData(list))
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	return array.NewRecordBatch(l.schema(), columns, int64(rows)), nil
}

func writeArrow(w io.Writer, r arrow.RecordBatch) error {
	out, err := ipc.NewFileWriter(w, ipc.WithSchema(r.Schema()))
	if err != nil {
		return err
	}
	if err := out.Write(r); err != nil {
		return err
	}
	return out.Close()
}

// allHalves turns the rows of a block into float16.
func allHalves(l Layout, b Block) ([]uint16, []float32, error) {
	halves, scales := make([]uint16, len(b.Flux)), make([]float32, b.Table.Rows())
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range scales {
		g.Go(func() (err error) {
			from, to := i*l.Samples, (i+1)*l.Samples
			if scales[i], err = encodeHalves(halves[from:to], b.Flux[from:to]); err != nil {
				return fmt.Errorf("%s: %w", b.Table.IDs[i], err)
			}
			return nil
		})
	}
	return halves, scales, g.Wait()
}

func textArray(values []string) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.AppendValues(values, nil)
	return b.NewArray()
}

// plainArray is an array over bytes that are there.
func plainArray(t arrow.DataType, n int, b []byte) arrow.Array {
	data := array.NewData(t, n, []*memory.Buffer{nil, memory.NewBufferBytes(b)}, nil, 0, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

// bytesOf is the bytes of numbers in memory, which Arrow wants little-endian as
// every processor that Go's users have is.
func bytesOf[T float32 | uint16](v []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), uintptr(len(v))*unsafe.Sizeof(*new(T)))
}
