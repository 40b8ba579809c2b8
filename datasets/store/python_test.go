package store

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stellarae/lab/datasets/npy"
)

// pyarrow and polars read what is written, sample by sample and label by label.
func TestPythonReadsIt(t *testing.T) {
	python := os.Getenv("STELLARAE_PYTHON")
	if python == "" {
		t.Skip("STELLARAE_PYTHON is not set: skipping the check against pyarrow and polars")
	}
	for _, typ := range []Type{Float32, Float16} {
		s := open(t, written(t, layout(1000, typ), 5, 0, 3))
		var flat []float32
		row := make([]float32, s.Samples())
		for i := range s.Len() {
			if err := s.Row(i, row); err != nil {
				t.Fatal(err)
			}
			flat = append(flat, row...)
		}
		rows := filepath.Join(t.TempDir(), "rows.npy")
		if err := npy.WriteFloat32(rows, []int{s.Len(), s.Samples()}, flat); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(python, "testdata/read_store.py", s.dir, rows)
		cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
		output, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		t.Logf("%s", output)
	}
}
