package display

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// mimeVegaLite is drawn by JupyterLab without an extension.
const mimeVegaLite = "application/vnd.vegalite.v5+json"

// VegaLite shows a Vega-Lite 5 chart, which stays interactive in the saved
// notebook. The specification is JSON text (string, []byte, json.RawMessage) or
// anything that becomes a JSON object, such as a *Chart or a map.
func VegaLite(spec any) *Output[any] { return show(spec, vegaBundle) }

func vegaBundle(spec any) (pipe.Bundle, error) {
	if c, ok := spec.(*Chart); ok {
		var err error
		if spec, err = c.Spec(); err != nil {
			return pipe.Bundle{}, err
		}
	}
	var raw []byte
	switch s := spec.(type) {
	case string:
		raw = []byte(s)
	case []byte:
		raw = s
	case json.RawMessage:
		raw = s
	default:
		var err error
		if raw, err = rawJSON(spec); err != nil {
			return pipe.Bundle{}, fmt.Errorf("vega-lite: %w", err)
		}
	}
	var parts struct {
		Title json.RawMessage `json:"title"`
	}
	if err := json.Unmarshal(raw, &parts); err != nil {
		return pipe.Bundle{}, fmt.Errorf("vega-lite: not a JSON object: %w", err)
	}
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return pipe.Bundle{}, errors.New("vega-lite: not a JSON object")
	}
	return pipe.Bundle{Data: map[string]any{
		mimeVegaLite: json.RawMessage(raw),
		"text/plain": "Vega-Lite chart" + titleOf(parts.Title),
	}}, nil
}

// titleOf is ": title", from a title that is a string or an object with text.
func titleOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil && s != "" {
		return ": " + s
	}
	var o struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(raw, &o) == nil && o.Text != "" {
		return ": " + o.Text
	}
	return ""
}
