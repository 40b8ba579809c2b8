// Package pytorch reads and writes the checkpoints of torch.save: named
// float32 tensors and a few numbers and strings beside them. It reads both of
// torch's formats, the zip archive and the older "legacy" stream, and writes
// the zip archive, which torch.load(path, weights_only=True) reads.
//
// A checkpoint is a pickle, a program for Python's virtual machine. This
// package runs no such program: it admits the few objects that tensors are
// made of and refuses a file that asks for anything else, by name. It does not
// read whole modules, TorchScript, quantised, sparse or complex tensors, and
// it ignores the state of an optimiser.
//
//	c, err := pytorch.Load("model_128d_e182_i1500000.pth.tar")
//	weight, ok := c.Tensor("conv1.0.weight") // Shape [16 1 7]
//	epoch := c.Meta["epoch"]
package pytorch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// Tensor is a named array of numbers in C order: the last axis of Shape runs
// fastest. A scalar has an empty Shape and one number. PyTorch's layouts are
// kept: convolution weights are [out, in, kernel], those of transposed
// convolutions [in, out, kernel], those of linear layers [out, in].
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// Checkpoint is what a file holds.
type Checkpoint struct {
	// Tensors of the state_dict in file order. Their names are unique.
	Tensors []Tensor
	// Meta has the numbers, booleans and strings that lie beside the
	// state_dict ("epoch", "iteration", ...) as int, float64, bool or string.
	Meta map[string]any
}

// Tensor returns the tensor of that name.
func (c *Checkpoint) Tensor(name string) (Tensor, bool) {
	for _, t := range c.Tensors {
		if t.Name == name {
			return t, true
		}
	}
	return Tensor{}, false
}

// Load reads the checkpoint at path: a dict with the key "state_dict", or a
// bare state_dict, a dict of which at least one value is a tensor.
//
// Tensors of float64, float16, bfloat16, integers and booleans are converted
// to float32, float64 and large integers with rounding. Views into one storage
// become tensors of their own. Where every name begins with "module.", as
// torch.nn.DataParallel leaves them, that prefix is taken off.
//
// A file that is damaged, of big-endian order, or that needs more than tensors,
// dicts, lists, tuples, numbers and strings is an error. Whatever a file
// claims, Load holds at most six times the file's size, and 0.4 GB for the
// pickle, which may have at most 16 MiB and a million opcodes.
func Load(path string) (*Checkpoint, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	c, err := load(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// container is a file format: a pickle and the raw bytes of the storages that
// it refers to.
type container interface {
	// object is what the pickle describes. It fills in storages.
	object() (any, error)
	// bytes are the storage's numbers, as many as it claims to have.
	bytes(s *storage) ([]byte, error)
}

func load(r io.ReaderAt, size int64) (*Checkpoint, error) {
	head := make([]byte, min(size, int64(len(legacyMagic))))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	var file container
	var err error
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		file, err = openZip(r, size)
	case string(head) == legacyMagic:
		file, err = openLegacy(r, size)
	default:
		err = errors.New("in neither the zip nor the legacy format of torch.save")
	}
	if err != nil {
		return nil, err
	}
	object, err := file.object()
	if err != nil {
		return nil, err
	}
	state, meta, err := find(object)
	if err != nil {
		return nil, err
	}
	tensors, err := read(state, file, size)
	if err != nil {
		return nil, err
	}
	return &Checkpoint{Tensors: tensors, Meta: meta}, nil
}
