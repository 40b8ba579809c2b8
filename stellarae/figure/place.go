package figure

import (
	"math"
	"slices"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A placer sets texts beside points, where they cover neither each other nor
// anything else.
type placer struct {
	draw.Canvas                // within which
	lines       []vg.Rectangle // what texts must keep off
	taken       []vg.Rectangle // what the lines to them must keep off too
}

const (
	nearest  = vg.Length(2)   // between a point and its text
	pointed  = vg.Length(5)   // beyond which a line joins the two
	farthest = vg.Length(150) // beyond which a text is left out
)

// place sets a text as near to a point of that radius as there is room, to its
// right first. A line joins the two, unless they are neighbours on one level.
func (p *placer) place(sty text.Style, txt string, at vg.Point, radius vg.Length) {
	sty.XAlign, sty.YAlign = draw.XCenter, draw.YCenter
	width, height := sty.Width(txt), sty.Font.Size
	for away := nearest; away < farthest; away += 3 {
		for k := range 16 {
			turn := math.Pi / 8 * float64((k+1)/2) * float64(1-2*(k%2)) // 0, 1, -1, 2, ... sixteenths
			sin, cos := math.Sincos(turn)
			middle := vg.Point{
				X: at.X + vg.Length(cos)*(width/2+radius+away),
				Y: at.Y + vg.Length(sin)*(height/2+radius+away),
			}
			box := boxAround(middle, width+2, height)
			if !p.holds(box) || meets(p.lines, box) || meets(p.taken, box) {
				continue
			}
			way := along(at, radius, middle, box)
			if level := k == 0 || k == 15; level && away < pointed {
				way = nil
			}
			far := way[min(4, len(way)):] // a point may stand so close to another that its line must cross it
			if slices.ContainsFunc(far, func(r vg.Rectangle) bool { return meets(p.taken, r) }) {
				continue
			}
			if len(way) > 0 {
				first, last := way[0], way[len(way)-1]
				p.StrokeLine2(draw.LineStyle{Color: muted, Width: 0.5}, first.Min.X, first.Min.Y, last.Max.X, last.Max.Y)
			}
			p.FillText(sty, vg.Point{X: middle.X, Y: middle.Y + sty.FontExtents().Descent}, txt)
			p.taken = append(append(p.taken, box), way...)
			return
		}
	}
}

func (p *placer) holds(r vg.Rectangle) bool {
	return r.Min.X >= p.Min.X && r.Max.X <= p.Max.X && r.Min.Y >= p.Min.Y && r.Max.Y <= p.Max.Y
}

// meets tells whether one of some rectangles overlaps another.
func meets(some []vg.Rectangle, r vg.Rectangle) bool {
	return slices.ContainsFunc(some, func(o vg.Rectangle) bool {
		return r.Min.X < o.Max.X && o.Min.X < r.Max.X && r.Min.Y < o.Max.Y && o.Min.Y < r.Max.Y
	})
}

// along is the way from a point, beginning at a distance, to the box around
// another, in pieces a point long.
func along(from vg.Point, start vg.Length, to vg.Point, box vg.Rectangle) (pieces []vg.Rectangle) {
	d := to.Sub(from)
	length := vg.Length(math.Hypot(float64(d.X), float64(d.Y)))
	for s := start; s < length; s++ {
		at := from.Add(d.Scale(s / length))
		if at.X > box.Min.X && at.X < box.Max.X && at.Y > box.Min.Y && at.Y < box.Max.Y {
			break
		}
		pieces = append(pieces, boxAround(at, 0.2, 0.2))
	}
	return pieces
}
