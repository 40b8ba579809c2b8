package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/stellarae/xla"
)

// printJSON writes a result for programs.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// jsonFlag adds --json.
func jsonFlag(c *cobra.Command, v *bool) {
	c.Flags().BoolVar(v, "json", false, "print the result as JSON")
}

// openDevice opens the backend and says on stderr why it is a slow one.
func openDevice(c *cobra.Command) (*xla.Device, error) {
	d, err := xla.Open()
	if err != nil {
		return nil, err
	}
	if d.Notice != "" {
		fmt.Fprintln(c.ErrOrStderr(), "note:", d.Notice)
	}
	return d, nil
}
