package stellarae

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stoppedRun is a training stopped half-way, and its checkpoint.
func stoppedRun(t testing.TB) (dir string, checkpoint []byte) {
	t.Helper()
	training := Training{Steps: 8, Batch: 2, Seed: 3}
	dir = filepath.Join(t.TempDir(), "run")
	if _, err := until(t, plain(t), dir, tiny(), training, linesFor(tiny(), training), 4, time.Hour); err == nil {
		t.Fatal("was not stopped")
	}
	b, err := os.ReadFile(filepath.Join(dir, CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	return dir, b
}

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// unpack takes a checkpoint apart; seal puts one together.
func unpack(t testing.TB, checkpoint []byte) (h checkpointHeader, body []byte) {
	t.Helper()
	at := len(checkpointMagic) + 8
	length := int(binary.LittleEndian.Uint64(checkpoint[len(checkpointMagic):]))
	if err := json.Unmarshal(checkpoint[at:at+length], &h); err != nil {
		t.Fatal(err)
	}
	return h, checkpoint[at+length : len(checkpoint)-sha256.Size]
}

// seal makes a checkpoint with a right checksum of any header and content.
func seal(header, body []byte) []byte {
	out := binary.LittleEndian.AppendUint64([]byte(checkpointMagic), uint64(len(header)))
	out = append(append(out, header...), body...)
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

func sealed(t testing.TB, h checkpointHeader, body []byte) []byte {
	t.Helper()
	header, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	return seal(header, body)
}

// A model survives its checkpoint bit for bit, also values no training gives.
func TestSaveAndLoad(t *testing.T) {
	for _, name := range []string{"tiny", "mini"} {
		c := tiny()
		if name == "mini" {
			c = preset(t, name)
		}
		random := rand.New(rand.NewPCG(1, 2))
		m, err := NewFrom(nil, c, func(s Shape) ([]float32, error) {
			values := make([]float32, s.Size())
			for i := range values {
				values[i] = []float32{0, -1e-45, 3.4e38, float32(random.NormFloat64())}[random.IntN(4)]
			}
			return values, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "m.ckpt")
		if err := m.Save(path); err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(nil, path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m.Config, loaded.Config); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(parameters(t, m), parameters(t, loaded)); diff != "" {
			t.Errorf("%s: parameters differ", name)
		}
		again := filepath.Join(t.TempDir(), "m.ckpt")
		if err := loaded.Save(again); err != nil {
			t.Fatal(err)
		}
		sameFiles(t, content(t, filepath.Dir(again)), content(t, filepath.Dir(path)))
	}
}

// Of a run's checkpoint Load gives the model alone; it can be trained anew and
// kept as a run of its own.
func TestLoadOfRun(t *testing.T) {
	dir, _ := stoppedRun(t)
	m, err := OpenRun(plain(t), dir)
	if err != nil {
		t.Fatal(err)
	}
	variables := 0
	for range m.store.IterVariables() {
		variables++
	}
	if want := len(tiny().Parameters()); variables != want {
		t.Errorf("%d variables, want the %d parameters", variables, want)
	}
	trainer, err := NewTrainer(m, Training{Steps: 3, Batch: 2})
	if err != nil {
		t.Fatal(err)
	}
	flux, err := linesFor(tiny(), trainer.Training).Batch(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trainer.Do(flux); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "run")
	if err := os.Mkdir(other, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := m.SaveRun(other); err != nil {
		t.Fatal(err)
	}
	again, err := OpenRun(plain(t), other)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(parameters(t, m), parameters(t, again)); diff != "" {
		t.Error("parameters differ")
	}
}

// loadFails tries a checkpoint with Load and with Resume, and fails unless
// both tell the file and the cause in one line.
func loadFails(t *testing.T, path, want string) {
	t.Helper()
	_, loadErr := Load(plain(t), path)
	var state runState
	_, resumeErr := resume(plain(t), path, &state)
	for name, err := range map[string]error{"Load": loadErr, "resume": resumeErr} {
		if err == nil {
			t.Errorf("%s took it; want an error about %q", name, want)
			continue
		}
		if s := err.Error(); !strings.Contains(s, path) || !strings.Contains(s, want) || strings.Contains(s, "\n") || len(s) > 500 {
			t.Errorf("%s: want one line with the file and %q, got %.600q", name, want, s)
		}
	}
}

func TestCutCheckpoint(t *testing.T) {
	_, whole := stoppedRun(t)
	header := len(checkpointMagic) + 8
	h, body := unpack(t, whole)
	path := filepath.Join(t.TempDir(), CheckpointFile)
	lengths := []int{0, 1, len(checkpointMagic) - 1, len(checkpointMagic), header - 1, header, header + 1,
		len(whole) - len(body) - sha256.Size, len(whole) - len(body) - sha256.Size + 3,
		len(whole) - sha256.Size, len(whole) - 1, sha256.Size, sha256.Size - 1, sha256.Size + 1}
	at := len(whole) - len(body) - sha256.Size
	for _, x := range h.Tensors { // every border of two tensors
		n, err := x.bytes()
		if err != nil {
			t.Fatal(err)
		}
		at += int(n)
		lengths = append(lengths, at)
	}
	for _, n := range lengths {
		write(t, path, whole[:n])
		want := "checksum does not match: the file is damaged or not whole"
		if n < len(checkpointMagic) {
			want = "not a checkpoint"
		}
		loadFails(t, path, want)
	}
	write(t, path, append(bytes.Clone(whole), 0))
	loadFails(t, path, "checksum")
	write(t, path, append(bytes.Clone(whole), whole...))
	loadFails(t, path, "checksum")
	write(t, path, whole)
	if _, err := Load(plain(t), path); err != nil {
		t.Error("the whole file:", err)
	}
}

// One flipped bit anywhere is noticed.
func TestFlippedBit(t *testing.T) {
	_, whole := stoppedRun(t)
	path := filepath.Join(t.TempDir(), CheckpointFile)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 400 {
		at := random.IntN(len(whole))
		if i < 60 { // the beginning and the end in full
			at = []int{i, len(whole) - 1 - i}[i%2]
		}
		broken := bytes.Clone(whole)
		broken[at] ^= 1 << random.IntN(8)
		want := "checksum"
		if at < len(checkpointMagic) {
			want = "not a checkpoint"
		}
		_, _, err := decodeCheckpoint(bytes.NewReader(broken), int64(len(broken)), true)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("byte %d of %d: want an error about %q, got %v", at, len(whole), want, err)
		}
		if i%50 == 0 {
			write(t, path, broken)
			loadFails(t, path, want)
		}
	}
}

// Not a checkpoint at all.
func TestLoadOfOtherThings(t *testing.T) {
	dir := t.TempDir()
	for name, b := range map[string][]byte{
		"empty":        nil,
		"text":         []byte("STELLARAE CHECKPOINT\n"),
		"zeros":        make([]byte, 4096),
		"pytorch.file": []byte("PK\x03\x04archive/data.pkl"),
	} {
		path := filepath.Join(dir, name)
		write(t, path, b)
		loadFails(t, path, "not a checkpoint")
	}
	loadFails(t, dir, "not a file")
	loadFails(t, filepath.Join(dir, "missing"), "no such file")
	if _, err := OpenRun(plain(t), dir); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, CheckpointFile)) {
		t.Errorf("a folder that is no run: %v", err)
	}
	if os.Geteuid() != 0 {
		path := filepath.Join(dir, "secret")
		write(t, path, nil)
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		loadFails(t, path, "permission denied")
	}
}

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
