package session

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// A model of a session: what names mean now, and what a cell must print. Cells
// declare and redefine constants, variables, functions, types and methods at
// random; every cell prints all that lives.

// term is an expression: a sum of terms, a number, a value, a call.
type term struct {
	num   int
	name  string // of a value, a function (call), or nothing
	call  bool
	parts []term
}

func (e term) String() string {
	switch {
	case len(e.parts) > 0:
		var s []string
		for _, p := range e.parts {
			s = append(s, p.String())
		}
		return "(" + strings.Join(s, " + ") + ")"
	case e.call:
		return e.name + "()"
	case e.name != "":
		return e.name
	}
	return fmt.Sprint(e.num)
}

type model struct {
	r       *rand.Rand
	consts  map[string]int
	memory  map[string]int // of variables, which outlive their names
	vars    map[string]bool
	funcs   map[string]term
	held    map[string]term           // variables that hold function literals
	fixed   map[string]map[string]int // constants that a literal was compiled with
	fields  int                       // of the type; 0 for none yet
	method  term
	pointer bool           // the method's receiver
	structs map[string]int // variables of the type: the first field
	code    strings.Builder
}

// eval gives the value of an expression; fixed are constants that stay as they were.
func (m *model) eval(e term, fixed map[string]int) (v int) {
	for _, p := range e.parts {
		v += m.eval(p, fixed)
	}
	switch {
	case len(e.parts) > 0:
		return v
	case e.call:
		return m.eval(m.funcs[e.name], nil)
	case e.name == "":
		return e.num
	}
	if v, ok := fixed[e.name]; ok {
		return v
	}
	if v, ok := m.consts[e.name]; ok && fixed == nil {
		return v
	}
	return m.memory[e.name]
}

// expr makes an expression of numbers, values, and functions below the limit,
// so that none calls itself.
func (m *model) expr(limit int) term {
	var e term
	for range 1 + m.r.IntN(3) {
		values := slices.Concat(slices.Collect(maps.Keys(m.consts)), slices.Collect(maps.Keys(m.vars)))
		slices.Sort(values)
		var calls []string
		for i := range limit {
			if f := fmt.Sprint("f", i); m.has(f) {
				calls = append(calls, f)
			}
		}
		switch k := m.r.IntN(4); {
		case k == 0 && len(calls) > 0:
			e.parts = append(e.parts, term{name: calls[m.r.IntN(len(calls))], call: true})
		case k < 3 && len(values) > 0:
			e.parts = append(e.parts, term{name: values[m.r.IntN(len(values))]})
		default:
			e.parts = append(e.parts, term{num: m.r.IntN(100)})
		}
	}
	return e
}

func (m *model) has(f string) bool { _, ok := m.funcs[f]; return ok }

func (m *model) say(format string, args ...any) { fmt.Fprintf(&m.code, format+"\n", args...) }

// step declares or does one thing. Each name is declared once a cell at most.
func (m *model) step(used map[string]bool) {
	value, fn := fmt.Sprint("n", m.r.IntN(4)), m.r.IntN(4)
	name := fmt.Sprint("f", fn)
	free := func(n string) bool { was := used[n]; used[n] = true; return !was }
	switch m.r.IntN(9) {
	case 0:
		if free(value) {
			v := m.r.IntN(100)
			m.say("const %s = %d", value, v)
			m.consts[value] = v
			delete(m.vars, value)
		}
	case 1, 2:
		if m.vars[value] {
			used[value] = true
			m.say("%s++", value)
			m.memory[value]++
		} else if free(value) {
			v := m.r.IntN(100)
			m.say("%s := %d", value, v)
			m.memory[value], m.vars[value] = v, true
			delete(m.consts, value)
		}
	case 3, 4:
		if free(name) {
			e := m.expr(fn)
			m.say("func %s() int { return %v }", name, e)
			m.funcs[name] = e
		}
	case 5:
		if h := fmt.Sprint("h", m.r.IntN(3)); free(h) {
			e := m.expr(4)
			m.say("%s := func() int { return %v }", h, e)
			m.held[h] = e
		}
	case 6:
		if free("T") {
			k := 1 + m.r.IntN(2)
			m.say("type T struct { %s int }", "a, b, c"[:1+3*(k-1)])
			if k != m.fields && m.fields != 0 {
				m.structs = map[string]int{}
			}
			if m.fields == 0 {
				m.method, m.pointer = term{num: 1}, false
				m.say("func (t T) M() int { return t.a + %v }", m.method)
				used["M"] = true
			}
			m.fields = k
		}
	case 7:
		if m.fields > 0 && free("M") {
			m.method, m.pointer = m.expr(4), m.r.IntN(2) == 0
			m.say("func (t %sT) M() int { return t.a + %v }", map[bool]string{true: "*"}[m.pointer], m.method)
		}
	case 8:
		if s := fmt.Sprint("s", m.r.IntN(2)); m.fields > 0 && free(s) && free("T") { // of the type as it will be
			v := m.r.IntN(100)
			m.say("%s := T{a: %d}", s, v)
			m.structs[s] = v
		}
	}
}

// cell makes a cell of some steps, and what it prints.
func (m *model) cell() (code, want string) {
	m.code.Reset()
	used := map[string]bool{}
	for range 3 + m.r.IntN(4) {
		m.step(used)
	}
	for h := range m.held { // declarations count for all of their cell
		if used[h] {
			m.fixed[h] = maps.Clone(m.consts)
		}
	}
	var out strings.Builder
	print := func(text string, v int) {
		m.say("fmt.Print(%s, \" \")", text)
		fmt.Fprint(&out, v, " ")
	}
	for _, f := range slices.Sorted(maps.Keys(m.funcs)) {
		if m.r.IntN(3) > 0 { // some are only reached through others
			print(f+"()", m.eval(term{name: f, call: true}, nil))
		}
	}
	for _, h := range slices.Sorted(maps.Keys(m.held)) {
		print(h+"()", m.eval(m.held[h], m.fixed[h]))
	}
	for _, s := range slices.Sorted(maps.Keys(m.structs)) {
		print(s+".M()", m.structs[s]+m.eval(m.method, nil))
	}
	return m.code.String(), out.String()
}

// follow runs cells of a seed, within the limit, and compares what they print
// with the model.
func follow(t *testing.T, seed uint64, cells int, limit time.Duration) {
	end := time.Now().Add(limit)
	m := &model{r: rand.New(rand.NewPCG(seed, 0)), consts: map[string]int{}, memory: map[string]int{}, vars: map[string]bool{}, funcs: map[string]term{},
		held: map[string]term{}, fixed: map[string]map[string]int{}, structs: map[string]int{}}
	n := shared(t)
	history := ""
	for range cells {
		if time.Now().After(end) {
			return
		}
		code, want := m.cell()
		history += code + "\n"
		o := n.run(code)
		if o.err != nil || o.stdout() != want {
			t.Fatalf("seed %d: the last of the cells\n%sprints\n%s\nnot\n%s\n%s", seed, history, o.stdout(), want, o.traceback())
		}
	}
}

func TestModel(t *testing.T) {
	seeds, cells := 3, 12
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		follow(t, uint64(seed), cells, time.Hour)
	}
}

func FuzzModel(f *testing.F) {
	f.Add(uint64(100))
	if !testing.Short() { // the worker is compiled and started before the first input
		shared(f).run("1")
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		if testing.Short() {
			t.Skip("-short")
		}
		follow(t, seed, 8, 4*time.Second) // the fuzzing engine gives up on an input after 10 s
	})
}
