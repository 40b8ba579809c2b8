package stellarae

import (
	"errors"
	"fmt"
	"strings"
)

// guard turns a panic of GoMLX, which reports so what a graph or a device
// cannot do, into an error of one line.
func guard(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if e, ok := r.(error); ok {
				err = e
			} else {
				err = fmt.Errorf("%v", r)
			}
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			err = errors.New(strings.Join(strings.Fields(err.Error()), " "))
		}
	}()
	return do()
}
