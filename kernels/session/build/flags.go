package build

import (
	"fmt"
	"strings"
)

// flags are the build flags of the session, for the tools they concern.
type flags struct {
	list    []string // for go list
	compile []string // for the compiler, when it compiles cells
	link    []string
}

// refused are flags of go build that cells cannot have.
var refused = map[string]string{
	"race":       "the race detector needs a worker and packages of its own kind",
	"msan":       "the memory sanitizer needs a worker and packages of its own kind",
	"asan":       "the address sanitizer needs a worker and packages of its own kind",
	"cover":      "coverage is for whole programs",
	"buildmode":  "every cell is a plugin",
	"linkshared": "every cell is a plugin",
	"compiler":   "cells are compiled by the gc toolchain",
	"toolexec":   "the compiler is called directly",
	"o":          "cells have no output file",
	"C":          "cells are built in the folder of the session",
	"n":          "cells are compiled to be run",
}

// boolean flags of go build that have no value after a blank.
var boolean = map[string]bool{
	"a": true, "n": true, "v": true, "x": true, "race": true, "msan": true, "asan": true, "cover": true,
	"trimpath": true, "linkshared": true, "modcacherw": true, "work": true, "buildvcs": true,
}

// SetFlags sets the flags of go build that apply from now on to the cells of
// the session: those that concern packages go to go list, -gcflags and -ldflags
// also to the compiler and the linker. A flag that plugins cannot have is an
// error that says why, and nothing changes.
func (b *Builder) SetFlags(args []string) error {
	f, err := parseFlags(args)
	if err != nil {
		return err
	}
	for _, word := range f.link {
		if strings.HasPrefix(word, "main.") || strings.HasPrefix(word, "-X=main.") {
			return fmt.Errorf("-ldflags: %s: the linker sets no variables of cells whose variables live", word)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flags = f
	return nil
}

func parseFlags(args []string) (flags, error) {
	var f flags
	for i := 0; i < len(args); i++ {
		name, ok := strings.CutPrefix(args[i], "-")
		if !ok {
			return flags{}, fmt.Errorf("%q is not a flag of go build", args[i])
		}
		name = strings.TrimPrefix(name, "-")
		name, value, hasValue := strings.Cut(name, "=")
		if why := refused[name]; why != "" {
			return flags{}, fmt.Errorf("-%s: not for cells whose variables live: %s", name, why)
		}
		given := args[i : i+1]
		if !hasValue && !boolean[name] {
			if i++; i == len(args) {
				return flags{}, fmt.Errorf("-%s needs a value", name)
			}
			value, given = args[i], args[i-1:i+1]
		}
		pattern := "all"
		switch name {
		case "gcflags", "ldflags":
			var err error
			var words []string
			pattern, words, err = patterned(value)
			switch {
			case err != nil:
				return flags{}, fmt.Errorf("-%s: %w", name, err)
			case pattern != "" && pattern != "all":
			case name == "gcflags":
				f.compile = words
			default:
				f.link = words
			}
		}
		if pattern != "" { // without one, the flags are for the cell alone
			f.list = append(f.list, given...)
		}
	}
	return f, nil
}

// patterned takes apart the value of -gcflags and its like: flags, or a pattern
// of packages, an equals sign and flags.
func patterned(value string) (pattern string, words []string, err error) {
	if !strings.HasPrefix(value, "-") {
		if before, after, ok := strings.Cut(value, "="); ok {
			pattern, value = before, after
		}
	}
	words, err = splitQuoted(value)
	return pattern, words, err
}

// splitQuoted splits at blanks; single and double quotes hold a word together.
func splitQuoted(s string) ([]string, error) {
	var words []string
	for s = strings.TrimLeft(s, " \t\n\r"); s != ""; s = strings.TrimLeft(s, " \t\n\r") {
		if q := s[0]; q == '\'' || q == '"' {
			end := strings.IndexByte(s[1:], q)
			if end < 0 {
				return nil, fmt.Errorf("no closing %c in %s", q, s)
			}
			words = append(words, s[1:end+1])
			s = s[end+2:]
			continue
		}
		end := strings.IndexAny(s, " \t\n\r")
		if end < 0 {
			end = len(s)
		}
		words = append(words, s[:end])
		s = s[end:]
	}
	return words, nil
}

// sanitizer is the flag among those of GOFLAGS by which all packages would be of
// another kind than the compiler and linker are told here; "" without one.
func sanitizer(goflags string) string {
	words, err := splitQuoted(goflags)
	if err != nil {
		return ""
	}
	for _, word := range words {
		switch name, value, _ := strings.Cut(strings.TrimLeft(word, "-"), "="); name {
		case "race", "msan", "asan", "cover":
			if value != "false" && value != "0" {
				return word
			}
		}
	}
	return ""
}
