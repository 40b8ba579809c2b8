package figure

import (
	"image/color"
	"math"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// On an image, a pixel layer is laid down unresampled: every cell of a heat map
// has exactly its colour.
func TestRasterIsExact(t *testing.T) {
	for _, dpi := range []int{72, 75, 150, 211} {
		c := vgimg.NewWith(vgimg.UseWH(101.3, 57.7), vgimg.UseDPI(dpi))
		dc := draw.Crop(draw.New(c), 10.1, -7.3, 5.9, -3.1)
		r := newRaster(dc)
		colors := []color.RGBA{vermilion, blue, green, black}
		edges := []float64{0, 0.2, 0.45, 0.7, 1}
		for i, col := range colors {
			r.fill(vg.Point{X: dc.X(edges[i]), Y: dc.Y(0)}, vg.Point{X: dc.X(edges[i+1]), Y: dc.Y(1)}, col)
		}
		r.draw(dc)
		box := c.Image().Bounds()
		for i, col := range colors {
			from, to := dc.X(edges[i]).Dots(c.DPI()), dc.X(edges[i+1]).Dots(c.DPI())
			for y := box.Dy() / 4; y < box.Dy()/2; y++ {
				for x := int(from) + 1; x < int(to)-1; x++ {
					if got := color.RGBAModel.Convert(c.Image().At(x, y)); got != col {
						t.Fatalf("%d dpi: pixel %d, %d is %v, want %v", dpi, x, y, got, col)
					}
				}
			}
		}
	}
}

// The ink of a disc is its area times its opacity.
func TestDiscArea(t *testing.T) {
	c := vgimg.NewWith(vgimg.UseWH(72, 72), vgimg.UseDPI(144))
	dc := draw.New(c)
	for _, at := range []vg.Point{{X: 36, Y: 36}, {X: 30.17, Y: 40.83}} {
		r := newRaster(dc)
		const radius, opacity = 5, 0.5
		r.disc(at, radius, black, opacity)
		ink := 0.0
		for _, v := range r.Pix[:] {
			ink += float64(v) / 255 // black: only alpha is not 0
		}
		if want := math.Pi * 100 * opacity; math.Abs(ink-want) > 0.02*want {
			t.Errorf("the disc at %v has %.1f pixels of ink, want %.1f", at, ink, want)
		}
	}
}
