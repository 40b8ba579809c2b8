package eso

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/stellarae/fits"
)

// block is the length of a FITS block; a file is a whole number of them.
const block = 2880

// maxParsed is the longest file whose HDUs are read to check it; longer ones
// would cost too much memory. A HARPS product is about 5 MB.
const maxParsed = 64 << 20

// verify checks a file that has arrived: its size and checksum, where the list
// has them, and that it is a whole FITS file, compressed or not. It gives the
// file's extension and checksum. Its errors do not name the file.
func verify(path string, p Product) (extension, sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", "", err
	}
	if !st.Mode().IsRegular() {
		return "", "", errors.New("not a regular file")
	}
	if p.Size != 0 && st.Size() != p.Size {
		return "", "", fmt.Errorf("%d bytes, where the list has %d", st.Size(), p.Size)
	}
	var head [32]byte
	n, err := f.ReadAt(head[:], 0)
	if err != nil && err != io.EOF {
		return "", "", err
	}
	if extension, err = look(head[:n], st.Size()); err != nil {
		return "", "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", "", err
	}
	sum = hex.EncodeToString(h.Sum(nil))
	if p.SHA256 != "" && sum != p.SHA256 {
		return "", "", fmt.Errorf("checksum %s, where the list has %s", sum, p.SHA256)
	}
	if extension != ".fits.Z" && st.Size() <= maxParsed {
		if _, err := fits.Open(path); err != nil {
			return "", "", trimName(err, path)
		}
	}
	return extension, sum, nil
}

// look tells by a file's first bytes and its size what it is.
func look(head []byte, size int64) (extension string, err error) {
	switch start := bytes.ToLower(bytes.TrimLeft(head, "\ufeff \t\r\n")); {
	case bytes.HasPrefix(head, []byte("SIMPLE  =")):
		if size%block != 0 {
			return "", fmt.Errorf("%d bytes, which is no whole number of FITS blocks of %d", size, block)
		}
		return ".fits", nil
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return ".fits.gz", nil
	case bytes.HasPrefix(head, []byte{0x1f, 0x9d}):
		return ".fits.Z", nil
	case bytes.HasPrefix(start, []byte("<!doctype html")), bytes.HasPrefix(start, []byte("<html")):
		return "", fmt.Errorf("a web page instead of a FITS file: to log in, perhaps (see %s)", TokenVariable)
	}
	return "", errors.New("not a FITS file")
}

// trimName takes a temporary file's name out of an error that begins with it.
func trimName(err error, path string) error {
	if text, ok := bytes.CutPrefix([]byte(err.Error()), []byte(path+": ")); ok {
		return errors.New(string(text))
	}
	return err
}

// found looks for a product that is there under its name without being in the
// journal: the program was killed between the two, or somebody put it there.
func found(dir string, p Product) (entry, bool) {
	for _, extension := range []string{".fits", ".fits.gz", ".fits.Z"} {
		path := filepath.Join(dir, p.ID+extension)
		st, err := os.Lstat(path)
		if err != nil || !st.Mode().IsRegular() {
			continue
		}
		if is, sum, err := verify(path, p); err == nil && is == extension {
			return entry{p.ID, p.ID + extension, st.Size(), sum}, true
		}
	}
	return entry{}, false
}
