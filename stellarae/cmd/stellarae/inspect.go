package main

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// inspection is what inspect prints of one file; what is not known is null.
type inspection struct {
	File    string   `json:"file"`
	ID      string   `json:"dp_id"`
	Object  string   `json:"object"`
	Date    string   `json:"date"`
	Format  string   `json:"format"`
	Medium  string   `json:"medium"`
	Frame   string   `json:"frame"`
	Samples int      `json:"samples"`
	From    float64  `json:"from_angstrom"`
	To      float64  `json:"to_angstrom"`
	Step    float64  `json:"median_step_angstrom"`
	Median  *float64 `json:"median_flux"`
	Zeros   int      `json:"zero_samples"`
	Bad     int      `json:"non_finite_samples"`
	Errors  bool     `json:"has_errors"`
	Airmass *float64 `json:"airmass"`
	SNR     *float64 `json:"snr"`
	BERV    *float64 `json:"berv_km_s"`
	RV      *float64 `json:"rv_km_s"`
	Paper   string   `json:"paper_preset"` // "ok", or why the full-size network cannot take it
}

func newInspect() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "inspect FILE...",
		Short:   "Tell what a spectrum's file holds",
		Example: "  stellarae inspect ADP.2014-09-23T11:01:38.230.fits\n  stellarae inspect --json survey/*.fits",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error {
			all := []inspection{}
			var failed error
			for _, file := range files {
				s, err := spectrum.Load(file)
				if err != nil {
					failed = errors.Join(failed, err)
					continue
				}
				i := inspect(file, s)
				if asJSON {
					all = append(all, i)
				} else {
					i.print(c)
				}
			}
			if asJSON {
				if err := printJSON(c.OutOrStdout(), all); err != nil {
					return err
				}
			}
			return failed
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

func inspect(file string, s *spectrum.Spectrum) inspection {
	i := inspection{
		File: file, ID: s.Info.ID, Object: s.Info.Object, Date: s.Info.Date, Format: s.Info.Format,
		Medium: s.Medium.String(), Frame: s.Frame.String(), Samples: len(s.Wave),
		From: s.Wave[0], To: s.Wave[len(s.Wave)-1], Errors: s.Err != nil,
		Airmass: known(s.Info.Airmass), SNR: known(s.Info.SNR), BERV: known(s.Info.BERV), RV: known(s.Info.RV),
		Paper: "ok",
	}
	steps := make([]float64, len(s.Wave)-1)
	for k := range steps {
		steps[k] = s.Wave[k+1] - s.Wave[k]
	}
	if len(steps) > 0 {
		slices.Sort(steps)
		i.Step = steps[len(steps)/2]
	}
	var finite []float64
	for _, v := range s.Flux {
		switch f := float64(v); {
		case math.IsNaN(f) || math.IsInf(f, 0):
			i.Bad++
		default:
			finite = append(finite, f)
			if f == 0 {
				i.Zeros++
			}
		}
	}
	if len(finite) > 0 {
		slices.Sort(finite)
		i.Median = known(finite[len(finite)/2])
	}
	if _, err := spectrum.Paper.Apply(s, spectrum.PaperGrid()); err != nil {
		i.Paper = err.Error()
	}
	return i
}

// known is nil for NaN, which JSON does not have.
func known(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func (i inspection) print(c *cobra.Command) {
	w := c.OutOrStdout()
	fmt.Fprintln(w, i.File)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "  %-10s %s\n", name, fmt.Sprintf(format, args...))
	}
	number := func(name string, v *float64, unit string) {
		if v != nil {
			row(name, "%.6g%s", *v, unit)
		}
	}
	row("object", "%s", i.Object)
	row("date", "%s", i.Date)
	row("dp_id", "%s", i.ID)
	row("format", "%s, %s wavelengths, %s frame", i.Format, i.Medium, i.Frame)
	row("range", "%.4f to %.4f A, %d samples, step %.6g A", i.From, i.To, i.Samples, i.Step)
	number("median", i.Median, "")
	row("samples", "%d zero, %d not finite, errors given: %v", i.Zeros, i.Bad, i.Errors)
	number("airmass", i.Airmass, "")
	number("S/N", i.SNR, "")
	number("BERV", i.BERV, " km/s")
	number("RV", i.RV, " km/s")
	row("paper", "%s", i.Paper)
}
