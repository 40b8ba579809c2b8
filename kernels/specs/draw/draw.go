// Command draw makes the kernels' logos: "Go" on a tile, as SVG and as PNG.
//
// It draws these three pictures and no others.
//
//	go run ./kernels/specs/draw kernels/specs/logos
package main

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: draw FOLDER")
		os.Exit(2)
	}
	if err := draw(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

// draw writes a folder of pictures for every logo.
func draw(folder string) error {
	for name, logo := range logos {
		dir := filepath.Join(folder, name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		files, err := logo.files()
		if err != nil {
			return err
		}
		for file, data := range files {
			if err := os.WriteFile(filepath.Join(dir, file), data, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p picture) files() (map[string][]byte, error) {
	files := map[string][]byte{"logo-svg.svg": p.svg()}
	for _, size := range []int{32, 64} {
		var b bytes.Buffer
		if err := p.png(&b, size); err != nil {
			return nil, err
		}
		files[fmt.Sprintf("logo-%dx%d.png", size, size)] = b.Bytes()
	}
	return files, nil
}

var (
	blue  = color.NRGBA{0x0b, 0x6e, 0x8f, 0xff}
	green = color.NRGBA{0x2f, 0x7d, 0x32, 0xff}
	white = color.NRGBA{0xff, 0xff, 0xff, 0xff}
)

// logos on a square of 64 units. The kernel's own is a filled tile; CUDA's has
// a row of contacts, as a chip has; that of the other kernel is an empty tile.
var logos = map[string]picture{
	"go":   append(picture{tile{2, 2, 62, 62, 13, blue}}, letters(32, white)...),
	"cuda": append(append(picture{tile{2, 2, 62, 62, 13, green}}, letters(28, white)...), contacts(white)...),
	"gonb": append(picture{tile{2, 2, 62, 62, 13, blue}, tile{5.5, 5.5, 58.5, 58.5, 9.5, white}}, letters(32, blue)...),
}

// letters are a G and an o on a line about y.
func letters(y float64, c color.NRGBA) picture {
	const stroke = 4.8
	return picture{
		arc{21, y, 10, stroke, 0, 308, c},
		bar{23, y, 31, y, stroke, c},
		arc{46, y + 3.6, 6.4, stroke, 0, 360, c},
	}
}

func contacts(c color.NRGBA) (p picture) {
	for x := 14.0; x <= 50; x += 9 {
		p = append(p, tile{x - 2.5, 50, x + 2.5, 55, 1, c})
	}
	return p
}
