package crosscheck

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stellarae/lab/stellarae/pytorch"
)

// Numbers made again may differ by this much of the largest, or in JSON of
// their own, size: another processor has another exp and another order of
// summation. What must be equal to the bit is kept as text or as a hash.
const (
	tensorTolerance = 1e-6 // float32
	jsonTolerance   = 1e-9 // float64
)

// The golden numbers in testdata are those that golden_small.py makes.
func TestGoldenSmallIsCurrent(t *testing.T) {
	dir := t.TempDir()
	python(t, ".", "golden_small.py", dir)
	current(t, "testdata", dir, true)
}

// Every make_fixtures.py of the project makes what lies beside it.
func TestFixturesAreCurrent(t *testing.T) {
	scripts, err := filepath.Glob("../../*/*/testdata/make_fixtures.py")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts:", err)
	}
	deeper, err := filepath.Glob("../../datasets/*/*/testdata/make_fixtures.py") // those of info check themselves
	if err != nil || len(deeper) == 0 {
		t.Fatal("no scripts:", err)
	}
	scripts = append(scripts, deeper...)
	for _, script := range scripts {
		testdata := filepath.Dir(script)
		t.Run(filepath.Base(filepath.Dir(testdata)), func(t *testing.T) {
			text, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "make_fixtures.py"), text, 0o644); err != nil {
				t.Fatal(err)
			}
			python(t, dir, "make_fixtures.py")
			all := true
			if strings.Contains(string(text), `"--real"`) {
				if folder := os.Getenv("STELLARAE_REAL"); folder != "" {
					python(t, dir, "make_fixtures.py", "--real", folder)
				} else {
					t.Log("STELLARAE_REAL is not set: skipping what is made of real spectra")
					all = false
				}
			}
			if err := os.Remove(filepath.Join(dir, "make_fixtures.py")); err != nil {
				t.Fatal(err)
			}
			current(t, testdata, dir, all)
		})
	}
}

// current compares the files that a script has made with those that are kept.
// If it has made all, none else of their kinds is kept.
func current(t *testing.T, kept, made string, all bool) {
	t.Helper()
	files, err := os.ReadDir(made)
	if err != nil || len(files) == 0 {
		t.Fatal("nothing made:", err)
	}
	kinds := map[string]bool{}
	for _, f := range files {
		kinds[filepath.Ext(f.Name())] = true
		want, got := filepath.Join(kept, f.Name()), filepath.Join(made, f.Name())
		var err error
		if strings.HasSuffix(f.Name(), ".pth.tar") {
			err = sameCheckpoint(want, got)
		} else {
			err = sameFile(want, got)
		}
		if err != nil {
			t.Errorf("%s made again: %v", want, err)
		}
	}
	old, err := os.ReadDir(kept)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range old {
		_, err := os.Stat(filepath.Join(made, f.Name()))
		if all && kinds[filepath.Ext(f.Name())] && err != nil {
			t.Errorf("%s: no script makes it: %v", filepath.Join(kept, f.Name()), err)
		}
	}
	t.Logf("%d files compared with those in %s", len(files), kept)
}

// sameFile compares bytes, those inside of a gzip file, and the values of JSON.
func sameFile(want, got string) error {
	a, err := content(want)
	if err != nil {
		return err
	}
	b, err := content(got)
	if err != nil || bytes.Equal(a, b) {
		return err
	}
	if filepath.Ext(want) != ".json" {
		return fmt.Errorf("other bytes: %d, now %d", len(a), len(b))
	}
	var x, y any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		return err
	}
	if diff := cmp.Diff(x, y, cmp.Comparer(close64), cmp.Comparer(closeText)); diff != "" {
		return errors.New(diff)
	}
	return nil
}

func content(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil || !strings.HasSuffix(path, ".gz") {
		return raw, err
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func close64(a, b float64) bool {
	return a == b || math.Abs(a-b) <= jsonTolerance*math.Max(math.Abs(a), math.Abs(b))
}

// closeText compares numbers written in hexadecimal as numbers.
func closeText(a, b string) bool {
	if strings.Contains(a, "0x") && strings.Contains(b, "0x") {
		x, err1 := strconv.ParseFloat(a, 64)
		y, err2 := strconv.ParseFloat(b, 64)
		if err1 == nil && err2 == nil {
			return close64(x, y)
		}
	}
	return a == b
}

// sameCheckpoint compares what package pytorch reads, or why it refuses: the
// bytes of the older format tell the addresses in memory at which torch ran.
func sameCheckpoint(want, got string) error {
	a, err1 := pytorch.Load(want)
	b, err2 := pytorch.Load(got)
	if err1 != nil || err2 != nil {
		x := strings.ReplaceAll(fmt.Sprint(err1), want, "")
		if y := strings.ReplaceAll(fmt.Sprint(err2), got, ""); x != y || errors.Is(err1, os.ErrNotExist) {
			return fmt.Errorf("loading says %s, now %s", x, y)
		}
		return nil
	}
	if diff := cmp.Diff(a.Meta, b.Meta); diff != "" {
		return errors.New(diff)
	}
	if len(a.Tensors) != len(b.Tensors) {
		return fmt.Errorf("%d tensors, now %d", len(a.Tensors), len(b.Tensors))
	}
	for i, x := range a.Tensors {
		y := b.Tensors[i]
		if x.Name != y.Name || !cmp.Equal(x.Shape, y.Shape) {
			return fmt.Errorf("%s %v, now %s %v", x.Name, x.Shape, y.Name, y.Shape)
		}
		if d := difference(x.Data, y.Data); !(d <= tensorTolerance) { // so that NaN fails
			return fmt.Errorf("%s differs by %g of its largest number", x.Name, d)
		}
	}
	return nil
}

// difference is the largest one, relative to the largest finite number. NaN
// equals NaN.
func difference(a, b []float32) float64 {
	largest, scale := 0.0, math.SmallestNonzeroFloat64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		if !math.IsInf(x, 0) && !math.IsNaN(x) {
			scale = max(scale, math.Abs(x))
		}
		if x != y && !(math.IsNaN(x) && math.IsNaN(y)) {
			largest = max(largest, math.Abs(x-y))
		}
	}
	return largest / scale
}
