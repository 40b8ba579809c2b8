package fits

import "math"

// Header is the cards of an HDU. Keys are looked up without regard to case,
// with or without HIERARCH before an ESO key; of a key given twice the first
// card counts.
type Header struct {
	cards []Card
	index map[string]int
}

func newHeader(lines []byte) *Header {
	h := &Header{cards: joinContinued(parseCards(lines))}
	h.index = make(map[string]int, len(h.cards))
	for i, c := range h.cards {
		if _, twice := h.index[c.Key]; !twice {
			h.index[c.Key] = i
		}
	}
	return h
}

// Cards returns all cards in order, without END and with CONTINUE cards joined
// to the string they continue. The caller must not change them.
func (h *Header) Cards() []Card { return h.cards }

func (h *Header) value(key string) any {
	i, ok := h.index[normalKey(key)]
	if !ok {
		return nil
	}
	return h.cards[i].Value
}

// String returns a key's text without trailing blanks; false if the key is
// absent or holds no text.
func (h *Header) String(key string) (string, bool) {
	s, ok := h.value(key).(string)
	return s, ok
}

// Float returns a key's number, also an integer; false if the key is absent or
// holds no number.
func (h *Header) Float(key string) (float64, bool) {
	switch v := h.value(key).(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	}
	return 0, false
}

// Int returns a key's integer, also one written as 30.0; false if the key is
// absent or holds no integer of 64 bits.
func (h *Header) Int(key string) (int64, bool) {
	switch v := h.value(key).(type) {
	case int64:
		return v, true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), true
		}
	}
	return 0, false
}

// Bool returns a key's logical value; false, false if the key is absent or
// holds none.
func (h *Header) Bool(key string) (value, ok bool) {
	value, ok = h.value(key).(bool)
	return value, ok
}
