package stored

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
)

// A picture is compared in squares of so many pixels, in which a hair's breadth of a
// line hardly shows; squares differ by more than so much of 255, and of so many of
// a hundred that may.
const (
	square    = 4
	visible   = 24
	mayDiffer = 0.02
	mostPixel = 1 << 25
)

func comparePNG(a, b []byte) string {
	x, err := decode(a)
	if err != nil {
		return err.Error()
	}
	y, err := decode(b)
	if err != nil {
		return "rerun: " + err.Error()
	}
	if x.Bounds().Size() != y.Bounds().Size() {
		return fmt.Sprintf("%v pixels, rerun %v", x.Bounds().Size(), y.Bounds().Size())
	}
	differ, all := 0, 0
	size := x.Bounds().Size()
	for top := 0; top < size.Y; top += square {
		for left := 0; left < size.X; left += square {
			all++
			p, q := average(x, left, top), average(y, left, top)
			for k := range p {
				if math.Abs(p[k]-q[k]) > visible {
					differ++
					break
				}
			}
		}
	}
	if part := float64(differ) / float64(all); part > mayDiffer {
		return fmt.Sprintf("%.1f %% of the picture differs", 100*part)
	}
	return ""
}

// decode refuses what would take much memory.
func decode(data []byte) (image.Image, error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if config.Width > mostPixel/max(1, config.Height) {
		return nil, fmt.Errorf("a picture of %d x %d pixels", config.Width, config.Height)
	}
	return png.Decode(bytes.NewReader(data))
}

// average is the mean colour of a square, of 255.
func average(m image.Image, left, top int) (mean [3]float64) {
	r := image.Rect(left, top, left+square, top+square).Add(m.Bounds().Min).Intersect(m.Bounds())
	n := float64(r.Dx() * r.Dy() * 257)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			red, green, blue, _ := m.At(x, y).RGBA()
			for k, v := range []uint32{red, green, blue} {
				mean[k] += float64(v) / n
			}
		}
	}
	return mean
}
