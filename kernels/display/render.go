package display

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"io"
	"reflect"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// Bounds of what a value may draw of itself.
const (
	maxPixels = 64 << 20 // of an image
	maxSVG    = 16 << 20 // bytes of a figure
)

// Render is what the value of a cell's last expression looks like. text/plain is
// always there. Beside it there is what the value can draw of itself: an
// image.Image, a gonum plot or anything with its WriterTo method, methods
// MIMEBundle, HTML, Markdown, Latex, SVG and PNG, and a table for slices of
// structs and for matrices. A method that panics, or fails, is said so in the
// text. The value is not modified. It is false for what shows itself already, as
// an *Output.
func Render(v any) (pipe.Bundle, bool) {
	if _, ok := v.(interface{ shown() }); ok {
		return pipe.Bundle{}, false
	}
	r := rendering{data: map[string]any{}}
	if !isNil(v) {
		for _, draw := range drawers {
			r.try(draw, v)
		}
	}
	if _, ok := r.data["text/plain"]; !ok {
		r.data["text/plain"] = plainText(v)
	}
	for _, p := range r.problems {
		r.data["text/plain"] = fmt.Sprintf("%s\n(%s)", r.data["text/plain"], p)
	}
	return pipe.Bundle{Data: r.data}, true
}

// Show displays v as Render renders it.
func Show(v any) *Output[any] {
	return show(v, func(v any) (pipe.Bundle, error) {
		b, _ := Render(v)
		return b, nil
	})
}

func isNil(v any) bool {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Interface, reflect.Chan:
		return r.IsNil()
	}
	return false
}

// rendering collects what the drawers make of a value.
type rendering struct {
	data     map[string]any
	problems []error
}

// A drawer adds to data what it can make of v, if anything.
type drawer func(data map[string]any, v any) error

var drawers = []drawer{drawBundle, drawMethods, drawImage, drawPlot, drawTable}

func (r *rendering) try(draw drawer, v any) {
	if len(r.data) > 0 { // an earlier one knew more about it
		return
	}
	if err := guard(fmt.Sprintf("drawing %T", v), func() error { return draw(r.data, v) }); err != nil {
		clear(r.data)
		r.problems = append(r.problems, err)
	}
}

func drawBundle(data map[string]any, v any) error {
	if m, ok := v.(interface{ MIMEBundle() map[string]any }); ok {
		for mime, x := range m.MIMEBundle() {
			if b, ok := x.([]byte); ok {
				x = base64.StdEncoding.EncodeToString(b)
			}
			data[mime] = x
		}
	}
	return nil
}

func drawMethods(data map[string]any, v any) error {
	if m, ok := v.(interface{ HTML() string }); ok {
		data["text/html"] = m.HTML()
	}
	if m, ok := v.(interface{ Markdown() string }); ok {
		data["text/markdown"] = m.Markdown()
	}
	if m, ok := v.(interface{ Latex() string }); ok {
		data["text/latex"] = m.Latex()
	}
	switch m := v.(type) {
	case interface{ SVG() string }:
		data["image/svg+xml"] = m.SVG()
	case interface{ SVG() []byte }:
		data["image/svg+xml"] = string(m.SVG())
	}
	switch m := v.(type) {
	case interface{ PNG() []byte }:
		data["image/png"] = base64.StdEncoding.EncodeToString(m.PNG())
	case interface{ PNG() ([]byte, error) }:
		b, err := m.PNG()
		if err != nil {
			return err
		}
		data["image/png"] = base64.StdEncoding.EncodeToString(b)
	}
	return nil
}

func drawImage(data map[string]any, v any) error {
	img, ok := v.(image.Image)
	if !ok {
		return nil
	}
	b, err := imageBundle(img)
	if err == nil {
		data["image/png"] = b.Data["image/png"]
		data["text/plain"] = b.Data["text/plain"]
	}
	return err
}

// imageBundle is img as PNG.
func imageBundle(img image.Image) (pipe.Bundle, error) {
	size := img.Bounds().Size()
	if int64(size.X)*int64(size.Y) > maxPixels {
		return pipe.Bundle{}, fmt.Errorf("an image of %d x %d pixels is too large to show", size.X, size.Y)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return pipe.Bundle{}, err
	}
	return pipe.Bundle{Data: map[string]any{
		"image/png":  base64.StdEncoding.EncodeToString(b.Bytes()),
		"text/plain": fmt.Sprintf("%T of %d x %d pixels", img, size.X, size.Y),
	}}, nil
}

// Size of a figure in points of 1/72 inch: six inches by four.
const plotWidth, plotHeight = 432, 288

// drawPlot looks for WriterTo(w, h <float>, format string) (io.WriterTo, error),
// as *plot.Plot of gonum.org/v1/plot has it. PNG is for figures that cannot be
// SVG only: gonum takes minutes to draw the pixels of a line of 100,000 points.
func drawPlot(data map[string]any, v any) error {
	m := reflect.ValueOf(v).MethodByName("WriterTo")
	if !m.IsValid() {
		return nil
	}
	t := m.Type()
	if t.NumIn() != 3 || t.IsVariadic() || t.NumOut() != 2 ||
		t.In(0).Kind() != reflect.Float64 || t.In(1).Kind() != reflect.Float64 || t.In(2).Kind() != reflect.String ||
		t.Out(0) != reflect.TypeFor[io.WriterTo]() || t.Out(1) != reflect.TypeFor[error]() {
		return nil
	}
	figure := func(format string) ([]byte, error) {
		out := m.Call([]reflect.Value{
			reflect.ValueOf(float64(plotWidth)).Convert(t.In(0)),
			reflect.ValueOf(float64(plotHeight)).Convert(t.In(1)),
			reflect.ValueOf(format).Convert(t.In(2)),
		})
		if err, _ := out[1].Interface().(error); err != nil {
			return nil, err
		}
		var b bytes.Buffer
		_, err := out[0].Interface().(io.WriterTo).WriteTo(&b)
		return b.Bytes(), err
	}
	data["text/plain"] = fmt.Sprintf("%T of %d x %d points", v, plotWidth, plotHeight)
	svg, err := figure("svg")
	if err == nil {
		if len(svg) > maxSVG {
			return fmt.Errorf("a figure of %d MB is too large to show: draw fewer points", len(svg)>>20)
		}
		data["image/svg+xml"] = string(svg)
		return nil
	}
	img, err := figure("png")
	if err == nil {
		data["image/png"] = base64.StdEncoding.EncodeToString(img)
	}
	return err
}

func drawTable(data map[string]any, v any) error {
	if !tabular(v) {
		return nil
	}
	g, err := newGrid(v)
	if err != nil {
		return err
	}
	data["text/html"] = g.html()
	data["text/plain"] = g.text()
	return nil
}
