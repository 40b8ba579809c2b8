package starname

import (
	"regexp"
	"strings"
)

// constellations are the abbreviations of the IAU with the genitives.
var constellations = parsePairs(`And Andromedae Ant Antliae Aps Apodis Aql Aquilae Aqr Aquarii Ara Arae Ari Arietis
Aur Aurigae Boo Bootis Cae Caeli Cam Camelopardalis Cap Capricorni Car Carinae Cas Cassiopeiae Cen Centauri
Cep Cephei Cet Ceti Cha Chamaeleontis Cir Circini CMa CanisMajoris CMi CanisMinoris Cnc Cancri Col Columbae
Com ComaeBerenices CrA CoronaeAustralis CrB CoronaeBorealis Crt Crateris Cru Crucis Crv Corvi CVn CanumVenaticorum
Cyg Cygni Del Delphini Dor Doradus Dra Draconis Equ Equulei Eri Eridani For Fornacis Gem Geminorum Gru Gruis
Her Herculis Hor Horologii Hya Hydrae Hyi Hydri Ind Indi Lac Lacertae Leo Leonis Lep Leporis Lib Librae
LMi LeonisMinoris Lup Lupi Lyn Lyncis Lyr Lyrae Men Mensae Mic Microscopii Mon Monocerotis Mus Muscae Nor Normae
Oct Octantis Oph Ophiuchi Ori Orionis Pav Pavonis Peg Pegasi Per Persei Phe Phoenicis Pic Pictoris
PsA PiscisAustrini Psc Piscium Pup Puppis Pyx Pyxidis Ret Reticuli Scl Sculptoris Sco Scorpii Sct Scuti
Ser Serpentis Sex Sextantis Sge Sagittae Sgr Sagittarii Tau Tauri Tel Telescopii TrA TrianguliAustralis
Tri Trianguli Tuc Tucanae UMa UrsaeMajoris UMi UrsaeMinoris Vel Velorum Vir Virginis Vol Volantis Vul Vulpeculae`)

// greek are SIMBAD's abbreviations of Bayer's letters, by every way to write
// them in lower case.
var greek = func() map[string]string {
	names := parsePairs(`alf alpha bet beta gam gamma del delta eps epsilon zet zeta eta eta tet theta iot iota kap kappa
lam lambda mu mu nu nu ksi xi omi omicron pi pi rho rho sig sigma tau tau ups upsilon phi phi chi chi psi psi ome omega`)
	all := map[string]string{"alp": "alf", "the": "tet", "ksi": "ksi", "omg": "ome", "ω": "ome", "ς": "sig", "ϕ": "phi", "ϑ": "tet", "ϵ": "eps"}
	letters := []rune("αβγδεζηθικλμνξοπρστυφχψω")
	order := strings.Fields("alf bet gam del eps zet eta tet iot kap lam mu nu ksi omi pi rho sig tau ups phi chi psi ome")
	for i, short := range order {
		all[string(letters[i])] = short
		all[short] = short
	}
	for long, short := range names {
		all[long] = short
	}
	return all
}()

// parsePairs makes a map of both words of a pair, in lower case, to the first.
func parsePairs(text string) map[string]string {
	pairs := map[string]string{}
	words := strings.Fields(text)
	for i := 0; i+1 < len(words); i += 2 {
		pairs[strings.ToLower(words[i])] = words[i]
		pairs[strings.ToLower(words[i+1])] = words[i]
	}
	return pairs
}

// genitive joins those of two words.
var genitive = strings.NewReplacer("canis ma", "canisma", "canis mi", "canismi", "comae ber", "comaeber", "coronae ", "coronae",
	"canum ven", "canumven", "leonis mi", "leonismi", "piscis au", "piscisau", "trianguli au", "trianguliau", "ursae ", "ursae")

var (
	numbered = regexp.MustCompile(`^([^ .0-9-]+)[ .-]*0?([1-9]?[0-9]?)$`)
	alone    = regexp.MustCompile(`^0*([1-9][0-9]{0,2})$`)
	variable = regexp.MustCompile(`^(?:[a-z]{2}|v *[0-9]{3,4})$`)
	ending   = regexp.MustCompile(`^(.*?[A-Za-z]) ?(AB|AC|BC|CD|[A-D])$`)
)

// constellated reads a name by letter or number and constellation.
func constellated(text string) (key, comp string, ok bool) {
	if key, ok := inConstellation(text); ok {
		return key, "", true
	}
	if m := ending.FindStringSubmatch(text); m != nil {
		if key, ok := inConstellation(m[1]); ok {
			return key, m[2], true
		}
	}
	lower := strings.ToLower(text)
	if n := len(lower); n > 2 && lower == text && lower[n-2] == ' ' && lower[n-1] >= 'a' && lower[n-1] <= 'd' { // "alf cen b"
		if key, ok := inConstellation(lower[:n-2]); ok {
			return key, strings.ToUpper(lower[n-1:]), true
		}
	}
	return "", "", false
}

func inConstellation(text string) (string, bool) {
	lower := genitive.Replace(strings.ToLower(text))
	head, of := "", ""
	for n := min(len(lower)-1, longest); n >= 3 && of == ""; n-- {
		head, of = lower[:len(lower)-n], constellations[lower[len(lower)-n:]]
	}
	if of == "" {
		return "", false
	}
	star := strings.TrimRight(head, " .-")
	// without a blank only the capital tells TWHya from Lori
	apart := star != head || strings.HasSuffix(text, of)
	if m := numbered.FindStringSubmatch(star); m != nil && greek[m[1]] != "" {
		return greek[m[1]] + strings.TrimLeft(m[2], "0") + " " + of, true
	}
	if m := alone.FindStringSubmatch(star); m != nil {
		return m[1] + " " + of, true
	}
	switch {
	case !apart:
	case len(star) == 1 && star[0] >= 'a' && star[0] <= 'z':
		if upper := strings.ToUpper(star); text[:1] == upper && upper >= "R" { // R to Z are variable stars, r to z are Bayer's
			star = upper
		}
		return star + " " + of, true
	case variable.MatchString(star):
		return strings.ToUpper(strings.ReplaceAll(star, " ", "")) + " " + of, true
	}
	return "", false
}

const longest = len("canumvenaticorum") // of the genitives
