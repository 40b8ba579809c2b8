package pytorch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// pickler writes the pickle of a checkpoint in protocol 2, without a memo.
type pickler struct{ bytes.Buffer }

// picklerOf writes {"state_dict": OrderedDict, ...meta}. Tensor i refers to
// the storage with the key i.
func picklerOf(c *Checkpoint) (*pickler, error) {
	var p pickler
	p.WriteString("\x80\x02}(")
	p.text("state_dict")
	p.orderedDict()
	p.WriteByte('(')
	for i, t := range c.Tensors {
		p.text(t.Name)
		p.tensor(strconv.Itoa(i), t)
	}
	p.WriteByte('u')
	for _, key := range slices.Sorted(maps.Keys(c.Meta)) {
		p.text(key)
		switch v := c.Meta[key].(type) {
		case int:
			p.integer(v)
		case float64:
			p.WriteByte('G')
			p.Write(binary.BigEndian.AppendUint64(nil, math.Float64bits(v)))
		case bool:
			p.boolean(v)
		case string:
			p.text(v)
		default:
			return nil, fmt.Errorf("meta %q is a %T, not an int, float64, bool or string", key, v)
		}
	}
	p.WriteString("u.")
	return &p, nil
}

// tensor writes t as a contiguous view of the whole storage key.
func (p *pickler) tensor(key string, t Tensor) {
	stride := make([]int, len(t.Shape))
	next := 1
	for i := len(stride) - 1; i >= 0; i-- {
		stride[i] = next
		next *= max(t.Shape[i], 1)
	}
	p.view("FloatStorage", key, len(t.Data), 0, t.Shape, stride)
}

// view writes _rebuild_tensor_v2(storage, offset, shape, stride,
// requires_grad, hooks) for a storage of so many numbers.
func (p *pickler) view(class, key string, count, offset int, shape, stride []int) {
	p.WriteString("ctorch._utils\n_rebuild_tensor_v2\n((")
	p.text("storage")
	p.WriteString("ctorch\n" + class + "\n")
	p.text(key)
	p.text("cpu")
	p.integer(count)
	p.WriteString("tQ")
	p.integer(offset)
	p.integers(shape)
	p.integers(stride)
	p.boolean(false)
	p.orderedDict()
	p.WriteString("tR")
}

func (p *pickler) orderedDict() { p.WriteString("ccollections\nOrderedDict\n)R") }

func (p *pickler) text(s string) {
	p.WriteByte('X')
	p.Write(little.AppendUint32(nil, uint32(len(s))))
	p.WriteString(s)
}

func (p *pickler) boolean(v bool) {
	if v {
		p.WriteByte(0x88)
	} else {
		p.WriteByte(0x89)
	}
}

func (p *pickler) integers(list []int) {
	p.WriteByte('(')
	for _, n := range list {
		p.integer(n)
	}
	p.WriteByte('t')
}

func (p *pickler) integer(v int) {
	if int(int32(v)) == v {
		p.WriteByte('J')
		p.Write(little.AppendUint32(nil, uint32(v)))
		return
	}
	p.WriteString("\x8a\x08") // LONG1 of eight bytes, two's complement
	p.Write(little.AppendUint64(nil, uint64(v)))
}
