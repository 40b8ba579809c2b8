package build_test

import (
	"strings"
	"testing"

	"github.com/stellarae/lab/kernels/session/build"
)

func TestResolve(t *testing.T) {
	s := start(t, notebook+`
-- deep/er/lib/lib.go --
package lib

func Deep() {}
-- strings/strings.go --
package strings

func Mine() {}
-- cmd/lib/main.go --
package main

func Next() {}
`, build.Options{CacheDir: t.TempDir()})
	for _, c := range []struct{ name, symbols, want string }{
		{"fmt", "Println", "fmt"},
		{"fmt", "", "fmt"},
		{"rand", "N", "math/rand/v2"},
		{"rand", "IntN Shuffle", "math/rand/v2"},
		{"rand", "Intn Shuffle", "math/rand"},
		{"rand", "Reader", "crypto/rand"},
		{"rand", "Int", "math/rand/v2 math/rand crypto/rand"},
		{"rand", "Nothing", ""},
		{"template", "New HTMLEscapeString", "html/template text/template"},
		{"template", "CSS", "html/template"},
		{"lib", "Next", "example.com/nb/lib"},
		{"lib", "Deep", "example.com/nb/deep/er/lib"},
		{"lib", "", "example.com/nb/lib example.com/nb/deep/er/lib"},
		{"strings", "Mine", "example.com/nb/strings"},
		{"strings", "Split", "strings"},
		{"display", "HTML", "github.com/stellarae/lab/kernels/display"},
		{"abi", "", ""},
		{"nonesuch", "X", ""},
	} {
		got, err := s.b.Resolve(t.Context(), c.name, strings.Fields(c.symbols))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s with %s: %v, want %s", c.name, c.symbols, got, c.want)
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	s := start(b, notebook, build.Options{})
	for b.Loop() {
		if _, err := s.b.Resolve(b.Context(), "rand", []string{"IntN"}); err != nil {
			b.Fatal(err)
		}
	}
}
