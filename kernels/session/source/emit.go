package source

import (
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
)

// RuntimePath is what written plugins import to talk to their worker.
const RuntimePath = "github.com/stellarae/lab/kernels/session/rt"

// emission collects what one plugin needs: the fixpoint of all that the cell
// and the functions compiled with it mention.
type emission struct {
	*Plan
	e       edits
	whole   map[*decl]bool // types, constants, generic functions and methods: written out as they are
	vars    map[string]bool
	slots   map[*types.Func]bool
	impls   []*decl
	methods map[*types.Func]bool // to be forwarded
	files   map[*text]*outFile
	locals  int // types declared in functions
}

// outFile is one written file: what comes of one cell's text.
type outFile struct {
	t      *text
	pieces []piece
	used   map[string]Import // by key
}

type piece struct {
	at, line int
	code     string
}

// Session writes the plugin that runs the cell in a living session: file name
// to text. entry names the function that a worker calls (registered by init).
func (p *Plan) Session() map[string][]byte {
	m := &emission{Plan: p, e: edits{}, whole: map[*decl]bool{}, vars: map[string]bool{}, slots: map[*types.Func]bool{},
		methods: map[*types.Func]bool{}, files: map[*text]*outFile{}}
	p.stamps = map[*decl]map[string]string{}
	reached := p.reach()
	maps.Copy(reached, p.stale)
	for d := range reached {
		if d.kind != cell.Func || d.generic || slices.Contains(p.f.inits, d) {
			continue
		}
		if s := p.stamp(d); !maps.Equal(d.built, s) || d.built == nil {
			p.stamps[d] = s
			m.impls = append(m.impls, d)
		}
	}
	slices.SortFunc(m.impls, func(a, b *decl) int { return strings.Compare(a.name, b.name) })
	for _, d := range m.impls {
		m.need(d.node)
		m.slots[m.fn(d)] = true
	}
	for _, d := range p.f.inits {
		m.need(d.node)
	}
	for _, d := range p.f.decls {
		if d.kind != cell.Func {
			m.needDecl(d)
		}
	}
	for _, v := range p.f.vars {
		m.need(v.spec)
		for _, n := range v.names {
			if o := p.pkg.Scope().Lookup(n); o != nil {
				m.object(o)
			}
		}
	}
	for _, a := range slices.Concat(p.f.actions, p.f.main) {
		if a.stmt != nil {
			m.need(a.stmt)
		}
	}
	for d := range m.whole {
		m.write(d)
	}
	for _, d := range m.impls {
		m.implement(d)
	}
	m.cell()
	return m.finish()
}

func (p *Plan) fn(d *decl) *types.Func {
	return p.info.Defs[d.node.(*ast.FuncDecl).Name].(*types.Func)
}

func (m *emission) need(n ast.Node) {
	for _, o := range m.uses(n) {
		m.object(o)
	}
}

func (m *emission) object(o types.Object) {
	switch o := o.(type) {
	case *types.Const, *types.TypeName:
		if d := m.l.decls[o.Name()]; d != nil {
			m.needDecl(d)
		}
	case *types.Func:
		if o.Signature().TypeParams() != nil {
			m.needDecl(m.l.decls[o.Name()])
			return
		}
		if !m.slots[o] {
			m.slots[o] = true
			m.needTypes(o.Type())
		}
	case *types.Var:
		if !m.vars[o.Name()] {
			m.vars[o.Name()] = true
			m.needTypes(o.Type())
		}
	}
}

func (m *emission) needTypes(t types.Type) {
	m.walkOne(t, func(n string) {
		if d := m.l.decls[n]; d != nil {
			m.needDecl(d)
		}
	})
}

func (m *emission) needDecl(d *decl) {
	if d == nil || m.whole[d] || d.kind == cell.Var || d.kind == cell.Func && !d.generic {
		return
	}
	m.whole[d] = true
	m.need(d.node)
	if d.kind != cell.Type {
		return
	}
	for _, method := range m.Plan.methods(d.name) {
		if d.generic || method.generic {
			m.needDecl(method)
			continue
		}
		f := m.fn(method)
		if m.methods[f] || !m.valid(f) {
			continue
		}
		m.methods[f] = true
		m.slots[f] = true
		m.needTypes(f.Type())
	}
}

func (m *emission) out(t *text) *outFile {
	f := m.files[t]
	if f == nil {
		f = &outFile{t: t, used: map[string]Import{}}
		m.files[t] = f
		for _, at := range t.lines {
			m.e.insert(t, at+2, " ")
		}
	}
	return f
}

// rewriteIn prepares the edits of a node and notes the imports that it uses.
func (m *emission) rewriteIn(s located, n ast.Node) {
	r := &rewriter{Plan: m.Plan, located: s, e: m.e, living: m.mode == Living}
	f := m.out(s.t)
	r.qual = func(pkg *types.Package) string { return f.qualify(pkg) }
	r.node(n)
	m.locals += r.locals
	m.Plan.usedImports(f, n, r.living)
}

// qualify names a package in a written file, adding an import where needed.
func (f *outFile) qualify(pkg *types.Package) string {
	name := fmt.Sprintf("%s%sp%d", pkg.Name(), mark, len(f.used))
	for _, i := range f.used {
		if i.Path == pkg.Path() && i.Name != "." && i.Name != "_" {
			return i.key()
		}
	}
	f.used[name] = Import{Name: name, Path: pkg.Path()}
	return name
}

// usedImports notes which imports of its file a node uses. In a living session
// they have names of their own, as a variable may be called like a package that
// other cells import.
func (p *Plan) usedImports(f *outFile, n ast.Node, living bool) {
	sel := map[*ast.Ident]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			sel[n.Sel] = true
		case *ast.Ident:
			switch o := p.info.Uses[n].(type) {
			case nil:
			case *types.PkgName:
				for _, i := range f.t.imports {
					if i.Path == o.Imported().Path() && i.key() == n.Name {
						name := n.Name
						if living {
							name += mark
						}
						f.used[name] = Import{Name: name, Path: i.Path}
					}
				}
			default:
				if !living && o.Pkg() != nil && o.Pkg() != p.pkg && o.Parent() == o.Pkg().Scope() && !sel[n] {
					f.used["."+o.Pkg().Path()] = Import{Name: ".", Path: o.Pkg().Path()}
				}
			}
		}
		return true
	})
}

func (m *emission) add(s located, n ast.Node, code string) {
	f := m.out(s.t)
	f.pieces = append(f.pieces, piece{at: s.at(n.Pos()), line: s.line(n.Pos()), code: code})
}

// write writes out a declaration as it is, in numbered names.
func (m *emission) write(d *decl) {
	s := d.located()
	m.rewriteIn(s, d.node)
	if d.kind == cell.Const {
		for _, sp := range d.node.(*ast.GenDecl).Specs {
			for _, n := range sp.(*ast.ValueSpec).Names {
				if d.dead[n.Name] {
					m.e.replace(d.text, s.at(n.Pos()), s.at(n.End()), "_")
				}
			}
		}
	}
	a, b := d.span()
	code := m.e.render(d.text, a, b)
	if d.kind == cell.Type {
		code = "type " + code
	}
	m.add(s, d.node, code)
}

// implement writes a function or method under the name of this cell.
func (m *emission) implement(d *decl) {
	s, fn := d.located(), d.node.(*ast.FuncDecl)
	m.rewriteIn(s, fn)
	m.add(s, fn, m.functionText(s, fn, m.implName(d)))
}

func (m *emission) implName(d *decl) string {
	return fmt.Sprintf("%s%s%d", strings.ReplaceAll(d.name, ".", dot), implMark, m.f.text.Serial)
}

// functionText is a function under another name, a receiver as its first parameter.
func (m *emission) functionText(s located, fn *ast.FuncDecl, name string) string {
	params := fn.Type.Params
	recv := ""
	if fn.Recv != nil {
		f := fn.Recv.List[0]
		a, b := s.span(f)
		recv = m.e.render(s.t, a, b)
		if len(f.Names) == 0 {
			recv = "_ " + recv
		}
		if params.NumFields() > 0 {
			recv += ", "
			if len(params.List[0].Names) == 0 {
				for _, p := range params.List {
					m.e.insert(s.t, s.at(p.Pos()), "_ ")
				}
			}
		}
	}
	return "func " + name + "(" + recv + m.e.render(s.t, s.at(params.Opening)+1, s.at(fn.End()))
}

// cell writes the function that is the cell.
func (m *emission) cell() {
	f := m.out(m.f.text)
	for path, loaded := range m.l.blanks {
		if !loaded {
			f.used["_"+path] = Import{Name: "_", Path: path}
			m.l.blanks[path] = true
		}
	}
	var b strings.Builder
	entry := fmt.Sprintf("%scell%s%d", mark, implMark, m.f.text.Serial)
	fmt.Fprintf(&b, "func init() { %srt.Register(%s) }\nfunc %s() {\n", mark, entry, entry)
	for _, d := range m.impls {
		fmt.Fprintf(&b, "%s = %s\n", m.slot(m.fn(d)), m.implName(d))
	}
	for _, v := range m.newVars {
		fmt.Fprintf(&b, "%srt.Var(%q, &%s)\n", mark, v.name, number(v.name, v.version))
	}
	for i, d := range m.f.inits {
		s, fn := d.located(), d.node.(*ast.FuncDecl)
		name := fmt.Sprintf("%sinit%d%s%d", mark, i, implMark, m.f.text.Serial)
		m.rewriteIn(s, fn)
		m.add(s, fn, m.functionText(s, fn, name))
	}
	m.body(&b, m.f.actions, func() {
		for i := range m.f.inits {
			fmt.Fprintf(&b, "%sinit%d%s%d()\n", mark, i, implMark, m.f.text.Serial)
		}
	})
	if m.f.main != nil {
		fmt.Fprintf(&b, "%smain%s%d()\n", mark, implMark, m.f.text.Serial)
	}
	b.WriteString("}\n")
	if m.f.main != nil {
		fmt.Fprintf(&b, "func %smain%s%d() {\n", mark, implMark, m.f.text.Serial)
		if !m.f.isMain {
			fmt.Fprintf(&b, "%srt.ParseFlags()\n", mark)
		}
		m.body(&b, m.f.main, func() {})
		b.WriteString("}\n")
	}
	f.pieces = append(f.pieces, piece{at: len(m.f.text.Code) + 1, line: 1, code: b.String()})
}

// Idle says that the cell only declares, and nothing that runs could tell: it
// need not be compiled until something uses it.
func (p *Plan) Idle() bool {
	if len(p.f.actions)+len(p.f.main)+len(p.f.inits)+len(p.f.vars) > 0 || len(p.Dropped) > 0 || len(p.stale) > 0 {
		return false
	}
	for _, i := range p.f.blanks {
		if i.Name == "_" {
			return false
		}
	}
	for _, d := range p.f.decls {
		if d.kind == cell.Func && !d.generic && p.l.called(strings.ReplaceAll(d.name, ".", dot)) {
			return false
		}
	}
	return true
}

// Key names what the files say, apart from the cell's number: files with the
// same key do the same in the same worker.
func (p *Plan) Key(files map[string][]byte) string {
	own, number := cellFile(p.f.text), fmt.Sprintf("%s%d", implMark, p.f.text.Serial)
	h := sha256.New()
	for _, n := range slices.Sorted(maps.Keys(files)) {
		code := files[n]
		if n == own {
			n = "cell.go"
		}
		fmt.Fprintf(h, "%s\x00%s\x00", n, numbered.ReplaceAllFunc(code, func(b []byte) []byte {
			if string(b) == number {
				return []byte(implMark)
			}
			return b
		}))
	}
	return string(h.Sum(nil))
}

var numbered = regexp.MustCompile(implMark + `[0-9]+`)

func cellFile(t *text) string { return fmt.Sprintf("cell%d.go", t.Serial) }
