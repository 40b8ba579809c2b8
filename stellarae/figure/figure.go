package figure

import (
	"bytes"
	"cmp"
	"fmt"
	"image/png"
	"io"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Resolutions of PNG images, in pixels per inch.
const (
	DefaultDPI  = 150
	NotebookDPI = 120 // of MIMEBundle: sharp, and small enough to be stored in a notebook
)

// Figure is a finished figure. Encoding it does not change it, so one figure
// can be saved in several formats; it must not be encoded from several
// goroutines at once.
type Figure struct {
	Width, Height vg.Length // on paper
	DPI           int       // of PNG images; where it is not positive, DefaultDPI or NotebookDPI

	// Dropped counts the points that could not be drawn because a coordinate
	// was NaN or infinite, or not positive on a logarithmic axis.
	Dropped int

	page page
}

// PNG draws the figure on white and returns it as a PNG image.
func (f *Figure) PNG() ([]byte, error) {
	return f.pngAt(cmp.Or(max(f.DPI, 0), DefaultDPI))
}

// MIMEBundle is how a notebook shows the figure, such as with display.Show: as
// PNG. One that cannot be drawn says why.
func (f *Figure) MIMEBundle() map[string]any {
	b, err := f.pngAt(cmp.Or(max(f.DPI, 0), NotebookDPI))
	if err != nil {
		return map[string]any{"text/plain": err.Error()}
	}
	text := fmt.Sprintf("figure of %.1f x %.1f inches", f.Width/vg.Inch, f.Height/vg.Inch)
	if f.Dropped > 0 {
		text += fmt.Sprintf(", %d points left out", f.Dropped)
	}
	return map[string]any{"image/png": b, "text/plain": text}
}

func (f *Figure) pngAt(dpi int) ([]byte, error) {
	c := vgimg.NewWith(vgimg.UseWH(f.Width, f.Height), vgimg.UseDPI(dpi))
	f.page.draw(draw.New(c))
	var b bytes.Buffer
	if err := png.Encode(&b, c.Image()); err != nil {
		return nil, fmt.Errorf("figure: png: %w", err)
	}
	return b.Bytes(), nil
}

// SVG draws the figure on white and returns it as a standalone SVG document.
// Text stays text; the fonts are Liberation Sans or its metric twins Arial and
// Helvetica. Dense scatters and heat maps are embedded as pixels.
func (f *Figure) SVG() ([]byte, error) {
	c := vgsvg.New(f.Width, f.Height)
	f.page.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("figure: svg: %w", err)
	}
	// vgsvg names one font family and calls its PNG images JPEG.
	return []byte(strings.NewReplacer(
		"font-family:Liberation Sans;", "font-family:Liberation Sans,Arial,Helvetica,sans-serif;",
		"data:image/jpg;base64,", "data:image/png;base64,",
	).Replace(b.String())), nil
}

// Save writes the figure to path as its extension says: ".png" or ".svg". The
// file appears whole or not at all.
func (f *Figure) Save(path string) error {
	var data []byte
	var err error
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".png":
		data, err = f.PNG()
	case ".svg":
		data, err = f.SVG()
	default:
		return fmt.Errorf("figure: save %s: format %q is neither .png nor .svg", path, ext)
	}
	if err != nil {
		return fmt.Errorf("figure: save %s: %w", path, err)
	}
	err = atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("figure: save %w", err)
	}
	return nil
}
