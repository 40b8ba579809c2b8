package fits

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// FITS is made of blocks; a header is made of cards (FITS standard 4.0,
// section 3.1).
const (
	blockSize = 2880
	cardSize  = 80
)

// next reads one HDU, or returns nil at the end of the file.
func (f *File) next(src source) (*HDU, error) {
	block, err := src.take(blockSize)
	if err != nil {
		return nil, err
	}
	primary := len(f.HDUs) == 0
	switch {
	case primary && len(block) == 0:
		return nil, errors.New("the file is empty")
	case primary && !bytes.HasPrefix(block, []byte("SIMPLE  =")):
		return nil, errors.New("not a FITS file: does not begin with SIMPLE")
	case !primary && !bytes.HasPrefix(block, []byte("XTENSION")):
		return nil, src.finish()
	}
	lines, err := headerLines(block, src)
	if err != nil {
		return nil, err
	}
	h := &HDU{Index: len(f.HDUs), Header: newHeader(lines), file: f}
	h.Name, _ = h.Header.String("EXTNAME")
	if primary && h.Name == "" {
		h.Name = "PRIMARY"
	}
	size, err := h.structure(primary)
	if err != nil {
		return nil, err
	}
	if h.data, err = src.section(size + padding(size)); err != nil {
		return nil, err
	}
	// Writers forget the padding of the last block; the data must be there.
	if h.data.size < size {
		return nil, fmt.Errorf("cut short: the header declares %d bytes of data, the file has %d", size, h.data.size)
	}
	h.data = h.data.part(0, size)
	return h, nil
}

// padding is what is missing from n bytes to a full block; none if that
// overflows.
func padding(n int64) int64 {
	p := (blockSize - n%blockSize) % blockSize
	if n+p < n {
		return 0
	}
	return p
}

var endKey = []byte("END     ")

// headerLines reads from the header's first block to its END card and returns
// the cards before it, 80 bytes each.
func headerLines(block []byte, src source) ([]byte, error) {
	var lines []byte
	for {
		if len(block) < blockSize {
			return nil, errors.New("cut short: the header has no END card")
		}
		for at := 0; at < blockSize; at += cardSize {
			if bytes.HasPrefix(block[at:], endKey) {
				return append(lines, block[:at]...), nil
			}
		}
		lines = append(lines, block...)
		if len(lines) > MaxCards*cardSize {
			return nil, fmt.Errorf("the header has over %d cards", MaxCards)
		}
		var err error
		if block, err = src.take(blockSize); err != nil {
			return nil, err
		}
	}
}

// structure finds the HDU's kind and the size of its data unit in bytes, by
// equations (1) and (2) of the FITS standard 4.0.
func (h *HDU) structure(primary bool) (int64, error) {
	need := func(key string, least int64) (int64, error) {
		n, ok := h.Header.Int(key)
		if !ok {
			return 0, fmt.Errorf("no integer %s", key)
		}
		if n < least {
			return 0, fmt.Errorf("%s is %d", key, n)
		}
		return n, nil
	}
	bitpix, err := need("BITPIX", -64)
	if err != nil {
		return 0, err
	}
	if !slices.Contains([]int64{8, 16, 32, 64, -32, -64}, bitpix) {
		return 0, fmt.Errorf("BITPIX is %d", bitpix)
	}
	naxis, err := need("NAXIS", 0)
	if err != nil {
		return 0, err
	}
	if naxis > 999 {
		return 0, fmt.Errorf("NAXIS is %d, over 999", naxis)
	}
	axes := make([]int64, naxis)
	for i := range axes {
		if axes[i], err = need(fmt.Sprintf("NAXIS%d", i+1), 0); err != nil {
			return 0, err
		}
	}

	groups, _ := h.Header.Bool("GROUPS")
	groups = groups && primary && naxis > 0 && axes[0] == 0
	if groups {
		axes = axes[1:]
	}
	extension, _ := h.Header.String("XTENSION")
	switch {
	case groups:
		h.Kind = KindOther
	case primary || extension == "IMAGE":
		h.Kind = KindImage
	case extension == "BINTABLE" || extension == "A3DTABLE":
		h.Kind = KindBinTable
	case extension == "TABLE":
		h.Kind = KindTable
	default:
		h.Kind = KindOther
	}
	if (h.Kind == KindBinTable || h.Kind == KindTable) && (naxis != 2 || bitpix != 8) {
		return 0, fmt.Errorf("a table with BITPIX %d and NAXIS %d instead of 8 and 2", bitpix, naxis)
	}

	var pcount, gcount int64 = 0, 1
	if !primary || groups {
		if _, ok := h.Header.Int("PCOUNT"); ok {
			if pcount, err = need("PCOUNT", 0); err != nil {
				return 0, err
			}
		}
		if _, ok := h.Header.Int("GCOUNT"); ok {
			if gcount, err = need("GCOUNT", 0); err != nil {
				return 0, err
			}
		}
	}
	if h.Kind != KindOther && gcount != 1 {
		return 0, fmt.Errorf("GCOUNT is %d, not 1", gcount)
	}
	if h.Kind == KindImage && pcount != 0 {
		return 0, fmt.Errorf("an image with PCOUNT %d, not 0", pcount)
	}
	if naxis == 0 {
		return 0, nil
	}
	size, ok := product(axes...)
	if ok && size <= 1<<62 && pcount <= 1<<62 {
		size, ok = product(size+pcount, gcount, max(bitpix, -bitpix)/8)
	} else {
		ok = false
	}
	if !ok {
		return 0, errors.New("the declared data size overflows")
	}
	return size, nil
}

// product multiplies non-negative factors; false if it exceeds an int64.
func product(factors ...int64) (int64, bool) {
	p := uint64(1)
	if slices.Contains(factors, 0) {
		return 0, true
	}
	for _, f := range factors {
		hi, lo := bits.Mul64(p, uint64(f))
		if hi != 0 || lo > 1<<63-1 {
			return 0, false
		}
		p = lo
	}
	return int64(p), true
}
