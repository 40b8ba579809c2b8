package source

import (
	"math"
	"slices"
	"strings"

	"github.com/stellarae/lab/datasets/catalog"
)

// quantity is a label the package knows: what columns of it are called, and
// what values it can have.
type quantity struct {
	name      string
	unit      string
	kind      kind
	low, high float64
	names     []string // of columns, folded, the most certain first
	ucds      []string // that it begins with
}

// quantities are the labels of a star in the table of Sedaghat et al. 2021. The
// limits are generous: they leave out marks for missing values, not stars. UCDs
// are those of the IVOA's list, version 1.5.
var quantities = []quantity{
	{"Teff", "K", temperature, 500, 300000,
		[]string{"teff", "teffk", "effectivetemperature", "temperature"}, []string{"phys.temperature.effective"}},
	{"logg", "log10(cm/s2)", gravity, -0.99, 10,
		[]string{"logg", "loggcgs", "surfacegravity", "slogg"}, []string{"phys.gravity"}},
	{"[M/H]", "dex", ratio, -7, 2,
		[]string{"m/h", "mh", "metallicity"}, []string{"phys.abund.z"}},
	{"[Fe/H]", "dex", ratio, -7, 2,
		[]string{"fe/h", "feh"}, []string{"phys.abund.fe"}},
	{"Mass", "Msun", mass, 0.01, 300,
		[]string{"mass", "massmean", "stellarmass", "mstar", "ms", "masst", "massmsun"}, []string{"phys.mass"}},
	{"radvel", "km/s", speed, -1500, 1500,
		[]string{"radvel", "rv", "vrad", "radialvelocity", "hrv", "rvel", "rvvalue", "rvkms"}, []string{"spect.dopplerveloc", "phys.veloc;pos.heliocentric", "phys.veloc;pos.barycenter"}},
	{"vsini", "km/s", speed, 0, 1000,
		[]string{"vsini", "vsinikms", "rotationalvelocity", "projectedrotationalvelocity"}, []string{"phys.veloc.rotat"}},
	{"E(B-V)", "mag", magnitude, -0.5, 20,
		[]string{"ebv", "reddening"}, []string{"phot.color.excess"}},
}

// iron is taken for [M/H] in a catalogue that has no [M/H].
const iron, metals = "[Fe/H]", "[M/H]"

var typeNames = []string{"spectype", "sptype", "sptp", "spectraltype", "spt", "sp"}

func quantityNamed(name string) quantity {
	for _, q := range quantities {
		if strings.EqualFold(q.name, name) || fold(q.name) == fold(name) || slices.Contains(q.names, fold(name)) {
			return q
		}
	}
	return quantity{name: name, unit: catalog.Unit(name), kind: anything, low: math.Inf(-1), high: math.Inf(1)}
}

// fold leaves of a column's name its lower-case letters, digits and slashes,
// without a unit in brackets behind it.
func fold(name string) string {
	name, _ = splitUnit(name)
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '/' {
			return r
		}
		return -1
	}, strings.ToLower(name))
}

// splitUnit takes a unit in brackets off a column's name: "Teff [K]",
// "RV (km/s)". A name that is all in brackets, [Fe/H], stays, and E(B-V), which
// has no blank before them.
func splitUnit(name string) (bare, unit string) {
	name = strings.TrimSpace(name)
	for _, pair := range []string{"[]", "()"} {
		i := strings.LastIndexByte(name, pair[0])
		if i > 0 && strings.HasSuffix(name, pair[1:]) && (name[i-1] == ' ' || name[i-1] == '_') {
			return strings.TrimRight(name[:i], " _"), name[i+1 : len(name)-1]
		}
	}
	return name, ""
}
