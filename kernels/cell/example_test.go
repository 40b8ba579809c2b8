package cell_test

import (
	"fmt"

	"github.com/stellarae/lab/kernels/cell"
)

func Example() {
	c, err := cell.Parse("%args -n 3\nimport \"fmt\"\n// half of it\nfunc half(x int) int { return x / 2 }\nx := 1\nx + 1 // shown")
	if err != nil {
		fmt.Println(err)
		return
	}
	items, diags := cell.Split(c)
	for _, l := range c.Lines {
		fmt.Println("command", l.Name, l.Args)
	}
	for _, it := range items {
		fmt.Println(it.Kind, c.Go[it.CodeStart:it.CodeEnd], it.Expr)
	}
	fmt.Println(len(diags), "diagnostics")
	// Output:
	// command args [-n 3]
	// import import "fmt" false
	// func func half(x int) int { return x / 2 } false
	// stmt x := 1 false
	// stmt x + 1 true
	// 0 diagnostics
}

func ExampleParse_error() {
	_, err := cell.Parse("%%\nfmt.Println(1)\n%%\n")
	fmt.Println(err)
	// Output: line 3, column 1: a second %%: a cell has one %%, %main or %exec, this one has it in line 1
}

func ExampleSplit_diagnostics() {
	c, _ := cell.Parse("!ls\nx := := 1\ny = (2")
	_, diags := cell.Split(c)
	for _, d := range diags {
		fmt.Println(d)
	}
	// Output:
	// 2:6: expected operand, found ':='
	// 3:7: expected ')', found end of statement
}

func ExampleIsComplete() {
	status, indent := cell.IsComplete("for i := range 3 {\n\tif i > 1 {")
	fmt.Printf("%s %q\n", status, indent)
	// Output: incomplete "\t\t"
}

func ExampleAt() {
	at := cell.At("x := 1\n%mode pro", 16)
	fmt.Printf("%v %s: word %d, %q at %d-%d\n", at.Place, at.Command, at.Word, at.Prefix, at.Start, at.End)
	// Output: command %mode: word 1, "pro" at 13-16
}

func ExampleSuggest() {
	fmt.Println("unknown command %enb, did you mean " + cell.Suggest("enb") + "?")
	// Output: unknown command %enb, did you mean %env?
}
