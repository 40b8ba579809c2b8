package pytorch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nlpodyssey/gopickle/types"
)

// find returns the entries of the state_dict and the numbers and strings that
// lie beside it.
func find(object any) ([]types.DictEntry, map[string]any, error) {
	top, ok := entries(object)
	if !ok {
		return nil, nil, errors.New("the checkpoint is not a dict")
	}
	var state []types.DictEntry
	meta := map[string]any{}
	for _, e := range top {
		switch value := e.Value.(type) {
		case *view:
			state = append(state, e)
		case int, float64, bool, string:
			if key, ok := e.Key.(string); ok {
				meta[key] = value
			}
		}
	}
	for _, e := range top {
		if e.Key == "state_dict" {
			if state, ok = entries(e.Value); !ok {
				return nil, nil, errors.New("state_dict is not a dict")
			}
			return state, meta, nil
		}
	}
	if len(state) == 0 {
		return nil, nil, errors.New(`the checkpoint has neither the key "state_dict" nor tensors`)
	}
	return state, meta, nil
}

// entries lists a dict or an OrderedDict.
func entries(v any) ([]types.DictEntry, bool) {
	switch d := v.(type) {
	case *types.Dict:
		return *d, true
	case *types.OrderedDict:
		list := make([]types.DictEntry, 0, d.Len())
		for e := d.List.Front(); e != nil; e = e.Next() {
			entry := e.Value.(*types.OrderedDictEntry)
			list = append(list, types.DictEntry{Key: entry.Key, Value: entry.Value})
		}
		return list, true
	}
	return nil, false
}

// read fetches the numbers of the tensors of a state_dict. A few bytes of
// pickle can describe one more view of a large storage, so all tensors
// together may have as many numbers as the file has bytes, and all storages
// together as many bytes.
func read(state []types.DictEntry, file container, size int64) ([]Tensor, error) {
	tensors := make([]Tensor, 0, len(state))
	raw := map[*storage][]byte{}
	seen := map[string]bool{}
	numbers, stored := size, size // still allowed
	for _, e := range state {
		name, ok := e.Key.(string)
		if !ok {
			return nil, errors.New("state_dict has a key that is not a string")
		}
		v, ok := e.Value.(*view)
		if !ok {
			return nil, fmt.Errorf("state_dict %q is not a tensor", name)
		}
		if seen[name] {
			return nil, fmt.Errorf("state_dict has %q twice", name)
		}
		seen[name] = true
		if numbers -= int64(min(v.count, int(size)+1)); numbers < 0 {
			return nil, fmt.Errorf("state_dict %q: with it the tensors have more numbers than the file has bytes", name)
		}
		if _, ok := raw[v.storage]; !ok {
			if stored -= min(v.storage.bytes(), size+1); stored < 0 {
				return nil, fmt.Errorf("state_dict %q: with it the storages have more bytes than the file", name)
			}
			b, err := file.bytes(v.storage)
			if err != nil {
				return nil, fmt.Errorf("state_dict %q: %w", name, err)
			}
			raw[v.storage] = b
		}
		tensors = append(tensors, Tensor{Name: name, Shape: v.shape, Data: v.gather(raw[v.storage])})
	}
	return withoutPrefix(tensors, "module."), nil
}

// withoutPrefix takes prefix off the names if all of them have it.
func withoutPrefix(tensors []Tensor, prefix string) []Tensor {
	if slices.ContainsFunc(tensors, func(t Tensor) bool { return !strings.HasPrefix(t.Name, prefix) }) {
		return tensors
	}
	for i := range tensors {
		tensors[i].Name = strings.TrimPrefix(tensors[i].Name, prefix)
	}
	return tensors
}
