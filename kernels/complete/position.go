package complete

import (
	"strings"
	"unicode/utf8"
)

// position is a place in a text as the Language Server Protocol has it: line
// and column from 0, columns in UTF-16 code units (3.17, "Position").
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

// positionOf converts a byte offset in text; offsets outside are clamped, and
// one inside a character means its start. Invalid bytes count one unit each, as
// they are sent as U+FFFD.
func positionOf(text string, offset int) position {
	offset = clampOffset(text, offset)
	before := text[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return position{Line: strings.Count(before, "\n"), Character: units(before[start:])}
}

// offsetOf converts back; columns beyond a line's end mean its end and lines
// beyond the last mean the end of the text.
func offsetOf(text string, p position) int {
	start := 0
	for range p.Line {
		i := strings.IndexByte(text[start:], '\n')
		if i < 0 {
			return len(text)
		}
		start += i + 1
	}
	offset, col := start, 0
	for offset < len(text) && text[offset] != '\n' {
		r, n := utf8.DecodeRuneInString(text[offset:])
		col += runeUnits(r)
		if col > p.Character {
			break
		}
		offset += n
	}
	return offset
}

// clampOffset moves offset into text and back to the start of a character.
func clampOffset(text string, offset int) int {
	offset = max(0, min(offset, len(text)))
	for back := 1; back < utf8.UTFMax && back <= offset && offset < len(text); back++ {
		if _, n := utf8.DecodeRuneInString(text[offset-back:]); n > back {
			return offset - back
		}
	}
	return offset
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += runeUnits(r)
	}
	return n
}

func runeUnits(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
