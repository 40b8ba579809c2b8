package cell

import (
	"strings"
	"testing"
)

var typical = "%args -n 3\nimport \"fmt\"\n\n// half of it\nfunc half(x int) int {\n\treturn x / 2\n}\n%%\nfor i := range 10 {\n\tfmt.Println(half(i))\n}\nhalf(3)\n"

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(typical)))
	for b.Loop() {
		if _, err := Parse(typical); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	c, err := Parse(typical)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(typical)))
	for b.Loop() {
		Split(c)
	}
}

// Cells that try to take long: time must grow with the length, not with its square.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range map[string]string{
		"statements": "x;", "open": "(", "close": ")", "declarations": "f(\nfunc g() {\n", "commands": "%ls\n",
		"headers": "if {};", "labels": "a:", "comments": "/**/", "questions": "x?\n", "marks": "?", "timed": "%time x\n", "continued": "!\\\n", "magic": "\n",
	} {
		b.Run(name, func(b *testing.B) {
			text := strings.Repeat(unit, 100_000/len(unit))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				c, _ := Parse(text)
				Split(c)
				IsComplete(text)
				At(text, len(text))
			}
		})
	}
}
