package starname

import (
	"regexp"
	"strings"
)

// form is how the designations of a catalogue are spelled. The expression has
// the groups of the number, and last that of the component.
type form struct {
	spelled *regexp.Regexp
	name    string // put before the number
	numbers func(groups []string) (string, bool)
}

func catalogue(name, acronyms, number string, numbers func([]string) (string, bool)) form {
	return form{regexp.MustCompile(`^(?i:` + acronyms + `)[ -]*0*` + number + ` ?((?i:[A-D]|AB|AC|BC|CD)?)$`), name, numbers}
}

// zone is the form of a Durchmusterung, before whose sign no dash is skipped.
func zone(name, acronyms, number string) form {
	return form{regexp.MustCompile(`^(?i:` + acronyms + `) *([+-]) ?` + number + ` ?((?i:[A-D]|AB|AC|BC|CD)?)$`), name, zoned}
}

// simple is a number with leading zeros and a fraction of zero taken off.
func simple(groups []string) (string, bool) {
	n := strings.TrimLeft(groups[0], "0")
	return n, n != ""
}

// zoned is the sign, the zone and the number of a Durchmusterung, whose compact
// spelling has two digits of zone.
func zoned(groups []string) (string, bool) {
	sign, zone, number := groups[0], groups[1], strings.TrimLeft(groups[2], "0")
	if len(zone) == 1 {
		zone = "0" + zone
	}
	return sign + zone + " " + number, number != ""
}

// joined is the groups as they are, joined by dashes.
func joined(groups []string) (string, bool) {
	for i := range groups {
		groups[i] = trimZeros(groups[i])
	}
	return strings.Join(groups, "-"), true
}

func trimZeros(n string) string {
	if t := strings.TrimLeft(n, "0"); t != "" && t[0] != '.' {
		return t
	}
	return n
}

// nearby is a number of the catalogue of nearby stars: 54.1 stands between 54
// and 55, 141.0 is 141.
func nearby(groups []string) (string, bool) {
	n := strings.TrimLeft(groups[0], "0")
	if n == "" || n[0] == '.' {
		return "", false
	}
	if strings.Contains(n, ".") {
		n = strings.TrimRight(strings.TrimRight(n, "0"), ".")
	}
	return n, true
}

// forms are the catalogues stars are commonly named by. Those of Gliese,
// Gliese and Jahreiss, and Woolley (Wo, NN) share one row of numbers, which
// SIMBAD calls GJ.
var forms = []form{
	catalogue("HD", `HDE?`, `(\d{1,6})(?:\.0)?`, simple),
	catalogue("HIP", `HIP|HIC`, `(\d{1,6})(?:\.0)?`, simple),
	catalogue("GJ", `GJ|Gliese|Gl|NN|Wo`, `(\d{1,4}(?:\.\d+)?)`, nearby),
	catalogue("HR", `HR|BS`, `(\d{1,4})(?:\.0)?`, simple),
	catalogue("SAO", `SAO`, `(\d{1,6})(?:\.0)?`, simple),
	zone("BD", `BD`, `(\d\d) ?[ :]?0*(\d{1,5})`),
	zone("BD", `BD`, `(\d)[ :](\d{1,5})`),
	zone("CD", `CD`, `(\d\d) ?[ :]?0*(\d{1,5})`),
	zone("CPD", `CPD|CP`, `(\d\d) ?[ :]?0*(\d{1,5})`),
	catalogue("LHS", `LHS`, `(\d{1,4})(?:\.0)?`, simple),
	catalogue("LTT", `LTT`, `(\d{1,5})(?:\.0)?`, simple),
	catalogue("NLTT", `NLTT`, `(\d{1,5})(?:\.0)?`, simple),
	catalogue("LP", `LP`, `(\d{1,3})[- ](\d{1,4})`, joined),
	catalogue("TYC", `TYC(?:HO)?`, `(\d{1,4})[- ](\d{1,5})[- ](\d)`, joined),
	catalogue("TIC", `TIC`, `(\d{1,11})(?:\.0)?`, simple),
	catalogue("KIC", `KIC`, `(\d{1,9})(?:\.0)?`, simple),
	catalogue("EPIC", `EPIC`, `(\d{1,10})(?:\.0)?`, simple),
	catalogue("Gaia DR3", `Gaia ?E?DR3`, `(\d{1,20})`, simple),
	catalogue("Gaia DR2", `Gaia ?DR2`, `(\d{1,20})`, simple),
}

// catalogued reads a designation by a catalogue's number.
func catalogued(text string) (key, comp string, ok bool) {
	lower := text == strings.ToLower(text)
	for _, f := range forms {
		m := f.spelled.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		groups, comp := m[1:len(m)-1], m[len(m)-1]
		if comp != strings.ToUpper(comp) && !lower {
			return "", "", false // a planet's letter
		}
		if number, ok := f.numbers(groups); ok {
			return f.name + " " + number, strings.ToUpper(comp), true
		}
	}
	return "", "", false
}

// Of is the name by a catalogue of a number that stands alone, as in a table's
// column of HD numbers: Of("HD", "128621") and Of("HD", "HD128621") are equal.
func Of(catalogue, text string) Name {
	text = clean(text)
	if text == "" {
		return Name{}
	}
	if text[0] >= '0' && text[0] <= '9' {
		text = catalogue + " " + text
	}
	return Parse(text)
}
