package widgets

import "maps"

// Attributes of a layout, all without a value at first.
var layoutNames = []string{
	"align_content", "align_items", "align_self", "border_bottom", "border_left", "border_right", "border_top",
	"bottom", "display", "flex", "flex_flow", "grid_area", "grid_auto_columns", "grid_auto_flow", "grid_auto_rows",
	"grid_column", "grid_gap", "grid_row", "grid_template_areas", "grid_template_columns", "grid_template_rows",
	"height", "justify_content", "justify_items", "left", "margin", "max_height", "max_width", "min_height",
	"min_width", "object_fit", "object_position", "order", "overflow", "padding", "right", "top", "visibility", "width",
}

// font is what styles say of text.
var font = []string{"font_family", "font_size", "font_style", "font_variant", "font_weight", "text_color", "text_decoration"}

// style is a kind of style model with its attributes without a value.
type style struct {
	kind  string
	nulls []string
	plain bool // without description_width
}

var (
	sliderStyle   = style{kind: "SliderStyle", nulls: []string{"handle_color"}}
	textStyle     = style{kind: "TextStyle", nulls: []string{"background", "font_size", "text_color"}}
	progressStyle = style{kind: "ProgressStyle", nulls: []string{"bar_color"}}
)

// styles by kind of widget; Image and the boxes have none.
var styles = map[string]style{
	"FloatSlider": sliderStyle, "IntSlider": sliderStyle, "FloatRangeSlider": sliderStyle,
	"Dropdown":    {kind: "DescriptionStyle"},
	"Checkbox":    {kind: "CheckboxStyle", nulls: []string{"background"}},
	"Button":      {kind: "ButtonStyle", nulls: append([]string{"button_color"}, font...), plain: true},
	"Text":        textStyle,
	"Textarea":    textStyle,
	"Label":       {kind: "LabelStyle", nulls: append([]string{"background"}, font...)},
	"HTML":        {kind: "HTMLStyle", nulls: []string{"background", "font_size", "text_color"}},
	"IntProgress": progressStyle, "FloatProgress": progressStyle,
}

// views are the names of views where they are not that of the kind.
var views = map[string]string{"IntProgress": "ProgressView", "FloatProgress": "ProgressView"}

func nulls(names []string) map[string]any {
	state := map[string]any{}
	for _, n := range names {
		state[n] = nil
	}
	return state
}

// newDOM is the model of something on the page, with its layout and style. The
// states are those of ipywidgets 8.1; testdata/states.py writes them out.
func newDOM(kind string, state map[string]any) *model {
	view := views[kind]
	if view == "" {
		view = kind + "View"
	}
	m := newModel(kind, controls, view, controls, map[string]any{"_dom_classes": []string{}, "tabbable": nil, "tooltip": nil})
	maps.Copy(m.state, state)
	layout := newModel("Layout", base, "LayoutView", base, nulls(layoutNames))
	m.state["layout"] = layout.ref()
	m.children = []*model{layout}
	if s, ok := styles[kind]; ok {
		style := newModel(s.kind, controls, "StyleView", base, nulls(s.nulls))
		if !s.plain {
			style.state["description_width"] = ""
		}
		m.state["style"] = style.ref()
		m.children = append(m.children, style)
	}
	return m
}

// layout is the model that places m on the page.
func (m *model) layout() *model { return m.children[0] }
