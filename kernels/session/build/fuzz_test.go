package build

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func FuzzReadExport(f *testing.F) {
	entry := "go object linux amd64\n\n$$B\nutypes\n$$\n"
	f.Add(fmt.Appendf(nil, "!<arch>\n%-48s%-10d`\n%s", "__.PKGDEF", len(entry), entry))
	f.Add([]byte("!<arch>\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if export, err := readExport(bytes.NewReader(data)); err == nil && !bytes.Contains(data, export) {
			t.Errorf("%q is not in the archive", export)
		}
	})
}

func FuzzParseCompileErrors(f *testing.F) {
	f.Add("cell[3]:4:14: cannot use \"a\"\n\thave (number)\n# main\nC:\\x\\y.go:3: message: more\n")
	f.Add("./a.go:99999999999999999999:1: x\n:1: y\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range parseCompileErrors(text) {
			first, _, _ := strings.Cut(e.Error(), "\n")
			back, ok := parseMessage(first)
			if message, _, _ := strings.Cut(e.Message, "\n"); !ok || back.Message != message {
				t.Errorf("%q reads as %+v, written as %+v", first, back, e)
			}
		}
	})
}

func FuzzSplitQuoted(f *testing.F) {
	f.Add(`-tags 'a b' "c"d`)
	f.Fuzz(func(t *testing.T, s string) {
		words, err := splitQuoted(s)
		if err != nil {
			return
		}
		for _, w := range words {
			if !strings.Contains(s, w) {
				t.Errorf("%q is not in %q", w, s)
			}
		}
	})
}
