package server

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// stream is one of a cell's text channels on its way from bytes to messages.
type stream struct {
	limit   int    // bytes that may go out; negative: any number
	sent    int    // bytes that went out
	dropped int    // bytes that came after
	tail    string // the bytes of a character that has not come whole
}

// take returns what of the text may go out now: whole characters, U+FFFD for
// bytes that are none, and nothing above the limit.
func (s *stream) take(text string) string {
	text = s.tail + text
	cut := partial(text)
	text, s.tail = text[:cut], strings.Clone(text[cut:])
	return s.bound(strings.ToValidUTF8(text, "\uFFFD"))
}

// rest returns what is left of a character that never came whole.
func (s *stream) rest() string {
	if s.tail == "" {
		return ""
	}
	s.tail = ""
	return s.bound("\uFFFD")
}

// bound cuts the text at the limit, between two characters. After the first
// cut nothing more goes out.
func (s *stream) bound(text string) string {
	if s.limit < 0 {
		return text
	}
	room := s.limit - s.sent
	if s.dropped > 0 {
		room = 0
	}
	if len(text) > room {
		cut := boundary(text, room)
		s.dropped += len(text) - cut
		text = text[:cut]
	}
	s.sent += len(text)
	return text
}

// notice is the line that tells what was dropped; "" if nothing was.
func (s *stream) notice(name, advice string) string {
	if s.dropped == 0 {
		return ""
	}
	line := fmt.Sprintf("\n[%s: dropped %s after the first %s", name, size(s.dropped), size(s.sent))
	if advice != "" {
		line += "; " + advice
	}
	return line + "]\n"
}

func size(n int) string {
	switch {
	case n < 1_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// partial is where the character begins that s ends in the middle of; the
// length of s if there is none.
func partial(s string) int {
	for i := len(s) - 1; i >= 0 && i > len(s)-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			if !utf8.FullRuneInString(s[i:]) {
				return i
			}
			break
		}
	}
	return len(s)
}

// boundary is the last place at or before byte n of a valid s where a character begins.
func boundary(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}
