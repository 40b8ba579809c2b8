package figure

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// rasterDPI is the resolution of pixel layers in vector graphics.
const rasterDPI = 200

// A raster is a transparent pixel layer over a canvas. On an image canvas its
// pixels are the image's own, so nothing is resampled.
type raster struct {
	*image.RGBA
	dpi    float64
	x0, y1 int // pixels from the page's lower left corner to the layer's left and upper edge
}

// newRaster is a layer that just covers c.
func newRaster(c draw.Canvas) *raster {
	r := &raster{dpi: rasterDPI}
	var inner vg.Canvas = c
	for {
		dc, ok := inner.(draw.Canvas)
		if !ok {
			break
		}
		inner = dc.Canvas
	}
	if img, ok := inner.(interface{ DPI() float64 }); ok {
		r.dpi = img.DPI()
	}
	r.x0, r.y1 = int(math.Floor(c.Min.X.Dots(r.dpi))), int(math.Ceil(c.Max.Y.Dots(r.dpi)))
	x1, y0 := int(math.Ceil(c.Max.X.Dots(r.dpi))), int(math.Floor(c.Min.Y.Dots(r.dpi)))
	r.RGBA = image.NewRGBA(image.Rect(0, 0, x1-r.x0, r.y1-y0))
	return r
}

// at turns a point of the page into pixels of the layer.
func (r *raster) at(p vg.Point) (x, y float64) {
	return p.X.Dots(r.dpi) - float64(r.x0), float64(r.y1) - p.Y.Dots(r.dpi)
}

// fill paints the rectangle between two points of the page, its edges rounded
// to whole pixels, so that neighbours meet without a seam.
func (r *raster) fill(a, b vg.Point, col color.RGBA) {
	ax, ay := r.at(a)
	bx, by := r.at(b)
	box := image.Rect(round(ax), round(ay), round(bx), round(by)).Intersect(r.Bounds())
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			r.SetRGBA(x, y, col)
		}
	}
}

// disc lays a disc over what is there, with soft edges and an opacity in
// [0, 1].
func (r *raster) disc(center vg.Point, radius vg.Length, col color.RGBA, opacity float64) {
	cx, cy := r.at(center)
	rad := radius.Dots(r.dpi)
	box := image.Rect(int(cx-rad-1), int(cy-rad-1), int(cx+rad+2), int(cy+rad+2)).Intersect(r.Bounds())
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			d := math.Hypot(float64(x)+0.5-cx, float64(y)+0.5-cy)
			if a := opacity * math.Max(0, math.Min(1, rad-d+0.5)); a > 0 {
				// RGBA holds premultiplied colours, of which this is "over".
				over := color.RGBA{uint8(a * float64(col.R)), uint8(a * float64(col.G)), uint8(a * float64(col.B)), uint8(a * 255)}
				under := r.RGBAAt(x, y)
				k := 1 - a
				r.SetRGBA(x, y, color.RGBA{
					over.R + uint8(k*float64(under.R)), over.G + uint8(k*float64(under.G)),
					over.B + uint8(k*float64(under.B)), over.A + uint8(k*float64(under.A)),
				})
			}
		}
	}
}

// draw puts the layer on the canvas it was made for.
func (r *raster) draw(c draw.Canvas) {
	pt := func(x, y int) vg.Point {
		return vg.Point{X: vg.Length(float64(x) / r.dpi * 72), Y: vg.Length(float64(y) / r.dpi * 72)}
	}
	size := r.Bounds().Size()
	c.DrawImage(vg.Rectangle{Min: pt(r.x0, r.y1-size.Y), Max: pt(r.x0+size.X, r.y1)}, r.RGBA)
}

func round(x float64) int { return int(math.Round(x)) }
