package stellarae

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph" //lint:ignore ST1001 graph code reads as formulas
)

// Precision is the format of the numbers that the convolutions multiply.
// Parameters, checkpoints, codes, the linear layers, the loss and Adam are
// float32 in any case. The zero value means Float32.
//
// BFloat16 has eight significant bits: half the memory and twice the products
// a second, or more, where the device has units for it; elsewhere it is slower.
// Products are added up in float32. The first and the last layer, which touch
// spectra, stay in Float32: their continuum of 1 would be known to 0.4 % only.
type Precision string

const (
	Float32  Precision = "float32"
	BFloat16 Precision = "bfloat16"
)

// ParsePrecision takes a format's name; "" is Float32.
func ParsePrecision(name string) (Precision, error) {
	switch p := Precision(name); p {
	case "", Float32:
		return Float32, nil
	case BFloat16:
		return p, nil
	}
	return "", fmt.Errorf("precision %q: want %s or %s", name, Float32, BFloat16)
}

// UsePrecision sets what Encode, Posterior and Decode compute with from now on.
func (m *Model) UsePrecision(p Precision) error {
	p, err := ParsePrecision(string(p))
	if err == nil && p != m.precision {
		m.precision, m.encoder, m.posterior, m.decoder = p, nil, nil, nil
	}
	return err
}

// inner has layers but for the outermost compute in a precision.
func (p Precision) inner(layers []layer, outermost int) []layer {
	layers = slices.Clone(layers)
	for i := range layers {
		layers[i].format = dtypes.Float32
		if p == BFloat16 && i != outermost {
			layers[i].format = dtypes.BFloat16
		}
	}
	return layers
}

func (p Precision) encoder(c Config) []layer { return p.inner(c.encoder(), 0) }

func (p Precision) decoder(c Config) []layer {
	layers := c.decoder()
	return p.inner(layers, len(layers)-1)
}

// to converts where there is something to convert.
func to(x *Node, d dtypes.DType) *Node {
	if x.DType() == d {
		return x
	}
	return ConvertDType(x, d)
}
