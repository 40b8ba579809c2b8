package starname

import (
	"regexp"
	"strings"
)

// reflectors are what HARPS and others have looked at to see the Sun: moons
// without an atmosphere to speak of, and asteroids.
var reflectors = `moon|luna|lunar|io|europa|ganymede|ganymed|callisto|tethys|dione|rhea|iapetus|enceladus|titania|oberon|
ceres|pallas|juno|vesta|astraea|hebe|iris|flora|metis|hygiea|parthenope|victoria|egeria|irene|eunomia|psyche|thetis|melpomene|
fortuna|massalia|lutetia|kalliope|thalia|phocaea|proserpina|euterpe|bellona|amphitrite|urania|euphrosyne|pomona|laetitia|
harmonia|daphne|isis|ariadne|nysa|eugenia|hestia|aglaja|doris|nemausa|europa|cybele|sappho|dembowska|davida|interamnia|bamberga|herculina|eros`

var (
	sunlight  = regexp.MustCompile(`^(?:the ?)?(?:sun|sol|solar|soleil|sonne)(?:[ -]*(?:light|sky|spectrum|reflected|disk|disc|center|centre|helios|twilight|day ?sky|blue ?sky))?[ -]*\d{0,14}$|^(?:blue|day|twilight)[ -]?sky$`)
	reflected = regexp.MustCompile(`^(?:sun[ -]+)?(?:\(\d+\) ?|\d{1,4} )?(` + strings.ReplaceAll(reflectors, "\n", "") + `)(?:[ -]*\d{0,14}|[ -]+\d{4}-\d\d-\d\d)$`)
)

// solar tells the Sun and what reflects it, also with the date or the number of
// the exposure behind: "vesta20110929", "4 Vesta", "Sun-sky".
func solar(text string) (Name, bool) {
	lower := strings.ToLower(text)
	if m := reflected.FindStringSubmatch(lower); m != nil {
		return Name{Key: Sun, Solar: strings.ToUpper(m[1])}, true
	}
	if sunlight.MatchString(lower) {
		return Name{Key: Sun}, true
	}
	return Name{}, false
}
