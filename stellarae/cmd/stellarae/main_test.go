package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/fits"
	"github.com/stellarae/lab/stellarae/pytorch"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// Every command says what it does and shows examples, whose flags exist.
func TestHelp(t *testing.T) {
	for _, c := range append(newRoot().Commands(), newRoot()) {
		t.Run(c.Name(), func(t *testing.T) {
			var out, errs bytes.Buffer
			args := []string{c.Name(), "--help"}
			if c.Name() == "stellarae" {
				args = args[1:]
			}
			if code := run(context.Background(), args, &out, &errs); code != exitOK || errs.Len() > 0 {
				t.Errorf("exit code %d, stderr %q", code, errs.String())
			}
			if !strings.Contains(out.String(), "Examples:\n") || c.Short == "" {
				t.Errorf("help without an example:\n%s", out.String())
			}
			shown := 0
			for _, line := range strings.Split(c.Example, "\n") {
				line, _, _ = strings.Cut(line, " #")
				words := strings.Fields(line)
				if len(words) == 0 || words[0] == "python" {
					continue
				}
				if strings.Contains(words[0], "=") { // an environment variable
					words = words[1:]
				}
				if words[0] != "stellarae" || len(words) < 2 || c.Name() != "stellarae" && words[1] != c.Name() {
					t.Errorf("the example %q is of another program", line)
					continue
				}
				parses(t, words[1:])
				shown++
			}
			if shown == 0 {
				t.Error("no example")
			}
		})
	}
}

// parses checks a command line without running it.
func parses(t *testing.T, words []string) {
	t.Helper()
	c, rest, err := newRoot().Find(words)
	if err == nil {
		err = c.ParseFlags(rest)
	}
	if err == nil {
		err = c.ValidateArgs(c.Flags().Args())
	}
	if err == nil {
		err = c.ValidateRequiredFlags()
	}
	if err != nil {
		t.Errorf("stellarae %s: %v", strings.Join(words, " "), err)
	}
}

// A long training does not end in nothing because a held-out file went bad:
// where the rows do not fit into memory that shows only then.
func TestFinishWithBadFile(t *testing.T) {
	backend, err := compute.NewWithConfig("go")
	if err != nil {
		t.Fatal(err)
	}
	config := stellarae.Config{
		Name: "tiny", Grid: spectrum.Grid{Start: 5000, Step: 0.1, Samples: 32}, Nodes: 2, Slope: 0.1,
		Encoder: []stellarae.Conv{{In: 1, Out: 2, Kernel: 3, Stride: 2}},
	}
	dir := t.TempDir()
	flux := make([]float32, 32)
	for i := range flux {
		flux[i] = 1
	}
	var paths []string
	for _, name := range []string{"a.fits", "b.fits", "c.fits"} {
		path := filepath.Join(dir, name)
		paths = append(paths, path)
		err := fits.WriteFileNoSync(path, &fits.ImageHDU{Cards: []fits.Card{{Key: "OBJECT", Value: name}}}, &fits.TableHDU{Columns: []fits.ColumnData{
			{Name: "WAVE", Data: [][]float64{config.Grid.Waves()}}, {Name: "FLUX", Data: [][]float32{flux}},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	data, _, err := datasets.Open(paths, datasets.Options{Grid: config.Grid, Memory: 1})
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "run")
	training := stellarae.Training{Steps: 2, Batch: 1, Seed: 1}
	batches, err := datasets.NewBatches(data, []int{0}, 1, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := stellarae.Train(context.Background(), backend, out, config, training, batches, stellarae.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(paths[1], 100); err != nil {
		t.Fatal(err)
	}
	c := &cobra.Command{}
	var errs bytes.Buffer
	c.SetErr(&errs)
	var all, good trained
	if err := (trainFlags{out: out}).finish(c, m, data, []int{1, 2}, &all); err != nil {
		t.Fatal(err)
	}
	if s := errs.String(); strings.Count(s, "\n") != 1 || !strings.Contains(s, "left out: "+paths[1]) {
		t.Errorf("stderr %q", s)
	}
	if err := (trainFlags{out: out}).finish(c, m, data, []int{2}, &good); err != nil {
		t.Fatal(err)
	}
	if all != good || !(good.HeldReconstruction > 0) {
		t.Errorf("%+v, without the bad file %+v", all, good)
	}
	if err := (trainFlags{out: out}).finish(c, m, data, []int{1}, &all); err != nil {
		t.Error("no held-out spectrum can be read:", err)
	}
}

// A checkpoint that names its network but holds another one is told by the
// first parameter that does not fit; one whose description is no network by
// that.
func TestImportOfOtherTensors(t *testing.T) {
	t.Setenv("GOMLX_BACKEND", "go")
	config, err := stellarae.Preset("mini")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		want, meta string
		change     func(c *pytorch.Checkpoint)
	}{
		{"parameter conv2.0.bias: the checkpoint has [8], the network wants [16]", config.String(), func(c *pytorch.Checkpoint) { c.Tensors[3].Shape, c.Tensors[3].Data = []int{8}, make([]float32, 8) }},
		{"parameter predict0.bias: the checkpoint has [], the network wants [1]", config.String(), func(c *pytorch.Checkpoint) { c.Tensors = c.Tensors[:len(c.Tensors)-1] }},
		{"stellarae_config: unexpected end of JSON input", "{", func(*pytorch.Checkpoint) {}},
		{"grid: longer than", strings.Replace(config.String(), `"pad_left":0`, `"pad_left":99999999999`, 1), func(*pytorch.Checkpoint) {}},
	} {
		dir := t.TempDir()
		path, out := filepath.Join(dir, "x.pth.tar"), filepath.Join(dir, "run")
		c := &pytorch.Checkpoint{Meta: map[string]any{configKey: test.meta}}
		for _, s := range config.Parameters() {
			c.Tensors = append(c.Tensors, pytorch.Tensor{Name: s.Name, Shape: s.Dims, Data: make([]float32, s.Size())})
		}
		test.change(c)
		if err := pytorch.Save(path, c); err != nil {
			t.Fatal(err)
		}
		var errs bytes.Buffer
		code := run(context.Background(), []string{"import-torch", path, "--out", out}, io.Discard, &errs)
		if s := errs.String(); code != exitFailed || !strings.HasPrefix(s, "stellarae: "+path+": ") || !strings.Contains(s, test.want) || strings.Count(s, "\n") != 1 {
			t.Errorf("exit code %d, want one line with %q, got %q", code, test.want, s)
		}
		if _, err := os.Stat(out); !os.IsNotExist(err) {
			t.Errorf("%s: a run is left: %v", test.want, err)
		}
	}
}
