package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

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

// placeFor tells at the start, not after the work, that a file cannot be
// written for want of its folder.
func placeFor(path string) error {
	_, err := os.Stat(filepath.Dir(path) + string(filepath.Separator))
	var cause *fs.PathError
	if errors.As(err, &cause) {
		return fmt.Errorf("%s: %w", path, cause.Err)
	}
	return err
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
