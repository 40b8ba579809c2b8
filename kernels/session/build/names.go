package build

import (
	"encoding/json"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"
)

// names finds packages by their name.
type names struct {
	mu      sync.Mutex
	trees   map[string]*tree    // folder of a module -> its packages
	exports map[string][]string // folder of a package -> exported names, sorted
}

// tree is the packages of one module, by name. That of a folder where files may
// be edited goes stale when folders come and go.
type tree struct {
	Paths map[string][]string // package name -> import paths below the module's, "" for its own
	dirs  map[string]string   // of an editable one: folder -> modification time
}

// root is a module to look through.
type root struct {
	path, dir string // import path of its root package, "" for the standard library
	version   string // "" where files may be edited
}

// tree gives the packages of a module; cache is the folder for those that do not change.
func (n *names) tree(r root, cache string) *tree {
	n.mu.Lock()
	defer n.mu.Unlock()
	t := n.trees[r.dir]
	if t != nil && t.fresh() {
		return t
	}
	if n.trees == nil {
		n.trees = map[string]*tree{}
	}
	var file string
	if r.version != "" {
		file = filepath.Join(cache, "names", key(r.dir, r.version)+".json")
		t = new(tree)
		if data, err := os.ReadFile(file); err == nil && json.Unmarshal(data, t) == nil {
			touch(file)
			n.trees[r.dir] = t
			return t
		}
	}
	t = scan(r)
	n.trees[r.dir] = t
	if file != "" {
		if data, err := json.Marshal(t); err == nil && os.MkdirAll(filepath.Dir(file), 0o700) == nil {
			writeFile(file, data) // if not, it is found out again
		}
	}
	return t
}

func (t *tree) fresh() bool {
	for dir, mtime := range t.dirs {
		if modTime(dir) != mtime {
			return false
		}
	}
	return true
}

func modTime(dir string) string {
	info, err := os.Stat(dir)
	if err != nil {
		return ""
	}
	return info.ModTime().String()
}

// scan walks a module's folders and reads the package clause of a file in each.
func scan(r root) *tree {
	t := &tree{Paths: map[string][]string{}}
	if r.version == "" {
		t.dirs = map[string]string{}
	}
	filepath.WalkDir(r.dir, func(dir string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return nil // what cannot be read holds no packages
		}
		rel := filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(dir, r.dir), string(filepath.Separator)))
		if base := e.Name(); rel != "" {
			switch {
			case base == "testdata" || base == "vendor" || base == "internal" || base[0] == '.' || base[0] == '_',
				r.path == "" && (rel == "cmd" || rel == "builtin"),
				r.path != "" && isFile(filepath.Join(dir, "go.mod")): // a module of its own
				return fs.SkipDir
			}
		}
		if t.dirs != nil {
			t.dirs[dir] = modTime(dir)
		}
		if name := packageName(dir); name != "" && name != "main" {
			t.Paths[name] = append(t.Paths[name], rel)
		}
		return nil
	})
	return t
}

// packageName is what the first fitting file of a folder says; "" without one.
func packageName(dir string) string {
	for _, file := range goFiles(dir) {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly)
		if err == nil && f.Name != nil {
			return f.Name.Name
		}
	}
	return ""
}

// goFiles are the files of a folder that are compiled on this machine.
func goFiles(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var files []string
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if ok, err := build.Default.MatchFile(dir, name); ok && err == nil {
			files = append(files, filepath.Join(dir, name))
		}
	}
	return files
}

// has counts how many of the symbols the package in dir exports.
func (n *names) has(dir string, symbols []string, keep bool) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	exported, known := n.exports[dir]
	if !known {
		exported = exports(dir)
		if n.exports == nil {
			n.exports = map[string][]string{}
		}
		if keep {
			n.exports[dir] = exported
		}
	}
	count := 0
	for _, s := range symbols {
		if _, ok := slices.BinarySearch(exported, s); ok {
			count++
		}
	}
	return count
}

// exports reads the exported names of a package, sorted.
func exports(dir string) []string {
	var found []string
	for _, file := range goFiles(dir) {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if f == nil || err != nil && len(f.Decls) == 0 {
			continue
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.IsExported() {
					found = append(found, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						if s.Name.IsExported() {
							found = append(found, s.Name.Name)
						}
					case *ast.ValueSpec:
						for _, name := range s.Names {
							if name.IsExported() {
								found = append(found, name.Name)
							}
						}
					}
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// moduleDir is where the go command unpacks a module.
func moduleDir(modCache string, m module.Version) string {
	p, err := module.EscapePath(m.Path)
	if err != nil {
		return ""
	}
	v, err := module.EscapeVersion(m.Version)
	if err != nil {
		return ""
	}
	return filepath.Join(modCache, filepath.FromSlash(p)+"@"+v)
}

func join(root, below string) string { return strings.TrimPrefix(path.Join(root, below), "/") }
