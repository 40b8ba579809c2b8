package gonb

import (
	"errors"
	"fmt"
)

// define reads the definition of type id: a wireType struct, of which exactly
// one field is set (encoding/gob, "Encoding details").
func (d *decoder) define(id int64) {
	if id < idFirst || d.types[id] != nil {
		d.fail(fmt.Errorf("type %d defined twice", id))
	}
	if len(d.types) >= maxTypes {
		d.fail(fmt.Errorf("more than %d types", maxTypes))
	}
	var t *wireType
	d.structFields(func(n int) {
		if t != nil {
			d.fail(errors.New("type with two kinds"))
		}
		t = &wireType{}
		switch n {
		case 0: // ArrayT: CommonType, Elem, Len
			t.kind = 'a'
			d.definition(t, func() { t.elem = d.int() }, func() { t.length = d.int() })
		case 1: // SliceT: CommonType, Elem
			t.kind = 's'
			d.definition(t, func() { t.elem = d.int() })
		case 2: // StructT: CommonType, Field
			t.kind = 't'
			d.definition(t, func() { t.fields = d.fieldList() })
		case 3: // MapT: CommonType, Key, Elem
			t.kind = 'm'
			d.definition(t, func() { t.key = d.int() }, func() { t.elem = d.int() })
		case 4, 5: // GobEncoderT, BinaryMarshalerT: CommonType
			t.kind = 'g'
			d.definition(t)
		case 6: // TextMarshalerT: CommonType
			t.kind = 'x'
			d.definition(t)
		default:
			d.fail(fmt.Errorf("type of kind %d", n))
		}
	})
	if t == nil {
		d.fail(errors.New("type without a kind"))
	}
	d.types[id] = t
}

// definition reads a struct whose first field is a CommonType{Name, Id}.
func (d *decoder) definition(t *wireType, rest ...func()) {
	d.structFields(func(n int) {
		switch {
		case n == 0:
			d.structFields(func(n int) {
				switch n {
				case 0:
					t.name = d.string()
				case 1:
					d.int()
				default:
					d.fail(fmt.Errorf("field %d of a type's name", n))
				}
			})
		case n <= len(rest):
			rest[n-1]()
		default:
			d.fail(fmt.Errorf("field %d of a type", n))
		}
	})
}

func (d *decoder) fieldList() []field {
	var list []field
	for range d.count() {
		var f field
		d.structFields(func(n int) {
			switch n {
			case 0:
				f.name = d.string()
			case 1:
				f.id = d.int()
			default:
				d.fail(fmt.Errorf("field %d of a field", n))
			}
		})
		list = append(list, f)
	}
	return list
}

// structFields calls read with the number of each field sent.
func (d *decoder) structFields(read func(n int)) {
	n := -1
	for {
		delta := d.uint()
		if delta == 0 {
			return
		}
		if delta > 1<<20 || n+int(delta) > 1<<20 {
			d.fail(fmt.Errorf("a struct with over %d fields", 1<<20))
		}
		n += int(delta)
		read(n)
	}
}

// count reads the length of a list and charges for its items.
func (d *decoder) count() int {
	n := d.uint()
	d.charge(n)
	return int(n)
}

func (d *decoder) charge(n uint64) {
	if n > uint64(d.items) {
		d.fail(errItems)
	}
	d.items -= int(n)
}
