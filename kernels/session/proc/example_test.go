package proc_test

import (
	"fmt"

	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/session/proc"
)

// printer is a sink that prints.
type printer struct{}

func (printer) Output(stderr bool, b []byte) {
	if stderr {
		fmt.Print("stderr: ")
	}
	fmt.Printf("%s", b)
}

func (printer) Message(m pipe.Message) { fmt.Println("message:", m.Kind) }

func ExampleStart() {
	p, err := proc.Start(proc.Options{
		Path: "bash",
		Args: []string{"-c", `read name; echo "hello, $name"; echo oops >&2; echo bye; exit 3`},
		// A pipe to type into.
		Stdin: true,
	}, printer{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := p.Type("gopher"); err != nil {
		fmt.Println(err)
	}
	state, err := p.Wait()
	fmt.Println(state, err)
	// Output:
	// hello, gopher
	// stderr: oops
	// bye
	// exit status 3 <nil>
}
