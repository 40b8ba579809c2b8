package cell

import "bytes"

// prefix may stand before the marker of a special line, so that a file with
// such lines stays valid Go.
const prefix = "//gonb:"

// joined is a special line with its continuation lines, and where each byte
// of it stands in the cell's text.
type joined struct {
	text string
	pos  []int // pos[i] is the offset of text[i]; one more for the end
}

// join puts the lines src[start:end] together: each "\" before a newline
// becomes one blank, the prefix of each line goes.
func join(src []byte, start, end int) joined {
	var text []byte
	var pos []int
	for at := start; at <= end; {
		stop := lineEnd(src, at)
		stop = min(stop, end)
		next := stop + 1
		if bytes.HasPrefix(src[at:stop], []byte(prefix)) {
			at += len(prefix)
		}
		if stop > at && src[stop-1] == '\r' {
			stop--
		}
		continued := stop > at && src[stop-1] == '\\'
		for i := at; i < stop; i++ {
			text = append(text, src[i])
			pos = append(pos, i)
		}
		if continued {
			text[len(text)-1] = ' '
		}
		at = next
	}
	return joined{string(text), append(pos, end)}
}

// lineEnd is the offset of the newline that ends the line at offset at, or the text's length.
func lineEnd(src []byte, at int) int {
	if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(src)
}

// word is one argument of a special line: its value and where it stands.
type word struct {
	text       string
	start, end int
}

// words splits at blanks. Double quotes group, also within a word; inside them
// \n and \t are escapes and any other \x stands for x; outside, a backslash is
// itself. open is the offset of a quote that is never closed, or -1; the word
// it begins goes to the end.
func words(s string) (list []word, open int) {
	open = -1
	var text []byte
	start := -1
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"':
			if start < 0 {
				start = i
			}
			if open < 0 {
				open = i
			} else {
				open = -1
			}
		case open < 0 && isBlank(c):
			if start >= 0 {
				list = append(list, word{string(text), start, i})
				text, start = text[:0], -1
			}
		case open >= 0 && c == '\\' && i+1 < len(s):
			i++
			switch c = s[i]; c {
			case 'n':
				c = '\n'
			case 't':
				c = '\t'
			}
			text = append(text, c)
		default:
			if start < 0 {
				start = i
			}
			text = append(text, c)
		}
	}
	if start >= 0 {
		list = append(list, word{string(text), start, len(s)})
	}
	return list, open
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func texts(list []word) []string {
	var t []string
	for _, w := range list {
		t = append(t, w.text)
	}
	return t
}
