package fits

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
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
	return writeFile(path, true, hdus)
}

// WriteFileNoSync is WriteFile for many files that can be made again: it does
// not wait for the disk, so a file may be empty after a power failure.
func WriteFileNoSync(path string, hdus ...Encoder) error {
	return writeFile(path, false, hdus)
}

func writeFile(path string, sync bool, hdus []Encoder) (err error) {
	temp := fmt.Sprintf("%s.%08x.part", path, rand.Uint32())
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return pathError(path, err)
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(temp)
			err = pathError(path, err)
		}
	}()
	if err = encodeTo(file, strings.HasSuffix(path, ".gz"), hdus); err != nil {
		return err
	}
	if sync {
		if err = file.Sync(); err != nil {
			return err
		}
	}
	if err = file.Close(); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

func encodeTo(w io.Writer, compress bool, hdus []Encoder) error {
	if !compress {
		return Encode(w, hdus...)
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	z, err := gzip.NewWriterLevel(buffered, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if err := Encode(z, hdus...); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return buffered.Flush()
}

// pathError names the file a caller asked for, not the temporary one.
func pathError(path string, err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		err = pe.Err
	case errors.As(err, &le):
		err = le.Err
	}
	return fmt.Errorf("%s: %w", path, err)
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
