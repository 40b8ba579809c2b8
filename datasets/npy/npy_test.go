package npy

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	npyio "github.com/sbinet/npyio/npy"
	"gonum.org/v1/gonum/mat"
)

// value is what make_fixtures.py puts at flat C index i.
func value(i int) float64 {
	x := float64(i)
	return x*x/8 - 3 + x/1024
}

func TestReadMatrixReadsWhatNumPyWrote(t *testing.T) {
	for _, name := range []string{
		"f4_c", "f4_fortran", "f8_c", "f8_fortran",
		"f4be_c", "f4be_fortran", "f8be_c", "f8be_fortran", "v2",
	} {
		t.Run(name, func(t *testing.T) {
			m, err := ReadMatrix(filepath.Join("testdata", name+".npy"))
			if err != nil {
				t.Fatal(err)
			}
			if r, c := m.Dims(); r != 7 || c != 5 {
				t.Fatalf("dims %d x %d, want 7 x 5", r, c)
			}
			for i := range 35 {
				if got := m.At(i/5, i%5); got != value(i) {
					t.Errorf("[%d,%d] = %v, want %v", i/5, i%5, got, value(i))
				}
			}
		})
	}
}

func TestReadFloat32sOfAnyRank(t *testing.T) {
	for _, c := range []struct {
		name  string
		shape []int
	}{
		{"f8_fortran", []int{7, 5}},
		{"vector", []int{6}},
		{"cube_fortran", []int{2, 3, 4}},
		{"scalar", nil},
		{"empty", []int{0, 128}},
	} {
		t.Run(c.name, func(t *testing.T) {
			shape, data, err := ReadFloat32s(filepath.Join("testdata", c.name+".npy"))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(shape, c.shape) {
				t.Fatalf("shape %v, want %v", shape, c.shape)
			}
			for i, got := range data {
				if float64(got) != value(i) {
					t.Errorf("value %d = %v, want %v", i, got, value(i))
				}
			}
		})
	}
}

func TestSpecialValuesSurvive(t *testing.T) {
	m, err := ReadMatrix("testdata/special.npy")
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(m.At(0, 0)) || !math.IsInf(m.At(0, 1), 1) || !math.IsInf(m.At(0, 2), -1) || !math.Signbit(m.At(0, 3)) {
		t.Errorf("read %v, want NaN, +Inf, -Inf, -0", m.RawRowView(0))
	}
	if _, data, err := ReadFloat32s("testdata/special.npy"); err != nil || !math.IsInf(float64(data[1]), 1) {
		t.Errorf("as float32: %v, %v", data, err)
	}
}

func TestReadMatrixRefuses(t *testing.T) {
	for name, cause := range map[string]string{
		"object":       "pickle",
		"int64":        `"<i8"`,
		"structured":   "neither float32 nor float64",
		"vector":       "shape (6,) is not a matrix",
		"cube_fortran": "shape (2, 3, 4) is not a matrix",
		"scalar":       "shape () is not a matrix",
		"empty":        "shape (0, 128) holds no values",
	} {
		_, err := ReadMatrix(filepath.Join("testdata", name+".npy"))
		if err == nil || !strings.Contains(err.Error(), cause) || !strings.Contains(err.Error(), name+".npy") {
			t.Errorf("%s: error %v, want one that says %q and the file", name, err, cause)
		}
	}
	if _, _, err := ReadFloat32s("testdata/huge.npy"); err == nil || !strings.Contains(err.Error(), "beyond the range") {
		t.Errorf("1e300 as float32: %v", err)
	}
	if _, err := ReadMatrix("testdata/absent.npy"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
	if _, err := ReadMatrix("testdata"); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("folder: %v", err)
	}
}

// Headers that lie, built from a good file by replacing text of equal length
// or by cutting and padding it.
func TestHeaderThatLies(t *testing.T) {
	good, err := os.ReadFile("testdata/f4_c.npy")
	if err != nil {
		t.Fatal(err)
	}
	swap := func(old, new string) []byte {
		if !bytes.Contains(good, []byte(old)) || len(old) != len(new) {
			t.Fatalf("bad replacement of %q", old)
		}
		return bytes.Replace(bytes.Clone(good), []byte(old), []byte(new), 1)
	}
	for _, c := range []struct {
		name  string
		raw   []byte
		cause string
	}{
		{"more rows", swap("(7, 5), }", "(9, 5), }"), "takes 180 bytes, the file has 140"},
		{"fewer rows", swap("(7, 5), }", "(6, 5), }"), "takes 120 bytes"},
		{"terabytes", swap("(7, 5), }                ", "(99999999999, 99999), }  "), "takes"},
		{"overflow", swap("(7, 5), }                    ", "(9999999999, 9999999999), }  "), "too large"},
		{"wraps to the right size", swap("(7, 5), }                                ", "(4611686018427387904, 4, 35), }          "), "too large"},
		{"negative", swap("(7, 5), }  ", "(-7, -5), }"), "negative"},
		{"not numbers", swap("(7, 5), }", "(x, y), }"), "malformed"},
		{"no shape", swap("'shape'", "'shap_'"), "malformed"},
		{"keys out of order", swap("'shape'", "'descr'"), "malformed"},
		{"no closing brace", swap("}", " "), "malformed"},
		{"order", swap("False", "Maybe"), "malformed"},
		{"pickle", swap("'<f4', ", "'|O',  "), "neither float32 nor float64"},
		{"truncated", good[:len(good)-1], "the file has 139"},
		{"trailing", append(bytes.Clone(good), 0), "the file has 141"},
		{"only magic", good[:6], "not a .npy file"},
		{"empty", nil, "not a .npy file"},
		{"cut in the header", good[:40], "file ends in the header"},
		{"zip", append([]byte("PK\x03\x04"), good...), "not a .npy file"},
		{"version 3", append([]byte("\x93NUMPY\x03\x00"), good[8:]...), "version 3.0"},
		{"four-gigabyte header", append([]byte("\x93NUMPY\x02\x00\xff\xff\xff\xff"), good[10:]...), "longer than 10000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "lie.npy")
			if err := os.WriteFile(path, c.raw, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ReadMatrix(path)
			if err == nil || !strings.Contains(err.Error(), c.cause) {
				t.Errorf("error %v, want one that says %q", err, c.cause)
			}
		})
	}
}

// The bytes written are those of numpy.save, and the library that parses our
// headers reads the values back.
func TestWriteFloat32IsWhatNumPyWrites(t *testing.T) {
	data := make([]float32, 35)
	for i := range data {
		data[i] = float32(value(i))
	}
	path := filepath.Join(t.TempDir(), "codes.npy")
	if err := WriteFloat32(path, []int{7, 5}, data); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/f4_c.npy")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("wrote %q, numpy writes %q", got, want)
	}
	var peer []float32
	if err := npyio.Read(bytes.NewReader(got), &peer); err != nil || !slices.Equal(peer, data) {
		t.Errorf("npyio reads %v, %v", peer, err)
	}
}

func TestWriteFloat32OfAnyRank(t *testing.T) {
	for _, shape := range [][]int{nil, {0}, {1}, {3}, {2, 0}, {2, 3}, {1, 2, 3, 4}, {1 << 19}} {
		n, err := product(shape)
		if err != nil {
			t.Fatal(err)
		}
		data := make([]float32, n)
		for i := range data {
			data[i] = float32(i) / 3
		}
		path := filepath.Join(t.TempDir(), "a.npy")
		if err := WriteFloat32(path, shape, data); err != nil {
			t.Fatal(err)
		}
		gotShape, got, err := ReadFloat32s(path)
		if err != nil || !slices.Equal(gotShape, shape) || !slices.Equal(got, data) {
			t.Errorf("shape %v came back as %v with %d values, %v", shape, gotShape, len(got), err)
		}
	}
}

func TestWriteFloat32LeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "codes.npy")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteFloat32(path, []int{2, 2}, make([]float32, 3)); err == nil {
		t.Error("a shape of 4 took 3 values")
	}
	if err := WriteFloat32(path, []int{-1, -3}, make([]float32, 3)); err == nil {
		t.Error("a negative shape was written")
	}
	if err := WriteFloat32(dir, []int{1}, make([]float32, 1)); err == nil {
		t.Error("a folder was overwritten")
	}
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("the old file holds %q", got)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

func FuzzRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*.npy")
	if err != nil || len(names) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		shape, data, err := read[float64](bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return
		}
		if n, err := product(shape); err != nil || n != len(data) || 4*n > len(raw) {
			t.Fatalf("%d bytes gave shape %v with %d values (%v)", len(raw), shape, len(data), err)
		}
	})
}

func ExampleReadMatrix() {
	dir, err := os.MkdirTemp("", "npy")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "codes.npy")

	// Two spectra, three nodes.
	err = WriteFloat32(path, []int{2, 3}, []float32{0.25, -1, 0, 0.5, 2, 0})
	if err != nil {
		fmt.Println(err)
		return
	}
	codes, err := ReadMatrix(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(mat.Formatted(codes))
	// Output:
	// ⎡0.25    -1     0⎤
	// ⎣ 0.5     2     0⎦
}

// The paper's code matrix: 7,007 spectra, 128 nodes.
func BenchmarkReadMatrix(b *testing.B) {
	path := filepath.Join(b.TempDir(), "codes.npy")
	if err := WriteFloat32(path, []int{7007, 128}, make([]float32, 7007*128)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(7007 * 128 * 4)
	for b.Loop() {
		if _, err := ReadMatrix(path); err != nil {
			b.Fatal(err)
		}
	}
}
