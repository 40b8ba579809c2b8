package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/figure"
	"github.com/stellarae/lab/stellarae/spectrum"
)

func newReconstruct() *cobra.Command {
	var (
		run, out, array string
		window          []float64
	)
	c := &cobra.Command{
		Use:   "reconstruct --model RUN FILE --out fig.png",
		Short: "Draw a spectrum with its reconstruction and the residual",
		Example: `  stellarae reconstruct --model run survey/ADP.2004-01-01T00:00:00.000.fits --out fig.png
  stellarae reconstruct --model big star.fits --range 5160,5190 --out mgb.svg --npy mgb.npy`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := figureName(out); err != nil {
				return err
			}
			limits, err := pair("--range", window)
			if err != nil {
				return err
			}
			if err := placeFor(out); err != nil {
				return err
			}
			if err := placeFor(array); err != nil {
				return err
			}
			m, row, s, err := openAndRead(c, run, args[0])
			if err != nil {
				return err
			}
			again, err := m.Reconstruct([][]float32{row})
			if err != nil {
				return err
			}
			if err := drawReconstruction(m.Config, s, row, again[0], limits, out); err != nil || array == "" {
				return err
			}
			return npy.WriteFloat32(array, []int{len(again[0])}, again[0])
		},
	}
	f := c.Flags()
	f.StringVar(&run, "model", "", "run folder or checkpoint")
	f.StringVar(&out, "out", "", "figure, .png or .svg")
	f.StringVar(&array, "npy", "", "also write the reconstruction as a float32 array")
	f.Float64SliceVar(&window, "range", nil, "wavelengths to draw, FROM,TO in Angstrom")
	must(c.MarkFlagRequired("model"))
	must(c.MarkFlagRequired("out"))
	return c
}

func newTraverse() *cobra.Command {
	var (
		run, out, file string
		node, steps    int
		from, to       float64
		window         []float64
	)
	c := &cobra.Command{
		Use:   "traverse --model RUN --node K --out fig.png",
		Short: "Move one latent node and draw what the decoder makes of it",
		Example: `  stellarae traverse --model run --node 3 --out node3.png
  stellarae traverse --model run --node 3 --spectrum star.fits --from -2 --to 2 --steps 5 --out node3.svg`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := figureName(out); err != nil {
				return err
			}
			limits, err := pair("--range", window)
			if err != nil {
				return err
			}
			if steps < 2 || !(from < to) {
				return usagef("--from %v --to %v --steps %d: want at least 2 rising values", from, to, steps)
			}
			d, err := openDevice(c)
			if err != nil {
				return err
			}
			m, err := stellarae.OpenRun(d.Backend, run)
			if err != nil {
				return err
			}
			code := make([]float32, m.Config.Nodes)
			title := fmt.Sprintf("Node %d moved, the others at 0", node)
			if file != "" {
				row, s, err := readRow(m.Config, file)
				if err != nil {
					return err
				}
				codes, err := m.Encode([][]float32{row})
				if err != nil {
					return err
				}
				code, title = codes[0], fmt.Sprintf("Node %d of %s moved", node, name(s))
			}
			return drawTraversal(m, code, node, from, to, steps, limits, title, out)
		},
	}
	f := c.Flags()
	f.StringVar(&run, "model", "", "run folder or checkpoint")
	f.IntVar(&node, "node", 0, "which node, from 0")
	f.StringVar(&out, "out", "", "figure, .png or .svg")
	f.StringVar(&file, "spectrum", "", "start from the code of this spectrum (default: all nodes 0)")
	f.Float64Var(&from, "from", -3, "lowest value")
	f.Float64Var(&to, "to", 3, "highest value")
	f.IntVar(&steps, "steps", 7, "values")
	f.Float64SliceVar(&window, "range", nil, "wavelengths to draw, FROM,TO in Angstrom")
	for _, required := range []string{"model", "node", "out"} {
		must(c.MarkFlagRequired(required))
	}
	return c
}

// openAndRead opens a model and a spectrum for it.
func openAndRead(c *cobra.Command, run, file string) (*stellarae.Model, []float32, *spectrum.Spectrum, error) {
	d, err := openDevice(c)
	if err != nil {
		return nil, nil, nil, err
	}
	m, err := stellarae.OpenRun(d.Backend, run)
	if err != nil {
		return nil, nil, nil, err
	}
	row, s, err := readRow(m.Config, file)
	return m, row, s, err
}

func readRow(config stellarae.Config, file string) ([]float32, *spectrum.Spectrum, error) {
	s, err := spectrum.Load(file)
	if err != nil {
		return nil, nil, err
	}
	row, err := config.Preprocessing.Apply(s, config.Grid)
	return row, s, err
}

// name is what to call a spectrum in a title.
func name(s *spectrum.Spectrum) string {
	if s.Info.Object != "" {
		return s.Info.Object
	}
	return s.Info.ID
}

// onGrid are the unpadded samples of a row with their wavelengths.
func onGrid(g spectrum.Grid, row []float32) (wave []float64, flux []float32) {
	return g.Waves(), row[g.PadLeft : g.PadLeft+g.Samples]
}

// masked are the grid's masked ranges in Angstrom.
func masked(g spectrum.Grid) [][2]float64 {
	var ranges [][2]float64
	for _, m := range g.Masked {
		ranges = append(ranges, [2]float64{g.Wave(m[0]), g.Wave(m[1])})
	}
	return ranges
}

func drawReconstruction(config stellarae.Config, s *spectrum.Spectrum, row, again []float32, limits [2]float64, out string) error {
	wave, flux := onGrid(config.Grid, row)
	_, model := onGrid(config.Grid, again)
	f, err := figure.Spectrum(figure.SpectrumData{
		Title: fmt.Sprintf("%s, reconstructed from %d nodes", name(s), config.Nodes),
		Wave:  wave, Flux: flux, Model: model, Range: limits, Masked: masked(config.Grid), Lines: true,
	})
	if err != nil {
		return err
	}
	return f.Save(out)
}

func drawTraversal(m *stellarae.Model, code []float32, node int, from, to float64, steps int, limits [2]float64, title, out string) error {
	values, moved := make([]float64, steps), make([]float32, steps)
	for i := range values {
		values[i] = from + (to-from)*float64(i)/float64(steps-1)
		moved[i] = float32(values[i])
	}
	spectra, err := m.Traverse(code, node, moved)
	if err != nil {
		return err
	}
	d := figure.TraversalData{Title: title, Node: node, Values: values, Range: limits, Lines: true}
	for _, s := range spectra {
		wave, flux := onGrid(m.Config.Grid, s)
		d.Wave, d.Spectra = wave, append(d.Spectra, flux)
	}
	f, err := figure.Traversal(d)
	if err != nil {
		return err
	}
	return f.Save(out)
}

func figureName(path string) error {
	if !strings.HasSuffix(path, ".png") && !strings.HasSuffix(path, ".svg") {
		return usagef("--out %s: want a name that ends in .png or .svg", path)
	}
	return nil
}

func pair(flag string, v []float64) (p [2]float64, err error) {
	if len(v) == 0 {
		return p, nil
	}
	if len(v) != 2 || !(v[0] < v[1]) {
		return p, usagef("%s: want two rising wavelengths FROM,TO", flag)
	}
	return [2]float64{v[0], v[1]}, nil
}
