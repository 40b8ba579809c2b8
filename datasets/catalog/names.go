package catalog

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	nameID     = "dp_id"
	nameStar   = "target_name"
	nameUnique = "unique_subset"
	nameMedian = "median"
)

// quantity is a column that the package knows.
type quantity struct {
	name    string
	unit    string
	text    bool     // never numbers, whatever it looks like
	aliases []string // folded, see fold
}

// known are the columns of the paper's table, in its spelling. The metallicity
// [Fe/H] is a quantity of its own and not another name of [M/H].
var known = []quantity{
	{name: nameID, text: true, aliases: []string{"adpid", "archiveid"}},
	{name: nameStar, text: true, aliases: []string{"target", "object", "star", "starname"}},
	{name: "target_name_fixed", text: true},
	{name: nameUnique, text: true, aliases: []string{"unique"}},
	{name: nameMedian, aliases: []string{"medianflux", "fluxmedian"}},
	{name: "spec_type", text: true, aliases: []string{"sptype", "spectraltype"}},
	{name: "spec_type_no", aliases: []string{"sptypeno"}},
	{name: "radvel", unit: "km/s", aliases: []string{"rv", "vrad", "rvel", "radialvelocity"}},
	{name: "Teff", unit: "K", aliases: []string{"teffk", "effectivetemperature"}},
	{name: "Mass", unit: "Msun", aliases: []string{"mstar", "stellarmass"}},
	{name: "E(B-V)", unit: "mag", aliases: []string{"reddening"}},
	{name: "[M/H]", unit: "dex", aliases: []string{"mh", "metallicity"}},
	{name: "logg", unit: "log10(cm/s2)", aliases: []string{"surfacegravity"}},
	{name: "airmass", aliases: []string{"meanairmass"}},
	{name: "snr", aliases: []string{"s/n", "sn", "signaltonoise"}},
	{name: "vsini", unit: "km/s", aliases: []string{"rotationalvelocity"}},
	{name: "s_ra", unit: "deg"},
	{name: "s_dec", unit: "deg"},
	{name: "s_logg", unit: "log10(cm/s2)"},
	{name: "e_[M/H]", unit: "dex"},
	{name: "s_Mass", unit: "Msun"},
}

// PaperLabels names the nine continuous labels of Sedaghat et al. 2021,
// section 6.2.
func PaperLabels() []string {
	return []string{"radvel", "Teff", "Mass", "E(B-V)", "[M/H]", "logg", "airmass", "snr", "vsini"}
}

// Unit is the unit of a known quantity, "" for one without a unit or not
// known.
func Unit(name string) string {
	if q := quantityOf(name); q != nil {
		return q.unit
	}
	return ""
}

// quantityOf finds a known quantity by any of its names.
func quantityOf(name string) *quantity {
	for _, match := range matches {
		for i := range known {
			if match(name, &known[i]) {
				return &known[i]
			}
		}
	}
	return nil
}

// matches are the ways a name can stand for a quantity, the surest first.
var matches = []func(name string, q *quantity) bool{
	func(name string, q *quantity) bool { return strings.EqualFold(name, q.name) },
	func(name string, q *quantity) bool { return fold(name) == fold(q.name) },
	func(name string, q *quantity) bool { return slices.Contains(q.aliases, fold(name)) },
}

// spelled is the paper's spelling of a name it has in another case, else the
// name itself.
func spelled(name string) string {
	for _, q := range known {
		if strings.EqualFold(name, q.name) {
			return q.name
		}
	}
	return name
}

// sameName tells whether two names stand for one column.
func sameName(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	q := quantityOf(a)
	return q != nil && q == quantityOf(b)
}

// fold leaves of a name only what tells quantities apart: lower-case letters,
// digits and the slash of a ratio.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '/':
			return r
		}
		return -1
	}, strings.ToLower(name))
}

var (
	fileSuffix = regexp.MustCompile(`(?i)\.(fits|fit|fts)(\.(gz|fz))?$`)
	plainTime  = regexp.MustCompile(`T(\d\d)[-_](\d\d)[-_](\d\d)`)
)

// Key is the dp_id that a file name or a dp_id stands for: without folders and
// without .fits, and with the colons of its time of day, which some file
// systems make programs replace. Two spellings of one spectrum have one key.
func Key(id string) string {
	id = path.Base(strings.ReplaceAll(strings.TrimSpace(id), `\`, "/"))
	if id == "." || id == "/" {
		return ""
	}
	id = fileSuffix.ReplaceAllString(id, "")
	return plainTime.ReplaceAllString(id, "T$1:$2:$3")
}
