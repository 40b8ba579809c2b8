package rt

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/stellarae/lab/kernels/session/rt/proto"
)

var vars struct {
	sync.Mutex
	byName map[string]reflect.Value // the variable itself, settable
}

// Var makes a variable of the session known: p points to it.
func Var(name string, p any) {
	vars.Lock()
	defer vars.Unlock()
	if vars.byName == nil {
		vars.byName = map[string]reflect.Value{}
	}
	v := reflect.ValueOf(p).Elem()
	if old, ok := vars.byName[name]; ok && old.Addr().Pointer() != v.Addr().Pointer() {
		old.SetZero() // of another type; its value would be kept from the collector for ever
	}
	vars.byName[name] = v
}

// forget clears variables so that their values can be collected.
func forget(names []string) {
	vars.Lock()
	defer vars.Unlock()
	for _, n := range names {
		if v, ok := vars.byName[n]; ok {
			v.SetZero()
			delete(vars.byName, n)
		}
	}
}

func variables() proto.VarsBody {
	vars.Lock()
	defer vars.Unlock()
	b := proto.VarsBody{Pending: pending()}
	for n, v := range vars.byName {
		b.Vars = append(b.Vars, proto.Variable{Name: n, Type: v.Type().String(), Value: short(v), Size: size(v)})
	}
	slices.SortFunc(b.Vars, func(a, c proto.Variable) int { return strings.Compare(a.Name, c.Name) })
	return b
}

const most = 60

// short is the start of a value's text, of simple kinds only: the methods of a
// value may run for long, and its parts may be large.
func short(v reflect.Value) string {
	var s string
	switch v.Kind() {
	case reflect.String:
		s = v.String()
		if len(s) > most {
			s = s[:most]
		}
		return fmt.Sprintf("%q", s)
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16,
		reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return fmt.Sprint(v)
	case reflect.Slice, reflect.Array:
		switch v.Type().Elem().Kind() {
		case reflect.Bool, reflect.Int, reflect.Int64, reflect.Int32, reflect.Float32, reflect.Float64, reflect.String, reflect.Uint8:
			if v.Len() <= 8 {
				s = fmt.Sprint(v)
			}
		}
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Interface, reflect.Chan:
		if v.IsNil() {
			return "nil"
		}
	}
	if len(s) > most {
		s = s[:most] + "..."
	}
	return s
}

func size(v reflect.Value) string {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Chan, reflect.String:
		return fmt.Sprintf("%d", v.Len())
	}
	return ""
}

// setArgs makes a cell see the arguments a program would. Flags that this cell
// defines are taken out first, as defining one twice panics.
func setArgs(args, anew []string) {
	os.Args = append([]string{"cell"}, args...)
	old := flag.CommandLine
	flag.CommandLine = flag.NewFlagSet("cell", flag.PanicOnError)
	flag.CommandLine.Usage = func() { flag.Usage() }
	old.VisitAll(func(f *flag.Flag) {
		if !slices.Contains(anew, f.Name) {
			flag.CommandLine.Var(f.Value, f.Name, f.Usage)
			flag.CommandLine.Lookup(f.Name).DefValue = f.DefValue
		}
	})
}

// ParseFlags parses the arguments of the cell, every flag starting from its default.
func ParseFlags() {
	flag.CommandLine.VisitAll(func(f *flag.Flag) { f.Value.Set(f.DefValue) })
	flag.Parse()
}
