package stellarae

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stellarae/lab/stellarae/fits"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// product writes an archive product with a spectrum of the tiny network's grid.
func product(t testing.TB, path string, flux []float32) {
	t.Helper()
	err := fits.WriteFileNoSync(path, &fits.ImageHDU{}, &fits.TableHDU{Columns: []fits.ColumnData{
		{Name: "WAVE", Unit: "angstrom", Data: [][]float64{tiny().Grid.Waves()[:len(flux)]}},
		{Name: "FLUX", Data: [][]float32{flux}},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// Files that cannot be read, at the start, at the end and between others, cost
// the others nothing.
func TestEncodeFiles(t *testing.T) {
	dir := t.TempDir()
	m := newModel(t, tiny(), 1)
	spectra := rows(tiny(), 40, 9)
	var files, good []string
	bad := map[string]string{}
	add := func(name, cause string, make func(path string)) {
		path := filepath.Join(dir, name)
		make(path)
		files = append(files, path)
		if cause != "" {
			bad[path] = cause
		} else {
			good = append(good, path)
		}
	}
	flux := func(i int) []float32 { return spectra[i][2:62] }
	add("missing.fits", "no such file", func(string) {})
	for i := range spectra {
		add(fmt.Sprintf("good%d.fits", i), "", func(path string) { product(t, path, flux(i)) })
		switch i {
		case 0:
			add("empty.fits", "the file is empty", func(path string) { write(t, path, nil) })
		case 7:
			add("torn.fits", "", func(path string) {
				product(t, path, flux(i))
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				write(t, path, b[:6000])
			})
			good = slices.DeleteFunc(good, func(p string) bool { return strings.HasSuffix(p, "torn.fits") })
			bad[files[len(files)-1]] = "hdu 1"
		case 8:
			add("folder.fits", "is a directory", func(path string) {
				if err := os.Mkdir(path, 0o755); err != nil {
					t.Fatal(err)
				}
			})
		case 20:
			add("text.fits", "not a number", func(path string) { write(t, path, []byte("Hello, this is\nno spectrum\n")) })
		case 21:
			add("nan.fits", "not finite", func(path string) {
				f := slices.Clone(flux(i))
				f[9] = float32(math.NaN())
				product(t, path, f)
			})
		case 39:
			add("short.fits", "covers", func(path string) { product(t, path, flux(i)[:40]) })
		}
	}

	var steps []int
	got, err := m.EncodeFiles(context.Background(), files, func(done int) { steps = append(steps, done) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(good, got.Files); diff != "" {
		t.Error(diff)
	}
	want := make([][]float32, len(good))
	for i, path := range good {
		s, err := spectrum.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		row, err := spectrum.Paper.Apply(s, tiny().Grid)
		if err != nil {
			t.Fatal(err)
		}
		code, err := m.Encode([][]float32{row})
		if err != nil {
			t.Fatal(err)
		}
		want[i] = code[0]
	}
	if off := worst(t, got.Codes, want); !(off <= 1e-5) {
		t.Errorf("codes are off by %.2g", off)
	}
	if len(got.Failures) != len(bad) {
		t.Errorf("%d failures, want %d", len(got.Failures), len(bad))
	}
	for _, f := range got.Failures {
		if s := f.Err.Error(); !strings.Contains(s, f.Path) || !strings.Contains(s, bad[f.Path]) || bad[f.Path] == "" || strings.Contains(s, "\n") {
			t.Errorf("%s: want one line with the file and %q, got %q", f.Path, bad[f.Path], s)
		}
	}
	if !slices.IsSorted(steps) || steps[len(steps)-1] != len(files) {
		t.Errorf("progress %v of %d files", steps, len(files))
	}
}

func TestEncodeFilesOfNothing(t *testing.T) {
	m := newModel(t, tiny(), 1)
	got, err := m.EncodeFiles(context.Background(), nil, nil)
	if err != nil || len(got.Files)+len(got.Codes)+len(got.Failures) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = m.EncodeFiles(context.Background(), []string{"missing1", "missing2"}, nil)
	if err != nil || len(got.Codes) != 0 || len(got.Failures) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

// Encoding ends early when it is told to.
func TestEncodeFilesStopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.fits")
	product(t, path, rows(tiny(), 1, 1)[0][2:62])
	files := slices.Repeat([]string{path}, 2000)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	done := 0
	got, err := newModel(t, tiny(), 1).EncodeFiles(ctx, files, func(n int) { done = n; stop() })
	if !errors.Is(err, context.Canceled) || done >= len(files) || len(got.Codes) != done {
		t.Errorf("%d files, %v", done, err)
	}
}
