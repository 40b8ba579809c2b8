package source

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
)

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

// valid says whether the type of a function means anything: one of an earlier
// cell may mention a type that is none any more.
func (p *Plan) valid(f *types.Func) bool {
	parts := map[types.Type]bool{}
	for v := range flat(f).Params().Variables() {
		walkTypes(v.Type(), parts, func(*types.TypeName) bool { return false })
	}
	walkTypes(f.Signature().Results(), parts, func(*types.TypeName) bool { return false })
	return !parts[types.Typ[types.Invalid]]
}

// definition describes a type or a generic function: all that, if it changed,
// would make it another; and the session's types it is made of.
func (p *Plan) definition(name string, d *decl) (local, layout string, refs, layoutRefs map[string]bool) {
	refs, layoutRefs = map[string]bool{}, map[string]bool{}
	natural := func(pkg *types.Package) string { return pkg.Path() } // also of the session, which may have an int of its own
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
					fmt.Fprintf(&b, "|type %s", u.Name())
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
	name := o.Name()
	if r := o.Signature().Recv(); r != nil {
		t := r.Type()
		if ptr, ok := t.(*types.Pointer); ok {
			t = ptr.Elem()
		}
		name = t.(*types.Named).Obj().Name() + dot + name
	}
	return number(name, p.l.symbol(name, "func "+p.emittedType(flat(o))))
}

// symbol numbers what one name stands for in a worker: there, what has the same
// name is the same memory. kind is "var " or "func " and the type.
func (l *Ledger) symbol(name, kind string) int {
	versions := l.symbols[name]
	if versions == nil {
		versions = map[string]int{}
		l.symbols[name] = versions
	}
	if versions[kind] == 0 {
		versions[kind] = len(versions) + 1
	}
	return versions[kind]
}

// called says whether a function or method of that name was written out.
func (l *Ledger) called(name string) bool {
	for kind := range l.symbols[name] {
		if strings.HasPrefix(kind, "func ") {
			return true
		}
	}
	return false
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
