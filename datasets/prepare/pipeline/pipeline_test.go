package pipeline

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/testing/ptest"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/prepare"
	"github.com/stellarae/lab/datasets/store"
	"github.com/stellarae/lab/datasets/synth"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// -spectra 2000 is the survey of docs/scale.md.
var count = flag.Int("spectra", 60, "spectra of the simulated survey")

func TestMain(m *testing.M) {
	OpenEncoder = func(model string) (prepare.Encoder, error) {
		if filepath.Base(model) != "first-samples" {
			return prepare.Encoder{}, errors.New("no such model")
		}
		return prepare.Encoder{Nodes: 3, Hash: "f", Encode: firstSamples}, nil
	}
	os.Exit(ptest.MainRet(m))
}

// firstSamples stands for a model: the pipelines' matter is who gets which rows.
func firstSamples(rows [][]float32) ([][]float32, error) {
	codes := make([][]float32, len(rows))
	for i, row := range rows {
		codes[i] = slices.Clone(row[:3])
	}
	return codes, nil
}

// On Prism, with one file in a hundred broken and the first run stopped half
// way, the stores of spectra and codes are those of the plain way, byte for byte.
func TestSameBytesAsPlain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "survey")
	s, err := synth.New(synth.Options{N: *count, Seed: 3, Preset: synth.Mini})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	files, err := datasets.Files([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	for i := 7; i < len(files); i += 100 {
		if err := os.Truncate(files[i], int64(3000*(broken%4))); err != nil {
			t.Fatal(err)
		}
		broken++
	}
	recipe := prepare.Recipe{Grid: spectrum.MiniGrid(), Labels: filepath.Join(dir, "labels.csv"), ShardRows: max(7, *count/30)}
	plain, beams := filepath.Join(t.TempDir(), "store"), filepath.Join(t.TempDir(), "store")
	if _, err := prepare.Spectra(context.Background(), files, plain, recipe, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := prepare.With(files, beams, recipe, func(jobs []prepare.Job) error {
		_, err := jobs[len(jobs)/2].Run(beams, recipe)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	r, err := Spectra(context.Background(), files, beams, recipe)
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows+r.Before+r.Failed < *count || r.Before != recipe.ShardRows {
		t.Errorf("%+v", r)
	}
	same(t, plain, beams)
	quarantine, err := os.ReadFile(filepath.Join(beams, prepare.QuarantineFile))
	if err != nil || strings.Count(string(quarantine), "\n") != broken+1 {
		t.Errorf("%v: %d broken files, quarantine:\n%s", err, broken, quarantine)
	}

	in, err := store.Open(plain)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	encoder, err := OpenEncoder("first-samples")
	if err != nil {
		t.Fatal(err)
	}
	plainCodes, beamCodes := filepath.Join(t.TempDir(), "codes"), filepath.Join(t.TempDir(), "codes")
	if _, err := prepare.Codes(context.Background(), in, plainCodes, encoder, nil); err != nil {
		t.Fatal(err)
	}
	if r, err = Codes(context.Background(), beams, beamCodes, "first-samples"); err != nil || r.Rows != *count-broken {
		t.Fatal(r, err)
	}
	same(t, plainCodes, beamCodes)
	if _, err := Codes(context.Background(), beams, t.TempDir(), "another"); err == nil {
		t.Error("a model that is not there encoded")
	}
}

// What cannot be prepared at all is an error, a file that is missing is none.
func TestPipelineThatFails(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.fits")
	recipe := prepare.Recipe{Grid: spectrum.MiniGrid(), Labels: filepath.Join(t.TempDir(), "missing.csv")}
	if _, err := Spectra(context.Background(), []string{missing}, t.TempDir(), recipe); err == nil || !strings.Contains(err.Error(), "labels") {
		t.Error(err)
	}
	recipe.Labels = ""
	r, err := Spectra(context.Background(), []string{missing}, filepath.Join(t.TempDir(), "store"), recipe)
	if err != nil || r.Failed != 1 || r.Rows != 0 {
		t.Error(r, err)
	}
}

// same compares the files of two folders.
func same(t *testing.T, a, b string) {
	t.Helper()
	names := func(dir string) (list []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			list = append(list, e.Name())
		}
		return list
	}
	if got, want := names(b), names(a); !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for _, name := range names(a) {
		x, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Fatal(err)
		}
		y, err := os.ReadFile(filepath.Join(b, name))
		if err != nil {
			t.Fatal(err)
		}
		if string(x) != string(y) {
			t.Errorf("%s differs", name)
		}
	}
}
