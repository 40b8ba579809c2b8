package gonb

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
)

// schema is the types a stream of ours uses: their definitions, which are sent
// first, and the names under which interface values carry them.
type schema struct {
	definitions []byte
	ids         map[string]int64 // registered name -> id
}

// Ids of our own types.
const (
	idDisplay = idFirst + 1 + iota
	idMap
	idSlice
	idInput
	idComm
	idFloats
	idInts
	idStrings
	idFloatMap
	idStringMap
)

var (
	commFields  = []field{{"Address", idString}, {"Request", idBool}, {"Value", idInterface}}
	inputFields = []field{{"Prompt", idString}, {"Password", idBool}}
)

// programSchema is what a program sends: DisplayData and what may be in it.
var programSchema = schema{
	definitions: slices.Concat(
		define(idDisplay, structType("DisplayData", []field{{"Data", idMap}, {"Metadata", idMap}, {"DisplayID", idString}})),
		define(idMap, mapType(idString, idInterface)),
		define(idSlice, sliceType(idInterface)),
		define(idInput, structType("InputRequest", inputFields)),
		define(idComm, structType("CommValue", commFields)),
	),
	ids: map[string]int64{nameComm: idComm, nameInput: idInput, "map[string]interface {}": idMap, "[]interface {}": idSlice},
}

// kernelSchema is what a kernel sends: CommValue with values of the types that
// GoNB's library has registered.
var kernelSchema = schema{
	definitions: slices.Concat(
		define(idComm, structType("CommValue", commFields)),
		define(idFloats, sliceType(idFloat)),
		define(idInts, sliceType(idInt)),
		define(idStrings, sliceType(idString)),
		define(idFloatMap, mapType(idString, idFloat)),
		define(idStringMap, mapType(idString, idString)),
	),
	ids: map[string]int64{"[]float64": idFloats, "[]int": idInts, "[]string": idStrings,
		"map[string]float64": idFloatMap, "map[string]string": idStringMap},
}

func appendUint(b []byte, x uint64) []byte {
	if x < 0x80 {
		return append(b, byte(x))
	}
	n := (bits.Len64(x) + 7) / 8
	b = append(b, byte(-n))
	for i := n - 1; i >= 0; i-- {
		b = append(b, byte(x>>(8*i)))
	}
	return b
}

func appendInt(b []byte, x int64) []byte {
	return appendUint(b, uint64(x<<1)^uint64(x>>63))
}

func appendString(b []byte, s string) []byte {
	return append(appendUint(b, uint64(len(s))), s...)
}

func appendFloat(b []byte, f float64) []byte {
	return appendUint(b, bits.ReverseBytes64(math.Float64bits(f)))
}

// message puts the length before a message.
func message(b []byte) []byte { return append(appendUint(nil, uint64(len(b))), b...) }

// define is the message that defines a type. The wireType struct has one field
// set, which begins with an empty CommonType; see define of the decoder.
func define(id int64, wire []byte) []byte { return message(append(appendInt(nil, -id), wire...)) }

func structType(name string, fields []field) []byte {
	b := append([]byte{3, 1, 1}, appendString(nil, name)...) // StructT, CommonType, Name
	b = append(b, 0, 1)                                      // end of CommonType, Field
	b = appendUint(b, uint64(len(fields)))
	for _, f := range fields {
		b = appendString(append(b, 1), f.name)
		b = appendInt(append(b, 1), f.id)
		b = append(b, 0)
	}
	return append(b, 0, 0)
}

func sliceType(elem int64) []byte {
	return append(appendInt([]byte{2, 1, 0, 1}, elem), 0, 0) // SliceT, CommonType, Elem
}

func mapType(key, elem int64) []byte {
	b := appendInt([]byte{4, 1, 0, 1}, key) // MapT, CommonType, Key
	return append(appendInt(append(b, 1), elem), 0, 0)
}

// record is a struct to encode: its fields in order, nil where not sent.
type record struct {
	name   string
	fields []any
}

// appendInterface encodes v as the value of an interface. It knows what JSON
// knows, []byte, int and int64 as int, records, and slices and maps of one type.
func (s *schema) appendInterface(b []byte, v any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	name, id, value := "", int64(0), []byte{0} // the zero before what is no struct
	var err error
	switch v := v.(type) {
	case nil:
		return append(b, 0), nil
	case bool:
		name, id = "bool", idBool
		value = append(value, map[bool]byte{true: 1}[v])
	case string:
		name, id, value = "string", idString, appendString(value, v)
	case []byte:
		name, id, value = "[]uint8", idBytes, appendString(value, string(v))
	case int:
		name, id, value = "int", idInt, appendInt(value, int64(v))
	case int64:
		name, id, value = "int", idInt, appendInt(value, v)
	case float64:
		name, id, value = "float64", idFloat, appendFloat(value, v)
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return s.appendInterface(b, i, depth)
		}
		f, err := v.Float64()
		if err != nil {
			return nil, err
		}
		return s.appendInterface(b, f, depth)
	case []float64:
		name, value = "[]float64", appendList(value, v, appendFloat)
	case []int64:
		name, value = "[]int", appendList(value, v, appendInt)
	case []string:
		name, value = "[]string", appendList(value, v, appendString)
	case map[string]float64:
		name, value = "map[string]float64", appendMap(value, v, appendFloat)
	case map[string]string:
		name, value = "map[string]string", appendMap(value, v, appendString)
	case []any:
		name, value = "[]interface {}", appendUint(value, uint64(len(v)))
		for _, x := range v {
			if value, err = s.appendInterface(value, x, depth+1); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		name = "map[string]interface {}"
		if value, err = s.appendAnyMap(value, v, depth+1); err != nil {
			return nil, err
		}
	case record:
		name = v.name
		if value, err = s.appendRecord(nil, v, depth+1); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("a value of type %T", v)
	}
	if id == 0 {
		if id = s.ids[name]; id == 0 {
			return nil, fmt.Errorf("a value of type %s", name)
		}
	}
	b = appendInt(appendString(b, name), id)
	return append(appendUint(b, uint64(len(value))), value...), nil
}

func appendList[T any](b []byte, list []T, put func([]byte, T) []byte) []byte {
	b = appendUint(b, uint64(len(list)))
	for _, x := range list {
		b = put(b, x)
	}
	return b
}

func appendMap[T any](b []byte, m map[string]T, put func([]byte, T) []byte) []byte {
	b = appendUint(b, uint64(len(m)))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		b = put(appendString(b, k), m[k])
	}
	return b
}

func (s *schema) appendAnyMap(b []byte, m map[string]any, depth int) ([]byte, error) {
	b = appendUint(b, uint64(len(m)))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		var err error
		if b, err = s.appendInterface(appendString(b, k), m[k], depth); err != nil {
			return nil, fmt.Errorf("%q: %w", k, err)
		}
	}
	return b, nil
}

// appendRecord encodes a struct: of its fields strings, bools and maps as
// themselves, iface values as interfaces.
func (s *schema) appendRecord(b []byte, r record, depth int) ([]byte, error) {
	last := -1
	for i, f := range r.fields {
		if f == nil {
			continue
		}
		b = appendUint(b, uint64(i-last))
		last = i
		var err error
		switch f := f.(type) {
		case string:
			b = appendString(b, f)
		case bool:
			b = append(b, map[bool]byte{true: 1}[f])
		case map[string]any:
			b, err = s.appendAnyMap(b, f, depth)
		case iface:
			b, err = s.appendInterface(b, f.value, depth)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(b, 0), nil
}

// iface marks a field of a record whose type is an interface.
type iface struct{ value any }

// encode is the message of a struct.
func (s *schema) encode(id int64, r record) ([]byte, error) {
	b, err := s.appendRecord(appendInt(nil, id), r, 0)
	if err != nil {
		return nil, err
	}
	if len(b) > maxBytes {
		return nil, errTooLarge
	}
	return message(b), nil
}
