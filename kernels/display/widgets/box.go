package widgets

import "strings"

// Box puts widgets beside or below each other.
type Box struct{ *model }

// HBox puts widgets beside each other.
func HBox(children ...Widget) *Box { return newBox("HBox", children) }

// VBox puts widgets below each other.
func VBox(children ...Widget) *Box { return newBox("VBox", children) }

func newBox(kind string, children []Widget) *Box {
	refs := make([]string, len(children))
	b := &Box{newDOM(kind, map[string]any{"box_style": ""})}
	for i, c := range children {
		refs[i] = c.base().ref()
		b.children = append(b.children, c.base())
	}
	b.state["children"] = refs
	b.static = func() (string, string) {
		var page, lines []string
		for _, c := range children {
			html, text := c.base().static()
			page, lines = append(page, html), append(lines, text)
		}
		return strings.Join(page, "\n"), strings.Join(lines, "\n")
	}
	return b
}

// Width is a CSS width, such as "400px" or "50%".
func (b *Box) Width(css string) *Box { b.layout().set("width", css); return b }
