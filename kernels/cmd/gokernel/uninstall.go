package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/kernels/specs"
)

func newUninstall() *cobra.Command {
	var p place
	var name string
	var asJSON bool
	c := &cobra.Command{
		Use:     "uninstall",
		Short:   "Take the kernel away from Jupyter",
		Long:    "uninstall removes a kernelspec. The program itself stays.",
		Example: "  gokernel uninstall\n  gokernel uninstall --prefix .venv --name gokernel-cuda",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			folder, err := p.folder(c)
			if err != nil {
				return err
			}
			gone, err := specs.Uninstall(name, folder)
			if errors.Is(err, fs.ErrNotExist) {
				return elsewhere(err, name)
			}
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), gone)
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "removed %s (%s) from %s\n", gone.Name, gone.Spec.DisplayName, gone.Path)
			return err
		},
	}
	p.flags(c)
	c.Flags().StringVar(&name, "name", "gokernel", "name of the kernelspec")
	jsonFlag(c, &asJSON)
	return c
}

// elsewhere adds to an error where there is a kernelspec of the name.
func elsewhere(err error, name string) error {
	entries, _ := specs.List(specs.SearchFolders()...)
	for _, e := range entries {
		if e.Name == name {
			return fmt.Errorf("%w, but there is %s", err, e.Path)
		}
	}
	return err
}
