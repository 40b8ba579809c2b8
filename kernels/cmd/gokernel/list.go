package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/kernels/specs"
)

func newList() *cobra.Command {
	var p place
	var all, asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the kernels for Go that Jupyter can find",
		Long: `list prints the kernelspecs for Go in the order in which Jupyter looks for them,
with what keeps one from being started.`,
		Example: "  gokernel list\n  gokernel list --all --json\n  gokernel list --prefix .venv",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			folders := specs.SearchFolders()
			if p != (place{}) {
				folder, err := p.folder(c)
				if err != nil {
					return err
				}
				folders = []string{folder}
			}
			found, err := specs.List(folders...)
			if err != nil {
				return err
			}
			entries := []specs.Entry{}
			for _, e := range found {
				if all || e.Spec.Language == "go" {
					entries = append(entries, e)
				}
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), entries)
			}
			return printEntries(c.OutOrStdout(), entries)
		},
	}
	p.flags(c)
	c.Flags().BoolVar(&all, "all", false, "kernels for every language")
	jsonFlag(c, &asJSON)
	return c
}

func printEntries(w io.Writer, entries []specs.Entry) error {
	if len(entries) == 0 {
		_, err := fmt.Fprintln(w, "none")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range entries {
		fmt.Fprintf(t, "%s\t%s\t%s", e.Name, e.Spec.DisplayName, e.Path)
		if e.Shadowed != "" {
			fmt.Fprintf(t, "\tnot used, %s comes first", e.Shadowed)
		}
		if e.Problem != "" {
			fmt.Fprintf(t, "\tcannot start: %s", e.Problem)
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}
