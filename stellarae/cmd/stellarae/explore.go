package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/explore"
)

func newExplore() *cobra.Command {
	var (
		from      explore.Sources
		port      int
		noBrowser bool
		asJSON    bool
	)
	c := &cobra.Command{
		Use:   "explore --model RUN",
		Short: "Explore a trained network in the browser",
		Long: `explore serves a page to this machine's browser alone, and nothing to the
network: a spectrum with its reconstruction and residual, one slider for each
informative node, the nearest spectra in the latent space, a map of it.

What is not given is looked for beside the run, under the names that demo gives:
survey, codes.npy, codes.ids.txt, count, and labels.csv in the folder of the
spectra. Without codes some spectra are encoded at the start; without a count the
nodes get their names from a short one. Ctrl-C ends it.`,
		Example: `  stellarae explore --model runs/demo/run
  stellarae explore --model run --data harps --codes codes.npy --labels labels.csv --count count
  stellarae explore --model published --no-browser --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if port < 0 || port > 65535 {
				return usagef("--port %d: want 0 to 65535", port)
			}
			if from.Most < 1 {
				return usagef("--encode %d: want 1 or more", from.Most)
			}
			server, err := prepareExplorer(c, from, port)
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(c.OutOrStdout(), map[string]string{"url": server.URL()})
			} else {
				_, err = fmt.Fprintf(c.OutOrStdout(), "explore at %s\nCtrl-C to end\n", server.URL())
			}
			if err != nil {
				return err
			}
			if !noBrowser && !asJSON {
				openBrowser(server.Once())
			}
			return server.Serve(c.Context())
		},
	}
	f := c.Flags()
	f.StringVar(&from.Run, "model", "", "run folder or checkpoint")
	f.StringSliceVar(&from.Data, "data", nil, "folders or files of spectra, or a store")
	f.StringVar(&from.Codes, "codes", "", "codes of the spectra, .npy, as encode writes them")
	f.StringVar(&from.IDs, "ids", "", "dp_id or file of every row of the codes, one a line")
	f.StringVar(&from.Labels, "labels", "", "label table, .csv")
	f.StringVar(&from.Count, "count", "", "folder of a count of the same codes")
	f.StringVar(&from.Lines, "lines", "", "list of lines to name, from VALD or linemake")
	f.IntVar(&from.Most, "encode", 1000, "spectra to encode where there are no codes")
	f.IntVar(&port, "port", 0, "port of 127.0.0.1 (default: any that is free)")
	f.BoolVar(&noBrowser, "no-browser", false, "print the address, open no browser")
	jsonFlag(c, &asJSON)
	must(c.MarkFlagRequired("model"))
	return c
}

// prepareExplorer does what takes time before the page can open.
func prepareExplorer(c *cobra.Command, from explore.Sources, port int) (*explore.Server, error) {
	if err := explore.Check(); err != nil {
		return nil, err
	}
	d, err := openDevice(c)
	if err != nil {
		return nil, err
	}
	m, err := stellarae.OpenRun(d.Backend, from.Run)
	if err != nil {
		return nil, err
	}
	p := &stages{w: c.ErrOrStderr()}
	survey, err := explore.Load(c.Context(), m, from.Beside(), p.set)
	p.done()
	if err != nil {
		return nil, err
	}
	for _, note := range survey.Notes {
		fmt.Fprintln(c.ErrOrStderr(), note)
	}
	explorer, err := explore.New(m, survey)
	if err != nil {
		return nil, err
	}
	server, err := explorer.Listen(port)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port %d is in use: give another one, or none", port)
	}
	return server, err
}

// openBrowser opens an address where there is a display to open it on; if it
// does not work, the address has been printed.
func openBrowser(url string) {
	command := "xdg-open"
	switch {
	case runtime.GOOS == "darwin":
		command = "open"
	case os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "":
		return
	}
	browser := exec.Command(command, url)
	if browser.Start() == nil {
		go browser.Wait() // its exit code tells nothing
	}
}
