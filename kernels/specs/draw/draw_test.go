package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// The checked-in pictures are those that this program draws.
func TestCheckedInLogosAreCurrent(t *testing.T) {
	dir := t.TempDir()
	if err := draw(dir); err != nil {
		t.Fatal(err)
	}
	for name := range logos {
		for _, file := range []string{"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} {
			drawn, err := os.ReadFile(filepath.Join(dir, name, file))
			if err != nil {
				t.Fatal(err)
			}
			kept, err := os.ReadFile(filepath.Join("..", "logos", name, file))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(drawn, kept) {
				t.Errorf("logos/%s/%s differs from what is drawn: run go generate ./kernels/specs", name, file)
			}
		}
	}
	entries, err := os.ReadDir("../logos")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(logos) {
		t.Errorf("%d folders of logos are checked in, %d are drawn", len(entries), len(logos))
	}
}

// A picture is a tile on nothing: its corners are clear, its middle is not,
// and both sizes cover the same part of the square within an edge's width.
func TestPictures(t *testing.T) {
	for name, logo := range logos {
		covered := map[int]float64{}
		for _, size := range []int{32, 64} {
			var b bytes.Buffer
			if err := logo.png(&b, size); err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(&b)
			if err != nil {
				t.Fatal(err)
			}
			if got := img.Bounds().Size(); got.X != size || got.Y != size {
				t.Fatalf("%s: %v, want %d pixels a side", name, got, size)
			}
			var sum float64
			for y := range size {
				for x := range size {
					_, _, _, a := img.At(x, y).RGBA()
					sum += float64(a) / 0xffff
				}
			}
			covered[size] = sum / float64(size*size)
			for _, at := range [][2]int{{0, 0}, {size - 1, 0}, {0, size - 1}, {size - 1, size - 1}} {
				if _, _, _, a := img.At(at[0], at[1]).RGBA(); a != 0 {
					t.Errorf("%s at %d pixels: the corner %v is not clear", name, size, at)
				}
			}
		}
		// The tile: 60 x 60 units less four corners of radius 13.
		const want = (3600 - (4-3.14159265)*13*13) / (64 * 64)
		for size, got := range covered {
			if got < want-0.005 || got > want+0.005 {
				t.Errorf("%s at %d pixels covers %.4f of its square, want %.4f", name, size, got, want)
			}
		}
	}
}

func TestSVGIsXML(t *testing.T) {
	for name, logo := range logos {
		d := xml.NewDecoder(bytes.NewReader(logo.svg()))
		elements := -1 // svg itself
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if _, ok := token.(xml.StartElement); ok {
				elements++
			}
		}
		if elements != len(logo) {
			t.Errorf("%s: %d elements for %d shapes", name, elements, len(logo))
		}
	}
}
