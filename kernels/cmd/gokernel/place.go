package main

import (
	"github.com/spf13/cobra"

	"github.com/stellarae/lab/kernels/specs"
)

// place is where kernelspecs go: the user's folder unless a flag says another.
type place struct {
	user, sysPrefix bool
	prefix          string
}

func (p *place) flags(c *cobra.Command) {
	c.Flags().BoolVar(&p.user, "user", false, "the user's Jupyter folder (default)")
	c.Flags().BoolVar(&p.sysPrefix, "sys-prefix", false, "the active Python environment: VIRTUAL_ENV, else CONDA_PREFIX")
	c.Flags().StringVar(&p.prefix, "prefix", "", "the installation or environment in this folder, as in --prefix .venv")
	c.MarkFlagsMutuallyExclusive("user", "sys-prefix", "prefix")
}

func (p *place) folder(c *cobra.Command) (string, error) {
	switch {
	case p.sysPrefix:
		return specs.SysPrefixFolder()
	case c.Flags().Changed("prefix"):
		return specs.PrefixFolder(p.prefix)
	}
	return specs.UserFolder()
}
