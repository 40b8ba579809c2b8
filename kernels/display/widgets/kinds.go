package widgets

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"slices"
)

func plainJSON(v any) ([]byte, error) { return json.Marshal(v) }

func described(description string, more map[string]any) map[string]any {
	more["description"] = description
	more["description_allow_html"] = false
	return more
}

func slider(description, format string, low, high, step any) map[string]any {
	return described(description, map[string]any{
		"min": low, "max": high, "step": step, "readout_format": format,
		"behavior": "drag-tap", "continuous_update": true, "disabled": false,
		"orientation": "horizontal", "readout": true,
	})
}

// FloatSlider chooses a number from low to high. It panics where value is not
// between them.
func FloatSlider(description string, low, high, step, value float64) *Control[float64] {
	must("FloatSlider", low <= value && value <= high && step > 0)
	return newControl("FloatSlider", slider(description, ".2f", low, high, step), "value", value, same, floatIn(low, high))
}

// IntSlider chooses a whole number from low to high. It panics where value is not
// between them.
func IntSlider(description string, low, high, step, value int) *Control[int] {
	must("IntSlider", low <= value && value <= high && step > 0)
	return newControl("IntSlider", slider(description, "d", low, high, step), "value", value, same, intIn(low, high))
}

// FloatRangeSlider chooses two numbers from low to high, the smaller first. It
// panics where value is not such.
func FloatRangeSlider(description string, low, high, step float64, value [2]float64) *Control[[2]float64] {
	must("FloatRangeSlider", low <= value[0] && value[0] <= value[1] && value[1] <= high && step > 0)
	one := floatIn(low, high)
	return newControl("FloatRangeSlider", slider(description, ".2f", low, high, step), "value", value, same,
		func(v any) (r [2]float64, err error) {
			if r, ok := v.([2]float64); ok {
				v = []any{r[0], r[1]}
			}
			list, _ := v.([]any)
			if len(list) != 2 {
				return r, errKind
			}
			for i, x := range list {
				if r[i], err = one(x); err != nil {
					return r, err
				}
			}
			if r[0] > r[1] {
				return r, fmt.Errorf("%v is above %v", r[0], r[1])
			}
			return r, nil
		})
}

// Dropdown chooses one of the options. It panics where value is none of them.
func Dropdown(description string, options []string, value string) *Control[string] {
	must("Dropdown", slices.Contains(options, value))
	options = slices.Clone(options)
	return newControl("Dropdown", described(description, map[string]any{"_options_labels": options, "disabled": false}), "index", value,
		func(s string) any {
			if i := slices.Index(options, s); i >= 0 {
				return i
			}
			return nil
		},
		func(v any) (string, error) {
			i, err := toInt(v)
			if err != nil || i < 0 || i >= len(options) {
				return "", fmt.Errorf("not one of %q", options)
			}
			return options[i], nil
		})
}

// Checkbox is on or off.
func Checkbox(description string, value bool) *Control[bool] {
	return newControl("Checkbox", described(description, map[string]any{"disabled": false, "indent": true}), "value", value, same, of[bool])
}

func field(description string) map[string]any {
	return described(description, map[string]any{"placeholder": "\u200b"})
}

// Text is a line the user may type. OnChange is called at each letter; after
// Attr("continuous_update", false) at the end of the line.
func Text(description, value string) *Control[string] {
	state := field(description)
	state["continuous_update"], state["disabled"] = true, false
	return newControl("Text", state, "value", value, same, of[string])
}

// Textarea is text of several lines that the user may type.
func Textarea(description, value string) *Control[string] {
	state := field(description)
	state["continuous_update"], state["disabled"], state["rows"] = true, false, nil
	return newControl("Textarea", state, "value", value, same, of[string])
}

// Label is text the program may change.
func Label(value string) *Control[string] {
	return newControl("Label", field(""), "value", value, same, of[string])
}

// HTML is HTML the program may change.
func HTML(value string) *Control[string] {
	c := newControl("HTML", field(""), "value", value, same, of[string])
	c.static = func() (string, string) {
		s := c.Value()
		return s, fmt.Sprintf("HTML of %d bytes", len(s))
	}
	return c
}

// Image is the bytes of an image file, PNG or JPEG, that the program may change
// for others of the same format.
func Image(data []byte) *Control[[]byte] {
	format := "png"
	if bytes.HasPrefix(data, []byte("\xff\xd8\xff")) {
		format = "jpeg"
	}
	c := newControl("Image", map[string]any{"format": format, "width": "", "height": ""}, "value", data,
		func(b []byte) any { return b }, of[[]byte])
	c.static = func() (string, string) {
		b := c.Value()
		return fmt.Sprintf(`<img src="data:image/%s;base64,%s">`, format, base64.StdEncoding.EncodeToString(b)),
			fmt.Sprintf("%s image of %d bytes", format, len(b))
	}
	return c
}

func progress(description string, low, high any) map[string]any {
	return described(description, map[string]any{"min": low, "max": high, "bar_style": "", "orientation": "horizontal"})
}

// IntProgress is a bar that the program moves with Set. It panics where value is
// not between low and high.
func IntProgress(description string, low, high, value int) *Control[int] {
	must("IntProgress", low <= value && value <= high)
	return newControl("IntProgress", progress(description, low, high), "value", value, same, intIn(low, high))
}

// FloatProgress is a bar that the program moves with Set. It panics where value
// is not between low and high.
func FloatProgress(description string, low, high, value float64) *Control[float64] {
	must("FloatProgress", low <= value && value <= high)
	return newControl("FloatProgress", progress(description, low, high), "value", value, same, floatIn(low, high))
}

func must(kind string, ok bool) {
	if !ok {
		panic("widgets: " + kind + ": the value is outside of its range, or the step is not above 0")
	}
}

func same[T any](v T) any { return v }

// of takes a value of type T as it is.
func of[T any](v any) (T, error) {
	t, ok := v.(T)
	if !ok {
		return t, errKind
	}
	return t, nil
}

func toFloat(v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case int:
		return float64(v), nil
	case json.Number:
		return v.Float64()
	}
	return 0, errKind
}

func toInt(v any) (int, error) {
	f, err := toFloat(v)
	if err == nil && (f != math.Trunc(f) || math.Abs(f) > 1<<53) {
		err = fmt.Errorf("%v is not whole", f)
	}
	return int(f), err
}

func floatIn(low, high float64) func(any) (float64, error) {
	return func(v any) (float64, error) {
		f, err := toFloat(v)
		if err == nil && !(low <= f && f <= high) {
			err = fmt.Errorf("%v is not from %v to %v", f, low, high)
		}
		return f, err
	}
}

func intIn(low, high int) func(any) (int, error) {
	return func(v any) (int, error) {
		i, err := toInt(v)
		if err == nil && (i < low || i > high) {
			err = fmt.Errorf("%d is not from %d to %d", i, low, high)
		}
		return i, err
	}
}

// Button calls functions when the user presses it.
type Button struct {
	*model
	call []func()
}

// maxClicks is how many presses wait while a function runs; more are left out.
const maxClicks = 64

// NewButton makes a button with a text on it.
func NewButton(description string) *Button {
	b := &Button{}
	b.model = newDOM("Button", map[string]any{"description": description, "disabled": false, "icon": "", "button_style": ""})
	b.static = func() (string, string) {
		text := b.name()
		return "<div>" + html.EscapeString(text) + "</div>", text
	}
	b.custom = func(content map[string]any) func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		calls := b.call
		if content["event"] != "click" || len(calls) == 0 || b.callbacks.length() >= maxClicks {
			return nil
		}
		return func() {
			for _, f := range calls {
				f()
			}
		}
	}
	return b
}

// OnClick calls f at each press, after functions given earlier.
func (b *Button) OnClick(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.call = append(b.call[:len(b.call):len(b.call)], f)
}

// Description is the text on the button.
func (b *Button) Description(s string) *Button { b.set("description", s); return b }

// Disable greys the button out, or brings it back.
func (b *Button) Disable(off bool) *Button { b.set("disabled", off); return b }

// Width is a CSS width, such as "400px" or "50%".
func (b *Button) Width(css string) *Button { b.layout().set("width", css); return b }
