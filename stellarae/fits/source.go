package fits

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// source gives a file's bytes in order. take returns up to n of them, fewer
// only at the end.
type source interface {
	take(n int64) ([]byte, error)
	section(n int64) (section, error) // like take, of bytes that may be left on the disk
	finish() error                    // called behind the last HDU
}

func newSource(data []byte) (source, error) {
	if !isGzip(data) {
		return (*plain)(&data), nil
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decompressing: %w", err)
	}
	limit := max(InflateFree, InflateRatio*int64(len(data)))
	return &inflater{r: r, left: min(limit, MaxSize)}, nil
}

func isGzip(data []byte) bool { return bytes.HasPrefix(data, []byte{0x1f, 0x8b}) }

// plain hands out parts of the file itself, without copying.
type plain []byte

func (p *plain) take(n int64) ([]byte, error) {
	n = min(n, int64(len(*p)))
	part := (*p)[:n:n]
	*p = (*p)[n:]
	return part, nil
}

func (p *plain) section(n int64) (section, error) {
	part, err := p.take(n)
	return inMemory(part), err
}

func (p *plain) finish() error { return nil }

// onDisk reads headers and steps over data.
type onDisk struct {
	file     *os.File
	at, size int64
	ahead    []byte // from byte at on
}

// lookAhead is more than the headers of an archive product without those of its
// pipeline.
const lookAhead = 16 << 10

// fill reads ahead.
func (d *onDisk) fill() error {
	d.ahead = make([]byte, min(lookAhead, d.size-d.at))
	if _, err := d.file.ReadAt(d.ahead, d.at); err != nil {
		return readError(err)
	}
	return nil
}

// take is for headers: n is blockSize.
func (d *onDisk) take(n int64) ([]byte, error) {
	n = min(n, d.size-d.at)
	if int64(len(d.ahead)) < n {
		if err := d.fill(); err != nil {
			return nil, err
		}
	}
	part := d.ahead[:n:n]
	d.skip(n)
	return part, nil
}

func (d *onDisk) skip(n int64) {
	d.at += n
	d.ahead = d.ahead[min(n, int64(len(d.ahead))):]
}

func (d *onDisk) section(n int64) (section, error) {
	n = min(n, d.size-d.at)
	s := section{disk: d.file, at: d.at, size: n}
	d.skip(n)
	return s, nil
}

func (d *onDisk) finish() error { return nil }

// readError is an error of reading what the file had when it was opened.
func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file was cut while it was read")
	}
	return cause(err)
}

// inflater decompresses what the headers ask for, up to a limit.
type inflater struct {
	r    *gzip.Reader
	left int64
}

func (z *inflater) take(n int64) ([]byte, error) {
	if n > z.left {
		return nil, fmt.Errorf("asks for %d decompressed bytes, more than the %d this gzip file may still give", n, z.left)
	}
	z.left -= n
	// Memory follows the bytes that arrive, not the n that is claimed.
	part := make([]byte, 0, min(n, 1<<20))
	for int64(len(part)) < n {
		if len(part) == cap(part) {
			grown := make([]byte, len(part), min(n, 2*int64(cap(part))))
			copy(grown, part)
			part = grown
		}
		m, err := z.r.Read(part[len(part):cap(part)])
		part = part[:len(part)+m]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("decompressing: %w", err)
		}
	}
	return part, nil
}

func (z *inflater) section(n int64) (section, error) {
	part, err := z.take(n)
	return inMemory(part), err
}

// finish reads on to the checksum at the end, which vouches for all before.
func (z *inflater) finish() error {
	n, err := io.Copy(io.Discard, io.LimitReader(z.r, z.left+1))
	if err != nil {
		return fmt.Errorf("decompressing: %w", err)
	}
	if n > z.left {
		return errors.New("too many decompressed bytes behind the last hdu")
	}
	return nil
}
