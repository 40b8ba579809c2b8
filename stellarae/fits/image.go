package fits

import "fmt"

// Image is the array of an image HDU.
type Image struct {
	Shape  []int // numpy's order: the slowest axis (the last NAXISn) first
	Bitpix int   // stored type: 8, 16, 32, 64 (integers), -32, -64 (floats)

	raw     []byte
	letter  byte // the same type as a table column's letter
	scaling scaling
}

var bitpixLetter = map[int64]byte{8: 'B', 16: 'I', 32: 'J', 64: 'K', -32: 'E', -64: 'D'}

// Image returns the HDU's array; an error if the HDU is a table or holds no
// array (NAXIS = 0).
func (h *HDU) Image() (*Image, error) {
	if h.Kind != KindImage {
		return nil, h.fail("holds no image but %s", h.Kind)
	}
	bitpix, _ := h.Header.Int("BITPIX")
	naxis, _ := h.Header.Int("NAXIS")
	if naxis == 0 {
		return nil, h.fail("holds no image: NAXIS is 0")
	}
	raw, err := h.data.bytes()
	if err != nil {
		return nil, h.fail("%w", err)
	}
	im := &Image{
		Shape: make([]int, naxis), Bitpix: int(bitpix),
		raw: raw, letter: bitpixLetter[bitpix],
		scaling: scalingOf(h.Header, "BSCALE", "BZERO", "BLANK"),
	}
	for i := range im.Shape {
		n, _ := h.Header.Int(fmt.Sprintf("NAXIS%d", int(naxis)-i))
		im.Shape[i] = int(n)
	}
	return im, nil
}

// Len is the number of samples, the product of Shape.
func (im *Image) Len() int { return len(im.raw) / elementSize(im.letter) }

// Float64s returns the samples in physical value, BZERO + BSCALE x stored, the
// last axis of Shape fastest; integers equal to BLANK are NaN.
func (im *Image) Float64s() []float64 {
	return floats[float64](im.letter, im.raw, im.Len(), im.scaling)
}

// Float32s is Float64s rounded to float32, and a float image without scaling
// as it is stored.
func (im *Image) Float32s() []float32 {
	return floats[float32](im.letter, im.raw, im.Len(), im.scaling)
}
