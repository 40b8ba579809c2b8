package pytorch

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"
)

// globals are the Python objects that a pickle may name.
var globals = map[string]any{
	"collections.OrderedDict":         nil, // gopickle's own
	"torch._utils._rebuild_tensor_v2": function(rebuildTensor),
	"torch._utils._rebuild_parameter": function(rebuildParameter),
	"_codecs.encode":                  function(encode),
	"numpy.dtype":                     function(newNumpyType),
	"numpy.core.multiarray.scalar":    function(numpyScalar),
	"numpy._core.multiarray.scalar":   function(numpyScalar),
}

func init() {
	for name, d := range dtypes {
		globals["torch."+name] = d
	}
}

// function makes a Go function callable by the pickle.
type function func(args []any) (any, error)

// Call implements types.Callable.
func (f function) Call(args ...any) (any, error) { return f(args) }

// unpickle runs a pickle that scan has passed. The storages it refers to are
// added to storages; with nil it may not refer to any.
func unpickle(p []byte, storages map[string]*storage) (object any, err error) {
	defer func() {
		// Gopickle indexes and asserts without a check where a pickle
		// makes no sense.
		if r := recover(); r != nil {
			object, err = nil, fmt.Errorf("pickle: %s", brief(fmt.Sprint(r)))
		}
	}()
	u := pickle.NewUnpickler(bytes.NewReader(p))
	u.FindClass = func(module, name string) (any, error) {
		return globals[module+"."+name], nil
	}
	if storages != nil {
		u.PersistentLoad = func(id any) (any, error) { return findStorage(id, storages) }
	}
	object, err = u.Load()
	if err != nil {
		return nil, fmt.Errorf("pickle: %s", brief(err.Error())) // no cause that a caller could tell by
	}
	return object, nil
}

// brief cuts a text that a file has a hand in.
func brief(text string) string {
	const most = 160
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

// findStorage resolves the tuple ("storage", class, key, device, count), to
// which the legacy format adds a view that is always None.
func findStorage(id any, storages map[string]*storage) (*storage, error) {
	tuple, ok := id.(*types.Tuple)
	if !ok || tuple.Len() < 5 || tuple.Get(0) != "storage" {
		return nil, errors.New("a persistent id is not that of a storage")
	}
	class, ok1 := tuple.Get(1).(*dtype)
	key, ok2 := tuple.Get(2).(string)
	count, ok3 := tuple.Get(4).(int)
	if !ok1 || !ok2 || !ok3 || count < 0 {
		return nil, errors.New("a storage needs a class, a key and a size")
	}
	if tuple.Len() > 5 && tuple.Get(5) != nil {
		return nil, fmt.Errorf("storage %q is a view of another one", key)
	}
	s, ok := storages[key]
	if !ok {
		s = &storage{key: key, dtype: class, count: count}
		storages[key] = s
	}
	if s.dtype != class || s.count != count {
		return nil, fmt.Errorf("storage %q has two types or sizes", key)
	}
	return s, nil
}

// rebuildTensor takes storage, offset, sizes, strides, requires_grad, hooks
// and, in newer files, metadata, which is None for a plain tensor.
func rebuildTensor(args []any) (any, error) {
	if len(args) < 6 {
		return nil, fmt.Errorf("a tensor is rebuilt from %d arguments", len(args))
	}
	s, ok1 := args[0].(*storage)
	offset, ok2 := args[1].(int)
	if !ok1 || !ok2 {
		return nil, errors.New("a tensor needs a storage and an offset")
	}
	shape, err := ints(args[2])
	if err != nil {
		return nil, err
	}
	stride, err := ints(args[3])
	if err != nil {
		return nil, err
	}
	if len(args) > 6 && args[6] != nil {
		return nil, errors.New("a tensor has metadata: it is not a plain one")
	}
	return newView(s, offset, shape, stride)
}

// rebuildParameter takes the tensor, requires_grad and hooks.
func rebuildParameter(args []any) (any, error) {
	if len(args) > 0 {
		if v, ok := args[0].(*view); ok {
			return v, nil
		}
	}
	return nil, errors.New("a parameter is not made of a tensor")
}

// maxRank is the most axes a tensor may have: PyTorch allows 64, a network
// needs four.
const maxRank = 16

// ints reads the sizes or strides of a tensor.
func ints(v any) ([]int, error) {
	tuple, ok := v.(*types.Tuple)
	if !ok || tuple.Len() > maxRank {
		return nil, fmt.Errorf("the sizes or strides of a tensor are not a tuple of up to %d", maxRank)
	}
	list := make([]int, tuple.Len())
	for i := range list {
		if list[i], ok = tuple.Get(i).(int); !ok {
			return nil, errors.New("a size or stride of a tensor is not an integer")
		}
	}
	return list, nil
}
