package figure

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A foot explains marks below the panels, in as many rows as the page's width
// asks for.
type foot []footEntry

type footEntry struct {
	name string
	wide vg.Length                        // of the mark
	draw func(c draw.Canvas, at vg.Point) // the mark around at
}

const (
	footLine = vg.Length(18) // width of a line or a box
	footDot  = vg.Length(8)  // of a circle
	footGap  = vg.Length(4)  // between mark and name
	footSep  = vg.Length(14) // between entries
	footStep = vg.Length(noteSize * 1.5)
)

func (e footEntry) width() vg.Length {
	sty := style(noteSize)
	return e.wide + footGap + sty.Width(e.name)
}

// rows are the entries, broken where a row would be wider than width.
func (f foot) rows(width vg.Length) []foot {
	var rows []foot
	var used vg.Length
	for _, e := range f {
		if len(rows) == 0 || used+footSep+e.width() > width {
			rows, used = append(rows, nil), -footSep
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], e)
		used += footSep + e.width()
	}
	return rows
}

// height is the space that the foot takes off a page of that width.
func (f foot) height(width vg.Length) vg.Length {
	if len(f) == 0 {
		return 0
	}
	return panelGap + footStep*vg.Length(len(f.rows(width)))
}

// draw sets the rows at the lower edge of c, each in the middle.
func (f foot) draw(c draw.Canvas) {
	sty := style(noteSize)
	sty.YAlign = draw.YCenter
	descent := sty.FontExtents().Descent
	rows := f.rows(c.Max.X - c.Min.X)
	y := c.Min.Y + footStep*(vg.Length(len(rows))-0.5)
	for _, row := range rows {
		width := -footSep
		for _, e := range row {
			width += footSep + e.width()
		}
		x := c.Center().X - width/2
		for _, e := range row {
			e.draw(c, vg.Point{X: x + e.wide/2, Y: y})
			c.FillText(sty, vg.Point{X: x + e.wide + footGap, Y: y + descent}, e.name)
			x += e.width() + footSep
		}
		y -= footStep
	}
}

// lineEntry explains a line.
func lineEntry(name string, sty draw.LineStyle) footEntry {
	return footEntry{name, footLine, func(c draw.Canvas, at vg.Point) {
		c.StrokeLine2(sty, at.X-footLine/2, at.Y, at.X+footLine/2, at.Y)
	}}
}

// boxEntry explains what is filled.
func boxEntry(name string, fill func(c draw.Canvas, r vg.Rectangle)) footEntry {
	return footEntry{name, footLine, func(c draw.Canvas, at vg.Point) { fill(c, boxAround(at, footLine, 8)) }}
}

// markEntry explains a mark.
func markEntry(name string, m mark) footEntry { return footEntry{name, footDot, m.draw} }
