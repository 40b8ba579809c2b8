package complete

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestPosition(t *testing.T) {
	const text = "aé日😀b\r\n\xffx\n\nend"
	for _, tt := range []struct {
		offset     int
		line, char int
		back       int
	}{
		{0, 0, 0, 0}, {1, 0, 1, 1}, {2, 0, 1, 1}, {3, 0, 2, 3}, {6, 0, 3, 6},
		{8, 0, 3, 6}, {10, 0, 5, 10}, {11, 0, 6, 11}, {13, 1, 0, 13}, {14, 1, 1, 14},
		{15, 1, 2, 15}, {16, 2, 0, 16}, {17, 3, 0, 17}, {20, 3, 3, 20}, {99, 3, 3, 20}, {-5, 0, 0, 0},
	} {
		p := positionOf(text, tt.offset)
		if p != (position{tt.line, tt.char}) {
			t.Errorf("offset %d is at %v, want %d:%d", tt.offset, p, tt.line, tt.char)
		}
		if got := offsetOf(text, p); got != tt.back {
			t.Errorf("offset %d comes back as %d, want %d", tt.offset, got, tt.back)
		}
	}
	for _, tt := range []struct {
		p    position
		want int
	}{
		{position{0, 4}, 6}, // within the surrogate pair of an emoji
		{position{0, 99}, 12}, {position{9, 0}, 20}, {position{1, 1}, 14},
	} {
		if got := offsetOf(text, tt.p); got != tt.want {
			t.Errorf("%v is offset %d, want %d", tt.p, got, tt.want)
		}
	}
}

// FuzzPosition compares with the text as the server sees it: UTF-16 of what
// JSON makes of it.
func FuzzPosition(f *testing.F) {
	f.Add("aé日😀b\r\n\xffx", 4)
	f.Add("\xf0\x9f\x98", 2)
	f.Add("\xe6\x97日", 1)
	f.Fuzz(func(t *testing.T, text string, offset int) {
		at := clampOffset(text, offset)
		if at < 0 || at > len(text) || at < len(text) && at > 0 && utf8.ValidString(text) && !utf8.RuneStart(text[at]) {
			t.Fatalf("%q: %d clamped to %d", text, offset, at)
		}
		p := positionOf(text, offset)
		if back := offsetOf(text, p); back != at {
			t.Fatalf("%q: offset %d (%d) is %v, which is %d", text, offset, at, p, back)
		}
		raw, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var seen string
		if err := json.Unmarshal(raw, &seen); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(seen, "\n")
		if p.Line >= len(lines) || p.Character > len(utf16.Encode([]rune(lines[p.Line]))) {
			t.Fatalf("%q: %v is outside of what is sent", text, p)
		}
		sent := strings.Join(lines[:p.Line], "\n")
		if p.Line > 0 {
			sent += "\n"
		}
		sent += string(utf16.Decode(utf16.Encode([]rune(lines[p.Line]))[:p.Character]))
		if want := string([]rune(text[:at])); sent != want {
			t.Fatalf("%q: before offset %d is %q, sent is %q", text, at, want, sent)
		}
	})
}
