package stored

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The course's notebooks as they are stored.
func TestStoredNotebooks(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "..", "notebooks", "*.ipynb"))
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d notebooks, %v", len(paths), err)
	}
	for _, path := range paths {
		b, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, complaint := range b.Check() {
			t.Error(complaint)
		}
		outputs := 0
		for _, c := range b.Cells {
			outputs += len(c.Outputs)
		}
		if outputs == 0 {
			t.Errorf("%s: stored without outputs", path)
		}
	}
}

// book is a notebook with one cell that has the outputs.
func book(t *testing.T, tags []string, outputs ...map[string]any) *Book {
	t.Helper()
	cells := []map[string]any{
		{"cell_type": "markdown", "source": []string{"# Title\n", "words"}, "metadata": map[string]any{}},
		{"cell_type": "code", "source": "f()", "metadata": map[string]any{"tags": tags}, "outputs": outputs},
	}
	text, err := json.MarshalIndent(map[string]any{"nbformat": 4, "cells": cells}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "b.ipynb")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func stream(text string) map[string]any {
	return map[string]any{"output_type": "stream", "name": "stdout", "text": strings.SplitAfter(text, "\n")}
}

func shown(kind string, data any) map[string]any {
	return map[string]any{"output_type": "display_data", "data": map[string]any{kind: data}, "metadata": map[string]any{}}
}

func failure(text string) map[string]any {
	return map[string]any{"output_type": "error", "ename": "panic", "evalue": text, "traceback": []string{text}}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name      string
		tags      []string
		output    map[string]any
		complaint string
	}{
		{"plain", nil, stream("read 3 rows of ../runs/course in 2/3 of a second"), ""},
		{"a path", nil, stream("read /home/eve/x.fits"), "names /home/eve/x.fits"},
		{"a quoted path", nil, stream(`open "/tmp/a/b": no`), "names /tmp/a/b"},
		{"Windows", nil, stream(`in C:\Users\eve`), `names C:\Users\eve`},
		{"a URL", nil, stream("https://example.org/home/page"), ""},
		{"HTML", nil, shown("text/html", "<b>in /Users/eve/y</b>"), "names /Users/eve/y"},
		{"JSON", nil, shown("application/json", map[string]any{"at": "/root/z"}), "names /root/z"},
		{"a picture", nil, shown("image/png", "iVBOR /tmp/base64"), ""},
		{"a failure", nil, failure("index out of range"), "failed: panic: index out of range"},
		{"a failure that is meant", []string{"raises-exception"}, failure("index out of range"), ""},
		{"a path in one", []string{"raises-exception"}, failure("at /tmp/cell.go:3"), "names /tmp/cell.go:3"},
		{"much", nil, stream(strings.Repeat("x", Largest)), "shows 3000"},
	} {
		got := book(t, c.tags, c.output).Check()
		if c.complaint == "" && len(got) > 0 || c.complaint != "" && (len(got) == 0 || !strings.Contains(got[0], "cell 1: "+c.complaint)) {
			t.Errorf("%s: %q, want %q", c.name, got, c.complaint)
		}
	}
}

// picture is a white one with a black line at a height.
func picture(t *testing.T, width, at, thick int) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, 100))
	for y := range 100 {
		for x := range width {
			m.Set(x, y, color.White)
			if y >= at && y < at+thick {
				m.Set(x, y, color.Black)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name       string
		old, rerun map[string]any
		difference string
	}{
		{"the same", stream("a 1.00\nb"), stream("a 1.00\nb"), ""},
		{"a close number", stream("cosine 0.873, 1654 stars"), stream("cosine 0.861, 1660 stars"), ""},
		{"another column width", stream("x      12.5"), stream("x   12.6"), ""},
		{"another number", stream("cosine 0.87"), stream("cosine 0.78"), "0.87, rerun 0.78"},
		{"another node", stream("node 9"), stream("node 11"), "9, rerun 11"},
		{"another word", stream("found true"), stream("found false"), `"found true", rerun "found false"`},
		{"more numbers", stream("nodes [2 9]"), stream("nodes [2 9 11]"), "2 numbers, rerun 3"},
		{"a duration", stream("done in 3.1 s"), stream("done in 17 s"), ""},
		{"progress", shown("text/html", "<progress></progress> 10/10"), stream("it is there"), ""},
		{"another kind", shown("text/html", "<b>1</b>"), shown("text/plain", "1"), "output 0, text/html: rerun has none"},
		{"a table", shown("text/html", "<td>0.6371</td>"), shown("text/html", "<td>0.6402</td>"), ""},
		{"a drawing", shown("image/svg+xml", "<path d='M10,20L30,40'/>"), shown("image/svg+xml", "<path d='M11,20L30,39'/>"), ""},
		{"another drawing", shown("image/svg+xml", "<path d='M10,20L30,40'/>"), shown("image/svg+xml", "<path d='M10,20L30,49'/>"), "40, rerun 49"},
		{"a widget", shown("application/vnd.jupyter.widget-view+json", map[string]any{"model_id": "a1"}), shown("application/vnd.jupyter.widget-view+json", map[string]any{"model_id": "b2"}), ""},
		{"a chart", shown("application/vnd.vegalite.v5+json", map[string]any{"y": 0.5}), shown("application/vnd.vegalite.v5+json", map[string]any{"y": 0.9}), "0.5, rerun 0.9"},
		{"a picture", shown("image/png", picture(t, 80, 40, 1)), shown("image/png", picture(t, 80, 40, 1)), ""},
		{"a thin line moved by a pixel", shown("image/png", picture(t, 80, 41, 1)), shown("image/png", picture(t, 80, 42, 1)), ""},
		{"a line elsewhere", shown("image/png", picture(t, 80, 40, 3)), shown("image/png", picture(t, 80, 60, 3)), "of the picture differs"},
		{"another size", shown("image/png", picture(t, 80, 40, 1)), shown("image/png", picture(t, 90, 40, 1)), "(80,100) pixels, rerun (90,100)"},
		{"no picture", shown("image/png", picture(t, 80, 40, 1)), shown("image/png", "aGVsbG8="), "rerun: "},
		{"a failure", stream("a"), failure("b"), "output 0: stream stdout, rerun error"},
	} {
		got := Compare(book(t, nil, c.old), book(t, nil, c.rerun))
		if c.difference == "" && len(got) > 0 || c.difference != "" && (len(got) != 1 || !strings.Contains(got[0], c.difference)) {
			t.Errorf("%s: %q, want %q", c.name, got, c.difference)
		}
	}
	split := book(t, nil, stream("a\n"), stream("b\n"))
	if got := Compare(split, book(t, nil, stream("a\nb\n"))); len(got) > 0 {
		t.Errorf("a stream in two pieces: %q", got)
	}
	if got := Compare(split, book(t, nil)); len(got) != 1 {
		t.Errorf("no outputs: %q", got)
	}
}

func TestRead(t *testing.T) {
	for text, cause := range map[string]string{"": "JSON", "{}": "no cells", `{"cells": 3}`: "cannot unmarshal"} {
		path := filepath.Join(t.TempDir(), "x.ipynb")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(fmt.Sprint(err), cause) || !strings.Contains(fmt.Sprint(err), "x.ipynb") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
