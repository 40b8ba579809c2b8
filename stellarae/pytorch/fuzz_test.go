package pytorch

import (
	"os"
	"path/filepath"
	"testing"
)

// Each target must give a checkpoint whose tensors are whole and, together,
// bounded by the file, or an error, and never panic.

func checkLoad(t *testing.T, file []byte) {
	c, err := loadBytes(file)
	if err != nil {
		return
	}
	numbers := 0
	for _, tensor := range c.Tensors {
		count := 1
		for _, n := range tensor.Shape {
			count *= n
		}
		if count != len(tensor.Data) {
			t.Errorf("%q of shape %v has %d numbers", tensor.Name, tensor.Shape, len(tensor.Data))
		}
		numbers += count
	}
	if numbers > len(file) {
		t.Errorf("%d numbers from a file of %d bytes", numbers, len(file))
	}
}

func seed(f *testing.F, pattern string) {
	paths, err := filepath.Glob("testdata/" + pattern)
	if err != nil || len(paths) == 0 {
		f.Fatal(pattern, err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

func FuzzLoadZip(f *testing.F) {
	seed(f, "views.pth.tar")
	seed(f, "refused_s*.pth.tar")
	f.Fuzz(checkLoad)
}

func FuzzLoadLegacy(f *testing.F) {
	seed(f, "*_legacy.pth.tar")
	f.Add(legacyOf(viewOf("HalfStorage", 4, 0, []int{2, 2}, []int{1, 2}), "0", 4, "01234567"))
	f.Fuzz(checkLoad)
}

// FuzzPickle packs the pickle into an archive of which the checksums are
// right, which fuzzing a whole archive hardly ever meets.
func FuzzPickle(f *testing.F) {
	f.Add([]byte(viewOf("FloatStorage", 4, 0, []int{4}, []int{1})))
	f.Add([]byte(viewOf("ByteStorage", 16, 3, []int{2, 0, 5}, []int{5, 5, 1})))
	for _, name := range []string{"types", "views", "parallel", "refused_array", "refused_eval"} {
		b, err := os.ReadFile("testdata/" + name + ".pth.tar")
		if err != nil {
			f.Fatal(err)
		}
		pickle, err := pickleOf(b)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(pickle)
	}
	f.Fuzz(func(t *testing.T, pickle []byte) { checkLoad(t, checkpointOf(string(pickle))) })
}
