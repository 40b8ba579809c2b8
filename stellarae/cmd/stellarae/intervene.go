package main

import (
	"os"
	"slices"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/floats"

	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/baseline"
	"github.com/stellarae/lab/stellarae/intervene"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// interveneFlags are the command's flags.
type interveneFlags struct {
	model, out, only string
	n, pairs, steps  int
	velocities       []float64
	step, scatter    float64
	margin           int
	seed             uint64
	json             bool
}

func newIntervene() *cobra.Command {
	f := interveneFlags{n: 200, pairs: 200, steps: 13, velocities: []float64{-30, 30}, step: 0.1, margin: -1, scatter: 25, seed: 1}
	c := &cobra.Command{
		Use:   "intervene --model RUN FILE...|DIR --out DIR",
		Short: "Find out by experiment which nodes are radial velocity",
		Long: `intervene asks the network itself, without labels, in four experiments on one
spectrum of each star:

  The spectra are shifted by velocities: which nodes answer, and how much?
  Every node in use is moved and decoded: does the spectrum change as a Doppler
  shift changes it?
  The node is exchanged between two spectra, decoded and encoded again: is it
  found as it was put in, and do the others stay?
  Every spectrum is shifted by a random velocity: does the node know it?

An untrained network of the same architecture goes through the same, for what any
network would do. A node is called "velocity" when the velocity explains half of
its answers, and half of its scatter over stars whose velocities scatter by
--scatter km/s, and moving it shifts the decoded spectrum. Shifted spectra have
their telluric lines shifted too.

It writes intervene.json, nodes.csv, doppler.csv and figures.`,
		Example: `  stellarae intervene --model run survey --only run/held-out.txt --out intervene
  stellarae intervene --model run survey --velocities=-10,10 --steps 21 --out small --json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			if err := f.check(); err != nil {
				return err
			}
			r, err := interveneOn(c, f, paths)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(c.OutOrStdout(), r)
			}
			return r.print(c.OutOrStdout())
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.model, "model", "", "run folder or checkpoint")
	fl.StringVar(&f.out, "out", "", "folder for the results")
	fl.StringVar(&f.only, "only", "", "use only the spectra whose dp_id a file lists, one a line")
	fl.IntVar(&f.n, "n", f.n, "spectra, drawn at random, one a star")
	fl.Float64SliceVar(&f.velocities, "velocities", f.velocities, "by which the spectra are shifted, FROM,TO in km/s")
	fl.IntVar(&f.steps, "steps", f.steps, "how many velocities")
	fl.Float64Var(&f.step, "step", f.step, "by which a node is moved up and down")
	fl.IntVar(&f.margin, "margin", f.margin, "samples at both ends that are not compared, where decoders ring (default: 1 of 64 of all)")
	fl.IntVar(&f.pairs, "pairs", f.pairs, "of spectra that exchange a node")
	fl.Float64Var(&f.scatter, "scatter", f.scatter, "standard deviation of the stars' velocities, km/s")
	fl.Uint64Var(&f.seed, "seed", f.seed, "of all that is drawn, and of the untrained network")
	must(c.MarkFlagRequired("model"))
	must(c.MarkFlagRequired("out"))
	jsonFlag(c, &f.json)
	return c
}

func (f interveneFlags) check() error {
	switch {
	case f.n < 2:
		return usagef("--n %d: want at least 2", f.n)
	case f.steps < 3:
		return usagef("--steps %d: want at least 3", f.steps)
	case len(f.velocities) != 2 || !(f.velocities[0] < f.velocities[1]):
		return usagef("--velocities: want two rising velocities FROM,TO")
	case !(f.velocities[0] > -spectrum.SpeedOfLight && f.velocities[1] < spectrum.SpeedOfLight):
		return usagef("--velocities: not below the speed of light")
	case !(f.step > 0):
		return usagef("--step %v: want above 0", f.step)
	case f.pairs < 1:
		return usagef("--pairs %d: want at least 1", f.pairs)
	case !(f.scatter > 0):
		return usagef("--scatter %v: want above 0", f.scatter)
	}
	return nil
}

// interveneOn draws spectra, does the experiments and writes the results.
func interveneOn(c *cobra.Command, f interveneFlags, paths []string) (*intervened, error) {
	d, err := openDevice(c)
	if err != nil {
		return nil, err
	}
	m, err := stellarae.OpenRun(d.Backend, f.model)
	if err != nil {
		return nil, err
	}
	rows, err := f.draw(c, paths, m.Config)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return nil, err
	}
	random, err := baseline.Untrained(d.Backend, m.Config, f.seed)
	if err != nil {
		return nil, err
	}
	if f.margin < 0 {
		f.margin = m.Config.Grid.Samples / 64
	}
	e := experiments{interveneFlags: f, c: c, m: m, rows: rows}
	if err := e.run(random); err != nil {
		return nil, err
	}
	r := e.summary()
	return r, r.write(e)
}

// experiments are what is done to a model and what came of it.
type experiments struct {
	interveneFlags
	c    *cobra.Command
	m    *stellarae.Model
	rows [][]float32

	trained, untrained network
	swaps              []intervene.Swapped // of the trained one's nodes in use
	injected           *intervene.Injected
}

// network is what both networks go through.
type network struct {
	doppler     *intervene.Doppler
	derivatives []intervene.NodeDerivative // of some of the nodes
}

// verdict is that on both sides of a node where both were looked at.
func (n network) verdict(node int, scatter float64) string {
	for _, d := range n.derivatives {
		if d.Node == node {
			return intervene.Judge(n.doppler.Nodes[node], d, scatter)
		}
	}
	return n.doppler.Nodes[node].Verdict(scatter)
}

// nodes are those whose response alone has one of the verdicts.
func (n network) nodes(scatter float64, verdicts ...string) []int {
	var nodes []int
	for _, r := range n.doppler.Nodes {
		if slices.Contains(verdicts, r.Verdict(scatter)) {
			nodes = append(nodes, r.Node)
		}
	}
	return nodes
}

func (e *experiments) run(random *stellarae.Model) error {
	var err error
	used := []string{intervene.Velocity, intervene.Mixed, intervene.Silent}
	if e.trained, err = e.probe(e.m, "", used...); err != nil {
		return err
	}
	// All of an untrained network's nodes are in use; those that answer alone
	// are worth the decoding.
	if e.untrained, err = e.probe(random, ", untrained network", intervene.Velocity); err != nil {
		return err
	}
	encode, decode := e.stoppable(e.m.Encode), intervene.Decoder(e.stoppable(e.m.Decode))
	progress, end := e.stage("injecting velocities")
	most := max(-e.velocities[0], e.velocities[1])
	e.injected, err = intervene.InjectedVelocity(encode, e.rows, e.m.Config.Grid, intervene.InjectOptions{Most: most, Seed: e.seed, Progress: progress})
	end()
	if err != nil {
		return err
	}
	progress, end = e.stage("swapping nodes")
	e.swaps, err = intervene.Swap(encode, decode, e.trained.doppler.Codes, e.trained.nodes(e.scatter, used...),
		intervene.SwapOptions{Pairs: e.pairs, Seed: e.seed, Progress: progress})
	end()
	return err
}

// probe shifts the spectra, and moves the nodes whose response alone has one of
// the verdicts.
func (e *experiments) probe(m *stellarae.Model, of string, verdicts ...string) (n network, err error) {
	grid := m.Config.Grid
	velocities := floats.Span(make([]float64, e.steps), e.velocities[0], e.velocities[1])
	progress, end := e.stage("shifting spectra" + of)
	n.doppler, err = intervene.DopplerResponse(e.stoppable(m.Encode), e.rows, grid, intervene.DopplerOptions{Velocities: velocities, Progress: progress})
	end()
	if err != nil {
		return n, err
	}
	physics, err := intervene.DopplerDerivative(grid, 1, e.margin)
	if err != nil {
		return n, err
	}
	progress, end = e.stage("moving nodes" + of)
	n.derivatives, err = intervene.NodeDerivatives(intervene.Decoder(e.stoppable(m.Decode)), n.doppler.Codes, n.nodes(e.scatter, verdicts...), physics,
		intervene.DerivativeOptions{Step: e.step, Progress: progress})
	end()
	return n, err
}

// stage begins a progress bar of its own.
func (e *experiments) stage(label string) (progress func(done, total int), end func()) {
	p := newProgress(e.c.ErrOrStderr(), label)
	return func(done, total int) { p.set(done, total, "") }, p.done
}

// stoppable is a coder that ends when the command is interrupted.
func (e *experiments) stoppable(f func([][]float32) ([][]float32, error)) intervene.Encoder {
	return func(in [][]float32) ([][]float32, error) {
		if err := e.c.Context().Err(); err != nil {
			return nil, err
		}
		return f(in)
	}
}
