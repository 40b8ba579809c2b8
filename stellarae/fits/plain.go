package fits

import (
	"strconv"
	"strings"
)

// plainCard reads the cards that nearly all lines are, as fitsio does but in a
// tenth of the time: a key of letters, digits, - and _, or an ESO key of such
// words, with a text without quotes in it, a number, or a logical. It leaves all
// others to fitsio.
func plainCard(line string) (c Card, ok bool) {
	var rest string
	if hierarch, is := strings.CutPrefix(line, "HIERARCH "); is {
		c.Key, rest, ok = strings.Cut(hierarch, "=")
		ok = ok && strings.Contains(strings.Trim(c.Key, " "), " ") // others are not ESO's
	} else {
		c.Key, rest, ok = line[:8], line[10:], line[8:10] == "= "
	}
	c.Key = strings.Trim(c.Key, " ")
	rest = strings.TrimLeft(rest, " ")
	if !ok || rest == "" || !plainKey(c.Key) {
		return c, false
	}
	switch first := rest[0]; {
	case first == '\'':
		var text string
		if text, rest, ok = strings.Cut(rest[1:], "'"); !ok || strings.HasPrefix(rest, "'") || !printable(text) {
			return c, false
		}
		c.Value = strings.TrimRight(text, " ")
	default:
		text := rest
		if end := strings.Index(rest, " /"); end >= 0 {
			text = rest[:end]
		}
		rest = rest[len(text):]
		if c.Value, ok = plainValue(strings.TrimRight(text, " ")); !ok {
			return c, false
		}
	}
	_, comment, _ := strings.Cut(rest, "/")
	c.Comment = strings.TrimSpace(comment)
	return c, true
}

// plainKey tells whether key is in the form of normalKey and fitsio gives it no
// meaning of its own.
func plainKey(key string) bool {
	for i := range len(key) {
		c := key[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && (c != ' ' || key[i-1] == ' ') {
			return false
		}
	}
	return !commentary(key) && key != "CONTINUE" && key != "END" && !strings.HasPrefix(key, "HIERARCH")
}

// plainValue is an int64, a float64 or a bool.
func plainValue(text string) (value any, ok bool) {
	if text == "T" || text == "F" {
		return text == "T", true
	}
	// What ParseInt and ParseFloat take beside decimal numbers is fitsio's affair.
	if text[0] == '.' || text[0] == 'E' || strings.Trim(text, "+-.0123456789E") != "" {
		return nil, false
	}
	var err error
	if strings.ContainsAny(text, ".E") {
		value, err = strconv.ParseFloat(text, 64)
	} else {
		value, err = strconv.ParseInt(text, 10, 64)
	}
	return value, err == nil
}
