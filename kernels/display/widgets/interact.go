package widgets

import (
	"fmt"
	"reflect"

	"github.com/stellarae/lab/kernels/display"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// input is a Control of some type.
type input interface {
	Widget
	kindOf() reflect.Type
	current() reflect.Value
	notify(func())
}

func (c *Control[T]) kindOf() reflect.Type   { return reflect.TypeFor[T]() }
func (c *Control[T]) current() reflect.Value { return reflect.ValueOf(c.Value()) }
func (c *Control[T]) notify(f func())        { c.OnChange(func(T) { f() }) }

// Interact shows controls and below them what f makes of their values: f is a
// function with as many parameters as there are controls, of their types. It is
// called now and whenever the user moves one, one call at a time with the newest
// values; its result, if it has one, is drawn as display.Render draws it, in
// place of the one before. Interact panics where f does not fit the controls.
//
//	widgets.Interact(func(z float64, log bool) *plot.Plot { return figure(z, log) },
//		widgets.FloatSlider("z", -3, 3, 0.1, 0), widgets.Checkbox("log", false))
func Interact(f any, inputs ...Widget) {
	fn := reflect.ValueOf(f)
	if fn.Kind() != reflect.Func || fn.Type().NumIn() != len(inputs) || fn.Type().IsVariadic() || fn.Type().NumOut() > 1 {
		panic(fmt.Sprintf("widgets: Interact with a %T: a function of %d parameters and at most one result is needed", f, len(inputs)))
	}
	list := make([]input, len(inputs))
	for i, w := range inputs {
		in, ok := w.(input)
		if !ok || in.kindOf() != fn.Type().In(i) {
			panic(fmt.Sprintf("widgets: Interact: parameter %d of %T does not take the value of %T", i+1, f, w))
		}
		list[i] = in
	}
	box := VBox(inputs...)
	box.Display()
	call := func() (pipe.Bundle, bool) {
		args := make([]reflect.Value, len(list))
		for i, in := range list {
			args[i] = in.current()
		}
		out := fn.Call(args)
		if len(out) == 0 {
			return pipe.Bundle{}, false
		}
		return display.Render(out[0].Interface())
	}
	var shown *display.Output[pipe.Bundle]
	draw := func() {
		b, ok := call()
		switch {
		case !ok:
		case shown == nil:
			shown = display.Publish(b)
		default:
			shown.Update(b)
		}
	}
	guard("Interact", draw)
	calls := queue{latest: true}
	for _, in := range list {
		in.notify(func() { <-calls.put(func() { guard("Interact", draw) }) })
	}
}
