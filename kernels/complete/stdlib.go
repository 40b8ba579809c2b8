package complete

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// stdlib knows the standard library by its source: which package has which
// exported names. It reads a package when first asked for it, in milliseconds,
// and types nothing.
type stdlib struct {
	paths func() map[string][]string // package name -> import paths

	root string
	mu   sync.Mutex
	pkgs map[string]*scope
}

// newStdlib reads the library under goroot/src; a folder that is not there is
// a library without packages.
func newStdlib(goroot string) *stdlib {
	s := &stdlib{root: filepath.Join(goroot, "src"), pkgs: map[string]*scope{}}
	s.paths = sync.OnceValue(func() map[string][]string {
		found := map[string][]string{}
		s.walk("", found)
		return found
	})
	return s
}

func (s *stdlib) walk(dir string, found map[string][]string) {
	entries, err := os.ReadDir(filepath.Join(s.root, filepath.FromSlash(dir)))
	if err != nil {
		return
	}
	isPackage := false
	for _, e := range entries {
		switch name := e.Name(); {
		case !e.IsDir():
			isPackage = isPackage || strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
		case name == "internal" || name == "vendor" || name == "testdata" || dir == "" && (name == "cmd" || name == "builtin") || name[0] == '_' || name[0] == '.':
		default:
			s.walk(path.Join(dir, name), found)
		}
	}
	if isPackage && dir != "" {
		name := packageName(dir)
		found[name] = append(found[name], dir)
	}
}

// find is the package of that name which has most of the selectors, a name
// that is only begun counting half; of equals the one with the shortest path.
// "" if there is none.
func (s *stdlib) find(name string, selectors []string) string {
	best, most := "", 0
	candidates := slices.Clone(s.paths()[name])
	slices.SortFunc(candidates, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	for _, path := range candidates {
		p := s.pkg(path)
		score := 0
		for _, sel := range selectors {
			if p[sel] != nil {
				score += 2
			} else if p.hasPrefix(sel) {
				score++
			}
		}
		if score > most {
			best, most = path, score
		}
	}
	return best
}

// pkg is the exported scope of a package of the library; empty if there is no such package.
func (s *stdlib) pkg(path string) scope {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.pkgs[path]; p != nil {
		return *p
	}
	p := scope{}
	if slices.Contains(s.paths()[packageName(path)], path) {
		p = readPackage(filepath.Join(s.root, filepath.FromSlash(path)))
	}
	s.pkgs[path] = &p
	return p
}

func readPackage(dir string) scope {
	found := scope{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return found
	}
	fset := token.NewFileSet()
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if ok, err := build.Default.MatchFile(dir, name); err != nil || !ok {
			continue
		}
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err == nil {
			found.add(file, ast.IsExported)
		}
	}
	return found
}
