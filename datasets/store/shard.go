package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// shard is a shard's Arrow file. It is mapped when its first row is asked for.
type shard struct {
	path       string
	header     header
	layout     Layout
	size       int64
	ids, stars []string
	scales     []float32 // of float16 only

	mu   sync.Mutex
	data []byte // the mapped file; nil before and after
}

// openShard reads a shard's header and names.
func openShard(dir string, l Layout, e Entry) (*shard, error) {
	if e.Rows == 0 {
		return &shard{}, nil
	}
	s := &shard{path: filepath.Join(dir, e.Arrow.Name), layout: l, size: e.Arrow.Bytes}
	f, err := os.Open(s.path)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer f.Close()
	if err := s.read(f, e); err != nil {
		return nil, fmt.Errorf("store: %s: %w", s.path, err)
	}
	return s, nil
}

func (s *shard) read(f *os.File, e Entry) error {
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if !st.Mode().IsRegular() || st.Size() != e.Arrow.Bytes {
		return fmt.Errorf("%d bytes: the manifest says %d", st.Size(), e.Arrow.Bytes)
	}
	if s.header, err = readHeader(f, st.Size(), s.layout); err != nil {
		return err
	}
	if s.header.rows != e.Rows {
		return fmt.Errorf("%d rows: the manifest says %d", s.header.rows, e.Rows)
	}
	if s.ids, err = readNames(f, e.Rows, s.header.idOffsets, s.header.ids); err != nil {
		return fmt.Errorf("%s: %w", idColumn, err)
	}
	if s.stars, err = readNames(f, e.Rows, s.header.starOffsets, s.header.starNames); err != nil {
		return fmt.Errorf("%s: %w", starColumn, err)
	}
	if s.layout.Type == Float16 {
		b, err := readAt(f, s.header.scale.at, 4*int64(e.Rows))
		if err != nil {
			return err
		}
		s.scales = make([]float32, e.Rows)
		for i := range s.scales {
			s.scales[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
	}
	return nil
}

// readNames reads a column of text.
func readNames(f *os.File, rows int, offsets, data span) ([]string, error) {
	at, err := readAt(f, offsets.at, 4*int64(rows+1))
	if err != nil {
		return nil, err
	}
	text, err := readAt(f, data.at, data.bytes)
	if err != nil {
		return nil, err
	}
	all := string(text)
	names := make([]string, rows)
	for i := range names {
		from, to := int32(binary.LittleEndian.Uint32(at[4*i:])), int32(binary.LittleEndian.Uint32(at[4*i+4:]))
		if from < 0 || to < from || int(to) > len(all) {
			return nil, fmt.Errorf("row %d is bytes %d to %d of %d", i, from, to, len(all))
		}
		names[i] = all[from:to]
	}
	return names, nil
}

// mapped is the bytes of row k in the mapped file.
func (s *shard) mapped(k int) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data == nil {
		if err := s.mmap(); err != nil {
			return nil, fmt.Errorf("store: %s: %w", s.path, err)
		}
	}
	row := int64(s.layout.Samples * s.layout.Type.width())
	from := s.header.flux.at + int64(k)*row
	return s.data[from : from+row : from+row], nil
}

func (s *shard) mmap() error {
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || st.Size() != s.size {
		return errors.Join(errors.New("the file changed while the store was open"), err)
	}
	s.data, err = unix.Mmap(int(f.Fd()), 0, int(s.size), unix.PROT_READ, unix.MAP_SHARED)
	return err
}

func (s *shard) unmap() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data == nil {
		return nil
	}
	err := unix.Munmap(s.data)
	s.data = nil
	return err
}

// longRow is where a read beats a copy from the mapped file, whose pages are
// mapped as they are touched (see BenchmarkRandomBatches).
const longRow = 1 << 17 // bytes

// row puts row k into dst.
func (s *shard) row(k int, dst []float32) error {
	if len(dst)*s.layout.Type.width() < longRow {
		return s.copyRow(k, dst)
	}
	if s.layout.Type == Float32 {
		return s.readRow(k, bytesOf(dst))
	}
	row := make([]uint16, len(dst))
	if err := s.readRow(k, bytesOf(row)); err != nil {
		return err
	}
	decodeHalves(dst, row, s.scales[k])
	return nil
}

// readRow reads the bytes of row k. The file is opened for each, for a survey
// has more shards than a process may have files open.
func (s *shard) readRow(k int, dst []byte) error {
	f, err := os.Open(s.path)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer f.Close()
	if _, err := f.ReadAt(dst, s.header.flux.at+int64(k)*int64(len(dst))); err != nil {
		return fmt.Errorf("store: %s: row %d: %w", s.path, k, err)
	}
	return nil
}

// copyRow copies row k from the mapped file. Where the disk fails, or the file
// was cut meanwhile, the copy faults, which is an error here.
func (s *shard) copyRow(k int, dst []float32) (err error) {
	b, err := s.mapped(k)
	if err != nil {
		return err
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("store: %s: row %d cannot be read: %v", s.path, k, r)
		}
	}()
	if s.layout.Type == Float16 {
		decodeHalves(dst, unsafe.Slice((*uint16)(unsafe.Pointer(&b[0])), len(dst)), s.scales[k])
		return nil
	}
	copy(dst, unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), len(dst)))
	return nil
}
