package main

import (
	"fmt"
	"runtime"
	"time"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/spf13/cobra"

	"github.com/stellarae/lab/stellarae/xla"
)

// doctorResult is what doctor found.
type doctorResult struct {
	Version    string          `json:"version"`
	Go         string          `json:"go"`
	CPUs       int             `json:"cpus"`
	NVIDIA     string          `json:"nvidia"` // driver, empty without a device
	Candidates []xla.Candidate `json:"candidates"`
	Backend    string          `json:"backend"` // description of the one taken
	Platform   string          `json:"platform"`
	Source     string          `json:"source"`
	Path       string          `json:"path"`
	Notice     string          `json:"notice,omitempty"`
	Works      bool            `json:"works"` // a product of matrices came out right
	Seconds    float64         `json:"seconds"`
}

func newDoctor() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Tell which backend computes here, and what to do if none is fast",
		Long: `doctor lists the PJRT plugins on this machine in the order in which they are
tried, opens the first that works, and multiplies two matrices with it.

Looked at, in this order: GOMLX_BACKEND, PJRT_PLUGIN_LIBRARY_PATH, go-xla's
folders, then the Python environments VIRTUAL_ENV, CONDA_PREFIX and the nearest
.venv. Nothing is downloaded unless STELLARAE_AUTO_INSTALL=1.`,
		Example: "  stellarae doctor\n  stellarae doctor --json\n  GOMLX_BACKEND=go stellarae doctor   # force the pure Go backend",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			r := doctorResult{
				Version: version(), Go: runtime.Version(), CPUs: runtime.NumCPU(),
				NVIDIA: xla.NVIDIADevice(), Candidates: xla.Find(),
			}
			began := time.Now()
			d, err := xla.Open()
			if err != nil {
				return err
			}
			r.Backend, r.Platform, r.Source, r.Path, r.Notice = d.Description, d.Platform, d.Source, d.Path, d.Notice
			if r.Works, err = multiplies(d); err != nil {
				return fmt.Errorf("%s: opened, but does not compute: %w", d.Description, err)
			}
			r.Seconds = time.Since(began).Seconds()
			if asJSON {
				return printJSON(c.OutOrStdout(), r)
			}
			return r.print(c)
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

// multiplies computes a small product whose answer is known.
func multiplies(d *xla.Device) (bool, error) {
	out, err := graph.CallOnce(d.Backend, func(a, b *graph.Node) *graph.Node {
		return graph.DotGeneral(a, []int{1}, nil, b, []int{0}, nil)
	}, [][]float32{{1, 2}, {3, 4}}, [][]float32{{5, 6}, {7, 8}})
	if err != nil {
		return false, err
	}
	return fmt.Sprint(out.Value()) == "[[19 22] [43 50]]", nil
}

func (r doctorResult) print(c *cobra.Command) error {
	w := c.OutOrStdout()
	fmt.Fprintf(w, "stellarae %s, %s, %d CPUs\n", r.Version, r.Go, r.CPUs)
	if r.NVIDIA == "" {
		fmt.Fprintln(w, "NVIDIA device: none")
	} else {
		fmt.Fprintln(w, "NVIDIA device:", r.NVIDIA)
	}
	if len(r.Candidates) == 0 {
		fmt.Fprintln(w, "plugins: none found")
	} else {
		fmt.Fprintln(w, "plugins, in the order they are tried:")
	}
	for _, p := range r.Candidates {
		fmt.Fprintf(w, "  %-5s %s (%s)", p.Platform, p.Path, p.Source)
		if p.Skip != "" {
			fmt.Fprintf(w, ": not used, %s", p.Skip)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "computing with:", r.Backend)
	if r.Notice != "" {
		fmt.Fprintln(w, "note:", r.Notice)
	}
	if !r.Works {
		return fmt.Errorf("%s: the product of two matrices came out wrong", r.Backend)
	}
	fmt.Fprintf(w, "test product: right, %.1f s with start-up\n", r.Seconds)
	if r.Platform == "cpu" && r.NVIDIA != "" {
		fmt.Fprintln(w, "for the GPU: pip install jax-cuda13-pjrt nvidia-cudnn-cu13 nvidia-cublas nvidia-cusolver nvidia-cusparse nvidia-cufft nvidia-nccl-cu13 nvidia-nvjitlink nvidia-cuda-runtime nvidia-cuda-nvcc nvidia-cuda-cupti")
	}
	return nil
}
