package source

import (
	"math"
	"regexp"
	"strings"
)

var (
	dwarfPrefix = regexp.MustCompile(`^(?:esd|usd|sd|d|g|c)([OBAFGKM])`)
	metallic    = regexp.MustCompile(`^k([OBAFGKM])`)
)

// TypeNumber is the paper's number of a spectral type, 0 to 6 for O B A F G K M
// by its first letter, NaN for any other: white and brown dwarfs, carbon and
// Wolf-Rayet stars, or none. Of a range such as K7/M0 the first counts.
func TypeNumber(spectralType string) float64 {
	t := strings.TrimLeft(spectralType, " (:~\"'")
	if m := dwarfPrefix.FindStringSubmatch(t); m != nil { // sdM1, dM4.5, gK2
		t = m[1]
	} else if m := metallic.FindStringSubmatch(t); m != nil { // kA5hF0: by the K line
		t = m[1]
	}
	if t == "" {
		return math.NaN()
	}
	if i := strings.IndexByte("OBAFGKM", t[0]); i >= 0 {
		return float64(i)
	}
	return math.NaN()
}
