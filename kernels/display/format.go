package display

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of the text of a value.
const (
	maxText   = 10_000 // bytes
	maxNested = 64     // levels
	maxSorted = 1_000  // keys of a map that are put in order
)

// plainText is v as fmt's %+v prints it (a string as %#v), but bounded in length
// and time, also where v is huge or contains itself. Methods Error, Format and
// String are used as fmt uses them.
func plainText(v any) string {
	if s, ok := v.(string); ok {
		head := s
		if len(s) > maxText {
			head = clip(s, maxText)
		}
		quoted := strconv.Quote(head)
		if len(head) < len(s) {
			return fmt.Sprintf("%s… (%d bytes in all)", quoted[:len(quoted)-1], len(s))
		}
		return quoted
	}
	p := printer{left: maxText}
	p.value(reflect.ValueOf(v), 0)
	text := p.b.String()
	if !p.cut {
		return text
	}
	if n := length(v); n >= 0 {
		return fmt.Sprintf("%s… (%d in all)", text, n)
	}
	return text + "… (cut)"
}

// clip is the beginning of s, at most n bytes of whole characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// length is the number of items of a list, or -1.
func length(v any) int {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer {
		r = r.Elem()
	}
	switch r.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return r.Len()
	}
	return -1
}

// printer writes values until its space is used up.
type printer struct {
	b    strings.Builder
	left int
	cut  bool
}

func (p *printer) put(s string) {
	if p.cut {
		return
	}
	if len(s) > p.left {
		s, p.cut = clip(s, p.left), true
	}
	p.left -= len(s)
	p.b.WriteString(s)
}

func (p *printer) value(v reflect.Value, depth int) {
	if p.cut {
		return
	}
	if depth > maxNested {
		p.put("…")
		return
	}
	if !v.IsValid() {
		p.put("<nil>")
		return
	}
	if p.method(v) {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		p.put(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.put(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		p.put(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32:
		p.put(fmt.Sprint(float32(v.Float())))
	case reflect.Float64:
		p.put(fmt.Sprint(v.Float()))
	case reflect.Complex64:
		p.put(fmt.Sprint(complex64(v.Complex())))
	case reflect.Complex128:
		p.put(fmt.Sprint(v.Complex()))
	case reflect.String:
		p.put(v.String())
	case reflect.Slice, reflect.Array:
		p.put("[")
		for i := 0; i < v.Len() && !p.cut; i++ {
			if i > 0 {
				p.put(" ")
			}
			p.value(v.Index(i), depth+1)
		}
		p.put("]")
	case reflect.Map:
		p.mapping(v, depth)
	case reflect.Struct:
		p.put("{")
		for i := 0; i < v.NumField() && !p.cut; i++ {
			if i > 0 {
				p.put(" ")
			}
			p.put(v.Type().Field(i).Name + ":")
			p.value(v.Field(i), depth+1)
		}
		p.put("}")
	case reflect.Interface:
		p.value(v.Elem(), depth)
	case reflect.Pointer:
		if depth == 0 && !v.IsNil() {
			switch v.Elem().Kind() {
			case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
				p.put("&")
				p.value(v.Elem(), 1)
				return
			}
		}
		p.address(v)
	default: // channels, functions, unsafe pointers
		p.address(v)
	}
}

func (p *printer) address(v reflect.Value) {
	if v.IsZero() {
		p.put("<nil>")
		return
	}
	p.put(fmt.Sprintf("%#x", v.Pointer()))
}

// mapping puts the keys in order as fmt does where they are few enough, and
// leaves out the rest of a map that could not be shown whole anyway.
func (p *printer) mapping(v reflect.Value, depth int) {
	type entry struct{ k, v reflect.Value }
	entries := make([]entry, 0, min(v.Len(), maxSorted))
	for it := v.MapRange(); len(entries) < maxSorted && it.Next(); {
		entries = append(entries, entry{it.Key(), it.Value()})
	}
	slices.SortFunc(entries, func(a, b entry) int { return compare(a.k, b.k) })
	p.put("map[")
	for i, e := range entries {
		if i > 0 {
			p.put(" ")
		}
		p.value(e.k, depth+1)
		p.put(":")
		p.value(e.v, depth+1)
		if p.cut {
			return
		}
	}
	if len(entries) < v.Len() {
		p.cut = true
		return
	}
	p.put("]")
}

// compare orders keys of the simple kinds, and leaves others as they come.
func compare(a, b reflect.Value) int {
	if a.Kind() == reflect.Interface {
		a, b = a.Elem(), b.Elem()
	}
	if a.Kind() != b.Kind() {
		return cmp.Compare(a.Kind(), b.Kind())
	}
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	case a.Kind() == reflect.String:
		return cmp.Compare(a.String(), b.String())
	}
	return 0
}

// method prints v through its own method, if it has one that may be called.
func (p *printer) method(v reflect.Value) bool {
	if !v.CanInterface() {
		return false
	}
	var name string
	var call func() string
	switch x := v.Interface().(type) {
	case fmt.Formatter:
		name, call = "Format", func() string { return fmt.Sprintf("%v", x) }
	case error:
		name, call = "Error", x.Error
	case fmt.Stringer:
		name, call = "String", x.String
	default:
		return false
	}
	if v.Kind() == reflect.Pointer && v.IsNil() {
		p.put("<nil>")
		return true
	}
	var text string
	if err := guard(name, func() error { text = call(); return nil }); err != nil {
		text = "(" + err.Error() + ")"
	}
	p.put(text)
	return true
}
