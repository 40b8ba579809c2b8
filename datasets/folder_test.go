package datasets

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stellarae/lab/stellarae/fits"
	"github.com/stellarae/lab/stellarae/spectrum"
)

var grid = spectrum.Grid{Start: 5000, Step: 0.1, Samples: 32, PadLeft: 2, PadRight: 2}

// flux is that of spectrum i on the grid: a slope of its own about 100.
func flux(i int) []float32 {
	f := make([]float32, grid.Samples)
	for k := range f {
		f[k] = 100 + float32(i+1)*(float32(k)-15.5)/10
	}
	return f
}

// prepared is the row of spectrum i: divided by the median of all 36 samples,
// the mean of the two in the middle.
func prepared(i int) []float32 {
	row := make([]float32, grid.Len())
	copy(row[grid.PadLeft:], flux(i))
	sorted := slices.Sorted(slices.Values(row))
	median := (sorted[17] + sorted[18]) / 2
	for k := range row {
		row[k] /= median
	}
	return row
}

// write makes an archive product of spectrum i.
func write(t testing.TB, path, object string, f []float32) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	var cards []fits.Card
	if object != "" {
		cards = append(cards, fits.Card{Key: "OBJECT", Value: object})
	}
	table := &fits.TableHDU{Columns: []fits.ColumnData{
		{Name: "WAVE", Unit: "angstrom", Data: [][]float64{grid.Waves()[:len(f)]}}, {Name: "FLUX", Data: [][]float32{f}},
	}}
	if err := fits.WriteFileNoSync(path, &fits.ImageHDU{Cards: cards}, table); err != nil {
		t.Fatal(err)
	}
	return path
}

// survey is a folder of n good spectra of two visits a star.
func survey(t testing.TB, n int) string {
	dir := t.TempDir()
	for i := range n {
		write(t, filepath.Join(dir, fmt.Sprintf("ADP.2014-01-01T00:00:%02d.000.fits", i)), fmt.Sprintf("HD %d", i/2), flux(i))
	}
	return dir
}

// rel are paths relative to a folder.
func rel(t testing.TB, dir string, paths []string) []string {
	t.Helper()
	out := make([]string, len(paths))
	for i, p := range paths {
		var err error
		if out[i], err = filepath.Rel(dir, p); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"b.fits", "a.FITS", "c.fits.gz", "d.fit", "e.fts", ".hidden.fits", "notes.txt", "x.npy", "fits",
		"sub/deep/z.fits", "sub/.f.fits.123.partial", "folder.fits/y.fits", "other/w.fits",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("other", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../b.fits", filepath.Join(dir, "sub", "linked.fits")); err != nil {
		t.Fatal(err)
	}
	all := []string{"a.FITS", "b.fits", "c.fits.gz", "d.fit", "e.fts", "folder.fits/y.fits", "other/w.fits", "sub/deep/z.fits", "sub/linked.fits"}
	for _, c := range []struct{ paths, want []string }{
		{[]string{"."}, all},
		{[]string{"notes.txt", "missing.fits"}, []string{"notes.txt", "missing.fits"}}, // said when they are read
		{[]string{"other", "a.FITS", "other"}, []string{"other/w.fits", "a.FITS", "other/w.fits"}},
		{[]string{"link"}, []string{"link/w.fits"}}, // a link that is named is followed
	} {
		var paths []string
		for _, p := range c.paths {
			paths = append(paths, filepath.Join(dir, p))
		}
		files, err := Files(paths)
		if diff := cmp.Diff(c.want, rel(t, dir, files)); err != nil || diff != "" {
			t.Errorf("%v: %v\n%s", c.paths, err, diff)
		}
	}
	empty := t.TempDir()
	if _, err := Files([]string{empty, filepath.Join(dir, "sub/deep/../../../"+filepath.Base(dir)+"/sub/deep/..", "none")}); err != nil {
		t.Error("a file that is missing is the reader's to tell:", err)
	}
	if _, err := Files([]string{empty}); err == nil || err.Error() != empty+": no FITS files" {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestFileID(t *testing.T) {
	for path, want := range map[string]string{
		"ADP.2014-09-23T11:01:38.230.fits":       "ADP.2014-09-23T11:01:38.230",
		"a/b/ADP.2014-09-23T11:01:38.230.FITS":   "ADP.2014-09-23T11:01:38.230",
		"ADP.2014-09-23T11:01:38.230.fits.gz":    "ADP.2014-09-23T11:01:38.230",
		"ADP.2014-09-23T11:01:38.230":            "ADP.2014-09-23T11:01:38.230", // a dp_id is its own
		"HARPS.2008-05-06T23:47:30.574_s1d.fits": "HARPS.2008-05-06T23:47:30.574_s1d",
		"sun.txt":                                "sun",
		"sun.fts":                                "sun",
		"sun.csv":                                "sun",
		"hd10700.dat":                            "hd10700",
		"HD 10700":                               "HD 10700",
		".fits":                                  ".fits",
	} {
		if got := FileID(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// Rows come out the same from memory and from files, and are the prepared flux.
func TestOpen(t *testing.T) {
	const n = 6
	dir := survey(t, n)
	for name, memory := range map[string]int64{"default": 0, "just enough": n * 36 * 4, "too little": n*36*4 - 1} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int32
			f, failures, err := Open([]string{dir}, Options{Grid: grid, Memory: memory, Progress: func(done, total int) {
				if calls.Add(1); total != n || done < 1 || done > n {
					t.Errorf("%d of %d", done, total)
				}
			}})
			if err != nil || len(failures) != 0 {
				t.Fatal(failures, err)
			}
			if calls.Load() != n {
				t.Errorf("progress %d times", calls.Load())
			}
			if (f.cached == nil) != (name == "too little") {
				t.Errorf("rows are in memory: %v", f.cached != nil)
			}
			if f.Len() != n || f.Samples() != 36 {
				t.Fatalf("%d rows of %d", f.Len(), f.Samples())
			}
			for i := range n {
				id := fmt.Sprintf("ADP.2014-01-01T00:00:%02d.000", i)
				if f.ID(i) != id || f.Star(i) != fmt.Sprintf("HD %d", i/2) || f.Path(i) != filepath.Join(dir, id+".fits") {
					t.Errorf("row %d: %s, %s, %s", i, f.ID(i), f.Star(i), f.Path(i))
				}
				row := make([]float32, 36)
				if err := f.Row(i, row); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(prepared(i), row); diff != "" {
					t.Errorf("row %d:\n%s", i, diff)
				}
				row[5] = -1
				fresh := make([]float32, 36)
				if err := f.Row(i, fresh); err != nil || fresh[5] == -1 {
					t.Error("a caller's change reached the dataset")
				}
				if err := f.Row(i, row[1:]); err == nil {
					t.Error("a short row was filled")
				}
			}
		})
	}
}

// Files that give no row are left out and named with their cause; the others
// keep their places.
func TestOpenWithBadFiles(t *testing.T) {
	dir := survey(t, 4)
	good, err := os.ReadFile(filepath.Join(dir, "ADP.2014-01-01T00:00:00.000.fits"))
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string][]byte{
		"ADP.2014-01-01T00:00:00.500.fits": good[:len(good)/2],
		"empty.fits":                       nil,
		"aaa-text.fits":                    []byte("these are not the samples you are looking for\n"),
		"header.fits":                      good[:2880],
	}
	for name, content := range bad {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	nan := flux(1)
	nan[3] /= 0 * nan[3]
	write(t, filepath.Join(dir, "nan.fits"), "HD 9", nan)
	write(t, filepath.Join(dir, "short.fits"), "HD 9", flux(1)[:20])
	write(t, filepath.Join(dir, "zero.fits"), "HD 9", make([]float32, grid.Samples))
	const unprepared = 3 // those three are files in order

	f, failures, err := Open([]string{dir}, Options{Grid: grid})
	if err != nil {
		t.Fatal(err)
	}
	if f.Len() != 4 || len(failures) != len(bad)+unprepared {
		t.Fatalf("%d rows, %d failures", f.Len(), len(failures))
	}
	for i := range 4 {
		if want := fmt.Sprintf("ADP.2014-01-01T00:00:%02d.000", i); f.ID(i) != want || f.Star(i) != fmt.Sprintf("HD %d", i/2) {
			t.Errorf("row %d is %s of %s, want %s", i, f.ID(i), f.Star(i), want)
		}
		row := make([]float32, 36)
		if err := f.Row(i, row); err != nil || !slices.Equal(row, prepared(i)) {
			t.Errorf("row %d: %v, %v", i, row, err)
		}
	}
	if !slices.IsSortedFunc(failures, func(a, b Failure) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("failures are out of order")
	}
	for _, x := range failures {
		if s := x.Err.Error(); !strings.Contains(s, x.Path) || strings.Contains(s, "\n") {
			t.Errorf("%s: %q does not name the file in one line", x.Path, s)
		}
	}

	// Streamed, files fail when they are read: at once where the star's name is
	// in them, else when their row is asked for.
	f, failures, err = Open([]string{dir}, Options{Grid: grid, Memory: 1})
	if err != nil || len(failures) != len(bad) || f.Len() != 4+unprepared {
		t.Fatalf("%d rows, %d failures, %v", f.Len(), len(failures), err)
	}
	f, failures, err = Open([]string{dir}, Options{Grid: grid, Memory: 1, Star: func(id string) string { return "star of " + id }})
	if err != nil || len(failures) != 0 || f.Len() != 4+len(bad)+unprepared {
		t.Fatalf("%d rows, %d failures, %v", f.Len(), len(failures), err)
	}
	failed := 0
	for i := range f.Len() {
		if f.Star(i) != "star of "+f.ID(i) {
			t.Errorf("%s is of %s", f.ID(i), f.Star(i))
		}
		if err := f.Row(i, make([]float32, 36)); err != nil {
			failed++
			if !strings.Contains(err.Error(), f.Path(i)) {
				t.Errorf("%q does not name %s", err, f.Path(i))
			}
		}
	}
	if failed != len(bad)+unprepared {
		t.Errorf("%d rows failed", failed)
	}

	// Their batches have the good rows alone.
	rows := make([]int, f.Len())
	for i := range rows {
		rows[i] = i
	}
	reported := map[int]bool{}
	b := deal(t, f, rows, 5, 1, func(i int, _ error) { reported[i] = true })
	for step := range 20 {
		dealt, err := b.Batch(step)
		if err != nil {
			t.Fatal(err)
		}
		for k := range 5 {
			row := dealt[k*36 : (k+1)*36]
			if row[0] != 0 || row[2] == 0 || row[33] == 0 || row[34] != 0 {
				t.Errorf("step %d: %v", step, row)
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(reported) != failed {
		t.Errorf("%d rows reported, %d are bad", len(reported), failed)
	}
}

// A star is what Options.Star says, else the header's OBJECT, else the file's.
func TestStars(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "known.fits"), "HEADER", flux(0))
	write(t, filepath.Join(dir, "object.fits"), "HEADER", flux(0))
	write(t, filepath.Join(dir, "nameless.fits"), "", flux(0))
	known := func(id string) string { return map[string]string{"known": "CATALOGUE"}[id] }
	for _, memory := range []int64{0, 1} {
		f, _, err := Open([]string{dir}, Options{Grid: grid, Star: known, Memory: memory})
		if err != nil {
			t.Fatal(err)
		}
		var stars []string
		for i := range f.Len() {
			stars = append(stars, f.Star(i))
		}
		if want := []string{"CATALOGUE", "nameless", "HEADER"}; !slices.Equal(stars, want) {
			t.Errorf("memory %d: %q, want %q", memory, stars, want)
		}
	}
}

func TestOpenNothing(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := Open([]string{dir}, Options{Grid: grid}); err == nil || !strings.Contains(err.Error(), "no FITS files") {
		t.Errorf("an empty folder: %v", err)
	}
	for _, name := range []string{"a.fits", "b.fits"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, failures, err := Open([]string{dir}, Options{Grid: grid})
	if err == nil || !strings.HasPrefix(err.Error(), "none of 2 files is usable: "+filepath.Join(dir, "a.fits")) || len(failures) != 2 {
		t.Errorf("no good file: %v, %v", failures, err)
	}
	_, _, err = Open([]string{filepath.Join(dir, "missing.fits")}, Options{Grid: grid})
	if err == nil || !strings.Contains(err.Error(), "missing.fits: no such file") {
		t.Errorf("a missing file: %v", err)
	}
}
