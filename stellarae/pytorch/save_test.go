package pytorch

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/quick"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func saved(t testing.TB, c *Checkpoint) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "saved.pth.tar")
	if err := Save(path, c); err != nil {
		t.Fatal(err)
	}
	return path
}

// Whatever was loaded, saved and loaded again is the same. That torch too
// reads it, bit for bit, is checked in stellarae/crosscheck.
func TestSaveThenLoad(t *testing.T) {
	for _, name := range []string{"types", "types_legacy", "views", "parallel"} {
		want, err := Load("testdata/" + name + ".pth.tar")
		if err != nil {
			t.Fatal(err)
		}
		got, err := Load(saved(t, want))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestSaveThenLoadAnything(t *testing.T) {
	property := func(names map[string][]uint32, i int, x float64, b bool, s string) bool {
		want := &Checkpoint{Meta: map[string]any{"i": i, "x": x, "b": b, "s": strings.ToValidUTF8(s, "?")}}
		for name, list := range names {
			tensor := Tensor{Name: strings.ToValidUTF8(name, "?"), Shape: []int{1, len(list)}, Data: make([]float32, len(list))}
			for i := range list {
				tensor.Data[i] = math.Float32frombits(list[i])
			}
			if _, ok := want.Tensor(tensor.Name); !ok {
				want.Tensors = append(want.Tensors, tensor)
			}
		}
		got, err := Load(saved(t, want))
		return err == nil && cmp.Equal(want, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty())
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 50}); err != nil {
		t.Error(err)
	}
}

func TestSaveIsDeterministicAndAligned(t *testing.T) {
	c, err := Load("testdata/types.pth.tar")
	if err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(saved(t, c))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(saved(t, c))
	if err != nil || !bytes.Equal(first, second) {
		t.Error("two files of one checkpoint differ:", err)
	}
	archive, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.File {
		if at, err := f.DataOffset(); err != nil || at%64 != 0 || f.Method != zip.Store {
			t.Errorf("%s at %d: %v", f.Name, at, err)
		}
	}
	if want := len(c.Tensors) + 3; len(archive.File) != want {
		t.Errorf("%d entries, want %d", len(archive.File), want)
	}
}

func TestSaveRefuses(t *testing.T) {
	one := Tensor{Name: "w", Shape: []int{2}, Data: []float32{1, 2}}
	for name, test := range map[string]struct {
		c    Checkpoint
		want string
	}{
		"shape":     {Checkpoint{Tensors: []Tensor{{Name: "w", Shape: []int{3}, Data: one.Data}}}, `"w" of shape [3] has 2 numbers`},
		"negative":  {Checkpoint{Tensors: []Tensor{{Name: "w", Shape: []int{-1, -2}, Data: one.Data}}}, "shape [-1 -2]"},
		"overflow":  {Checkpoint{Tensors: []Tensor{{Name: "w", Shape: []int{1 << 40, 1 << 40}}}}, "shape"},
		"axes":      {Checkpoint{Tensors: []Tensor{{Name: "w", Shape: make([]int, 17)}}}, "17 axes"},
		"twice":     {Checkpoint{Tensors: []Tensor{one, one}}, "twice"},
		"name":      {Checkpoint{Tensors: []Tensor{{Name: "\xff", Shape: []int{0}}}}, "UTF-8"},
		"meta":      {Checkpoint{Meta: map[string]any{"list": []int{1}}}, `meta "list" is a []int`},
		"meta key":  {Checkpoint{Meta: map[string]any{"state_dict": 1}}, `meta "state_dict"`},
		"meta text": {Checkpoint{Meta: map[string]any{"s": "\xff"}}, `meta "s"`},
	} {
		path := filepath.Join(t.TempDir(), "c.pth.tar")
		if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := Save(path, &test.c); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
		if old, err := os.ReadFile(path); string(old) != "old" {
			t.Errorf("%s: the file that was there is gone: %v", name, err)
		}
		if left, _ := fs.Glob(os.DirFS(filepath.Dir(path)), "*"); len(left) != 1 {
			t.Errorf("%s: left behind: %v", name, left)
		}
	}
}

func TestSaveIntoMissingFolder(t *testing.T) {
	if err := Save(filepath.Join(t.TempDir(), "none", "c.pth.tar"), &Checkpoint{}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
