package fits

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// headerOf makes header blocks of lines such as "NAXIS = 2".
func headerOf(lines ...string) []byte {
	var b bytes.Buffer
	for _, line := range append(lines, "END") {
		key, value, ok := strings.Cut(line, "=")
		if ok {
			line = fmt.Sprintf("%-8s= %s", strings.TrimSpace(key), strings.TrimSpace(value))
		}
		fmt.Fprintf(&b, "%-80s", line)
	}
	return pad(b.Bytes(), 0, ' ')
}

func primaryOf(lines ...string) []byte {
	return headerOf(append([]string{"SIMPLE = T", "BITPIX = 8"}, lines...)...)
}

// tableOf makes a file of an empty primary HDU and a table's header, whose
// lines come before those of a sound table of two rows of 8 bytes.
func tableOf(lines ...string) []byte {
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "XTENSION") {
		lines = append([]string{"XTENSION= 'BINTABLE'"}, lines...)
	}
	lines = append(lines, "BITPIX = 8", "NAXIS = 2", "NAXIS1 = 8", "NAXIS2 = 2", "PCOUNT = 0", "GCOUNT = 1",
		"TFIELDS = 1", "TTYPE1 = 'X'", "TFORM1 = '1PE'")
	return append(primaryOf("NAXIS = 0"), headerOf(lines...)...)
}

func zeros(n int) []byte { return make([]byte, n) }

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func zip(data []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// TestHostile reads files that are damaged or lie. Each is an error that names
// file, HDU and cause, and none makes the reader allocate by what is claimed.
func TestHostile(t *testing.T) {
	sound := join(tableOf(), zeros(blockSize))
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "hdu 0: the file is empty"},
		{"text", []byte("wave,flux\n"), "hdu 0: not a FITS file: does not begin with SIMPLE"},
		{"only zeros", zeros(2 * blockSize), "hdu 0: not a FITS file: does not begin with SIMPLE"},
		{"half a header", sound[:1000], "hdu 0: cut short: the header has no END card"},
		{"no END", bytes.Repeat([]byte(fmt.Sprintf("%-80s", "SIMPLE  = T")), 36), "hdu 0: cut short: the header has no END card"},
		{"header without end", bytes.Repeat([]byte(fmt.Sprintf("%-80s", "SIMPLE  = T")), 36*2000), "hdu 0: the header has over 65536 cards"},
		{"no BITPIX", headerOf("SIMPLE = T", "NAXIS = 0"), "hdu 0: no integer BITPIX"},
		{"BITPIX of 7", headerOf("SIMPLE = T", "BITPIX = 7", "NAXIS = 0"), "hdu 0: BITPIX is 7"},
		{"no NAXIS", primaryOf(), "hdu 0: no integer NAXIS"},
		{"NAXIS as text", primaryOf("NAXIS = '2'"), "hdu 0: no integer NAXIS"},
		{"NAXIS below 0", primaryOf("NAXIS = -1"), "hdu 0: NAXIS is -1"},
		{"NAXIS over 999", primaryOf("NAXIS = 1000000000"), "hdu 0: NAXIS is 1000000000, over 999"},
		{"no NAXIS2", primaryOf("NAXIS = 2", "NAXIS1 = 1"), "hdu 0: no integer NAXIS2"},
		{"NAXIS1 below 0", primaryOf("NAXIS = 1", "NAXIS1 = -8"), "hdu 0: NAXIS1 is -8"},
		{"NAXIS1 beyond int64", primaryOf("NAXIS = 1", "NAXIS1 = 99999999999999999999"), "hdu 0: no integer NAXIS1"},
		{"a huge image", primaryOf("NAXIS = 1", "NAXIS1 = 1099511627776"), "hdu 0: cut short: the header declares 1099511627776 bytes of data, the file has 0"},
		{"nearly int64", primaryOf("NAXIS = 1", "NAXIS1 = 9223372036854775807"), "hdu 0: the declared data size overflows"},
		{"an overflowing image", primaryOf("NAXIS = 3", "NAXIS1 = 4294967296", "NAXIS2 = 4294967296", "NAXIS3 = 1"), "hdu 0: the declared data size overflows"},
		{"an image cut short", join(primaryOf("NAXIS = 1", "NAXIS1 = 3000"), zeros(2999)), "hdu 0: cut short: the header declares 3000 bytes of data, the file has 2999"},
		{"a table cut short", join(tableOf(), zeros(15)), "hdu 1: cut short: the header declares 16 bytes of data, the file has 15"},
		{"no data", tableOf(), "hdu 1: cut short: the header declares 16 bytes of data, the file has 0"},
		{"a huge heap", tableOf("PCOUNT = 4611686018427387904"), "hdu 1: cut short: the header declares 4611686018427387920 bytes of data, the file has 0"},
		{"an overflowing heap", tableOf("PCOUNT = 9223372036854775807"), "hdu 1: the declared data size overflows"},
		{"PCOUNT below 0", tableOf("PCOUNT = -16"), "hdu 1: PCOUNT is -16"},
		{"GCOUNT of 2", tableOf("GCOUNT = 2"), "hdu 1: GCOUNT is 2, not 1"},
		{"a table of one axis", tableOf("NAXIS = 1"), "hdu 1: a table with BITPIX 8 and NAXIS 1 instead of 8 and 2"},
		{"a gzip header alone", zip(sound)[:10], "hdu 0: decompressing: unexpected EOF"},
		{"half a gzip header", []byte{0x1f, 0x8b, 8}, "decompressing: unexpected EOF"},
		{"gzip cut short", zip(sound)[:len(zip(sound))-12], "hdu 1: decompressing: unexpected EOF"},
		{"gzip of another", zip([]byte("wave,flux\n")), "hdu 0: not a FITS file: does not begin with SIMPLE"},
		{"gzip with a wrong checksum", flip(zip(sound), -8), "hdu 1: decompressing: gzip: invalid checksum"},
		{"gzip that claims much", zip(primaryOf("NAXIS = 1", "NAXIS1 = 1000000000")), "hdu 0: asks for 1000002240 decompressed bytes, more than the 16774336 this gzip file may still give"},
		{"gzip bomb", zip(join(primaryOf("NAXIS = 1", "NAXIS1 = 15000000"), zeros(12<<20))), "hdu 0: cut short: the header declares 15000000 bytes of data, the file has 12582912"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Read("x.fits", test.data)
			runtime.ReadMemStats(&after)
			if err == nil || err.Error() != "x.fits: "+test.want {
				t.Errorf("%v, want x.fits: %s", err, test.want)
			}
			most := 1<<20 + 20*len(test.data)
			if test.name == "gzip bomb" {
				most = 4 * InflateFree // buffers double
			}
			if used := int(after.TotalAlloc - before.TotalAlloc); used > most {
				t.Errorf("allocated %d bytes for a file of %d", used, len(test.data))
			}
		})
	}
}

func flip(data []byte, at int) []byte {
	data[len(data)+at] ^= 1
	return data
}

// TestHostileTables reads tables whose columns or cells lie: an error of Table,
// or of the one cell.
func TestHostileTables(t *testing.T) {
	descriptor := func(n, at int) []byte {
		return []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n), byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at)}
	}
	for _, test := range []struct {
		name  string
		lines []string
		row   []byte // the first one
		want  string
	}{
		{"no TFIELDS", []string{"TFIELDS = 'x'"}, nil, "TFIELDS is no integer from 0 to 999"},
		{"many TFIELDS", []string{"TFIELDS = 1000"}, nil, "TFIELDS is no integer from 0 to 999"},
		{"no TFORM", []string{"TFIELDS = 2"}, nil, "column 2: no TFORM2"},
		{"an unknown TFORM", []string{"TFORM1 = '1Z'"}, nil, `column 1 (X): TFORM "1Z" is none of a binary table`},
		{"no letter", []string{"TFORM1 = '8'"}, nil, `column 1 (X): TFORM "8" is none of a binary table`},
		{"an empty TFORM", []string{"TFORM1 = ''"}, nil, `column 1 (X): TFORM "" is none of a binary table`},
		{"a huge repeat", []string{"TFORM1 = '99999999999999999999D'"}, nil, `column 1 (X): TFORM "99999999999999999999D" is none of a binary table`},
		{"a large repeat", []string{"TFORM1 = '4000000000M'"}, nil, "column 1 (X): ends at byte 64000000000 of rows of 8 (NAXIS1)"},
		{"two descriptors", []string{"TFORM1 = '2PE'"}, nil, `column 1 (X): TFORM "2PE" is none of a binary table`},
		{"a heap in a heap", []string{"TFORM1 = '1PP'"}, nil, `column 1 (X): TFORM "1PP" is none of a binary table`},
		{"a wide row", []string{"TFORM1 = '1E'"}, nil, "columns of 4 bytes in rows of 8 (NAXIS1)"},
		{"rows of nothing", []string{"NAXIS1 = 0", "NAXIS2 = 1000000000", "TFORM1 = '0E'"}, nil, "1000000000 rows of no bytes"},
		{"a heap before the rows' end", []string{"THEAP = 3"}, nil, "THEAP is 3, outside 16 to 24"},
		{"a heap behind the data", []string{"THEAP = 25"}, nil, "THEAP is 25, outside 16 to 24"},
		{"a cell behind the heap", nil, descriptor(2, 1), "column X: row 0: 2 elements at byte 1 lie outside the heap of 8 bytes"},
		{"a huge cell", nil, descriptor(-1, 0), "column X: row 0: 4294967295 elements at byte 0 lie outside the heap of 8 bytes"},
		{"a cell far behind", nil, descriptor(1, -1), "column X: row 0: 1 elements at byte 4294967295 lie outside the heap of 8 bytes"},
		{"bits behind the heap", []string{"TFORM1 = '1PX'"}, descriptor(65, 0), "column X: row 0: 65 elements at byte 0 lie outside the heap of 8 bytes"},
		{"a newline in a name", []string{"TTYPE1 = 'X\n'"}, descriptor(9, 9), `column "X\n": row 0: 9 elements at byte 9 lie outside the heap of 8 bytes`},
		{"an ASCII table of binary form", []string{"XTENSION= 'TABLE'"}, nil, `column 1 (X): TFORM "1PE" is none of an ASCII table`},
		{"an ASCII column without a place", []string{"XTENSION= 'TABLE'", "TFORM1 = 'I4'"}, nil, "column 1 (X): 4 bytes from byte 0 (TBCOL) leave rows of 8 (NAXIS1)"},
		{"an ASCII column too wide", []string{"XTENSION= 'TABLE'", "TFORM1 = 'I4'", "TBCOL1 = 6"}, nil, "column 1 (X): 4 bytes from byte 6 (TBCOL) leave rows of 8 (NAXIS1)"},
		{"an ASCII column of any width", []string{"XTENSION= 'TABLE'", "TFORM1 = 'I9223372036854775807'", "TBCOL1 = 2"}, nil, "column 1 (X): 9223372036854775807 bytes from byte 2 (TBCOL) leave rows of 8 (NAXIS1)"},
		{"no number", []string{"XTENSION= 'TABLE'", "TFORM1 = 'E8.1'", "TBCOL1 = 1"}, []byte("0x1p-2\n "), `column X: row 0: "0x1p-2" is not a number`},
	} {
		t.Run(test.name, func(t *testing.T) {
			// The first of two equal keys counts.
			lines := append(test.lines, "PCOUNT = 8")
			f, err := Read("x.fits", join(tableOf(lines...), test.row, zeros(blockSize)))
			if err != nil {
				t.Fatal(err)
			}
			table, err := f.HDUs[1].Table()
			if err == nil {
				_, err = table.Floats(0, 0)
			}
			if err == nil || err.Error() != "x.fits: hdu 1: "+test.want {
				t.Errorf("%v, want x.fits: hdu 1: %s", err, test.want)
			}
		})
	}
}

func TestNoSuchCell(t *testing.T) {
	f, err := Open("testdata/product.fits")
	if err != nil {
		t.Fatal(err)
	}
	table, err := f.HDUs[1].Table()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := table.Index("QUAL"); ok {
		t.Error("found a column that is not there")
	}
	if i, ok := table.Index("flux"); !ok || i != 1 {
		t.Errorf("flux is column %d, %v", i, ok)
	}
	for _, at := range [][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 3}} {
		if _, err := table.Floats(at[0], at[1]); err == nil || !strings.HasPrefix(err.Error(), "testdata/product.fits: hdu 1: ") {
			t.Errorf("cell %v: %v", at, err)
		}
	}
	if _, err := f.HDUs[1].Image(); err == nil {
		t.Error("a table read as an image")
	}
	if _, err := f.HDUs[0].Table(); err == nil {
		t.Error("an image read as a table")
	}
}

// TestTrailingBytes: what follows the last HDU is none of FITS's concern, and
// the padding of the last block may be missing.
func TestTrailingBytes(t *testing.T) {
	sound := join(tableOf(), zeros(16))
	for _, data := range [][]byte{
		sound,
		join(sound, zeros(blockSize-16)),
		join(sound, zeros(blockSize-16), zeros(blockSize)),
		join(sound, zeros(blockSize-16), []byte("rubbish")),
	} {
		for _, data := range [][]byte{data, zip(data)} {
			if f, err := Read("x.fits", data); err != nil || len(f.HDUs) != 2 {
				t.Errorf("%d bytes: %v", len(data), err)
			}
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.fits")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "secret.fits")
	if err := os.WriteFile(secret, headerOf("SIMPLE = T"), 0); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, want string }{
		{dir, "is a directory"},
		{filepath.Join(dir, "none.fits"), "no such file or directory"},
		{pipe, "not a regular file"},
		{secret, "permission denied"},
	} {
		if test.path == secret && os.Geteuid() == 0 {
			continue // root may read everything
		}
		if _, err := Open(test.path); err == nil || err.Error() != test.path+": "+test.want {
			t.Errorf("%v, want %s: %s", err, test.path, test.want)
		}
	}
}
