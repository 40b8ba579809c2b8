package source

import (
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// finish puts the files together.
func (m *emission) finish() map[string][]byte {
	files := map[string][]byte{}
	paths := map[string]bool{RuntimePath: true}
	for t, f := range m.files {
		if len(f.pieces) == 0 {
			continue
		}
		files[cellFile(t)] = f.bytes(m.mode == Living, paths)
	}
	if m.mode == Living {
		files["variables.go"] = m.variables(paths)
		if m.locals > 0 {
			files["before.go"] = before(m.l.locals)
			m.l.locals += m.locals
		}
	}
	m.Imports = slices.Sorted(maps.Keys(paths))
	return files
}

// before is a file that declares as many types in a function as earlier plugins
// did. The compiler numbers such types through the package, in the order of the
// files' names; a number given twice would make one type of two.
func before(n int) []byte {
	return []byte("package main\nfunc _() {\n" + strings.Repeat("{ type "+mark+"t int }\n", n) + "}\n")
}

func (f *outFile) bytes(living bool, paths map[string]bool) []byte {
	var b strings.Builder
	b.WriteString("package main\n")
	if living {
		fmt.Fprintf(&b, "import %srt %q\nvar _ = %srt.P\n", mark, RuntimePath, mark)
	}
	head := b.String()
	b.Reset()
	b.WriteString("package main\n")
	for _, k := range slices.Sorted(maps.Keys(f.used)) {
		i := f.used[k]
		paths[i.Path] = true
		fmt.Fprintf(&b, "import %s %q\n", i.Name, i.Path)
	}
	b.WriteString(strings.TrimPrefix(head, "package main\n"))
	slices.SortStableFunc(f.pieces, func(a, c piece) int { return a.at - c.at })
	for _, p := range f.pieces {
		fmt.Fprintf(&b, "//line %s:%d\n%s\n", f.t.position(), p.line, p.code)
	}
	return []byte(b.String())
}

// variables writes the declarations of variables, of the variables that hold
// functions, and the methods that forward to them.
func (m *emission) variables(paths map[string]bool) []byte {
	imports := map[string]string{}
	qual := func(pkg *types.Package) string {
		if imports[pkg.Path()] == "" {
			imports[pkg.Path()] = fmt.Sprintf("%s%s%d", pkg.Name(), mark, len(imports))
			paths[pkg.Path()] = true
		}
		return imports[pkg.Path()]
	}
	var lines []string
	for n := range m.vars {
		o := m.pkg.Scope().Lookup(n)
		lines = append(lines, fmt.Sprintf("var %s %s", m.emitName(o), m.typeString(o.Type(), qual)))
	}
	for f := range m.slots {
		lines = append(lines, fmt.Sprintf("var %s %s", m.slot(f), m.typeString(flat(f), qual)))
	}
	for f := range m.methods {
		lines = append(lines, m.forward(f, qual))
	}
	slices.Sort(lines)
	var b strings.Builder
	b.WriteString("package main\n")
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&b, "import %s %q\n", imports[path], path)
	}
	b.WriteString(strings.Join(lines, "\n") + "\n")
	return []byte(b.String())
}

// flat is the type of a method as a function of its receiver.
func flat(f *types.Func) *types.Signature {
	sig := f.Signature()
	var vars []*types.Var
	if sig.Recv() != nil {
		vars = append(vars, types.NewParam(0, nil, "", sig.Recv().Type()))
	}
	for v := range sig.Params().Variables() {
		vars = append(vars, types.NewParam(0, nil, "", v.Type()))
	}
	var res []*types.Var
	for v := range sig.Results().Variables() {
		res = append(res, types.NewParam(0, nil, "", v.Type()))
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(vars...), types.NewTuple(res...), sig.Variadic())
}

func (m *emission) forward(f *types.Func, qual func(*types.Package) string) string {
	sig := f.Signature()
	var params, args []string
	for i := range sig.Params().Len() {
		n := fmt.Sprintf("%s%d", mark, i)
		t := sig.Params().At(i).Type()
		ts := m.typeString(t, qual)
		arg := n
		if sig.Variadic() && i == sig.Params().Len()-1 {
			ts = "..." + m.typeString(t.(*types.Slice).Elem(), qual)
			arg += "..."
		}
		params = append(params, n+" "+ts)
		args = append(args, arg)
	}
	ret := ""
	if sig.Results().Len() > 0 {
		ret = "return "
	}
	results := m.typeString(types.NewSignatureType(nil, nil, nil, nil, flat(f).Results(), false), qual)
	return fmt.Sprintf("func (%sr %s) %s(%s) %s { %s%s(%s) }", mark, m.typeString(sig.Recv().Type(), qual), f.Name(),
		strings.Join(params, ", "), strings.TrimPrefix(results, "func()"), ret, m.slot(f), strings.Join(append([]string{mark + "r"}, args...), ", "))
}
