package figure

import (
	"image/color"
	"math"
)

// Okabe and Ito's colours for categories, as published at
// https://jfly.uni-koeln.de/color/ and in Wong 2011,
// Nature Methods 8, 441, doi:10.1038/nmeth.1618.
var (
	black     = rgb(0x000000)
	orange    = rgb(0xe69f00)
	skyBlue   = rgb(0x56b4e9)
	green     = rgb(0x009e73)
	blue      = rgb(0x0072b2)
	vermilion = rgb(0xd55e00)
	purple    = rgb(0xcc79a7)
)

var (
	white = rgb(0xffffff)
	// red is for what must be doubted.
	red = rgb(0xc1121f)
	// noData is the grey of what has no value.
	noData = rgb(0xbdbdbd)
	// muted is for what stands back: thresholds, identifications, quiet nodes.
	muted = rgb(0x767676)
	faint = rgb(0xe4e4e4)
)

// categorical is the order in which categories take colours.
var categorical = []color.RGBA{blue, vermilion, green, purple, orange, skyBlue, black}

// viridis is every fifth colour of the colour map of that name by van der Walt
// and Smith (2015, https://bids.github.io/colormap/, public domain), which is
// perceptually uniform and safe for colour-blind readers. Between them colours
// are interpolated, which is within 1/255 of the full table.
var viridis = []uint32{
	0x440154, 0x46085c, 0x471063, 0x481769, 0x481d6f, 0x482475, 0x472a7a, 0x46307e,
	0x453781, 0x433d84, 0x414287, 0x3f4889, 0x3d4e8a, 0x3a538b, 0x38598c, 0x355e8d,
	0x33638d, 0x31688e, 0x2e6d8e, 0x2c718e, 0x2a768e, 0x297b8e, 0x27808e, 0x25848e,
	0x23898e, 0x218e8d, 0x20928c, 0x1f978b, 0x1e9c89, 0x1fa188, 0x21a585, 0x24aa83,
	0x28ae80, 0x2eb37c, 0x35b779, 0x3dbc74, 0x46c06f, 0x50c46a, 0x5ac864, 0x65cb5e,
	0x70cf57, 0x7cd250, 0x89d548, 0x95d840, 0xa2da37, 0xb0dd2f, 0xbddf26, 0xcae11f,
	0xd8e219, 0xe5e419, 0xf1e51d, 0xfde725,
}

// sequential is the colour at t in [0, 1]: dark purple over green to yellow.
// Outside, the end colours; for NaN, grey.
func sequential(t float64) color.RGBA {
	if math.IsNaN(t) {
		return noData
	}
	x := math.Max(0, math.Min(1, t)) * float64(len(viridis)-1)
	i := min(int(x), len(viridis)-2)
	return mix(rgb(viridis[i]), rgb(viridis[i+1]), x-float64(i))
}

// onWhite is sequential without its lightest tenth, for lines and points that
// must be seen on white.
func onWhite(t float64) color.RGBA { return sequential(0.9 * math.Max(0, math.Min(1, t))) }

// inkOn is black or white, whichever is read better on a colour: by its luma as
// in ITU-R BT.601.
func inkOn(c color.RGBA) color.RGBA {
	if 0.299*float64(c.R)+0.587*float64(c.G)+0.114*float64(c.B) > 140 {
		return black
	}
	return white
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// mix is a for t = 0, b for t = 1.
func mix(a, b color.RGBA, t float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + t*(float64(y)-float64(x)))) }
	return color.RGBA{R: m(a.R, b.R), G: m(a.G, b.G), B: m(a.B, b.B), A: m(a.A, b.A)}
}
