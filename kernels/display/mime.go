package display

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// Publish shows a bundle of MIME types as it is.
func Publish(b pipe.Bundle) *Output[pipe.Bundle] {
	return show(b, func(b pipe.Bundle) (pipe.Bundle, error) {
		if len(b.Data) == 0 {
			return b, errors.New("an empty bundle")
		}
		return b, nil
	})
}

// text shows a string under one MIME type.
func text(mime, s string) *Output[string] {
	return show(s, func(s string) (pipe.Bundle, error) { return single(mime, s), nil })
}

func single(mime string, v any) pipe.Bundle {
	return pipe.Bundle{Data: map[string]any{mime: v}}
}

// Text shows plain text.
func Text(s string) *Output[string] { return text("text/plain", s) }

// HTML shows HTML.
func HTML(s string) *Output[string] { return text("text/html", s) }

// HTMLf shows HTML made with fmt.Sprintf, which does not escape anything.
func HTMLf(format string, args ...any) *Output[string] { return HTML(fmt.Sprintf(format, args...)) }

// Markdown shows Markdown; formulas stand between dollar signs.
func Markdown(s string) *Output[string] { return text("text/markdown", s) }

// Latex shows LaTeX: formulas with their dollar signs, or an environment.
func Latex(s string) *Output[string] { return text("text/latex", s) }

// JavaScript runs a script in the browser, each time the output is drawn.
// JupyterLab has the element that shows it under the name element. Notebooks
// that are not trusted, and some front ends, run none.
func JavaScript(s string) *Output[string] { return text("application/javascript", s) }

// SVG shows an SVG drawing.
func SVG[T ~string | ~[]byte](s T) *Output[T] {
	return show(s, func(s T) (pipe.Bundle, error) { return single("image/svg+xml", string(s)), nil })
}

// PNG shows the bytes of a PNG file; anything else is an error of the Output.
func PNG[T ~string | ~[]byte](data T) *Output[T] {
	return picture("image/png", "\x89PNG\r\n\x1a\n", data)
}

// JPEG shows the bytes of a JPEG file; anything else is an error of the Output.
func JPEG[T ~string | ~[]byte](data T) *Output[T] {
	return picture("image/jpeg", "\xff\xd8\xff", data)
}

func picture[T ~string | ~[]byte](mime, magic string, data T) *Output[T] {
	return show(data, func(data T) (pipe.Bundle, error) {
		b := []byte(data)
		if !bytes.HasPrefix(b, []byte(magic)) {
			return pipe.Bundle{}, fmt.Errorf("%d bytes that are not %s", len(b), mime)
		}
		return pipe.Bundle{Data: map[string]any{
			mime:         base64.StdEncoding.EncodeToString(b),
			"text/plain": fmt.Sprintf("%s of %d bytes", mime, len(b)),
		}}, nil
	})
}

// Picture shows the bytes of an image file, whose kind the first bytes tell: PNG,
// JPEG, GIF, WebP or SVG. Anything else is an error of the Output.
func Picture(data []byte) *Output[[]byte] {
	return show(data, func(data []byte) (pipe.Bundle, error) {
		mime := kindOf(data)
		switch mime {
		case "":
			return pipe.Bundle{}, fmt.Errorf("%d bytes that are no PNG, JPEG, GIF, WebP or SVG", len(data))
		case "image/svg+xml":
			return single(mime, string(data)), nil
		}
		return single(mime, base64.StdEncoding.EncodeToString(data)), nil
	})
}

// kindOf tells the MIME type of an image file by its first bytes, "" if none.
func kindOf(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(b, []byte("GIF87a")), bytes.HasPrefix(b, []byte("GIF89a")):
		return "image/gif"
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return "image/webp"
	}
	head := bytes.TrimSpace(b[:min(len(b), 1024)])
	if bytes.HasPrefix(head, []byte("<svg")) || bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<svg")) {
		return "image/svg+xml"
	}
	return ""
}

// Image shows an image as PNG.
func Image(img image.Image) *Output[image.Image] {
	return show(img, func(img image.Image) (pipe.Bundle, error) {
		if img == nil {
			return pipe.Bundle{}, errors.New("no image")
		}
		return imageBundle(img)
	})
}

// JSON shows a value as a tree to be folded open. A value without a JSON form
// (NaN, a channel) is an error of the Output.
func JSON(v any) *Output[any] {
	return show(v, func(v any) (pipe.Bundle, error) {
		raw, err := rawJSON(v)
		if err != nil {
			return pipe.Bundle{}, err
		}
		var text bytes.Buffer
		if err := json.Indent(&text, raw, "", "  "); err != nil {
			return pipe.Bundle{}, err
		}
		plain := clip(text.String(), maxText)
		if len(plain) < text.Len() {
			plain += fmt.Sprintf("… (%d bytes in all)", text.Len())
		}
		return pipe.Bundle{Data: map[string]any{"application/json": raw, "text/plain": plain}}, nil
	})
}

// rawJSON is the JSON of v, with angle brackets as they are.
func rawJSON(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
