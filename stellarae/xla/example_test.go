package xla_test

import (
	"fmt"
	"os"

	"github.com/stellarae/lab/stellarae/xla"
)

func ExampleOpen() {
	os.Setenv("GOMLX_BACKEND", "go") // else whatever this machine has
	defer os.Unsetenv("GOMLX_BACKEND")
	device, err := xla.Open()
	if err != nil {
		panic(err)
	}
	fmt.Println(device.Description)
	// Output: Go Backend (GOMLX_BACKEND=go)
}
