// Package starname tells when two designations mean one star: "HD128621",
// "hd 128621" and "HD 0128621", "Gliese 559 B" and "GJ559B", "alf Cen B",
// "Alpha_Cen_B" and "* alf Cen B", a planet "WASP-15b" and its host, an
// asteroid that reflects the Sun. With a table of aliases it also knows that
// HD 128621 is alf Cen B.
//
// It asks no service: what neither the spelling nor a table tells, it does not
// know.
//
//	n := starname.Parse("Alpha_Cen_B")
//	n.Key // "alf Cen B"
//	stars.Find("Alpha_Cen_B") // with aliases, the same star as "HD 128621"
package starname

import (
	"regexp"
	"strings"
	"unicode"
)

// Name is what a designation stands for.
type Name struct {
	// Key is the same for all spellings of one designation: a catalogue and a
	// number ("HD 128621"), a Bayer, Flamsteed or variable star's name as SIMBAD
	// has it ("alf Cen", "61 Cyg", "V4376 Sgr"), else the letters and digits in
	// upper case. It is "" for what names nothing.
	Key       string
	Component string // "A", "BC" of a multiple star; "" where none is given
	Planet    string // "b": the name is that of a planet, the key its host's
	Solar     string // what reflects the Sun ("VESTA") where the key is Sun
}

// Sun is the key of the Sun's light, whatever reflects it.
const Sun = "Sun"

// Full is the key with the component.
func (n Name) Full() string {
	if n.Component == "" || n.Key == "" {
		return n.Key
	}
	return n.Key + " " + n.Component
}

const maxLength = 200 // of a designation, bytes; longer ones name nothing

var (
	prefix    = regexp.MustCompile(`^(?i:NAME|SIMBAD|\*\*|V\*|EM\*|PM\*|\*)[ ]+`)
	product   = regexp.MustCompile(`(?i)( (sum|s1d|s2d|e2ds|coadd))+( [AB])?$`)
	component = regexp.MustCompile(`^(.*?[0-9]) ?(AB|AC|BC|CD|[A-D])$|^(.+?) (AB|AC|BC|CD|[A-D])$`)
	planet    = regexp.MustCompile(`^(.*[0-9]|.*[0-9] ?[A-D]|.* [A-Za-z]{3}(?: ?[A-D])?) ?([b-i])$|^(.*[A-Za-z]{3}) ([b-i])$`)
	candidate = regexp.MustCompile(`^(?i:((?:TOI|KOI|CTOI|EPIC|K|TIC)[- ]?[0-9]+))\.0[0-9]$`)
)

// Parse reads a designation, in the spellings of SIMBAD, of catalogues and of
// telescope operators: any case, blanks or underscores, leading zeros.
//
// A letter from b to i, in lower case after a name not all in lower case, is a
// planet's; from A to D a component's. In a name all in lower case a last letter
// from a to d is a component's after a number of a catalogue of stars (HD, HIP,
// GJ, ...) or a constellation, else a planet's.
func Parse(text string) Name {
	text = clean(text)
	if len(text) > maxLength || !strings.ContainsFunc(text, isWord) {
		return Name{}
	}
	if n, ok := solar(text); ok {
		return n
	}
	text = product.ReplaceAllString(text, "")
	text = prefix.ReplaceAllString(text, "")
	if m := candidate.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	if n, ok := known(text); ok {
		return n
	}
	if host, letter := split(planet, text); letter != "" {
		n, ok := known(host)
		if !ok {
			n = plain(host)
		}
		if n.Key != "" {
			n.Planet = letter
		}
		return n
	}
	return plain(text)
}

// known reads the designations of catalogues and of constellations, with a
// component.
func known(text string) (Name, bool) {
	for _, read := range []func(string) (string, string, bool){catalogued, constellated} {
		if key, comp, ok := read(text); ok {
			return Name{Key: key, Component: comp}, true
		}
	}
	return Name{}, false
}

// clean makes blanks of underscores and of other white space, one each, and
// plain signs of the signs of typesetting.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '_' || unicode.IsSpace(r):
			return ' '
		case r == '\u2212' || r == '\u2013' || r == '\u2010' || r == '\u2011':
			return '-'
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

var (
	joint  = regexp.MustCompile(`([A-Z])[- ]+0*([0-9])`)
	hyphen = regexp.MustCompile(`([A-Z])-([A-Z])`)
	digits = regexp.MustCompile(`([0-9]) +([0-9])`)
	zeros  = regexp.MustCompile(`^([A-Z]+)0+([1-9])`)
)

// plain is the key of a designation of no known form: upper case, a number
// joined to the letters before it, other blanks away.
func plain(text string) Name {
	n := Name{}
	if star, letter := split(component, text); letter != "" {
		text, n.Component = star, letter
	}
	key := strings.ToUpper(text)
	key = joint.ReplaceAllString(key, "$1$2")
	key = hyphen.ReplaceAllString(key, "$1$2")
	key = zeros.ReplaceAllString(key, "$1$2")
	key = digits.ReplaceAllString(key, "$1-$2")
	n.Key = strings.Map(func(r rune) rune {
		if isWord(r) || strings.ContainsRune("+-./:", r) {
			return r
		}
		return -1
	}, key)
	if n.Key == "" {
		return Name{}
	}
	return n
}

// split takes the letter off a name by an expression with groups of the two in
// each of its alternatives.
func split(e *regexp.Regexp, text string) (name, letter string) {
	if m := e.FindStringSubmatch(text); m != nil {
		return m[1] + m[3], m[2] + m[4]
	}
	return text, ""
}
