package stellarae

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// A checkpoint is one file: the magic, the length of a JSON header, the
// header, the tensors it lists one after the other in little-endian order, and
// the SHA-256 of all that. It is written beside its place and renamed into it,
// so that there is always a whole one.
const (
	checkpointMagic   = "STELLARAE CHECKPOINT\r\n\x1a\n"
	checkpointVersion = 1
	maxHeader         = 16 << 20
)

type checkpointHeader struct {
	Version  int             `json:"version"`
	Config   Config          `json:"config"`
	Training *Training       `json:"training,omitempty"` // nil where there is nothing to go on with
	Step     int             `json:"step"`
	State    json.RawMessage `json:"state,omitempty"` // the training loop's own
	Tensors  []tensorHeader  `json:"tensors"`
}

type tensorHeader struct {
	Name string `json:"name"`
	Type string `json:"type"` // "float32" or "int64"
	Dims []int  `json:"dims"`
}

func (t tensorHeader) bytes() (int64, error) {
	width := map[string]int64{"float32": 4, "int64": 8}[t.Type]
	if width == 0 {
		return 0, fmt.Errorf("tensor %s has type %q", t.Name, t.Type)
	}
	n := width
	for _, d := range t.Dims {
		if d < 0 || d > 0 && n > math.MaxInt64/int64(d) {
			return 0, fmt.Errorf("tensor %s has dimensions %v", t.Name, t.Dims)
		}
		n *= int64(d)
	}
	return n, nil
}

// Save writes the model's parameters to a checkpoint.
func (m *Model) Save(path string) error {
	h := checkpointHeader{Config: m.Config}
	var values []*tensors.Tensor
	for _, s := range m.Config.Parameters() {
		value, err := m.store.GetVariable("/" + s.Name).Value()
		if err != nil {
			return fmt.Errorf("%s: %s: %w", path, s.Name, err)
		}
		h.Tensors = append(h.Tensors, tensorHeader{s.Name, "float32", s.Dims})
		values = append(values, value)
	}
	return writeCheckpoint(path, h, values)
}

// save writes all that a training needs to go on.
func (t *Trainer) save(path string, state any) error {
	training := t.Training
	h := checkpointHeader{Config: t.Model.Config, Training: &training, Step: t.step}
	var err error
	if h.State, err = json.Marshal(state); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	var values []*tensors.Tensor
	for v := range t.Model.store.IterVariables() {
		if isSum(v) {
			continue
		}
		value, err := v.Value()
		if err != nil {
			return fmt.Errorf("%s: %s: %w", path, v.Path(), err)
		}
		kind := map[dtypes.DType]string{dtypes.Float32: "float32", dtypes.Int64: "int64"}[v.DType()]
		h.Tensors = append(h.Tensors, tensorHeader{v.Path()[1:], kind, v.Shape().Dimensions})
		values = append(values, value)
	}
	return writeCheckpoint(path, h, values)
}

func writeCheckpoint(path string, h checkpointHeader, values []*tensors.Tensor) error {
	h.Version = checkpointVersion
	header, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		sum := sha256.New()
		out := io.MultiWriter(w, sum)
		if _, err := io.WriteString(out, checkpointMagic); err != nil {
			return err
		}
		if err := binary.Write(out, binary.LittleEndian, uint64(len(header))); err != nil {
			return err
		}
		if _, err := out.Write(header); err != nil {
			return err
		}
		for i, t := range values {
			var written error
			err := t.ConstFlatData(func(flat any) { written = binary.Write(out, binary.LittleEndian, flat) })
			if err := errors.Join(err, written); err != nil {
				return fmt.Errorf("%s: %w", h.Tensors[i].Name, err)
			}
		}
		_, err := w.Write(sum.Sum(nil))
		return err
	})
}

// Load reads a model from a checkpoint, to use or to train from the start.
func Load(backend compute.Backend, path string) (*Model, error) {
	m, _, err := readCheckpoint(backend, path, false)
	return m, err
}

// resume reads a training from a checkpoint, with the loop's state.
func resume(backend compute.Backend, path string, state any) (*Trainer, error) {
	m, h, err := readCheckpoint(backend, path, true)
	if err != nil {
		return nil, err
	}
	if h.Training == nil {
		return nil, fmt.Errorf("%s: holds a model without the state of its training", path)
	}
	if err := json.Unmarshal(h.State, state); err != nil {
		return nil, fmt.Errorf("%s: state: %w", path, err)
	}
	t, err := NewTrainer(m, *h.Training)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	t.step = h.Step
	return t, nil
}

// readCheckpoint reads a model and, with all, what else the file holds: the
// state of its training.
func readCheckpoint(backend compute.Backend, path string, all bool) (*Model, checkpointHeader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, checkpointHeader{}, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = errors.New("not a file")
	}
	var (
		m *Model
		h checkpointHeader
	)
	if err == nil {
		m, h, err = decodeCheckpoint(f, st.Size(), all)
	}
	if err != nil {
		return nil, h, fmt.Errorf("%s: %w", path, err)
	}
	m.backend = backend
	return m, h, nil
}

// decodeCheckpoint checks the file as a whole before it believes a word of it,
// and the header before it makes room for what that promises.
func decodeCheckpoint(f io.ReaderAt, size int64, all bool) (*Model, checkpointHeader, error) {
	if err := checkSum(f, size); err != nil {
		return nil, checkpointHeader{}, err
	}
	r := bufio.NewReaderSize(io.NewSectionReader(f, int64(len(checkpointMagic)), size), 1<<20)
	h, err := readCheckpointHeader(r, size)
	if err != nil {
		return nil, h, err
	}
	m := &Model{Config: h.Config, store: gomlx.NewStore()}
	parameters := len(h.Config.Parameters())
	for i, t := range h.Tensors {
		if i >= parameters && !all {
			break
		}
		value, err := readTensor(r, t)
		if err != nil {
			return nil, h, fmt.Errorf("tensor %s: %w", t.Name, err)
		}
		v, err := m.store.CreateVariable(t.Name, value)
		if err != nil {
			return nil, h, err
		}
		v.SetTrainable(i < parameters)
	}
	return m, h, nil
}

// checkSum compares the SHA-256 at the end of a checkpoint with that of the rest.
func checkSum(f io.ReaderAt, size int64) error {
	magic := make([]byte, len(checkpointMagic))
	if n, err := f.ReadAt(magic, 0); n < len(magic) && err != io.EOF {
		return err
	}
	if string(magic) != checkpointMagic {
		return errors.New("not a checkpoint")
	}
	end := max(0, size-sha256.Size)
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(f, 0, end)); err != nil {
		return err
	}
	stored := make([]byte, sha256.Size)
	if n, err := f.ReadAt(stored, end); n < len(stored) && err != io.EOF {
		return err
	}
	if string(stored) != string(sum.Sum(nil)) {
		return errors.New("the checksum does not match: the file is damaged or not whole")
	}
	return nil
}

// readCheckpointHeader reads what follows the magic in a file of size bytes.
func readCheckpointHeader(r io.Reader, size int64) (h checkpointHeader, err error) {
	var length uint64
	if err := binary.Read(r, binary.LittleEndian, &length); err != nil {
		return h, fmt.Errorf("header: %w", err)
	}
	if length > maxHeader || int64(length) > size {
		return h, fmt.Errorf("header of %d bytes in a file of %d", length, size)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return h, fmt.Errorf("header: %w", err)
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, fmt.Errorf("header: %w", err)
	}
	if h.Version != checkpointVersion {
		return h, fmt.Errorf("checkpoint version %d: this program reads version %d", h.Version, checkpointVersion)
	}
	if err := h.Config.Validate(); err != nil {
		return h, err
	}
	if h.Step < 0 || h.Training != nil && h.Step > h.Training.Steps {
		return h, fmt.Errorf("step %d of a training", h.Step)
	}
	for i, s := range h.Config.Parameters() {
		if i >= len(h.Tensors) || h.Tensors[i].Name != s.Name || h.Tensors[i].Type != "float32" || !slices.Equal(h.Tensors[i].Dims, s.Dims) {
			return h, fmt.Errorf("tensor %d is not the network's %s, float32 %v", i, s.Name, s.Dims)
		}
	}
	return h, h.checkSizes(int64(len(checkpointMagic))+8+int64(length), size)
}

// checkSizes sees that every tensor has a name of its own and that all, with
// what is before them and the checksum, fill the file.
func (h checkpointHeader) checkSizes(before, size int64) error {
	names := map[string]bool{}
	total := before + sha256.Size
	for _, t := range h.Tensors {
		if names[t.Name] {
			return fmt.Errorf("two tensors are named %s", t.Name)
		}
		names[t.Name] = true
		n, err := t.bytes()
		if err != nil {
			return err
		}
		if n > size-total {
			return fmt.Errorf("tensor %s of %d bytes reaches beyond the file's end", t.Name, n)
		}
		total += n
	}
	if total != size {
		return fmt.Errorf("%d bytes, want %d", size, total)
	}
	return nil
}

func readTensor(r io.Reader, t tensorHeader) (*tensors.Tensor, error) {
	n, err := t.bytes()
	if err != nil {
		return nil, err
	}
	if t.Type == "int64" {
		values := make([]int64, n/8)
		if err := binary.Read(r, binary.LittleEndian, values); err != nil {
			return nil, err
		}
		return tensors.FromFlatDataAndDimensions(values, t.Dims...), nil
	}
	values := make([]float32, n/4)
	if err := binary.Read(r, binary.LittleEndian, values); err != nil {
		return nil, err
	}
	return tensors.FromFlatDataAndDimensions(values, t.Dims...), nil
}
