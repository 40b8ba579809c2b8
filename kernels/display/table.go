package display

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// Table shows rows and columns: of a slice of structs or of maps, a [][]float64
// or [][]string, a matrix with methods Dims and At, a map, Columns or a map of
// slices (by column), or one struct. Of a long or wide table the beginning is
// shown and a line that says how much is missing. What is no table is an error
// of the Output.
func Table(v any) *Output[any] {
	return show(v, func(v any) (pipe.Bundle, error) {
		g, err := newGrid(v)
		if err != nil {
			return pipe.Bundle{}, err
		}
		return pipe.Bundle{Data: map[string]any{"text/html": g.html(), "text/plain": g.text()}}, nil
	})
}

// note says what is missing, or is empty.
func (g *grid) note() string {
	var parts []string
	if g.moreRows > 0 {
		parts = append(parts, fmt.Sprintf("… %d more rows", g.moreRows))
	}
	if g.moreColumns > 0 {
		parts = append(parts, fmt.Sprintf("… %d more columns", g.moreColumns))
	}
	return strings.Join(parts, ", ")
}

// html draws with JupyterLab's own style of tables; the alignment is inline, as
// that is kept where the notebook is not trusted.
func (g *grid) html() string {
	var b strings.Builder
	cell := func(tag, text string, right bool) {
		align := "left"
		if right {
			align = "right"
		}
		fmt.Fprintf(&b, `<%s style="text-align:%s">%s</%s>`, tag, align, html.EscapeString(text), tag)
	}
	b.WriteString("<table>")
	if g.heads != nil {
		b.WriteString("<thead><tr>")
		for j, h := range g.heads {
			cell("th", h, g.right[j])
		}
		b.WriteString("</tr></thead>")
	}
	b.WriteString("<tbody>")
	for _, row := range g.rows {
		b.WriteString("\n<tr>")
		for j, text := range row {
			cell("td", text, g.right[j])
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	if n := g.note(); n != "" {
		fmt.Fprintf(&b, "\n<div>%s</div>", n)
	}
	return b.String()
}

// text draws with spaces between the columns.
func (g *grid) text() string {
	lines := g.rows
	if g.heads != nil {
		lines = append([][]string{g.heads}, g.rows...)
	}
	one := strings.NewReplacer("\n", "⏎", "\r", "", "\t", " ")
	width := make([]int, len(g.right))
	for _, line := range lines {
		for j, text := range line {
			width[j] = max(width[j], utf8.RuneCountInString(one.Replace(text)))
		}
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		var l strings.Builder
		for j, text := range line {
			text = one.Replace(text)
			pad := strings.Repeat(" ", width[j]-utf8.RuneCountInString(text))
			if j > 0 {
				l.WriteString("  ")
			}
			if g.right[j] {
				l.WriteString(pad + text)
			} else {
				l.WriteString(text + pad)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " "))
	}
	if n := g.note(); n != "" {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(n)
	}
	return b.String()
}
