package main

import (
	"github.com/spf13/cobra"
)

func newRun() *cobra.Command {
	var file, mode string
	c := &cobra.Command{
		Use:   "run",
		Short: "Run the kernel; Jupyter does this",
		Long: `run serves the kernel on the ports of a connection file, which Jupyter writes,
until Jupyter shuts it down.`,
		Example: "  gokernel run -f kernel-1234.json\n  gokernel run -f kernel-1234.json --mode process",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if file == "" {
				return usagef("run needs -f with a connection file")
			}
			if _, err := modeArgs(mode); err != nil {
				return err
			}
			return serve(c.Context(), file, mode)
		},
	}
	c.Flags().StringVarP(&file, "file", "f", "", "connection file")
	c.Flags().StringVar(&mode, "mode", "session", "session: variables live between cells; process: every cell is a new process")
	return c
}
