package figure

// A quantity is how a label of the catalogue is written.
type quantity struct{ name, unit string }

// quantities are the labels of Sedaghat et al. 2021.
var quantities = map[string]quantity{
	"radvel":       {"Radial velocity", "km s^{\u22121}"},
	"Teff":         {"T_{eff}", "K"},
	"Mass":         {"Mass", "M_{Sun}"},
	"E(B-V)":       {"E(B\u2212V)", "mag"},
	"[M/H]":        {"[M/H]", "dex"},
	"logg":         {"log g", "dex, cgs"},
	"airmass":      {"Airmass", ""},
	"snr":          {"Signal-to-noise ratio", ""},
	"vsini":        {"v sin i", "km s^{\u22121}"},
	"spec_type_no": {"Spectral type", ""},
}

// QuantityName is a label of the catalogue as a text of a figure, such as
// "T_{eff}" for Teff. Others are returned as they are.
func QuantityName(label string) string {
	if q, ok := quantities[label]; ok {
		return q.name
	}
	return label
}

// AxisLabel is QuantityName with the unit, as in "T_{eff} (K)".
func AxisLabel(label string) string {
	if q, ok := quantities[label]; ok && q.unit != "" {
		return q.name + " (" + q.unit + ")"
	}
	return QuantityName(label)
}
