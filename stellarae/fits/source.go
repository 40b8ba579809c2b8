package fits

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// source gives a file's bytes in order. take returns up to n of them, fewer
// only at the end.
type source interface {
	take(n int64) ([]byte, error)
	finish() error // called behind the last HDU
}

func newSource(data []byte) (source, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return (*plain)(&data), nil
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decompressing: %w", err)
	}
	limit := max(InflateFree, InflateRatio*int64(len(data)))
	return &inflater{r: r, left: min(limit, MaxSize)}, nil
}

// plain hands out parts of the file itself, without copying.
type plain []byte

func (p *plain) take(n int64) ([]byte, error) {
	n = min(n, int64(len(*p)))
	part := (*p)[:n:n]
	*p = (*p)[n:]
	return part, nil
}

func (p *plain) finish() error { return nil }

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
