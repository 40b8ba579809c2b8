package stellarae

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
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
