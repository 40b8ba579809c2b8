package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
)

// side of a picture in its own units.
const side = 64

// picture is shapes, the later ones over the earlier.
type picture []shape

// shape is drawn twice: as SVG, and by its distance, from which a pixel's
// coverage follows.
type shape interface {
	element() string
	distance(x, y float64) float64 // to the edge, in units; negative inside
	fill() color.NRGBA
}

func (p picture) svg() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %[1]d %[2]d\">\n", side, side)
	for _, s := range p {
		fmt.Fprintf(&b, "  %s\n", s.element())
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// png writes a picture of size x size pixels: where an edge passes at distance
// d (in pixels) from a pixel's centre, the shape covers about 1/2 - d of it.
func (p picture) png(w io.Writer, size int) error {
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	scale := float64(size) / side
	for j := range size {
		for i := range size {
			x, y := (float64(i)+0.5)/scale, (float64(j)+0.5)/scale
			var pixel color.NRGBA
			for _, s := range p {
				cover := min(1, max(0, 0.5-s.distance(x, y)*scale))
				pixel = over(s.fill(), cover, pixel)
			}
			img.SetNRGBA(i, j, pixel)
		}
	}
	return png.Encode(w, img)
}

// over lays a colour that covers a part of a pixel over what is there.
func over(c color.NRGBA, cover float64, under color.NRGBA) color.NRGBA {
	rest := float64(under.A) / 255 * (1 - cover)
	alpha := cover + rest
	if alpha == 0 {
		return color.NRGBA{}
	}
	mix := func(a, b uint8) uint8 { return uint8(math.Round((float64(a)*cover + float64(b)*rest) / alpha)) }
	return color.NRGBA{mix(c.R, under.R), mix(c.G, under.G), mix(c.B, under.B), uint8(math.Round(255 * alpha))}
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// tile is a rectangle with round corners.
type tile struct {
	x0, y0, x1, y1, radius float64
	colour                 color.NRGBA
}

func (t tile) fill() color.NRGBA { return t.colour }

func (t tile) element() string {
	return fmt.Sprintf(`<rect x="%g" y="%g" width="%g" height="%g" rx="%g" fill="%s"/>`,
		t.x0, t.y0, t.x1-t.x0, t.y1-t.y0, t.radius, hex(t.colour))
}

func (t tile) distance(x, y float64) float64 {
	dx := math.Abs(x-(t.x0+t.x1)/2) - (t.x1-t.x0)/2 + t.radius
	dy := math.Abs(y-(t.y0+t.y1)/2) - (t.y1-t.y0)/2 + t.radius
	return math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - t.radius
}

// bar is a line with round ends.
type bar struct {
	x0, y0, x1, y1, width float64
	colour                color.NRGBA
}

func (b bar) fill() color.NRGBA { return b.colour }

func (b bar) element() string {
	return fmt.Sprintf(`<path d="M%g %gL%g %g" stroke="%s" stroke-width="%g" stroke-linecap="round"/>`,
		b.x0, b.y0, b.x1, b.y1, hex(b.colour), b.width)
}

func (b bar) distance(x, y float64) float64 {
	dx, dy := b.x1-b.x0, b.y1-b.y0
	t := min(1, max(0, ((x-b.x0)*dx+(y-b.y0)*dy)/(dx*dx+dy*dy)))
	return math.Hypot(x-b.x0-t*dx, y-b.y0-t*dy) - b.width/2
}

// arc is a part of a circle's line, with round ends: clockwise as seen, from
// one angle to another, in degrees from the right.
type arc struct {
	x, y, radius, width, from, to float64
	colour                        color.NRGBA
}

func (a arc) fill() color.NRGBA { return a.colour }

func (a arc) at(degrees float64) (x, y float64) {
	s, c := math.Sincos(degrees * math.Pi / 180)
	return a.x + a.radius*c, a.y + a.radius*s
}

func (a arc) element() string {
	if a.to-a.from >= 360 {
		return fmt.Sprintf(`<circle cx="%g" cy="%g" r="%g" fill="none" stroke="%s" stroke-width="%g"/>`,
			a.x, a.y, a.radius, hex(a.colour), a.width)
	}
	x0, y0 := a.at(a.from)
	x1, y1 := a.at(a.to)
	large := 0
	if a.to-a.from > 180 {
		large = 1
	}
	return fmt.Sprintf(`<path d="M%.2f %.2fA%g %g 0 %d 1 %.2f %.2f" fill="none" stroke="%s" stroke-width="%g" stroke-linecap="round"/>`,
		x0, y0, a.radius, a.radius, large, x1, y1, hex(a.colour), a.width)
}

func (a arc) distance(x, y float64) float64 {
	angle := math.Mod(math.Atan2(y-a.y, x-a.x)*180/math.Pi-a.from+720, 360)
	if angle <= a.to-a.from {
		return math.Abs(math.Hypot(x-a.x, y-a.y)-a.radius) - a.width/2
	}
	x0, y0 := a.at(a.from)
	x1, y1 := a.at(a.to)
	return min(math.Hypot(x-x0, y-y0), math.Hypot(x-x1, y-y1)) - a.width/2
}
