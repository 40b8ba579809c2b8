package widgets

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asPython holds what testdata/states.py wrote with ipywidgets 8.1.9.
type asPython struct {
	State   map[string]any `json:"state"`
	Paths   [][]string     `json:"buffer_paths"`
	Buffers []string       `json:"buffers"`
	Layout  *asPython      `json:"layout"`
	Style   *asPython      `json:"style"`
}

// asOurs is the state of m in the same form, references by the name of the model.
func asOurs(t *testing.T, m *model) *asPython {
	t.Helper()
	plain, paths, buffers := split(m.state, slices.Collect(maps.Keys(m.state)))
	raw, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, c := range m.children {
		text = strings.ReplaceAll(text, c.ref(), "IPY_MODEL_"+c.kind+"Model")
	}
	out := &asPython{Paths: paths, Buffers: []string{}}
	if err := json.Unmarshal([]byte(text), &out.State); err != nil {
		t.Fatal(err)
	}
	for _, b := range buffers {
		out.Buffers = append(out.Buffers, hex.EncodeToString(b))
	}
	return out
}

func TestStatesAreThoseOfIpywidgets(t *testing.T) {
	raw, err := os.ReadFile("testdata/states.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]*asPython
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	ours := map[string]Widget{
		"FloatSlider":      FloatSlider("z", -2, 3, 0.25, 1.5),
		"IntSlider":        IntSlider("n", 1, 9, 2, 7),
		"FloatRangeSlider": FloatRangeSlider("r", 1, 5, 0.5, [2]float64{2, 3}),
		"Dropdown":         Dropdown("d", []string{"a", "b", "c"}, "b"),
		"Checkbox":         Checkbox("on", true),
		"Button":           NewButton("go"),
		"Text":             Text("text", "t"),
		"Textarea":         Textarea("area", "u\nv"),
		"Label":            Label("label"),
		"HTML":             HTML("<b>h</b>"),
		"Image":            Image([]byte("\x89PNG...")),
		"IntProgress":      IntProgress("p", 0, 10, 3),
		"FloatProgress":    FloatProgress("q", 0, 1, 0.5),
		"HBox":             HBox(Label("x")),
		"VBox":             VBox(Label("x")),
	}
	if len(ours) != len(want) {
		t.Errorf("%d kinds here, %d in the fixture", len(ours), len(want))
	}
	for name, w := range ours {
		m := w.base()
		got := asOurs(t, m)
		got.Layout = asOurs(t, m.children[0])
		if _, ok := styles[name]; ok {
			got.Style = asOurs(t, m.children[1])
		}
		if d := cmp.Diff(want[name], got); d != "" {
			t.Errorf("%s (-python +go):\n%s", name, d)
		}
	}
}
