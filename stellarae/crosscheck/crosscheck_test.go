package crosscheck

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stellarae/lab/stellarae/pytorch"
)

// python runs a script of this folder.
func python(t *testing.T, script string, arguments ...string) {
	t.Helper()
	interpreter := os.Getenv("STELLARAE_PYTHON")
	if interpreter == "" {
		t.Skip("STELLARAE_PYTHON is not set: skipping the check against PyTorch")
	}
	cmd := exec.Command(interpreter, append([]string{script}, arguments...)...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", script, strings.Join(arguments, " "), err, output)
	}
	t.Logf("%s", output)
}

func load(t *testing.T, path string) *pytorch.Checkpoint {
	t.Helper()
	c, err := pytorch.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What torch saves, Go loads and saves, and torch loads: equal bit for bit.
func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	python(t, "roundtrip.py", "make", dir)
	paths, err := filepath.Glob(filepath.Join(dir, "*.pth.tar"))
	if err != nil || len(paths) == 0 {
		t.Fatal("nothing made:", err)
	}
	for _, path := range paths {
		to := strings.TrimSuffix(path, ".pth.tar") + ".go.pth.tar"
		if err := pytorch.Save(to, load(t, path)); err != nil {
			t.Fatal(err)
		}
	}
	python(t, "roundtrip.py", "check", dir)
}

// The golden numbers in testdata are those that golden_small.py makes.
func TestGoldenSmallIsCurrent(t *testing.T) {
	dir := t.TempDir()
	python(t, "golden_small.py", dir)
	paths, err := filepath.Glob("testdata/*")
	if err != nil || len(paths) == 0 {
		t.Fatal("no testdata:", err)
	}
	made, err := os.ReadDir(dir)
	if err != nil || len(made) != len(paths) {
		t.Errorf("%d files made, %d in testdata: %v", len(made), len(paths), err)
	}
	for _, path := range paths {
		again := filepath.Join(dir, filepath.Base(path))
		if filepath.Ext(path) == ".json" {
			want, err1 := os.ReadFile(path)
			got, err2 := os.ReadFile(again)
			if err1 != nil || err2 != nil || string(got) != string(want) {
				t.Errorf("%s differs: %v, %v", path, err1, err2)
			}
			continue
		}
		want, got := load(t, path), load(t, again)
		if diff := cmp.Diff(want.Meta, got.Meta); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		if len(want.Tensors) != len(got.Tensors) {
			t.Fatalf("%s: %d tensors, made again %d", path, len(want.Tensors), len(got.Tensors))
		}
		for i, w := range want.Tensors {
			g := got.Tensors[i]
			if w.Name != g.Name || !cmp.Equal(w.Shape, g.Shape) {
				t.Fatalf("%s: %s %v, made again %s %v", path, w.Name, w.Shape, g.Name, g.Shape)
			}
			if d := difference(w.Data, g.Data); !(d <= 1e-6) { // so that NaN fails
				t.Errorf("%s: %s differs by %g of its largest number", path, w.Name, d)
			}
		}
	}
}

// difference is the largest one, relative to the largest number.
func difference(a, b []float32) float64 {
	largest, scale := 0.0, math.SmallestNonzeroFloat64
	for i := range a {
		largest = max(largest, math.Abs(float64(a[i])-float64(b[i])))
		scale = max(scale, math.Abs(float64(a[i])))
	}
	return largest / scale
}
