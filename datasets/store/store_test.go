package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/stellarae/spectrum"
)

var _ datasets.Dataset = (*Store)(nil)

// block is rows that a number decides: their names, values and labels, some of
// them missing.
func block(l Layout, number, rows int) Block {
	random := rand.New(rand.NewPCG(uint64(number), 1))
	b := Block{Flux: make([]float32, rows*l.Samples), Table: &catalog.Table{
		Median:  make([]float64, rows),
		Texts:   []catalog.Text{{Name: "date_obs", Values: make([]string, rows)}},
		Columns: []catalog.Column{{Name: "Teff", Unit: "K", Values: make([]float64, rows)}},
	}}
	for i := range b.Flux {
		b.Flux[i] = float32(1 + 0.1*random.NormFloat64())
	}
	for i := range rows {
		b.Table.IDs = append(b.Table.IDs, fmt.Sprintf("ADP.%03d.%04d", number, i))
		b.Table.Stars = append(b.Table.Stars, []string{"HD 10700", "τ Cet", ""}[i%3])
		b.Table.Unique = append(b.Table.Unique, i%3 == 0)
		b.Table.Median[i] = float64(i)
		b.Table.Texts[0].Values[i] = []string{"2014-09-23", ""}[i%2]
		b.Table.Columns[0].Values[i] = []float64{math.NaN(), 5777}[i%2]
	}
	return b
}

func layout(samples int, t Type) Layout {
	return Layout{Samples: samples, Type: t, Columns: ColumnsOf(block(Layout{Samples: 1}, 0, 1).Table)}
}

// written is a store of blocks of the given numbers of rows.
func written(t testing.TB, l Layout, rows ...int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	w, err := NewWriter(dir, l)
	if err != nil {
		t.Fatal(err)
	}
	for number, n := range rows {
		if _, err := w.Add(block(l, number, n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestReadsBackWhatWasWritten(t *testing.T) {
	for _, l := range []Layout{layout(300, Float32), layout(300, Float16), layout(longRow, Float32), layout(longRow, Float16)} {
		t.Run(fmt.Sprintf("%d %s", l.Samples, l.Type), func(t *testing.T) {
			rows := []int{7, 0, 1, 12}
			s := open(t, written(t, l, rows...))
			if s.Len() != 20 || s.Samples() != l.Samples || !cmp.Equal(s.Layout(), l) {
				t.Fatalf("%d rows of %+v", s.Len(), s.Layout())
			}
			all := newTable(l.Columns)
			at := 0
			for number, n := range rows {
				b := block(l, number, n)
				appendTable(all, b.Table)
				for k := range n {
					got := make([]float32, l.Samples)
					if err := s.Row(at, got); err != nil {
						t.Fatal(err)
					}
					want := b.Flux[k*l.Samples : (k+1)*l.Samples]
					if l.Type == Float32 && !slices.Equal(got, want) {
						t.Errorf("row %d differs", at)
					}
					for i := range want {
						if math.Abs(float64(got[i]-want[i])) > math.Abs(float64(want[i]))/2048 {
							t.Fatalf("row %d, sample %d: %g, want %g within 2^-11", at, i, got[i], want[i])
						}
					}
					star := b.Table.Stars[k]
					if star == "" {
						star = b.Table.IDs[k]
					}
					if s.ID(at) != b.Table.IDs[k] || s.Star(at) != star {
						t.Errorf("row %d is %s of %s", at, s.ID(at), s.Star(at))
					}
					view, err := s.View(at)
					if (err == nil) != (l.Type == Float32) || err == nil && !slices.Equal(view, want) {
						t.Errorf("view of row %d: %v", at, err)
					}
					at++
				}
			}
			table, err := s.Table()
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(all, table, cmpopts.EquateNaNs()); d != "" {
				t.Error(d)
			}
			if err := Verify(context.Background(), s.dir, nil); err != nil {
				t.Error(err)
			}
			if err := s.Row(0, make([]float32, l.Samples-1)); err == nil {
				t.Error("a short row was filled")
			}
		})
	}
}

// The same blocks give the same files, also when other processes write them and
// they are committed in another order and twice.
func TestSameBytesHoweverWritten(t *testing.T) {
	l := layout(50, Float32)
	one := written(t, l, 3, 4, 0, 5)
	other := filepath.Join(t.TempDir(), "store")
	w, err := NewWriter(other, l)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, number := range []int{3, 0, 2, 1, 0} {
		e, err := WriteShard(other, l, number, block(l, number, []int{3, 4, 0, 5}[number]))
		if err != nil {
			t.Fatal(err)
		}
		if err := Commit(other, e); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(contents(t, one), contents(t, other)); d != "" {
		t.Error(d)
	}
	e, err := WriteShard(t.TempDir(), l, 3, block(l, 9, 5))
	if err != nil {
		t.Fatal(err)
	}
	if err := Commit(other, e); err == nil || !strings.Contains(err.Error(), "with other content") {
		t.Errorf("another shard 3: %v", err)
	}
}

// contents is the files of a folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

// Any bit of any file that flips is found by Verify, which names the file, and
// by no more than that.
func TestVerifyNamesTheFile(t *testing.T) {
	dir := written(t, layout(64, Float32), 4, 4)
	random := rand.New(rand.NewPCG(2, 3))
	for name, content := range contents(t, dir) {
		if strings.HasPrefix(name, ".") {
			continue
		}
		path := filepath.Join(dir, name)
		for range 40 {
			b := []byte(content)
			bit := random.IntN(8 * len(b))
			b[bit/8] ^= 1 << (bit % 8)
			if err := os.WriteFile(path, b, 0o644); err != nil {
				t.Fatal(err)
			}
			err := Verify(context.Background(), dir, nil)
			if name == ManifestFile && err == nil {
				if _, err := ReadManifest(dir); err != nil {
					t.Fatal(err)
				}
				continue // a blank, or the case of a key: it says the same
			}
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Fatalf("%s, bit %d: %v", name, bit, err)
			}
			for _, other := range []string{"shard-000000.arrow", "shard-000001.arrow"} {
				if name != ManifestFile && other != name && strings.Contains(err.Error(), other) {
					t.Fatalf("%s, bit %d: also %v", name, bit, err)
				}
			}
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := Verify(context.Background(), dir, nil); err != nil {
		t.Error(err)
	}
}

// A shard that is cut or gone is an error of Open, or of Row where it happens
// later.
func TestShardsThatAreCut(t *testing.T) {
	for _, n := range []int{5000, longRow/4 + 1} { // copied, and read
		testCut(t, n)
	}
}

func testCut(t *testing.T, samples int) {
	dir := written(t, layout(samples, Float32), 4, 4)
	late := open(t, dir)
	row := make([]float32, samples)
	if err := late.Row(0, row); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shard-000000.arrow", "shard-000001.arrow"} {
		if err := os.Truncate(filepath.Join(dir, name), 9000); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "9000 bytes: the manifest says") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, i := range []int{3, 7} { // mapped before, and after
		if err := late.Row(i, row); err == nil || !strings.Contains(err.Error(), "shard-00000") {
			t.Errorf("row %d: %v", i, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "shard-000000.arrow")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestWriterRefuses(t *testing.T) {
	l := layout(10, Float32)
	dir := written(t, l, 2)
	w, err := NewWriter(dir, l)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	grid := spectrum.MiniGrid()
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "thesis.tex"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dir  string
		l    Layout
		want string
	}{
		{dir, l, "another program writes to it"},
		{full, l, "not empty (thesis.tex)"},
		{t.TempDir(), Layout{Samples: 0, Type: Float32}, "rows of 0 samples"},
		{t.TempDir(), Layout{Samples: 1 << 30, Type: Float32}, "rows of 1073741824 samples"},
		{t.TempDir(), Layout{Samples: 5, Type: "float64"}, "float64"},
		{t.TempDir(), Layout{Samples: 5, Type: Float32, Grid: &grid}, "on a grid of 2048"},
		{t.TempDir(), Layout{Samples: 5, Type: Float32, Columns: []Column{{Name: "dp_id", Kind: Text}}}, "two columns"},
	} {
		if _, err := NewWriter(c.dir, c.l); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	other := block(l, 1, 2)
	other.Table.Columns[0].Unit = "eV"
	short := block(l, 1, 2)
	short.Flux = short.Flux[1:]
	for _, c := range []struct {
		b    Block
		want string
	}{
		{other, `"Teff" (number, eV)`},
		{short, "19 samples for 2 rows of 10"},
	} {
		if _, err := w.Add(c.b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	w.Close()
	l.Samples = 11
	if _, err := NewWriter(dir, l); err == nil || !strings.Contains(err.Error(), "rows of 10 samples") {
		t.Error(err)
	}
	if s := open(t, dir); s.Len() != 2 {
		t.Errorf("%d rows", s.Len())
	}
}

func TestNotFiniteSamples(t *testing.T) {
	for typ, want := range map[Type]string{Float32: "", Float16: "ADP.000.0001: sample 3 is NaN"} {
		l := layout(10, typ)
		w, err := NewWriter(t.TempDir(), l)
		if err != nil {
			t.Fatal(err)
		}
		b := block(l, 0, 2)
		b.Flux[13] = float32(math.NaN())
		_, err = w.Add(b)
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", typ, err)
		}
		w.Close()
	}
}

// What is not committed is no part of the store, and the next writer removes it
// and nothing else.
func TestUncommittedIsRemoved(t *testing.T) {
	l := layout(10, Float32)
	dir := written(t, l, 2)
	if _, err := WriteShard(dir, l, 1, block(l, 1, 2)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".shard-000002.arrow.123.partial", ".manifest.json.7.partial", "notes.txt", "shard-000009.arrow.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if s := open(t, dir); s.Len() != 2 {
		t.Errorf("%d rows", s.Len())
	}
	w, err := NewWriter(dir, l)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	var names []string
	for name := range contents(t, dir) {
		names = append(names, name)
	}
	want := []string{writerLock, commitLock, ManifestFile, "notes.txt", "shard-000000.arrow", "shard-000000.parquet", "shard-000009.arrow.txt"}
	if d := cmp.Diff(want, names, cmpopts.SortSlices(strings.Compare)); d != "" {
		t.Error(d)
	}
}

func TestData(t *testing.T) {
	grid, preset := spectrum.MiniGrid(), spectrum.Paper
	l := layout(grid.Len(), Float32)
	l.Grid, l.Preset = &grid, &preset
	dir := written(t, l, 3)
	o := datasets.Options{Grid: grid, Preset: preset}
	d, _, err := Data([]string{dir}, o)
	if err != nil || d.Len() != 3 || d.Star(0) != "HD 10700" {
		t.Fatal(d, err)
	}
	o.Star = func(id string) string { return map[string]string{"ADP.000.0000": "tau Cet"}[id] }
	if d, _, err = Data([]string{dir}, o); err != nil || d.Star(0) != "tau Cet" || d.Star(1) != "τ Cet" {
		t.Error(d, err)
	}
	clean, window := o, o
	clean.Preset, window.Grid = spectrum.Clean, spectrum.WindowGrid()
	for _, c := range []struct {
		paths []string
		o     datasets.Options
		want  string
	}{
		{[]string{dir}, clean, `preprocessed as "paper": want "clean"`},
		{[]string{dir}, window, "2048 samples from 4960 A by 0.16 A: want 16384"},
		{[]string{"a.fits", dir}, o, "read alone"},
		{[]string{t.TempDir()}, o, "no FITS files"},
	} {
		if _, _, err := Data(c.paths, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func TestRowPanicsOutside(t *testing.T) {
	s := open(t, written(t, layout(10, Float32), 2))
	for _, i := range []int{-1, 2} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("row %d has an ID", i)
				}
			}()
			s.ID(i)
		}()
	}
}
