package display

import (
	"testing"
	"unsafe"
)

// unsafe.Sizeof gives a uintptr, a number like the others.
func TestUintptr(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{unsafe.Sizeof(int64(0)), "8"},
		{map[uintptr]int{2: 1}, "map[2:1]"},
		{[]uintptr{3, 4}, "[3 4]"},
	} {
		b, _ := Render(c.v)
		if got := b.Data["text/plain"]; got != c.want {
			t.Errorf("%T %v is shown as %v, want %s", c.v, c.v, got, c.want)
		}
	}
}
