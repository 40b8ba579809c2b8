package pages

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A Makefile is what it can make and be told.
type Makefile struct{ targets, variables map[string]bool }

// ParseMakefile reads targets and variables off their lines' beginnings.
func ParseMakefile(text string) Makefile {
	m := Makefile{targets: map[string]bool{}, variables: map[string]bool{}}
	target := regexp.MustCompile(`(?m)^([a-z][a-z0-9-]*):`)
	for _, found := range target.FindAllStringSubmatch(text, -1) {
		m.targets[found[1]] = true
	}
	variable := regexp.MustCompile(`(?m)^(?:export )?([A-Z][A-Z0-9_]*) *[?:]?=`)
	for _, found := range variable.FindAllStringSubmatch(text, -1) {
		m.variables[found[1]] = true
	}
	return m
}

// Check tells what a make command names that the Makefile has not.
func (m Makefile) Check(c Command) error {
	for _, word := range c.Words[1:] {
		name, _, isVariable := strings.Cut(word, "=")
		switch {
		case strings.HasPrefix(word, "-"): // make's own
		case isVariable && !m.variables[name]:
			return fmt.Errorf("the Makefile has no variable %s", name)
		case !isVariable && !m.targets[word]:
			return fmt.Errorf("the Makefile has no target %s", word)
		}
	}
	return nil
}

// CheckGo tells what a go command names that the project below root, whose
// module is called module, has not: packages, and the tests, benchmarks and fuzz
// targets of go test.
func CheckGo(root, module string, c Command) error {
	if len(c.Words) < 2 || !slices.Contains([]string{"build", "doc", "install", "run", "test", "vet"}, c.Words[1]) {
		return nil
	}
	var folders, patterns []string
	for i := 2; i < len(c.Words) && c.Words[i] != "-args"; i++ {
		word := c.Words[i]
		switch word {
		case "-run", "-bench", "-fuzz", "-skip":
			if i++; i == len(c.Words) {
				return errors.New(word + " without a pattern")
			}
			if c.Words[i] != "^$" { // nothing, on purpose
				patterns = append(patterns, c.Words[i])
			}
			continue
		}
		word, _, _ = strings.Cut(word, "@")
		word = strings.Replace(word, module, ".", 1)
		if strings.HasPrefix(word, "./") || word == "." {
			folders = append(folders, filepath.Join(root, filepath.FromSlash(word)))
		}
	}
	var names []string
	for _, folder := range folders {
		found, err := testsIn(folder)
		if err != nil {
			return err
		}
		names = append(names, found...)
	}
	if c.Words[1] != "test" || len(folders) == 0 {
		return nil
	}
	for _, pattern := range patterns {
		if err := matchesOne(pattern, names); err != nil {
			return err
		}
	}
	return nil
}

// matchesOne wants every alternative of a pattern to match a name.
func matchesOne(pattern string, names []string) error {
	top, _, _ := strings.Cut(pattern, "/")
next:
	for alternative := range strings.SplitSeq(top, "|") {
		r, err := regexp.Compile(alternative)
		if err != nil {
			return err
		}
		for _, name := range names {
			if r.MatchString(name) {
				continue next
			}
		}
		return fmt.Errorf("no test, benchmark or example matches %s", alternative)
	}
	return nil
}

// testsIn are the functions that go test runs in a package, or in all below a
// folder that ends in "...".
func testsIn(folder string) ([]string, error) {
	pattern := filepath.Join(folder, "*.go")
	if base, all := strings.CutSuffix(folder, "..."); all {
		if sources, err := filepath.Glob(filepath.Join(base, "*")); err != nil || len(sources) == 0 {
			return nil, fmt.Errorf("%s: nothing there", base)
		}
		return nil, nil
	}
	sources, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	if len(sources) == 0 {
		return nil, fmt.Errorf("%s: no Go package", folder)
	}
	var names []string
	for _, source := range sources {
		if !strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if f, isFunc := d.(*ast.FuncDecl); isFunc && f.Recv == nil {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names, nil
}
