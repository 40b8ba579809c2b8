package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// stamped is the version that a release was given by the linker.
var stamped string

// version is the release's or the module's, or the commit a working tree was
// built from.
func version() string {
	if stamped != "" {
		return stamped
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel " + s.Value[:12]
		}
	}
	return "devel"
}

// protocol is the version of Jupyter's messaging protocol that is spoken.
const protocol = "5.5"

func newVersion() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "version",
		Short:   "Tell the versions of the kernel, of Go and of Jupyter's protocol",
		Example: "  gokernel version\n  gokernel version --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			platform := runtime.GOOS + "/" + runtime.GOARCH
			if asJSON {
				return printJSON(c.OutOrStdout(), map[string]string{
					"version": version(), "go": runtime.Version(), "platform": platform, "protocol": protocol,
				})
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "gokernel %s, %s, %s, Jupyter protocol %s\n", version(), runtime.Version(), platform, protocol)
			return err
		},
	}
	jsonFlag(c, &asJSON)
	return c
}
