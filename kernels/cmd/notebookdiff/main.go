// Command notebookdiff tells how the outputs of a notebook that was run again differ
// from the stored ones, with the tolerances of package stored. The exit code is 1
// where they do, 2 where a file cannot be read.
//
//	notebookdiff notebooks/00_start.ipynb rerun.ipynb
package main

import (
	"fmt"
	"os"

	"github.com/stellarae/lab/kernels/lab/stored"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: notebookdiff STORED RERUN")
		os.Exit(2)
	}
	var books [2]*stored.Book
	for i, path := range os.Args[1:] {
		var err error
		if books[i], err = stored.Read(path); err != nil {
			fmt.Fprintln(os.Stderr, "notebookdiff:", err)
			os.Exit(2)
		}
	}
	differences := stored.Compare(books[0], books[1])
	for _, d := range differences {
		fmt.Println(d)
	}
	if len(differences) > 0 {
		os.Exit(1)
	}
}
