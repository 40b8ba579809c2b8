package fits

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"codeberg.org/astrogo/fitsio"
)

// Card is one line of a header.
type Card struct {
	Key     string // upper case, without HIERARCH: "OBJECT", "ESO DRS BERV"
	Value   any    // string, int64, float64, bool, complex128, or nil where there is none
	Comment string // what follows the slash; for COMMENT, HISTORY and blank keys empty, their text is the Value
}

// commentary tells the keys whose cards hold text instead of a value.
func commentary(key string) bool {
	return key == "COMMENT" || key == "HISTORY" || key == ""
}

// parseCards reads header lines of 80 bytes.
func parseCards(lines []byte) []Card {
	cards := make([]Card, 0, len(lines)/cardSize)
	text := string(lines)
	other := 0 // where lines begin that are not plain
	for at := 0; at < len(lines); at += cardSize {
		if c, ok := plainCard(text[at : at+cardSize]); ok {
			cards = append(append(cards, otherCards(lines[other:at])...), c)
			other = at + cardSize
		}
	}
	return append(cards, otherCards(lines[other:])...)
}

// otherCards reads lines with fitsio. That gives up on the whole header at the
// first card it dislikes, so a refused header is halved until the bad cards are
// alone.
func otherCards(lines []byte) []Card {
	if len(lines) == 0 {
		return nil
	}
	raw, err := decodeCards(lines)
	n := len(lines) / cardSize
	switch {
	case err == nil:
		cards := make([]Card, n)
		for i := range cards {
			cards[i] = newCard(raw[i], lines[i*cardSize:(i+1)*cardSize])
		}
		return cards
	case n == 1:
		return []Card{refusedCard(lines)}
	}
	half := n / 2 * cardSize
	return append(otherCards(lines[:half]), otherCards(lines[half:])...)
}

// hidden are the keys on which fitsio acts by itself: it would read the data
// unit, trusting its size, and join strings, trusting their order. In lower
// case they are to it keys like any other.
var hidden = [][]byte{[]byte("SIMPLE  "), []byte("XTENSION"), []byte("BITPIX  "), []byte("NAXIS   "), []byte("CONTINUE")}

// decodeCards has fitsio decode lines as the header of an image without data.
func decodeCards(lines []byte) (cards []fitsio.Card, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("fitsio: %v", p)
		}
	}()
	size := len(lines) + 3*cardSize
	buf := make([]byte, 0, size+int(padding(int64(size))))
	buf = fmt.Appendf(buf, "%-80s%-80s", "SIMPLE  = T", "BITPIX  = 8")
	for at := 0; at < len(lines); at += cardSize {
		buf = append(buf, lines[at:at+cardSize]...)
		hide(buf[len(buf)-cardSize:])
	}
	buf = append(buf, endKey...)
	buf = append(buf, bytes.Repeat([]byte{' '}, cap(buf)-len(buf))...)

	hdu, err := fitsio.NewDecoder(bytes.NewReader(buf)).DecodeHDU()
	if err != nil {
		return nil, err
	}
	// fitsio puts the NAXIS it misses before the two cards above.
	const added = 3
	header := hdu.Header()
	if header.Index("END") != added+len(lines)/cardSize {
		return nil, errors.New("fitsio: cards were lost")
	}
	cards = make([]fitsio.Card, len(lines)/cardSize)
	for i := range cards {
		cards[i] = *header.Card(added + i)
	}
	return cards, nil
}

func hide(line []byte) {
	for _, key := range hidden {
		if bytes.HasPrefix(line, key) {
			copy(line, bytes.ToLower(key))
			if line[0] == 'c' && line[8] == ' ' {
				line[8] = '='
			}
		}
	}
}

func newCard(raw fitsio.Card, line []byte) Card {
	c := Card{Key: normalKey(raw.Name), Comment: raw.Comment}
	switch v := raw.Value.(type) {
	case int:
		c.Value = int64(v)
	case big.Int:
		c.Value, _ = new(big.Float).SetInt(&v).Float64()
	case nil:
		if !commentary(c.Key) {
			c.Value = looseNumber(line)
		}
	default:
		c.Value = v
	}
	if c.Key == "" {
		// A key without "= " has no value; fitsio forgets the key too.
		c.Key = normalKey(string(line[:8]))
	}
	if commentary(c.Key) {
		c.Value, c.Comment = raw.Comment, ""
	}
	return c
}

// refusedCard keeps what a card fitsio cannot read still tells.
func refusedCard(line []byte) Card {
	key, rest, ok := strings.Cut(string(line), "=")
	if !ok {
		key, rest = string(line[:8]), string(line[8:])
	}
	return Card{Key: normalKey(key), Value: looseNumber(line), Comment: strings.TrimSpace(rest)}
}

// looseNumber reads the numbers that astronomers write and fitsio drops: .5,
// 1e5, 1.5d3, 7/unit. It returns nil for anything else.
func looseNumber(line []byte) any {
	_, text, ok := strings.Cut(string(line), "=")
	if !ok {
		return nil
	}
	text, _, _ = strings.Cut(text, "/")
	text = strings.TrimSpace(text)
	if text == "" || strings.IndexByte("+-.0123456789", text[0]) < 0 || strings.ContainsAny(text, "xX_") {
		return nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	text = strings.NewReplacer("d", "e", "D", "e").Replace(text)
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		return x
	}
	return nil
}

// normalKey is the form keys are kept and looked up in.
func normalKey(key string) string {
	key = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(key)), "HIERARCH ")
	if strings.Contains(key, "  ") || strings.HasPrefix(key, " ") {
		key = strings.Join(strings.Fields(key), " ")
	}
	return key
}

// joinContinued merges every string that ends in & with the CONTINUE cards
// after it (FITS standard 4.0, section 4.2.1.2).
func joinContinued(cards []Card) []Card {
	open := func(v any) bool {
		s, ok := v.(string)
		return ok && strings.HasSuffix(s, "&")
	}
	out := cards[:0]
	for i := 0; i < len(cards); i++ {
		c := cards[i]
		if !commentary(c.Key) && open(c.Value) {
			var text, comment strings.Builder
			comment.WriteString(c.Comment)
			for i+1 < len(cards) && cards[i+1].Key == "CONTINUE" && open(c.Value) {
				part, ok := cards[i+1].Value.(string)
				if !ok {
					break
				}
				text.WriteString(strings.TrimSuffix(c.Value.(string), "&"))
				comment.WriteString(cards[i+1].Comment)
				c.Value = part
				i++
			}
			text.WriteString(c.Value.(string))
			c.Value, c.Comment = strings.TrimRight(text.String(), " "), comment.String()
		}
		out = append(out, c)
	}
	return out
}
