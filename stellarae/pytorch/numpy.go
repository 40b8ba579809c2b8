package pytorch

import (
	"errors"
	"fmt"
	"math"

	"github.com/nlpodyssey/gopickle/types"
)

// NumPy's scalars often lie beside a state_dict, as the best loss so far. One
// is pickled as scalar(dtype(code), bytes), and the bytes, which protocol 2
// has no opcode for, as _codecs.encode(text, "latin1").

// numpyType is a numpy.dtype of one number.
type numpyType struct{ code string }

// PySetState implements types.PyStateSettable. The state's second item is the
// byte order.
func (*numpyType) PySetState(state any) error {
	tuple, ok := state.(*types.Tuple)
	if !ok || tuple.Len() < 2 || (tuple.Get(1) != "<" && tuple.Get(1) != "|") {
		return errors.New("a numpy.dtype is not little-endian")
	}
	return nil
}

func newNumpyType(args []any) (any, error) {
	if len(args) > 0 {
		if code, ok := args[0].(string); ok && numpyTypes[code] != nil {
			return &numpyType{code}, nil
		}
	}
	return nil, errors.New("a numpy.dtype is not one of a plain number")
}

// numpyTypes decode the bytes of a scalar, which are as many as the code's
// last digit says.
var numpyTypes = map[string]func(b []byte) any{
	"f8": func(b []byte) any { return math.Float64frombits(little.Uint64(b)) },
	"f4": func(b []byte) any { return float64(math.Float32frombits(little.Uint32(b))) },
	"f2": func(b []byte) any { return float64(half(little.Uint16(b))) },
	"i8": func(b []byte) any { return int(little.Uint64(b)) },
	"i4": func(b []byte) any { return int(int32(little.Uint32(b))) },
	"i2": func(b []byte) any { return int(int16(little.Uint16(b))) },
	"i1": func(b []byte) any { return int(int8(b[0])) },
	"u4": func(b []byte) any { return int(little.Uint32(b)) },
	"u2": func(b []byte) any { return int(little.Uint16(b)) },
	"u1": func(b []byte) any { return int(b[0]) },
	"b1": func(b []byte) any { return b[0] != 0 },
}

func numpyScalar(args []any) (any, error) {
	if len(args) == 2 {
		t, ok1 := args[0].(*numpyType)
		b, ok2 := args[1].(*pythonBytes)
		if ok1 && ok2 && len(b.content) == int(t.code[1]-'0') {
			return numpyTypes[t.code](b.content), nil
		}
	}
	return nil, errors.New("a numpy scalar is not a type and as many bytes")
}

// pythonBytes is a Python bytes object. A pointer to it stays short where
// gopickle writes values into an error.
type pythonBytes struct{ content []byte }

// encode turns text of code points below 256 into bytes.
func encode(args []any) (any, error) {
	if len(args) != 2 || args[1] != "latin1" {
		return nil, errors.New("_codecs.encode is for latin1 only")
	}
	text, ok := args[0].(string)
	if !ok {
		return nil, errors.New("_codecs.encode takes a string")
	}
	b := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			return nil, fmt.Errorf("_codecs.encode: %q is not latin1", r)
		}
		b = append(b, byte(r))
	}
	return &pythonBytes{b}, nil
}
