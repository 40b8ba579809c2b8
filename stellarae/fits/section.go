package fits

import (
	"io"
	"sync"
)

// section is a data unit, or a part of one: in memory, or on the disk until it
// is asked for.
type section struct {
	mem  []byte
	disk io.ReaderAt // nil where mem is the data
	at   int64       // of the file, where it is on the disk
	size int64
}

func inMemory(data []byte) section { return section{mem: data, size: int64(len(data))} }

// part is n bytes from byte at on; they lie within the section.
func (s section) part(at, n int64) section {
	if s.disk == nil {
		return inMemory(s.mem[at : at+n : at+n])
	}
	return section{disk: s.disk, at: s.at + at, size: n}
}

// bytes is the whole section, read into new memory where it is on the disk.
func (s section) bytes() ([]byte, error) {
	if s.disk == nil {
		return s.mem, nil
	}
	// The size is within that of the file, which was asked of the system.
	b := make([]byte, s.size)
	if _, err := s.disk.ReadAt(b, s.at); err != nil {
		return nil, readError(err)
	}
	return b, nil
}

// chunkSize is what a processor's cache holds beside other things, and a
// multiple of the size of any element.
const chunkSize = 256 << 10

var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// each hands out the section in order, in pieces of chunkSize where it is on the
// disk. They are valid until do returns.
func (s section) each(do func(part []byte) error) error {
	if s.disk == nil {
		return do(s.mem)
	}
	chunk := chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(chunk)
	for at := int64(0); at < s.size; at += chunkSize {
		part := chunk[:min(chunkSize, s.size-at)]
		if _, err := s.disk.ReadAt(part, s.at+at); err != nil {
			return readError(err)
		}
		if err := do(part); err != nil {
			return err
		}
	}
	return nil
}
