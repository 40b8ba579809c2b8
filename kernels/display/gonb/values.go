package gonb

import (
	"errors"
	"fmt"
	"strconv"
)

// value reads a value on its own: a struct as such, anything else behind a zero.
func (d *decoder) value(id int64) any {
	if t := d.types[id]; t == nil || t.kind != 't' {
		if d.uint() != 0 {
			d.fail(errors.New("no zero before a value that is no struct"))
		}
	}
	return d.item(id)
}

// item reads a value within another.
func (d *decoder) item(id int64) any {
	switch id {
	case idBool:
		return d.uint() != 0
	case idInt:
		return d.int()
	case idUint:
		return d.uint()
	case idFloat:
		return d.float()
	case idBytes:
		return append([]byte{}, d.take(d.uint())...)
	case idString:
		return d.string()
	case idComplex:
		return complex(d.float(), d.float())
	}
	d.depth++
	defer func() { d.depth-- }()
	if d.depth > maxDepth {
		d.fail(errDepth)
	}
	if id == idInterface {
		return d.interfaceValue()
	}
	t := d.types[id]
	if t == nil {
		d.fail(fmt.Errorf("type %d is not defined", id))
	}
	switch t.kind {
	case 'a', 's':
		return d.list(t)
	case 'm':
		return d.mapping(t)
	case 't':
		return d.structure(t)
	}
	// A type that encodes itself: its text, or bytes only it understands.
	b := d.take(d.uint())
	if t.kind == 'x' {
		return string(b)
	}
	return append([]byte{}, b...)
}

// interfaceValue reads a name, a type, the length of the value, and the value.
func (d *decoder) interfaceValue() any {
	name := d.string()
	if name == "" {
		return nil
	}
	id := d.typeSequence(true)
	d.uint()
	return named{name, d.value(id)}
}

func (d *decoder) list(t *wireType) any {
	n := d.count()
	if t.kind == 'a' && int64(n) != t.length {
		d.fail(fmt.Errorf("%d items in an array of %d", n, t.length))
	}
	switch t.elem {
	case idInt:
		return readList(n, d.int)
	case idFloat:
		return readList(n, d.float)
	case idString:
		return readList(n, d.string)
	}
	return readList(n, func() any { return d.item(t.elem) })
}

// readList grows with the items read.
func readList[T any](n int, read func() T) []T {
	list := make([]T, 0, min(n, 1024))
	for range n {
		list = append(list, read())
	}
	return list
}

// entryCost is what an entry of a map counts against maxItems: the memory it
// takes beside that of its key and value.
const entryCost = 16

func (d *decoder) mapping(t *wireType) any {
	n := d.count()
	d.charge((entryCost - 1) * uint64(n))
	m := make(map[string]any, min(n, 1024))
	for range n {
		k := d.item(t.key)
		v := d.item(t.elem)
		m[d.key(k)] = v
	}
	return m
}

// key is a key as JSON has it: a string.
func (d *decoder) key(k any) string {
	switch k := k.(type) {
	case string:
		return k
	case int64:
		return strconv.FormatInt(k, 10)
	case uint64:
		return strconv.FormatUint(k, 10)
	case float64, bool:
		return fmt.Sprint(k)
	case named:
		return d.key(k.value)
	}
	d.fail(fmt.Errorf("a map with keys of type %T", k))
	return ""
}

// structure reads a struct; fields that were zero and so not sent are set where
// their type has an obvious zero.
func (d *decoder) structure(t *wireType) any {
	d.charge(entryCost * uint64(len(t.fields)))
	m := make(map[string]any, min(len(t.fields), 1024))
	for _, f := range t.fields {
		m[f.name] = zero(f.id)
	}
	d.structFields(func(n int) {
		if n >= len(t.fields) {
			d.fail(fmt.Errorf("field %d of %s, which has %d", n, t.name, len(t.fields)))
		}
		f := t.fields[n]
		m[f.name] = d.item(f.id)
	})
	return m
}

func zero(id int64) any {
	switch id {
	case idBool:
		return false
	case idInt:
		return int64(0)
	case idUint:
		return uint64(0)
	case idFloat:
		return 0.0
	case idString:
		return ""
	}
	return nil
}
