package fits

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzRead reads what no FITS writer made, through every method. Nothing may
// panic, an error is one line that begins with the file's name, and a cell is
// no larger than the bytes it can come from.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.fits*")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		// Uncompressed, the fuzzer gets at what is inside.
		if src, err := newSource(data); err == nil && strings.HasSuffix(path, ".gz") {
			if data, err = src.take(1 << 20); err == nil {
				f.Add(data)
			}
		}
	}
	f.Add(tableOf("THEAP = 20", "PCOUNT = 8"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Read("x.fits", data)
		if err != nil {
			checkError(t, err)
			return
		}
		for _, h := range file.HDUs {
			for _, c := range h.Header.Cards() {
				h.Header.Float(c.Key)
				h.Header.Int(c.Key)
			}
			if im, err := h.Image(); err != nil {
				checkError(t, err)
			} else if n := len(im.Float64s()); n != im.Len() || int64(n) > h.data.size || len(im.Float32s()) != n {
				t.Errorf("%d samples of %d bytes", n, h.data.size)
			}
			if table, err := h.Table(); err != nil {
				checkError(t, err)
			} else {
				readCells(t, table)
			}
		}
	})
}

func readCells(t *testing.T, table *Table) {
	for row := range min(table.Rows(), 8) {
		for col := range min(len(table.Columns()), 40) {
			floats, err := table.Floats(row, col)
			checkError(t, err)
			_, err = table.Float32s(row, col)
			checkError(t, err)
			ints, err := table.Ints(row, col)
			checkError(t, err)
			texts, err := table.Strings(row, col)
			checkError(t, err)
			bools, err := table.Bools(row, col)
			checkError(t, err)
			bits, err := table.Bits(row, col)
			checkError(t, err)
			complexes, err := table.Complexes(row, col)
			checkError(t, err)
			most := 8 * int(table.hdu.data.size)
			if max(len(floats), len(ints), len(texts)-1, len(bools), len(bits), len(complexes)) > most {
				t.Errorf("row %d, column %d: more than %d bits", row, col, most)
			}
		}
	}
}

func checkError(t *testing.T, err error) {
	if err != nil && (!strings.HasPrefix(err.Error(), "x.fits: ") || strings.ContainsAny(err.Error(), "\n\r\x1b")) {
		t.Errorf("not one line about the file: %q", err)
	}
}

// FuzzCard: a card that can be written is read back as it was.
func FuzzCard(f *testing.F) {
	for _, c := range testCards {
		if s, ok := c.Value.(string); ok {
			f.Add(c.Key, s, c.Comment, 1.5)
		}
	}
	f.Fuzz(func(t *testing.T, key, text, comment string, x float64) {
		for _, value := range []any{text, x, int64(x), x > 0, nil} {
			lines, err := appendCard(nil, Card{key, value, comment})
			if err != nil || commentary(normalKey(key)) || structural(normalKey(key)) {
				continue
			}
			cards := joinContinued(parseCards(lines))
			if s, ok := value.(string); ok {
				value = strings.TrimRight(s, " ")
			}
			if len(cards) != 1 || cards[0].Key != normalKey(key) || cards[0].Value != value {
				t.Errorf("%q read as %+v", lines, cards)
			}
		}
	})
}

// FuzzPlainCard: a card that is read here is what fitsio reads.
func FuzzPlainCard(f *testing.F) {
	for _, c := range testCards {
		if lines, err := appendCard(nil, c); err == nil {
			f.Add(string(lines[:cardSize]))
		}
	}
	for _, line := range []string{
		"A       = 'it''s'", "A       = 'x' y / z", "A       = 'x'/z", "A       = 'x", "A       = '   '", "A       = ''", "A       =  -7 / [m] a/b", "A       = 1.5D3", "A       = 1E5",
		"A       = 7/unit", "A       = .5", "A       = +.5E-3 /", "A       = 99999999999999999999", "A       = 1E999", "A       = 1 2", "A       = T", "A       = True", "A       = F / no",
		"A       = 0x10", "A       = 1_000", "A       = -", "A       = /", "A       =", "A       =1", "A B     = 1", " A      = 1", "a       = 1", "        = 1", "END     = 1",
		"SIMPLE  =                    T / yes", "BITPIX  = 8", "XTENSION= 'BINTABLE'", "COMMENT = 1", "HISTORY = 'x'", "CONTINUE= 'x'", "HIERARCH= 1", "CONTINUE  'x' / y",
		"HIERARCH ESO TEL AIRM START = 1.08 / airmass", "HIERARCH ESO  DRS= 'x' / y", "HIERARCH COMMENT = 1", "HIERARCH HIERARCH A = 1", "HIERARCH = 1", "HIERARCH A B", "HIERARCH A = = 1", "HIERARCH NAXIS=1",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		line = (line + strings.Repeat(" ", cardSize))[:cardSize]
		c, ok := plainCard(line)
		if !ok {
			return
		}
		if want := otherCards([]byte(line)); len(want) != 1 || want[0] != c {
			t.Errorf("%q is %+v, fitsio reads %+v", line, c, want)
		}
	})
}
