// Package source turns the Go code of cells into Go programs: it remembers what
// cells declared, checks a new cell against that with go/types, and writes the
// text to compile. It compiles and runs nothing.
//
//	l := source.New()
//	plan, diags := l.Check(source.Text{Name: "cell[1]", Code: code}, items, resolver)
//	files := plan.Session()      // one plugin of a living session
//	l.Commit(plan)
//
// How variables live. All plugins of a session are compiled as package main,
// and the dynamic linker makes one of what has the same name in several of
// them: types are written out again in every plugin that needs them and stay
// the same type; a variable is the same memory. A function declared by a cell
// becomes a variable that holds the newest version, so that all callers see a
// redefinition; methods forward to such variables. A name whose type or
// signature changes goes on under a numbered name (circle, circleʹ2).
package source

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
)

// Marks in emitted names. All are letters to Go; none is typed by hand.
const (
	mark     = "ʹ" // circleʹ2: the second type called circle; also names of our own
	implMark = "ʺ" // scaleʺ17: the function scale as cell 17 of the session compiled it
	dot      = "ᐧ" // circleᐧArea: the variable that holds the method Area
)

// Plain gives the name as the user wrote it, from an emitted one as stack
// traces show it: "circleᐧAreaʺ17.func1" is "circle.Area.func1".
func Plain(name string) string {
	var b strings.Builder
	skip := false
	for _, r := range strings.ReplaceAll(name, dot, ".") {
		switch {
		case string(r) == mark || string(r) == implMark:
			skip = true
		case skip && r >= '0' && r <= '9':
		default:
			skip = false
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Caller is Plain for the name of a function in a stack trace; "" where it is
// the cell itself, or a function literal in it.
func Caller(name string) string {
	rest := strings.TrimPrefix(name, "main.")
	for _, own := range []string{"cell", "main", "init"} {
		if strings.HasPrefix(rest, mark+own) && strings.Contains(rest, implMark) {
			return ""
		}
	}
	return Plain(name)
}

// Text is the Go code of one cell, and what its positions are called.
type Text struct {
	Serial int    // grows with every cell of the session
	Name   string // "cell[3]"
	File   string // what written files call it; "" is Name. The same for the same code, so that what was built for it can be used again
	Code   string // the cell with all but Go blanked, so that lines and columns are the cell's

	// Consts are string constants that this cell sees and nobody remembers.
	Consts map[string]string
}

// text is a Text with what was found out about it.
type text struct {
	Text
	imports []Import // names its code may use, as bound when it ran
	file    string   // name of the file written for it; "" by its number
	lines   []int    // offsets of line directives, which would move positions away from the cell
}

func (t *text) position() string {
	if t.File != "" {
		return t.File
	}
	return t.Name
}

// Import binds a name in the code of a cell. Name is "" for the package's own
// name (then Bound holds it), "." or "_".
type Import struct {
	Name, Path string
	Bound      string
	at         int // offset of the import in its cell; -1 when found by name
}

func (i Import) key() string {
	switch i.Name {
	case ".", "_":
		return i.Name + i.Path
	case "":
		return i.Bound
	}
	return i.Name
}

// decl is one remembered declaration: a function, a method, a type, or a group
// of constants.
type decl struct {
	kind cell.Kind
	name string   // function or type; Type.Method for a method; first constant
	all  []string // constants of a group
	dead map[string]bool
	text *text
	file *token.File // positions of node: offset in text.Code = file offset - shift
	lead int
	node ast.Decl // *ast.FuncDecl, or *ast.GenDecl with one spec (type) or a group (const)
	// generic functions, generic types and their methods have no memory of their
	// own: they are written out wherever they are used
	generic bool
	// vars of process mode, with their initialiser
	tuple []string

	built map[string]string // what it was compiled against in the worker that lives now; nil: not compiled
}

// variable is one variable that lives.
type variable struct {
	name    string
	typ     string // type as a Go expression in the user's names
	imports []Import
	file    *ast.File // package main; imports; var name typ
	version int       // of its name
	emitted string    // type in emitted names, when last compiled
	words   string    // the language's own types in it, which cells may declare over
	origin  *text
}

// Ledger is what a session remembers. Not safe for concurrent use.
type Ledger struct {
	fset    *token.FileSet
	decls   map[string]*decl // by name; methods by Type.Method; every constant of a group
	vars    map[string]*variable
	imports map[string]Import // by key: explicit imports of earlier cells
	blanks  map[string]bool   // path of import _ -> whether the worker that lives has it
	inits   map[string]*decl  // init and init_name, which run where a program begins

	types   map[string]*typeState
	symbols map[string]map[string]int // variable or function -> kind and type -> version
	serial  int
	locals  int // types declared in functions, in all that was written out
}

// typeState follows a type, or a generic function, through its redefinitions.
type typeState struct {
	version int
	local   string // its own definition with method signatures
	layout  string // its own definition alone
	last    int    // highest version given out
}

// New returns an empty Ledger.
func New() *Ledger {
	return &Ledger{
		fset: token.NewFileSet(), decls: map[string]*decl{}, vars: map[string]*variable{}, imports: map[string]Import{}, inits: map[string]*decl{}, blanks: map[string]bool{},
		types: map[string]*typeState{}, symbols: map[string]map[string]int{},
	}
}

// clone copies what Check may change before Commit.
func (l *Ledger) clone() *Ledger {
	c := *l
	c.decls = maps.Clone(l.decls)
	c.vars = maps.Clone(l.vars)
	c.imports = maps.Clone(l.imports)
	c.inits = maps.Clone(l.inits)
	c.blanks = maps.Clone(l.blanks)
	c.types = map[string]*typeState{}
	for k, v := range l.types {
		s := *v
		c.types[k] = &s
	}
	c.symbols = cloneNested(l.symbols)
	return &c
}

func cloneNested(m map[string]map[string]int) map[string]map[string]int {
	c := make(map[string]map[string]int, len(m))
	for k, v := range m {
		c[k] = maps.Clone(v)
	}
	return c
}

// NewWorker forgets what is compiled and which variables live: the worker that
// held them is gone. Declarations stay. It returns the names of the variables.
func (l *Ledger) NewWorker() []string {
	names := slices.Sorted(maps.Keys(l.vars))
	l.vars = map[string]*variable{}
	l.NotLoaded()
	return names
}

// NotLoaded says that the plugin of the last cell could not be loaded: what
// functions were compiled in it is not known, so all count as not compiled.
func (l *Ledger) NotLoaded() {
	for _, d := range l.decls {
		d.built = nil
	}
	for path := range l.blanks {
		l.blanks[path] = false
	}
}

// Reset forgets everything. Numbers of types go on, as the worker may live.
func (l *Ledger) Reset() {
	n := New()
	n.fset, n.serial, n.locals = l.fset, l.serial, l.locals
	for name, s := range l.types {
		n.types[name] = &typeState{last: s.last, version: s.version}
	}
	n.symbols = l.symbols
	*l = *n
}

// Listed are the names a session knows, by kind, as %ls shows them.
type Listed struct {
	Imports, Constants, Types, Variables, Functions []string
}

// List names all that is remembered.
func (l *Ledger) List() Listed {
	var r Listed
	for k := range l.imports {
		r.Imports = append(r.Imports, k)
	}
	for k := range l.inits {
		r.Functions = append(r.Functions, k)
	}
	for k, d := range l.decls {
		switch d.kind {
		case cell.Const:
			r.Constants = append(r.Constants, k)
		case cell.Type:
			r.Types = append(r.Types, k)
		case cell.Func:
			r.Functions = append(r.Functions, strings.ReplaceAll(k, ".", "~"))
		case cell.Var:
			r.Variables = append(r.Variables, k)
		}
	}
	for k := range l.vars {
		if d := l.decls[k]; d == nil || d.kind != cell.Var {
			r.Variables = append(r.Variables, k)
		}
	}
	for _, s := range []*[]string{&r.Imports, &r.Constants, &r.Types, &r.Variables, &r.Functions} {
		slices.Sort(*s)
	}
	return r
}

// Remove forgets a key as List shows it, in the first kind that has it, and
// says which; ok is false for an unknown key.
func (l *Ledger) Remove(key string) (kind string, ok bool) {
	if _, found := l.imports[key]; found {
		delete(l.imports, key)
		return "import", true
	}
	if _, found := l.inits[key]; found {
		delete(l.inits, key)
		return "func", true
	}
	name := strings.ReplaceAll(key, "~", ".")
	if d := l.decls[name]; d != nil && d.kind != cell.Var {
		l.drop(name)
		return d.kind.String(), true
	}
	_, alive := l.vars[key]
	if d := l.decls[key]; d != nil || alive {
		l.drop(key)
		delete(l.vars, key)
		return "var", true
	}
	return "", false
}

// drop takes a name out of the declarations; a constant leaves its group intact,
// as the others' values may depend on its place, and a tuple keeps its others.
func (l *Ledger) drop(name string) {
	d := l.decls[name]
	if d == nil {
		return
	}
	delete(l.decls, name)
	if len(d.all) > 1 || len(d.tuple) > 1 {
		dead := maps.Clone(d.dead)
		if dead == nil {
			dead = map[string]bool{}
		}
		dead[name] = true
		next := *d
		next.dead = dead
		for _, n := range slices.Concat(d.all, d.tuple) {
			if l.decls[n] == d {
				l.decls[n] = &next
			}
		}
	}
}
