package widgets

import (
	"errors"
	"fmt"
	"html"
	"os"
)

// Control is a widget with a value of type T.
type Control[T any] struct {
	*model
	key    string               // of the value in the state
	encode func(T) any          // value -> state
	decode func(any) (T, error) // state -> value; fails for what cannot be
	value  T                    // guarded by the model's lock
	call   []func(T)
}

func newControl[T any](kind string, state map[string]any, key string, value T, encode func(T) any, decode func(any) (T, error)) *Control[T] {
	c := &Control[T]{key: key, encode: encode, decode: decode, value: value}
	state[key] = encode(value)
	c.model = newDOM(kind, state)
	c.changed = c.taken
	c.static = c.drawn
	c.callbacks.latest = true
	return c
}

// taken reads the value the front end has set; one that cannot be is put back.
func (c *Control[T]) taken(names []string) (corrected []string, callback func()) {
	for _, name := range names {
		if name != c.key {
			continue
		}
		v, err := c.decode(c.state[c.key])
		if err != nil {
			c.state[c.key] = c.encode(c.value)
			return []string{c.key}, nil
		}
		c.value = v
		c.state[c.key] = c.encode(v)
		if len(c.call) > 0 {
			calls := c.call
			callback = func() {
				for _, f := range calls {
					f(v)
				}
			}
		}
	}
	return nil, callback
}

// Value is what the control holds now.
func (c *Control[T]) Value() T {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value
}

// Set changes the value, here and on the page. A value the control cannot hold
// is an error and changes nothing; it is said on standard error too.
func (c *Control[T]) Set(v T) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	state := c.encode(v)
	if _, err := c.decode(state); err != nil {
		err = fmt.Errorf("widgets: %s: %w", c.kind, err)
		fmt.Fprintln(os.Stderr, err)
		return err
	}
	c.value = v
	c.state[c.key] = state
	c.tell("update", []string{c.key})
	return nil
}

// OnChange calls f with each new value the user chooses, after functions given
// earlier. See the package comment for what happens while one runs. It returns
// nothing, as the last line of a cell would show the control once more.
func (c *Control[T]) OnChange(f func(T)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.call = append(c.call[:len(c.call):len(c.call)], f)
}

// Description is the text beside the control.
func (c *Control[T]) Description(s string) *Control[T] { c.set("description", s); return c }

// Disable greys the control out, or brings it back.
func (c *Control[T]) Disable(off bool) *Control[T] { c.set("disabled", off); return c }

// Width is a CSS width, such as "400px" or "50%".
func (c *Control[T]) Width(css string) *Control[T] { c.layout().set("width", css); return c }

// Attr sets any other attribute that the front end's model has, such as
// "continuous_update" or "readout_format". Unknown names are an error on standard
// error.
func (c *Control[T]) Attr(name string, value any) *Control[T] {
	if err := c.attr(name, value); err != nil {
		fmt.Fprintf(os.Stderr, "widgets: %s: %v\n", c.kind, err)
	}
	return c
}

func (c *Control[T]) attr(name string, value any) error {
	c.mu.Lock()
	_, known := c.state[name]
	c.mu.Unlock()
	if !known || name == "" || name[0] == '_' || name == c.key {
		return fmt.Errorf("no attribute %q to set", name)
	}
	if _, err := plainJSON(value); err != nil {
		return fmt.Errorf("attribute %q: %w", name, err)
	}
	c.set(name, value)
	return nil
}

func (c *Control[T]) drawn() (htmlText, text string) {
	v := fmt.Sprint(c.Value())
	text = fmt.Sprintf("%s: %s", c.name(), v)
	return "<div>" + html.EscapeString(text) + "</div>", text
}

var errKind = errors.New("a value of another kind")
