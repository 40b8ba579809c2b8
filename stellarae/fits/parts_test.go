package fits

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// contentsOf is all that a file's methods say, as text.
func contentsOf(f *File) string {
	var b strings.Builder
	for _, h := range f.HDUs {
		fmt.Fprintln(&b, h.Index, h.Name, h.Kind, h.Header.Cards())
		im, err := h.Image()
		fmt.Fprintln(&b, err)
		if err == nil {
			fmt.Fprintln(&b, im.Shape, im.Float64s())
		}
		t, err := h.Table()
		fmt.Fprintln(&b, err)
		if err != nil {
			continue
		}
		for row := range t.Rows() {
			for col := range t.Columns() {
				texts, err := t.Strings(row, col)
				fmt.Fprintln(&b, texts, err)
				complexes, err := t.Complexes(row, col)
				fmt.Fprintln(&b, complexes, err)
				numbers, err := t.Floats(row, col)
				fmt.Fprintln(&b, numbers, err)
				var raw []byte
				err = t.Stored(row, col, func(part []byte) error { raw = append(raw, part...); return nil })
				_, cell, _, cellErr := t.cell(row, col)
				fmt.Fprintln(&b, err, bytes.Equal(raw, cell), cellErr)
			}
		}
	}
	return b.String()
}

// A file read in parts says what it says when it is read whole, and is refused
// for the same cause.
func TestPartsAreTheWhole(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.fits*")
	if err != nil || len(paths) < 5 {
		t.Fatal(paths, err)
	}
	var long bytes.Buffer // more than a chunk, and a header longer than what is read ahead
	hdus := phase3(100_000)
	var cards []Card
	for i := range 500 {
		cards = append(cards, Card{fmt.Sprintf("ESO K%d", i), i, ""})
	}
	hdus[0] = &ImageHDU{Cards: cards}
	if err := Encode(&long, hdus...); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"long": long.Bytes(), "text": []byte("5000 1\n"), "empty": nil}
	for _, path := range paths {
		if files[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range files {
		for _, size := range []int{len(data), len(data) - 1, len(data) - blockSize, len(data) / 2, 2879, 100, 1} {
			if size < 0 || size > len(data) {
				continue
			}
			path := filepath.Join(t.TempDir(), "x.fits")
			if err := os.WriteFile(path, data[:size], 0o644); err != nil {
				t.Fatal(err)
			}
			whole, wantErr := Open(path)
			parts, err := OpenParts(path)
			if wantErr != nil {
				if err == nil || err.Error() != wantErr.Error() {
					t.Errorf("%s of %d bytes: %v, want %v", name, size, err, wantErr)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s of %d bytes: %v", name, size, err)
				continue
			}
			if contentsOf(parts) != contentsOf(whole) {
				t.Errorf("%s of %d bytes: parts differ from the whole", name, size)
			}
			if err := parts.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	for _, path := range []string{t.TempDir(), "none.fits"} {
		_, wantErr := Open(path)
		if _, err := OpenParts(path); err == nil || err.Error() != wantErr.Error() {
			t.Errorf("%v, want %v", err, wantErr)
		}
	}
}

// A file that is cut after it was opened is an error of the cell.
func TestPartsOfACutFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.fits")
	if err := WriteFileNoSync(path, phase3(5000)...); err != nil {
		t.Fatal(err)
	}
	f, err := OpenParts(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := f.HDUs[1].Table()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 30_000); err != nil {
		t.Fatal(err)
	}
	const want = "hdu 1: column FLUX: row 0: the file was cut while it was read"
	if _, err := table.Floats(0, 1); err == nil || err.Error() != path+": "+want {
		t.Errorf("%v", err)
	}
	if err := table.Stored(0, 1, func([]byte) error { return nil }); err == nil || err.Error() != path+": "+want {
		t.Errorf("%v", err)
	}
}
