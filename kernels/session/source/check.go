package source

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
)

// Packages answers what Check must know of the packages that cells import.
type Packages interface {
	// Load makes the paths known and returns go/types packages for them, all of
	// one consistent set. bad holds the reason for each path that cannot be had.
	Load(ctx context.Context, paths []string) (imp types.Importer, bad map[string]error, err error)
	// Resolve finds the package for a qualifier by its name and the names used from it.
	Resolve(ctx context.Context, name string, symbols []string) (path string, ok bool)
}

// Mode says how cells run: in a session, or each as a program of its own.
type Mode int

const (
	Living Mode = iota
	Process
)

// Plan is a cell that was checked, ready to be written out and committed.
type Plan struct {
	Imports []string // paths that the written files import, sorted; filled by Session and Program
	Dropped []string // variables that a redefinition of their type takes away
	Notes   []string // for the user: what else changed without being asked

	l       *Ledger // as it will be
	f       *fresh
	mode    Mode
	pkg     *types.Package
	info    *types.Info
	files   []*ast.File
	newVars []*variable
	result  *action
	silent  map[ast.Stmt]bool  // last expressions that a semicolon ends: computed, not shown
	unused  map[token.Pos]bool // local variables declared and not used
	stamps  map[*decl]map[string]string
	broken  map[*decl]bool // declarations with errors, also such as this cell does not need
	stale   map[*decl]bool // compiled functions that this cell makes out of date, and what they need
}

// Check parses and type-checks a cell against what the session remembers. A
// cell with errors gives them all, in order, and changes nothing.
func (l *Ledger) Check(ctx context.Context, t Text, items []cell.Item, pk Packages, mode Mode) (*Plan, []Diag, error) {
	l.serial++
	t.Serial = l.serial
	next := l.clone()
	f, diags := next.parse(t, items)
	if diags != nil {
		return nil, diags, nil
	}
	p := &Plan{l: next, f: f, mode: mode, unused: map[token.Pos]bool{}}
	diags, err := p.bindImports(ctx, pk)
	if err != nil || diags != nil {
		return nil, diags, err
	}
	p.declare()
	diags, err = p.check(ctx, pk)
	if err == nil && p.dropUnfit() {
		diags, err = p.check(ctx, pk)
	}
	if err != nil || diags != nil {
		return nil, diags, err
	}
	if mode == Living {
		if diags := p.live(); diags != nil {
			return nil, diags, nil
		}
	}
	return p, nil, nil
}

// Commit makes the session remember the cell.
func (l *Ledger) Commit(p *Plan) {
	serial := max(l.serial, p.l.serial)
	for d, s := range p.stamps {
		d.built = s
	}
	*l = *p.l
	l.serial = serial
}

// live is the declaration without constants or variables that were redefined elsewhere.
func (d *decl) live() ast.Decl {
	if len(d.dead) == 0 {
		return d.node
	}
	g := *d.node.(*ast.GenDecl)
	g.Specs = slices.Clone(g.Specs)
	for i, s := range g.Specs {
		vs := *s.(*ast.ValueSpec)
		vs.Names = slices.Clone(vs.Names)
		for j, n := range vs.Names {
			if d.dead[n.Name] {
				vs.Names[j] = &ast.Ident{NamePos: n.NamePos, Name: "_"}
			}
		}
		g.Specs[i] = &vs
	}
	return &g
}

// unique are the declarations in a stable order, each once.
func (l *Ledger) unique() []*decl {
	seen := map[*decl]bool{}
	var out []*decl
	for _, k := range slices.Sorted(maps.Keys(l.decls)) {
		if d := l.decls[k]; !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b *decl) int {
		if a.text.Serial != b.text.Serial {
			return a.text.Serial - b.text.Serial
		}
		return int(a.node.Pos() - b.node.Pos())
	})
	return out
}

// check runs go/types over the cell and all that the session remembers, one
// file for each cell that declared something still alive.
func (p *Plan) check(ctx context.Context, pk Packages) ([]Diag, error) {
	type group struct {
		text  *text
		decls []ast.Decl
	}
	var groups []*group
	byText := map[*text]*group{}
	add := func(t *text, d ast.Decl) {
		g := byText[t]
		if g == nil {
			g = &group{text: t}
			byText[t] = g
			groups = append(groups, g)
		}
		g.decls = append(g.decls, d)
	}
	p.files = nil
	for _, d := range p.l.unique() {
		if d.kind == cell.Var && p.mode == Living {
			continue
		}
		add(d.text, d.live())
	}
	for _, d := range p.f.inits {
		add(d.text, d.node)
	}
	if p.mode == Living {
		for _, v := range p.f.vars {
			add(p.f.text, &ast.GenDecl{TokPos: v.spec.Pos(), Tok: token.VAR, Specs: []ast.Spec{v.spec}})
		}
	}
	p.findLast()
	if p.result != nil || len(p.silent) > 0 {
		add(p.f.text, valueFunction())
	}
	add(p.f.text, p.function("cell", p.f.actions))
	if p.f.main != nil {
		add(p.f.text, p.function("main", p.f.main))
	}
	for _, n := range slices.Sorted(maps.Keys(p.f.text.Consts)) {
		add(p.f.text, p.constant(n, p.f.text.Consts[n]))
	}
	var paths []string
	for _, g := range groups {
		for _, i := range g.text.imports {
			paths = append(paths, i.Path)
		}
		pos := token.NoPos // where an import that fails is told of: what we add has no place
		for _, d := range g.decls {
			if pos = d.Pos(); pos.IsValid() {
				break
			}
		}
		p.files = append(p.files, &ast.File{Name: &ast.Ident{Name: "main", NamePos: pos}, Package: pos, FileStart: pos, FileEnd: pos,
			Decls: append([]ast.Decl{importDecl(g.text.imports, pos)}, g.decls...)})
	}
	if p.mode == Living {
		for _, n := range slices.Sorted(maps.Keys(p.l.vars)) {
			v := p.l.vars[n]
			p.files = append(p.files, v.file)
			for _, i := range v.imports {
				paths = append(paths, i.Path)
			}
		}
	}
	slices.Sort(paths)
	imp, bad, err := pk.Load(ctx, slices.Compact(paths))
	if err != nil {
		return nil, err
	}
	var diags []Diag
	conf := types.Config{
		Importer: refusing{imp, bad},
		Error: func(err error) {
			var te types.Error
			if errors.As(err, &te) {
				diags = append(diags, p.typeError(te)...)
			}
		},
	}
	p.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{}, Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{}}
	p.pkg, _ = conf.Check("main", p.l.fset, p.files, p.info)
	p.broken = map[*decl]bool{}
	for _, d := range diags {
		for _, o := range p.l.decls {
			if a, b := o.span(); o.text.Serial == d.Text.Serial && a <= d.Start && d.Start < b {
				p.broken[o] = true
			}
		}
	}
	return p.relevant(diags), nil
}

// constant declares one of the constants that come with a cell.
func (p *Plan) constant(name, value string) ast.Decl {
	return &ast.GenDecl{Tok: token.CONST, Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{{Name: name}},
		Values: []ast.Expr{&ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(value)}}}}}
}

type refusing struct {
	types.Importer
	bad map[string]error
}

func (i refusing) Import(path string) (*types.Package, error) {
	if err := i.bad[path]; err != nil {
		return nil, err
	}
	return i.Importer.Import(path)
}

// function wraps actions in a function for the check. Variable declarations are
// checked as package variables; `x := f()` here sets x.
func (p *Plan) function(name string, actions []action) ast.Decl {
	var pos token.Pos
	var list []ast.Stmt
	for _, a := range actions {
		if a.stmt == nil {
			continue
		}
		s := a.stmt
		if a.vars != nil && a.vars.define != nil {
			as := a.vars.define
			s = &ast.AssignStmt{Lhs: as.Lhs, TokPos: as.TokPos, Tok: token.ASSIGN, Rhs: as.Rhs}
		}
		if p.isLast(s) {
			x := s.(*ast.ExprStmt).X
			s = &ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.Ident{Name: valueName, NamePos: x.Pos()}, Lparen: x.Pos(), Args: []ast.Expr{x}, Rparen: x.End()}}
		}
		if pos == token.NoPos {
			pos = s.Pos()
		}
		list = append(list, s)
	}
	return &ast.FuncDecl{Name: &ast.Ident{Name: mark + name, NamePos: pos}, Type: &ast.FuncType{Func: pos, Params: &ast.FieldList{}}, Body: &ast.BlockStmt{Lbrace: pos, List: list}}
}

// typeError sorts an error of go/types: what notebooks allow is put right when
// the text is written, or left out.
func (p *Plan) typeError(te types.Error) []Diag {
	msg := te.Msg
	switch {
	case strings.HasPrefix(msg, "declared and not used"), strings.HasSuffix(msg, " declared and not used") && !strings.HasPrefix(msg, "label "): // the latter in type switches
		p.unused[te.Pos] = true
		return nil
	case strings.HasSuffix(msg, "imported and not used"), strings.Contains(msg, "imported as") && strings.Contains(msg, "and not used"):
		return nil
	case strings.HasPrefix(msg, "initialization cycle"), strings.HasPrefix(msg, "\t") && p.mode == Living:
		if p.mode == Living && !p.ofConstants(msg) {
			return nil
		}
	case strings.Contains(msg, " already declared through import of ") && p.mode == Living:
		// Written out, imports have names of their own.
		name, _, _ := strings.Cut(msg, " ")
		if t, _, ok := p.place(te.Pos); !ok || t != p.f.text || !slices.ContainsFunc(p.f.imports, func(i Import) bool { return i.key() == name }) {
			return nil
		}
	case p.noValue(te):
		return nil
	}
	msg = withoutFunction(msg)
	t, at, ok := p.place(te.Pos)
	if !ok {
		return nil
	}
	d := t.diag(at, at+1, msg)
	if name, ok := strings.CutPrefix(msg, "undefined: "); ok {
		if v := p.l.decls[name]; v != nil && v.kind == cell.Var && p.mode == Living {
			d.Msg += fmt.Sprintf(" (its value was lost; run %s again)", v.text.Name)
		}
	}
	return []Diag{d}
}

// ofConstants says whether constants refer to each other in a cycle. Variables
// may: cells set them one after another.
func (p *Plan) ofConstants(msg string) bool {
	name, ok := strings.CutPrefix(msg, "initialization cycle for ")
	if !ok {
		name, _, _ = strings.Cut(strings.TrimPrefix(msg, "initialization cycle: "), " ")
	}
	d := p.l.decls[name]
	return d != nil && d.kind == cell.Const
}

// place finds the cell and the offset in it of a position.
func (p *Plan) place(pos token.Pos) (*text, int, bool) {
	if !pos.IsValid() { // of what we added to the cell
		return p.f.text, 0, true
	}
	tf := p.l.fset.File(pos)
	if tf == nil {
		return nil, 0, false
	}
	for _, d := range p.l.decls {
		if d.file == tf {
			return d.text, tf.Offset(pos) - d.lead, true
		}
	}
	for _, a := range slices.Concat(p.f.actions, p.f.main) {
		if a.file == tf {
			return p.f.text, tf.Offset(pos) - a.lead, true
		}
	}
	for _, v := range p.f.vars {
		if v.file == tf {
			return p.f.text, tf.Offset(pos) - v.lead, true
		}
	}
	for _, d := range slices.Concat(p.f.decls, p.f.inits) {
		if d.file == tf {
			return d.text, tf.Offset(pos) - d.lead, true
		}
	}
	return nil, 0, false
}

// relevant are the errors in what this cell says or needs, each once: one in a
// function of an earlier cell counts only when this cell comes to it.
func (p *Plan) relevant(diags []Diag) []Diag {
	if len(diags) == 0 {
		return nil
	}
	needed := map[*text][][2]int{}
	if p.mode == Living {
		for d := range p.reach() {
			at := d.file.Offset(d.node.Pos()) - d.lead
			needed[d.text] = append(needed[d.text], [2]int{at, d.file.Offset(d.node.End()) - d.lead})
		}
	}
	seen := map[string]bool{}
	var out []Diag
	for _, d := range diags {
		mine := d.Text.Serial == p.f.text.Serial || p.mode == Process
		for t, ranges := range needed {
			if t.Serial != d.Text.Serial {
				continue
			}
			for _, r := range ranges {
				mine = mine || r[0] <= d.Start && d.Start < r[1]
			}
		}
		key := fmt.Sprint(d.Text.Serial, d.Start, d.Msg)
		if mine && !seen[key] {
			seen[key] = true
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b Diag) int {
		if a.Text.Serial != b.Text.Serial {
			return b.Text.Serial - a.Text.Serial // the cell itself first
		}
		return a.Start - b.Start
	})
	return out
}

// parseType makes the file that stands for a living variable in later checks.
func (v *variable) parse(fset *token.FileSet) error {
	var b strings.Builder
	b.WriteString("package main\n")
	for _, i := range v.imports {
		fmt.Fprintf(&b, "import %s %q\n", i.Name, i.Path)
	}
	fmt.Fprintf(&b, "var %s %s\n", v.name, v.typ)
	f, err := parser.ParseFile(fset, v.name, b.String(), parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("the type of %s: %w", v.name, err)
	}
	v.file = f
	return nil
}
