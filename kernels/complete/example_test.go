package complete_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/kernels/complete"
)

func Example() {
	dir, err := os.MkdirTemp("", "session")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module session\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	e, err := complete.Start(context.Background(), complete.Options{Dir: dir}) // no gopls: names alone
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	e.SetSession(complete.Session{Source: "package main\n\nvar spectra []float64\n"})
	c, err := e.Complete(context.Background(), "len(spec", len("len(spec"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, it := range c.Items {
		fmt.Println(it.Type, it.Text, it.Signature)
	}
	// Output: variable spectra []float64
}
