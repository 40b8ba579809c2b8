package fits

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Encoder is an HDU that can be written: *ImageHDU or *TableHDU.
type Encoder interface {
	// encode appends the HDU, complete and padded.
	encode(out []byte, primary bool) ([]byte, error)
}

// Encode writes a FITS file to w. The first HDU must be an image to be the
// primary one; before a table an empty one is put.
func Encode(w io.Writer, hdus ...Encoder) error {
	if len(hdus) == 0 {
		return errors.New("no hdu to write")
	}
	if _, ok := hdus[0].(*ImageHDU); !ok {
		hdus = append([]Encoder{&ImageHDU{}}, hdus...)
	}
	for i, h := range hdus {
		block, err := h.encode(nil, i == 0)
		if err != nil {
			return fmt.Errorf("hdu %d: %w", i, err)
		}
		if _, err := w.Write(block); err != nil {
			return err
		}
	}
	return nil
}

// WriteFile writes a FITS file, gzip-compressed if path ends in .gz. It
// replaces a file of that name in one step, after the new one is on the disk;
// on an error the old one stays and nothing else is left.
func WriteFile(path string, hdus ...Encoder) error {
	return atomicfile.Write(path, func(w io.Writer) error { return encodeAs(path, w, hdus) })
}

// WriteFileNoSync is WriteFile for many files that can be made again: it does
// not wait for the disk, so a file may be lost in a power failure.
func WriteFileNoSync(path string, hdus ...Encoder) error {
	return atomicfile.WriteUnsynced(path, func(w io.Writer) error { return encodeAs(path, w, hdus) })
}

func encodeAs(path string, w io.Writer, hdus []Encoder) error {
	if !strings.HasSuffix(path, ".gz") {
		return Encode(w, hdus...)
	}
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if err := Encode(z, hdus...); err != nil {
		return err
	}
	return z.Close()
}

// headerWriter collects an HDU's header.
type headerWriter struct {
	out   []byte
	start int
	err   error
}

func (w *headerWriter) add(key string, value any, comment string) {
	if w.err == nil {
		w.out, w.err = appendCard(w.out, Card{key, value, comment})
	}
}

// addOwn adds the caller's cards, which must leave the structure alone.
func (w *headerWriter) addOwn(cards []Card) {
	for _, c := range cards {
		if w.err == nil && structural(normalKey(c.Key)) {
			w.err = fmt.Errorf("card %s: set by the encoder", c.Key)
		}
		w.add(c.Key, c.Value, c.Comment)
	}
}

func (w *headerWriter) end() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	return pad(appendLine(w.out, "END", ""), w.start, ' '), nil
}

// pad fills the last block of an HDU that begins at start.
func pad(out []byte, start int, fill byte) []byte {
	for range padding(int64(len(out) - start)) {
		out = append(out, fill)
	}
	return out
}

// structural tells the keys that describe the data unit; they follow from the
// data and are written with it.
func structural(key string) bool {
	switch key {
	case "SIMPLE", "XTENSION", "BITPIX", "NAXIS", "PCOUNT", "GCOUNT", "GROUPS", "EXTEND", "TFIELDS",
		"THEAP", "BSCALE", "BZERO", "BLANK", "EXTNAME", "END", "CONTINUE":
		return true
	}
	stem := strings.TrimRight(key, "0123456789")
	if stem == key {
		return false
	}
	switch stem {
	case "NAXIS", "TTYPE", "TFORM", "TUNIT", "TNULL", "TSCAL", "TZERO", "TDIM", "TBCOL":
		return true
	}
	return false
}
