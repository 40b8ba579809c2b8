package stellarae

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Headers that lie, with a right checksum: as only malice makes them.
func TestLyingHeader(t *testing.T) {
	_, whole := stoppedRun(t)
	_, body := unpack(t, whole)
	path := filepath.Join(t.TempDir(), CheckpointFile)
	for _, c := range []struct {
		want   string
		change func(h *checkpointHeader)
	}{
		{"checkpoint version 2: this program reads version 1", func(h *checkpointHeader) { h.Version = 2 }},
		{"checkpoint version 0", func(h *checkpointHeader) { h.Version = 0 }},
		{"tensor 0 is not the network's conv1.0.weight", func(h *checkpointHeader) { h.Tensors[0].Name = "conv9.0.weight" }},
		{"tensor 1 is not", func(h *checkpointHeader) { h.Tensors[1].Dims = []int{4, 1} }},
		{"tensor 0 is not", func(h *checkpointHeader) { h.Tensors[0].Dims = []int{1 << 40, 1 << 40, 1 << 40} }},
		{"tensor 0 is not", func(h *checkpointHeader) { h.Tensors[0].Type = "int64" }},
		{"tensor 0 is not", func(h *checkpointHeader) { h.Tensors = nil }},
		{"tensor 0 is not", func(h *checkpointHeader) { slices.Reverse(h.Tensors) }},
		{"tensor 6 is not", func(h *checkpointHeader) { h.Config.Nodes = 4 }},
		{"nodes", func(h *checkpointHeader) { h.Config.Nodes = -3 }},
		{"nodes", func(h *checkpointHeader) { h.Config.Nodes = 1 << 40 }},
		{"grid", func(h *checkpointHeader) { h.Config.Grid.Samples = 1 << 50 }},
		{"grid", func(h *checkpointHeader) { h.Config.Grid.PadLeft = -2 }},
		{"conv1", func(h *checkpointHeader) { h.Config.Encoder[0].Out = -1 }},
		{"no encoder", func(h *checkpointHeader) { h.Config.Encoder = nil }},
		{"dimensions [-8]", func(h *checkpointHeader) { last(h).Dims = []int{-8} }},
		{"dimensions [4294967296 4294967296]", func(h *checkpointHeader) { last(h).Dims = []int{1 << 32, 1 << 32} }},
		{"reaches beyond the file's end", func(h *checkpointHeader) { last(h).Dims = []int{1 << 40} }},
		{"bytes, want", func(h *checkpointHeader) { last(h).Dims = []int{0} }},
		{"bytes, want", func(h *checkpointHeader) { h.Tensors = h.Tensors[:len(h.Tensors)-1] }},
		{`type "float64"`, func(h *checkpointHeader) { last(h).Type = "float64" }},
		{"two tensors are named conv1.0.weight", func(h *checkpointHeader) { last(h).Name = "conv1.0.weight" }},
		{"step -1", func(h *checkpointHeader) { h.Step = -1 }},
		{"step 9", func(h *checkpointHeader) { h.Step = 9 }},
	} {
		h, _ := unpack(t, whole)
		c.change(&h)
		write(t, path, sealed(t, h, body))
		loadFails(t, path, c.want)
	}
	for want, header := range map[string]string{
		"header: unexpected end of JSON input":   "",
		"header: invalid character":              "not JSON",
		"checkpoint version 0":                   "{}",
		"header: json: cannot unmarshal":         `{"version": "one"}`,
		"header: json: cannot unmarshal string ": `{"version": 1, "config": {"nodes": "many"}}`,
		"no preset":                              `{"version": 1, "config": {"preprocessing": "magic"}}`,
	} {
		write(t, path, seal([]byte(header), body))
		loadFails(t, path, want)
	}
	// The header's own length lies.
	for _, length := range []uint64{1 << 63, 1 << 24, 1<<24 + 1, uint64(len(whole))} {
		lie := bytes.Clone(whole[:len(whole)-sha256.Size])
		binary.LittleEndian.PutUint64(lie[len(checkpointMagic):], length)
		sum := sha256.Sum256(lie)
		write(t, path, append(lie, sum[:]...))
		loadFails(t, path, "header")
	}
}

func last(h *checkpointHeader) *tensorHeader { return &h.Tensors[len(h.Tensors)-1] }

// Lies about the training alone: the model loads, the training does not go on.
func TestLyingTraining(t *testing.T) {
	training := Training{Steps: 8, Batch: 2, Seed: 3}
	dir, whole := stoppedRun(t)
	_, body := unpack(t, whole)
	for _, c := range []struct {
		want   string
		change func(h *checkpointHeader)
	}{
		{"without the state of its training", func(h *checkpointHeader) { h.Training = nil }},
		{"training: learning rate -1", func(h *checkpointHeader) { h.Training.LearningRate = -1 }},
		{"training: 8 steps of -2 spectra", func(h *checkpointHeader) { h.Training.Batch = -2 }},
		{"state", func(h *checkpointHeader) { h.State = json.RawMessage("[]") }},
		{"state", func(h *checkpointHeader) { h.State = nil }},
		{"state of 1 sums", func(h *checkpointHeader) { h.State = json.RawMessage(`{"data": "lines", "sums": [1]}`) }},
		{"state of 5 sums over -1 steps", func(h *checkpointHeader) {
			h.State = json.RawMessage(`{"data": "lines", "sums": [0,0,0,0,0], "steps_summed": -1}`)
		}},
		{"other spectra", func(h *checkpointHeader) { h.State = json.RawMessage(`{"data": "", "sums": [0,0,0,0,0]}`) }},
		{"step 4", func(h *checkpointHeader) { // Adam's first moments in another shape
			i := slices.IndexFunc(h.Tensors, func(x tensorHeader) bool { return x.Name == "AdamOptimizer/conv1.0.weight_1st_moment" })
			h.Tensors[i].Dims = []int{5, 1, 4}
		}},
	} {
		h, _ := unpack(t, whole)
		c.change(&h)
		write(t, filepath.Join(dir, CheckpointFile), sealed(t, h, body))
		if _, err := OpenRun(plain(t), dir); err != nil {
			t.Errorf("%s: the model does not load: %v", c.want, err)
		}
		_, err := Resume(context.Background(), plain(t), dir, linesFor(tiny(), training), RunOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("want an error about %q, got %v", c.want, err)
		}
	}
}

// A header that promises a lot costs no memory before the promise is checked.
func TestLyingHeaderTakesNoMemory(t *testing.T) {
	_, whole := stoppedRun(t)
	h, body := unpack(t, whole)
	last(&h).Dims = []int{1 << 33}
	b := sealed(t, h, body)
	allocated := testing.Benchmark(func(bench *testing.B) {
		bench.ReportAllocs()
		for bench.Loop() {
			if _, _, err := decodeCheckpoint(bytes.NewReader(b), int64(len(b)), true); err == nil {
				t.Fatal("was taken")
			}
		}
	}).AllocedBytesPerOp()
	if allocated > 4<<20 {
		t.Errorf("%d bytes for a file of %d", allocated, len(b))
	}
}

// FuzzLoad reads checkpoints whose checksum is always right: what else a file
// says must not break the reader, and what it takes must survive a round trip.
func FuzzLoad(f *testing.F) {
	_, whole := stoppedRun(f)
	h, body := unpack(f, whole)
	header, err := json.Marshal(h)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(header, body)
	f.Add([]byte("{}"), []byte{})
	h.Tensors = h.Tensors[:len(tiny().Parameters())]
	small, err := json.Marshal(h)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(small, body[:4*tiny().ParameterCount()])
	f.Fuzz(func(t *testing.T, header, body []byte) {
		b := seal(header, body)
		m, h, err := decodeCheckpoint(bytes.NewReader(b), int64(len(b)), true)
		if err != nil {
			if strings.Contains(err.Error(), "checksum") {
				t.Fatal(err)
			}
			return
		}
		path := filepath.Join(t.TempDir(), "m.ckpt")
		if err := m.Save(path); err != nil {
			t.Fatal(err)
		}
		again, err := Load(nil, path)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range h.Config.Parameters() {
			one, err := m.Values(s.Name)
			if err != nil {
				t.Fatal(err)
			}
			two, err := again.Values(s.Name)
			if err != nil || fmt.Sprint(one) != fmt.Sprint(two) {
				t.Fatalf("%s: %v", s.Name, err)
			}
		}
	})
}
