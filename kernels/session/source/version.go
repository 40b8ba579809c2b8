package source

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
)

// live works out, after a check, what the cell means for what lives: variables
// it makes, types that became others, variables lost by that.
func (p *Plan) live() []Diag {
	changed, layout := p.versionTypes()
	if diags := p.makeVariables(); diags != nil {
		return diags
	}
	var diags []Diag
	for _, n := range slices.Sorted(maps.Keys(p.l.vars)) {
		v := p.l.vars[n]
		o, ok := p.pkg.Scope().Lookup(n).(*types.Var)
		if !ok {
			continue
		}
		lost, parts := false, map[types.Type]bool{}
		p.walkTypes(o.Type(), parts, func(t *types.TypeName) bool {
			lost = lost || p.own(t) && layout[t.Name()]
			return p.own(t)
		})
		lost = lost || parts[types.Typ[types.Invalid]]
		if lost && !slices.Contains(p.newVars, v) {
			p.Dropped = append(p.Dropped, n)
			delete(p.l.vars, n)
			p.l.drop(n)
			diags = append(diags, p.lostUses(o)...)
			continue
		}
		if e := p.emittedType(o.Type()); e != v.emitted {
			next := *v
			next.emitted = e
			p.l.vars[n] = &next
		}
	}
	for n := range changed {
		if d := p.l.decls[n]; d != nil && !layout[n] && d.text != p.f.text && d.kind == cell.Type {
			p.Notes = append(p.Notes, fmt.Sprintf("%s has other methods now; values of it inside interfaces keep the old ones", n))
		}
	}
	slices.Sort(p.Notes)
	p.findStale()
	return diags
}

// findStale collects the compiled functions that are out of date now, and that
// this cell does not come to: what it declares may be called through them, from
// variables and goroutines. Those that no longer compile stay as they are.
func (p *Plan) findStale() {
	p.stale = map[*decl]bool{}
	mine := p.reach()
	for _, d := range p.l.decls {
		if d.kind != cell.Func || d.generic || d.built == nil || mine[d] || p.broken[d] || maps.Equal(d.built, p.stamp(d)) {
			continue
		}
		needs := p.closure([]*decl{d}, nil)
		if slices.ContainsFunc(slices.Collect(maps.Keys(needs)), func(n *decl) bool { return p.broken[n] }) {
			continue
		}
		maps.Copy(p.stale, needs)
	}
}

// lostUses are errors for what this cell does with a variable that it loses.
func (p *Plan) lostUses(o *types.Var) (out []Diag) {
	for id, u := range p.info.Uses {
		if u != o {
			continue
		}
		if t, at, ok := p.place(id.Pos()); ok && t == p.f.text {
			out = append(out, t.diag(at, at+len(id.Name), fmt.Sprintf("%s is lost: this cell makes another type of its type", id.Name)))
		}
	}
	return out
}

// versionTypes gives new numbers to types and generic functions whose
// definition changed, or that are made of such.
func (p *Plan) versionTypes() (changed, layout map[string]bool) {
	changed, layout = map[string]bool{}, map[string]bool{}
	refs, layoutRefs := map[string]map[string]bool{}, map[string]map[string]bool{}
	for name, d := range p.l.decls {
		if d.kind != cell.Type && !(d.kind == cell.Func && d.generic && !strings.Contains(name, ".")) {
			continue
		}
		local, lay, r, lr := p.definition(name, d)
		refs[name], layoutRefs[name] = r, lr
		s := p.l.types[name]
		switch {
		case s == nil || s.local == "":
			if s == nil {
				s = &typeState{}
				p.l.types[name] = s
			}
			s.last++
			s.version = s.last
		case s.local != local:
			changed[name] = true
			layout[name] = s.layout != lay
		}
		s.local, s.layout = local, lay
	}
	for again := true; again; {
		again = false
		for name := range refs {
			for r := range refs[name] {
				if changed[r] && !changed[name] {
					changed[name], again = true, true
				}
			}
			for r := range layoutRefs[name] {
				if layout[r] && !layout[name] {
					layout[name], again = true, true
				}
			}
		}
	}
	for name := range changed {
		s := p.l.types[name]
		s.last++
		s.version = s.last
	}
	return changed, layout
}

// definition describes a type or a generic function: all that, if it changed,
// would make it another; and the session's types it is made of.
func (p *Plan) definition(name string, d *decl) (local, layout string, refs, layoutRefs map[string]bool) {
	refs, layoutRefs = map[string]bool{}, map[string]bool{}
	natural := func(pkg *types.Package) string {
		if pkg == p.pkg {
			return ""
		}
		return pkg.Path()
	}
	note := func(t types.Type, into ...map[string]bool) {
		p.walkOne(t, func(n string) {
			for _, m := range into {
				m[n] = n != name
			}
		})
	}
	o := p.pkg.Scope().Lookup(name)
	if o == nil {
		return d.source(), "", refs, layoutRefs
	}
	if d.generic {
		describe := func(d *decl, refs map[string]bool) string {
			var b strings.Builder
			b.WriteString(d.source())
			for _, u := range p.uses(d.node) {
				switch u := u.(type) {
				case *types.Const:
					fmt.Fprintf(&b, "|%s=%s", u.Name(), u.Val().ExactString())
				case *types.TypeName:
					refs[u.Name()] = true
				case *types.Func:
					if u.Signature().TypeParams() != nil {
						refs[u.Name()] = true
					}
					fmt.Fprintf(&b, "|%s%s", u.Name(), types.TypeString(u.Type(), natural))
					note(u.Type(), refs)
				case *types.Var:
					fmt.Fprintf(&b, "|%s %s", u.Name(), types.TypeString(u.Type(), natural))
					note(u.Type(), refs)
				}
			}
			delete(refs, name)
			return b.String()
		}
		layout = describe(d, layoutRefs)
		local = describe(d, refs)
		for _, m := range p.methods(name) {
			local += "\n" + describe(m, refs)
		}
		return local, layout, refs, layoutRefs
	}
	under := o.Type().Underlying()
	if tn := o.(*types.TypeName); tn.IsAlias() {
		under = types.Unalias(o.Type())
	}
	layout = types.TypeString(under, natural)
	for _, u := range p.uses(d.node) {
		if tn, ok := u.(*types.TypeName); ok && tn.Name() != name {
			refs[tn.Name()], layoutRefs[tn.Name()] = true, true
		}
	}
	lines := []string{layout}
	if n, ok := o.Type().(*types.Named); ok {
		for m := range n.Methods() {
			lines = append(lines, types.TypeString(m.Signature().Recv().Type(), natural)+" "+m.Name()+types.TypeString(m.Type(), natural))
			note(m.Type(), refs)
		}
	}
	delete(refs, name)
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n"), layout, refs, layoutRefs
}

// source is the text of the declaration.
func (d *decl) source() string {
	a, b := d.span()
	return d.text.Code[a:b]
}

func (d *decl) span() (start, end int) {
	return d.file.Offset(d.node.Pos()) - d.lead, d.file.Offset(d.node.End()) - d.lead
}

// methods are the declared methods of a type, sorted.
func (p *Plan) methods(name string) []*decl {
	var out []*decl
	for _, k := range slices.Sorted(maps.Keys(p.l.decls)) {
		if strings.HasPrefix(k, name+".") {
			out = append(out, p.l.decls[k])
		}
	}
	return out
}

// uses are the session's own package-level objects that a node mentions, each once.
func (p *Plan) uses(n ast.Node) []types.Object {
	seen := map[types.Object]bool{}
	var out []types.Object
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if o := p.info.Uses[id]; p.own(o) && !seen[o] {
				seen[o] = true
				out = append(out, o)
			}
		}
		return true
	})
	return out
}

// own says whether o is a package-level object of the session.
func (p *Plan) own(o types.Object) bool {
	return o != nil && p.pkg != nil && o.Pkg() == p.pkg && o.Parent() == p.pkg.Scope()
}

// walkOne calls f with the session's types that t mentions.
func (p *Plan) walkOne(t types.Type, f func(name string)) {
	p.walkTypes(t, map[types.Type]bool{}, func(o *types.TypeName) bool {
		if p.own(o) {
			f(o.Name())
		}
		return false
	})
}

// walk goes on into the definitions of those types.
func (p *Plan) walk(t types.Type, f func(name string)) {
	p.walkTypes(t, map[types.Type]bool{}, func(o *types.TypeName) bool {
		if p.own(o) {
			f(o.Name())
			return true
		}
		return false
	})
}

func (p *Plan) walkTypes(t types.Type, seen map[types.Type]bool, named func(*types.TypeName) bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	go1 := func(t types.Type) { p.walkTypes(t, seen, named) }
	switch t := t.(type) {
	case *types.Alias:
		named(t.Obj())
		go1(types.Unalias(t))
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			go1(a)
		}
		if named(t.Obj()) {
			go1(t.Underlying())
		}
	case *types.Pointer:
		go1(t.Elem())
	case *types.Slice:
		go1(t.Elem())
	case *types.Array:
		go1(t.Elem())
	case *types.Chan:
		go1(t.Elem())
	case *types.Map:
		go1(t.Key())
		go1(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			go1(f.Type())
		}
	case *types.Signature:
		go1(t.Params())
		go1(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			go1(v.Type())
		}
	case *types.Interface:
		for m := range t.Methods() {
			go1(m.Type())
		}
		for e := range t.EmbeddedTypes() {
			go1(e)
		}
	}
}

// makeVariables enters the variables that the cell declares.
func (p *Plan) makeVariables() (diags []Diag) {
	for _, s := range p.f.vars {
		for _, n := range s.names {
			if n == "_" {
				continue
			}
			o := p.pkg.Scope().Lookup(n).(*types.Var)
			if why := p.unnameable(o.Type()); why != "" {
				diags = append(diags, p.f.text.diag(s.at, s.at+len(n), fmt.Sprintf("%s cannot live in the session: its type has %s, which has no name outside of its package; use it inside a function, or keep it in a variable of an interface type", n, why)))
				continue
			}
			v := &variable{name: n, origin: p.f.text, emitted: p.emittedType(o.Type())}
			names := map[string]string{}
			v.typ = types.TypeString(o.Type(), func(pkg *types.Package) string {
				if pkg == p.pkg {
					return ""
				}
				if names[pkg.Path()] == "" {
					names[pkg.Path()] = fmt.Sprintf("%s%s%d", pkg.Name(), mark, len(names))
					v.imports = append(v.imports, Import{Name: names[pkg.Path()], Path: pkg.Path(), at: -1})
				}
				return names[pkg.Path()]
			})
			if err := v.parse(p.l.fset); err != nil {
				diags = append(diags, p.f.text.diag(s.at, s.at+len(n), err.Error()))
				continue
			}
			versions := p.l.varTypes[n]
			if versions == nil {
				versions = map[string]int{}
				p.l.varTypes[n] = versions
			}
			if versions[v.emitted] == 0 {
				versions[v.emitted] = len(versions) + 1
			}
			v.version = versions[v.emitted]
			p.l.vars[n] = v
			p.newVars = append(p.newVars, v)
		}
	}
	return diags
}

// unnameable says what in a type another package cannot write down.
func (p *Plan) unnameable(t types.Type) (why string) {
	var visit func(t types.Type)
	seen := map[types.Type]bool{}
	visit = func(t types.Type) {
		if s, ok := t.(*types.Struct); ok {
			for f := range s.Fields() {
				if !f.Exported() && f.Pkg() != p.pkg {
					why = fmt.Sprintf("the field %s of %s", f.Name(), f.Pkg().Path())
				}
			}
		}
	}
	p.walkTypes(t, seen, func(o *types.TypeName) bool {
		switch {
		case o.Pkg() == nil || p.own(o):
		case o.Pkg() == p.pkg:
			why = "the type " + o.Name() + " of a function"
		case !o.Exported() || o.Parent() != o.Pkg().Scope():
			why = "the type " + o.Pkg().Name() + "." + o.Name()
		}
		return false
	})
	for t := range seen {
		visit(t)
	}
	return why
}

// number writes a version behind a name. The first has none, unless the name is
// that of a type of the language, which other written text may need.
func number(name string, version int) string {
	if _, language := types.Universe.Lookup(name).(*types.TypeName); version <= 1 && !language {
		return name
	}
	return fmt.Sprintf("%s%s%d", name, mark, version)
}

// emitName is what an object of the session is called in emitted text.
func (p *Plan) emitName(o types.Object) string {
	switch o := o.(type) {
	case *types.TypeName:
		return p.typeName(o.Name())
	case *types.Func:
		if o.Signature().TypeParams() != nil {
			return p.typeName(o.Name())
		}
		return p.slot(o)
	case *types.Var:
		if v := p.l.vars[o.Name()]; v != nil {
			return number(o.Name(), v.version)
		}
	case *types.Const:
		return number(o.Name(), 1)
	}
	return o.Name()
}

func (p *Plan) typeName(name string) string {
	if s := p.l.types[name]; s != nil {
		return number(name, s.version)
	}
	return name
}

// slot is the variable that holds a function or a method.
func (p *Plan) slot(o *types.Func) string {
	name, key := o.Name(), p.emittedType(o.Type())
	if r := o.Signature().Recv(); r != nil {
		t := r.Type()
		if ptr, ok := t.(*types.Pointer); ok {
			t = ptr.Elem()
		}
		name = t.(*types.Named).Obj().Name() + dot + name
		key = p.emittedType(r.Type()) + " " + key
	}
	versions := p.l.slots[name]
	if versions == nil {
		versions = map[string]int{}
		p.l.slots[name] = versions
	}
	if versions[key] == 0 {
		versions[key] = len(versions) + 1
	}
	return number(name, versions[key])
}

// emittedType writes a type in emitted names and full package paths.
func (p *Plan) emittedType(t types.Type) string {
	return p.typeString(t, func(pkg *types.Package) string { return pkg.Path() })
}

// typeString writes a type in emitted names; qualify names other packages.
func (p *Plan) typeString(t types.Type, qualify func(*types.Package) string) string {
	const ours = "\x00" // in no name
	s := types.TypeString(t, func(pkg *types.Package) string {
		if pkg == p.pkg {
			return ours
		}
		return qualify(pkg)
	})
	var b strings.Builder
	for {
		i := strings.Index(s, ours+".")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i+len(ours)+1:]
		n := strings.IndexFunc(s, func(r rune) bool { return !token.IsIdentifier("a" + string(r)) })
		if n < 0 {
			n = len(s)
		}
		b.WriteString(p.typeName(s[:n]))
		s = s[n:]
	}
}

// reach are the functions, methods, types and constants that the cell comes to,
// directly or through others.
func (p *Plan) reach() map[*decl]bool {
	var queue []ast.Node
	for _, v := range p.f.vars {
		queue = append(queue, v.spec)
	}
	for _, a := range slices.Concat(p.f.actions, p.f.main) {
		if a.stmt != nil {
			queue = append(queue, a.stmt)
		}
	}
	return p.closure(slices.Concat(p.f.decls, p.f.inits), queue)
}

// closure are decls and all that they, and the nodes in the queue, come to.
func (p *Plan) closure(decls []*decl, queue []ast.Node) map[*decl]bool {
	found := map[*decl]bool{}
	add := func(d *decl) {
		if d != nil && !found[d] {
			found[d] = true
			queue = append(queue, d.node)
		}
	}
	for _, d := range decls {
		add(d)
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, o := range p.uses(n) {
			var names []string
			switch o := o.(type) {
			case *types.Var:
				p.walk(o.Type(), func(n string) { names = append(names, n) })
			default:
				names = []string{o.Name()}
				p.walk(o.Type(), func(n string) { names = append(names, n) })
			}
			for _, n := range names {
				d := p.l.decls[n]
				if d == nil || d.kind == cell.Var {
					continue
				}
				add(d)
				if d.kind == cell.Type {
					for _, m := range p.methods(n) {
						add(m)
					}
				}
			}
		}
	}
	return found
}

// stamp is what a compiled function depends on: if it is the same later, the
// compiled code is still right.
func (p *Plan) stamp(d *decl) map[string]string {
	s := map[string]string{}
	for _, o := range p.uses(d.node) {
		switch o := o.(type) {
		case *types.Const:
			s[o.Name()] = p.emittedType(o.Type()) + " " + o.Val().ExactString()
		case *types.Var:
			s[o.Name()] = p.emitName(o) + " " + p.emittedType(o.Type())
		default:
			s[o.Name()] = p.emitName(o)
		}
	}
	s[""] = p.slot(p.info.Defs[d.node.(*ast.FuncDecl).Name].(*types.Func))
	return s
}
