package fits

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// appendCard writes a card as one or more lines of 80 bytes. Keys that are no
// standard keyword (8 of A-Z 0-9 - _) become HIERARCH cards, long strings
// continue in CONTINUE cards, long commentary in more cards of its key. A
// comment that does not fit is cut, as everywhere in FITS; a value is not.
func appendCard(out []byte, c Card) ([]byte, error) {
	key := normalKey(c.Key)
	if !printable(key) || strings.ContainsAny(key, "='") {
		return nil, fmt.Errorf("card %q: not a key FITS can hold", c.Key)
	}
	if !printable(c.Comment) {
		return nil, fmt.Errorf("card %s: the comment is not printable ASCII", key)
	}
	if commentary(key) {
		return appendCommentary(out, key, c.Value)
	}
	head := fmt.Sprintf("%-8s= ", key)
	if !standardKey(key) {
		head = "HIERARCH " + key + " = "
	}
	if s, ok := c.Value.(string); ok {
		if !printable(s) {
			return nil, fmt.Errorf("card %s: the value is not printable ASCII", key)
		}
		if len(head)+len("''''&") > cardSize {
			return nil, fmt.Errorf("card %s: the key leaves no room for a value", key)
		}
		return appendString(out, head, s, c.Comment), nil
	}
	value, err := formatValue(c.Value)
	if err != nil {
		return nil, fmt.Errorf("card %s: %w", key, err)
	}
	if len(head) == 10 {
		value = fmt.Sprintf("%20s", value)
	}
	if len(head)+len(value) > cardSize {
		return nil, fmt.Errorf("card %s: key and value exceed %d characters", key, cardSize)
	}
	return appendLine(out, head+value, c.Comment), nil
}

func formatValue(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case bool:
		if v {
			return "T", nil
		}
		return "F", nil
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return fmt.Sprint(v), nil
	case float32:
		return formatFloat(float64(v), 32)
	case float64:
		return formatFloat(v, 64)
	case complex128:
		re, err := formatFloat(real(v), 64)
		if err != nil {
			return "", err
		}
		im, err := formatFloat(imag(v), 64)
		return "(" + re + ", " + im + ")", err
	}
	return "", fmt.Errorf("a %T is no card value", value)
}

// formatFloat gives the shortest text that reads back as the same number and
// is told from an integer.
func formatFloat(v float64, bits int) (string, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "", fmt.Errorf("FITS headers have no %g", v)
	}
	s := strconv.FormatFloat(v, 'G', -1, bits)
	mantissa, exponent, scientific := strings.Cut(s, "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	if scientific {
		return mantissa + "E" + exponent, nil
	}
	return mantissa, nil
}

// appendString writes a text, over several cards if it is long.
func appendString(out []byte, head, value, comment string) []byte {
	value = strings.ReplaceAll(value, "'", "''")
	if room := cardSize - len(head) - len("''"); len(value) <= room {
		return appendLine(out, fmt.Sprintf("%s'%-*s'", head, min(8, room), value), comment)
	}
	for {
		room := cardSize - len(head) - len("''")
		if len(value) <= room {
			return appendLine(out, head+"'"+value+"'", comment)
		}
		cut := room - len("&")
		// A doubled quote must not be parted.
		if strings.Count(value[:cut], "'")%2 == 1 {
			cut--
		}
		out = appendLine(out, head+"'"+value[:cut]+"&'", "")
		value, head = value[cut:], "CONTINUE  "
	}
}

func appendCommentary(out []byte, key string, value any) ([]byte, error) {
	text, ok := value.(string)
	if value != nil && !ok {
		return nil, fmt.Errorf("card %s: text wanted, not %T", key, value)
	}
	if !printable(text) {
		return nil, fmt.Errorf("card %s: the text is not printable ASCII", key)
	}
	for {
		n := min(len(text), cardSize-8)
		out = appendLine(out, fmt.Sprintf("%-8s%s", key, text[:n]), "")
		if text = text[n:]; text == "" {
			return out, nil
		}
	}
}

// appendLine pads a line with its comment, as far as that fits, to a card.
func appendLine(out []byte, text, comment string) []byte {
	if comment != "" {
		text = fmt.Sprintf("%-30s / %s", text, comment)
	}
	return fmt.Appendf(out, "%-80.80s", text)
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func standardKey(key string) bool {
	for i := range len(key) {
		c := key[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return len(key) <= 8
}
