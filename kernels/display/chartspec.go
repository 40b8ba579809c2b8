package display

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// zoom moves and scales the axes. It works on axes of numbers and times only.
var zoom = []any{object{"name": "zoom", "select": "interval", "bind": "scales"}}

// maxPoints is how many points a chart of series draws.
const maxPoints = 10_000

// number is a float with nine digits, which is more than a screen shows, and
// null where there is none.
func number(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return rawNumber(strconv.FormatFloat(f, 'g', 9, 64))
}

// rawNumber is a JSON number as text.
type rawNumber string

func (n rawNumber) MarshalJSON() ([]byte, error) { return []byte(n), nil }

func axis(field, kind, title string, log bool) object {
	a := object{"field": field, "type": kind, "title": title}
	switch {
	case log:
		a["scale"] = object{"type": "log"}
	case kind == "quantitative":
		a["scale"] = object{"zero": false}
	}
	return a
}

func (c *Chart) specSeries(spec object) (notes []string) {
	total := 0
	for _, s := range c.series {
		total += len(s.y)
	}
	limit := maxPoints / max(1, len(c.series))
	var values []any
	names := map[string]bool{}
	order := []string{}
	drawn := 0
	kind := c.series[0].scale
	for _, s := range c.series {
		if !names[s.name] {
			names[s.name] = true
			order = append(order, s.name)
		}
		for _, i := range s.pick(c.kind, limit) {
			x := s.at(i)
			if c.logY && s.y[i] <= 0 || c.logX && s.scale == "quantitative" && s.x[i] <= 0 {
				continue
			}
			row := object{"x": x, "y": number(s.y[i])}
			if len(c.series) > 1 || s.name != "" {
				row["s"] = s.name
			}
			values = append(values, row)
			drawn++
		}
	}
	spec["data"] = object{"values": values}
	if drawn < total {
		notes = append(notes, fmt.Sprintf("%d of %d points drawn", drawn, total))
	}
	x := axis("x", kind, c.x, c.logX && kind == "quantitative")
	y := axis("y", "quantitative", c.y, c.logY)
	tooltip := []any{
		object{"field": "x", "type": kind, "title": orName(c.x, "x")},
		object{"field": "y", "type": "quantitative", "title": orName(c.y, "y")},
	}
	encoding := object{"x": x, "y": y}
	if len(c.series) > 1 || c.series[0].name != "" {
		encoding["color"] = object{"field": "s", "type": "nominal", "title": nil, "scale": object{"domain": order}}
		tooltip = append(tooltip, object{"field": "s", "type": "nominal", "title": "series"})
	}
	encoding["tooltip"] = tooltip
	spec["encoding"] = encoding
	switch c.kind {
	case "line":
		// The points are there to be pointed at.
		spec["mark"] = object{"type": "line", "point": object{"opacity": 0, "size": 60}}
	case "point":
		spec["mark"] = object{"type": "point", "filled": true, "opacity": 0.7}
		for _, a := range []object{x, y} { // room for the points at the edges
			if scale, ok := a["scale"].(object); ok {
				scale["padding"] = 10
			}
		}
	case "bar":
		spec["mark"] = object{"type": "bar"}
		y["scale"] = object{"zero": true}
		if c.logY {
			y["scale"] = object{"type": "log"}
		}
		if len(c.series) > 1 {
			encoding["xOffset"] = object{"field": "s", "type": "nominal"}
		}
	}
	if kind == "nominal" {
		x["sort"] = nil // as they come
		if letters := len(strings.Join(c.series[0].labels, " ")); 8*letters < c.width {
			x["axis"] = object{"labelAngle": 0} // they fit side by side
		}
		return notes
	}
	spec["params"] = zoom
	return notes
}

func orName(label, name string) string {
	if label == "" {
		return name
	}
	return label
}

func (c *Chart) specHistogram(spec object) {
	values := make([]any, len(c.bins))
	for i, b := range c.bins {
		values[i] = object{"from": number(b.from), "to": number(b.to), "n": b.n}
	}
	spec["data"] = object{"values": values}
	spec["mark"] = object{"type": "bar"}
	x := axis("from", "quantitative", c.x, false)
	x["bin"] = object{"binned": true}
	y := axis("n", "quantitative", c.y, c.logY)
	if !c.logY {
		y["scale"] = object{"zero": true}
	}
	spec["encoding"] = object{
		"x": x, "x2": object{"field": "to"}, "y": y,
		"tooltip": []any{
			object{"field": "from", "type": "quantitative"},
			object{"field": "to", "type": "quantitative"},
			object{"field": "n", "type": "quantitative", "title": "count"},
		},
	}
	spec["params"] = zoom
}

func (c *Chart) specHeatmap(spec object) (notes []string) {
	g := c.cells
	dx := (g.extent[1] - g.extent[0]) / float64(g.columns)
	dy := (g.extent[3] - g.extent[2]) / float64(g.rows)
	var values []any
	for i, row := range g.z {
		for j, z := range row {
			i0, i1 := float64(i*g.stepY), float64(min((i+1)*g.stepY, g.rows))
			j0, j1 := float64(j*g.stepX), float64(min((j+1)*g.stepX, g.columns))
			values = append(values, object{
				"x": number(g.extent[0] + j0*dx), "x2": number(g.extent[0] + j1*dx),
				"y": number(g.extent[2] + i0*dy), "y2": number(g.extent[2] + i1*dy),
				"z": number(z),
			})
		}
	}
	if g.stepX > 1 || g.stepY > 1 {
		notes = append(notes, fmt.Sprintf("%d x %d cells averaged by %d x %d", g.rows, g.columns, g.stepY, g.stepX))
	}
	spec["data"] = object{"values": values}
	spec["mark"] = object{"type": "rect"}
	x, y := axis("x", "quantitative", c.x, false), axis("y", "quantitative", c.y, false)
	for _, a := range []object{x, y} {
		a["scale"] = object{"zero": false, "nice": false}
	}
	spec["encoding"] = object{
		"x": x, "x2": object{"field": "x2"}, "y": y, "y2": object{"field": "y2"},
		"color": object{"field": "z", "type": "quantitative", "title": orName(c.color, "value"), "scale": object{"scheme": "viridis"}},
		"tooltip": []any{
			object{"field": "x", "type": "quantitative", "title": orName(c.x, "x")},
			object{"field": "y", "type": "quantitative", "title": orName(c.y, "y")},
			object{"field": "z", "type": "quantitative", "title": orName(c.color, "value")},
		},
	}
	spec["params"] = zoom
	return notes
}
