package source

import (
	"fmt"
	"regexp"
	"strings"
)

// kind is a physical dimension with its scale: log g is not an acceleration.
type kind uint8

const (
	anything kind = iota
	temperature
	gravity
	ratio
	mass
	speed
	magnitude
	angle
	motion
)

// scale brings a value to the unit of the project.
type scale struct{ factor, add float64 }

func (s scale) apply(v float64) float64 {
	if s.factor < 1 { // 22900 m/s are 22.9 km/s, but 0.001 x 22900 is not
		return v/(1/s.factor) + s.add
	}
	return s.factor*v + s.add
}

// units are the spellings, folded by foldUnit, with the factor to K, log cm/s2,
// dex, Msun, km/s, mag, deg, mas/yr. The Sun's mass and Jupiter's are those of
// IAU 2015 resolution B3 with G of CODATA 2018.
var units = map[kind]map[string]scale{
	temperature: {"k": {1, 0}, "kelvin": {1, 0}, "kk": {1e3, 0}, "degk": {1, 0}},
	gravity: {"cgs": {1, 0}, "cm/s2": {1, 0}, "logcm/s2": {1, 0}, "log10cm/s2": {1, 0}, "dexcm/s2": {1, 0}, "dex": {1, 0}, "logcgs": {1, 0},
		"m/s2": {1, 2}, "logm/s2": {1, 2}, "dexm/s2": {1, 2}},
	ratio:     {"dex": {1, 0}, "sun": {1, 0}, "-": {1, 0}, "logsun": {1, 0}, "dexsun": {1, 0}},
	mass:      {"msun": {1, 0}, "solmass": {1, 0}, "solarmass": {1, 0}, "mo": {1, 0}, "solarmasses": {1, 0}, "sun": {1, 0}, "kg": {1 / 1.98841e30, 0}, "g": {1 / 1.98841e33, 0}},
	speed:     {"km/s": {1, 0}, "kms": {1, 0}, "m/s": {1e-3, 0}, "cm/s": {1e-5, 0}, "ms": {1e-3, 0}},
	magnitude: {"mag": {1, 0}, "mmag": {1e-3, 0}},
	angle:     {"deg": {1, 0}, "degree": {1, 0}, "degrees": {1, 0}, "d": {1, 0}, "rad": {180 / 3.141592653589793, 0}, "arcsec": {1. / 3600, 0}, "mas": {1. / 3.6e6, 0}, "h": {15, 0}, "hour": {15, 0}, "hourangle": {15, 0}, "h:m:s": {15, 0}, "d:m:s": {1, 0}},
	motion: {"mas/yr": {1, 0}, "mas/a": {1, 0}, "mas/year": {1, 0}, "masyr": {1, 0}, "arcsec/yr": {1e3, 0}, "arcsec/a": {1e3, 0}, "arcsec/year": {1e3, 0},
		"deg/yr": {3.6e6, 0}, "uas/yr": {1e-3, 0}},
}

var power = regexp.MustCompile(`([a-z]+)(?:\^|\*\*)?\(?-([12])\)?`)

// foldUnit brings the spellings of a unit together: "km.s-1", "km s^-1", "km/s"
// are one, and so are "[cm/s2]" and "log10(cm.s**-2)".
func foldUnit(unit string) string {
	u := strings.ToLower(strings.TrimSpace(unit))
	u = strings.NewReplacer("\u2212", "-", "\u2609", "sun", "\u2299", "sun", "\u00b2", "2", "\u207b\u00b9", "-1", `"`, "", "'", "", "_", "").Replace(u)
	if strings.HasPrefix(u, "[") && strings.HasSuffix(u, "]") {
		if u = u[1 : len(u)-1]; u == "sun" {
			return u
		}
		u = strings.TrimPrefix(u, "log")
		u = "log" + u
	}
	u = power.ReplaceAllStringFunc(u, func(m string) string {
		g := power.FindStringSubmatch(m)
		if g[2] == "1" {
			return "/" + g[1]
		}
		return "/" + g[1] + g[2]
	})
	u = strings.NewReplacer("./", "/", " /", "/", "*/", "/").Replace(u)
	u = strings.NewReplacer("**", "", "^", "", "(", "", ")", "", " ", "", ".", "", ",", "").Replace(u)
	return u
}

// scaleTo is the scale from a unit; none is that of the project.
func scaleTo(k kind, unit string) (scale, error) {
	folded := foldUnit(unit)
	if folded == "" || k == anything {
		return scale{1, 0}, nil
	}
	if s, ok := units[k][folded]; ok {
		return s, nil
	}
	return scale{}, fmt.Errorf("the unit %.40q does not fit", unit)
}
