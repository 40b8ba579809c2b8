// Package fits reads and writes the FITS files of spectroscopy: images and
// tables as typed Go slices in physical units. It is a guarded layer on
// codeberg.org/astrogo/fitsio, which reads the header cards; the data units are
// read here from the file's bytes, so that a header can claim what it likes
// without costing memory or a panic.
//
// It does not interpret what it reads: world coordinates, units, checksums and
// tile compression stay with the caller.
//
//	f, err := fits.Open("ADP.2014-09-23T11:01:38.230.fits")
//	t, err := f.HDUs[1].Table()
//	col, ok := t.Index("WAVE")
//	wave, err := t.Floats(0, col)
package fits

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Limits on what is read, whatever a file claims.
const (
	MaxSize  = 4 << 30 // bytes of a file, compressed or not, and of what it decompresses to
	MaxCards = 1 << 16 // cards of one header

	// A gzip file may decompress to InflateFree bytes, and beyond that to
	// InflateRatio times its own size.
	InflateFree  = 16 << 20
	InflateRatio = 100
)

// Kind tells what an HDU holds.
type Kind string

const (
	KindImage    Kind = "image"    // primary array or IMAGE extension, also an empty one
	KindBinTable Kind = "bintable" // BINTABLE extension
	KindTable    Kind = "table"    // TABLE extension: ASCII
	KindOther    Kind = "other"    // random groups and unknown extensions: only the header is read
)

// File is a FITS file, held in memory but where OpenParts left the data on the
// disk. It does not change and may be used from several goroutines.
type File struct {
	Name string // path, or the name given to Read; begins every error
	HDUs []*HDU // at least the primary one

	disk *os.File // of OpenParts
}

// HDU is a header and its data unit.
type HDU struct {
	Index  int    // 0 is the primary HDU
	Name   string // EXTNAME; "PRIMARY" for a primary HDU without one
	Kind   Kind
	Header *Header

	file *File
	data section // the data unit without its padding
}

// Open reads a FITS file, plain or gzip-compressed as its content says. A file
// that is absent, no regular file, no FITS, cut short or at odds with its own
// headers is an error that begins "path: " and, once an HDU is at fault,
// "path: hdu 1: ". Bytes behind the last HDU are ignored.
func Open(path string) (*File, error) {
	data, err := readAll(path)
	if err != nil {
		return nil, openError(path, err)
	}
	return Read(path, data)
}

// OpenParts is Open for who wants parts of a file: the headers are read now,
// cells and images when they are asked for, until Close. That the file is as
// long as its headers declare is checked now. A compressed file is read whole.
func OpenParts(path string) (*File, error) {
	size, err := regularSize(path)
	if err != nil {
		return nil, openError(path, err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	src := &onDisk{file: file, size: size}
	if err := src.fill(); err != nil {
		file.Close() // the first error counts
		return nil, openError(path, err)
	}
	if isGzip(src.ahead) {
		file.Close() // was only read
		return Open(path)
	}
	f, err := read(path, src)
	if err != nil {
		file.Close() // the first error counts
		return nil, err
	}
	f.disk = file
	return f, nil
}

// Close ends the reading of a file of OpenParts. Other files need none.
func (f *File) Close() error {
	if f.disk == nil {
		return nil
	}
	return f.disk.Close()
}

// Read is Open for a file already in memory. The File keeps data, which must
// not change; name is what errors call it.
func Read(name string, data []byte) (*File, error) {
	src, err := newSource(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return read(name, src)
}

func read(name string, src source) (*File, error) {
	f := &File{Name: name}
	for {
		h, err := f.next(src)
		if err != nil {
			return nil, fmt.Errorf("%s: hdu %d: %w", name, len(f.HDUs), err)
		}
		if h == nil {
			return f, nil
		}
		f.HDUs = append(f.HDUs, h)
	}
}

func readAll(path string) ([]byte, error) {
	if _, err := regularSize(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// regularSize is the size of a file that may be read.
func regularSize(path string) (int64, error) {
	// Asked before opening: to open a pipe blocks.
	st, err := os.Stat(path)
	switch {
	case err != nil:
		return 0, err
	case st.IsDir():
		return 0, errors.New("is a directory")
	case !st.Mode().IsRegular():
		return 0, errors.New("not a regular file")
	case st.Size() > MaxSize:
		return 0, fmt.Errorf("%d bytes are more than the %d read here", st.Size(), int64(MaxSize))
	}
	return st.Size(), nil
}

func openError(path string, err error) error { return fmt.Errorf("%s: %w", path, cause(err)) }

// cause is an error without the path that package os puts before it.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// fail is an error of this HDU in the form every error of the package has.
func (h *HDU) fail(format string, args ...any) error {
	return fmt.Errorf("%s: hdu %d: %w", h.file.Name, h.Index, fmt.Errorf(format, args...))
}
