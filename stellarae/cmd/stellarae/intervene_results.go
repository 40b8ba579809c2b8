package main

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"

	"github.com/stellarae/lab/stellarae/atomicfile"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/intervene"
)

// intervened is what intervene prints and writes. Numbers of what could not be
// measured, as the decoded change of a node not in use, are null.
type intervened struct {
	Model      string    `json:"model"`
	Out        string    `json:"out"`
	Spectra    int       `json:"spectra"`
	Seed       uint64    `json:"seed"`
	Velocities []float64 `json:"velocities_km_s"`
	Samples    int       `json:"samples"`
	Moving     int       `json:"samples_shifted"`
	Margin     int       `json:"samples_margin"`
	Scatter    float64   `json:"scatter_km_s"`

	Velocity  []int             `json:"velocity_nodes"` // called "velocity"
	Nodes     []intervenedNode  `json:"nodes"`
	Untrained []dopplerResponse `json:"untrained"`
}

// dopplerResponse is intervene.Response in JSON.
type dopplerResponse struct {
	Node       int      `json:"node"`
	Verdict    string   `json:"verdict"`
	Response   string   `json:"verdict_on_response"` // alone
	MAD        number   `json:"mad"`
	Spread     number   `json:"spread"`
	Slope      number   `json:"slope_per_km_s"`
	SlopeSE    number   `json:"slope_se"`
	Agree      number   `json:"agree"`
	Range      number   `json:"range_in_spreads"`
	Share      number   `json:"share_by_velocity"`
	Monotonic  bool     `json:"monotonic"`
	Dispersion number   `json:"dispersion_km_s"`
	Explained  number   `json:"explained"`
	Mean       []number `json:"mean_change"`
	SE         []number `json:"mean_change_se"`
}

// intervenedNode adds what moving and swapping a node showed.
type intervenedNode struct {
	dopplerResponse
	Injected  number    `json:"injected_spearman"`
	Cosine    [3]number `json:"cosine"`            // median, 5th and 95th percentile
	Units     [3]number `json:"km_s_per_unit"`     // the same
	Returned  number    `json:"velocity_returned"` // of 1 km/s put in, what the node puts into the decoded spectrum
	Amplitude number    `json:"flux_amplitude"`
	Follows   number    `json:"swap_follows"`
	Leaks     number    `json:"swap_leakage"` // in spreads of the other nodes in use
	Into      int       `json:"swap_leaks_most_into"`
	FluxMoved number    `json:"swap_flux_change"`
}

// number is null in JSON where it is not finite.
type number float64

func (n number) finite() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	if !n.finite() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

func numbers(values []float64) []number {
	out := make([]number, len(values))
	for i, v := range values {
		out[i] = number(v)
	}
	return out
}

func three(i intervene.Interval) [3]number {
	return [3]number{number(i.Median), number(i.Lo), number(i.Hi)}
}

// summary brings the experiments together, node by node, the one that velocity
// explains most first and those not in use last.
func (e *experiments) summary() *intervened {
	r := &intervened{
		Model: e.model, Out: e.out, Spectra: e.trained.doppler.Rows, Seed: e.seed, Velocities: e.trained.doppler.Velocities,
		Samples: e.m.Config.Grid.Samples, Moving: e.trained.doppler.Moving, Margin: e.margin, Scatter: e.scatter, Velocity: []int{},
	}
	nan := number(math.NaN())
	for _, n := range e.trained.doppler.Nodes {
		codes := make([]float64, e.trained.doppler.Rows)
		for i, code := range e.injected.Codes {
			codes[i] = float64(code[n.Node])
		}
		x := intervenedNode{
			dopplerResponse: e.response(e.trained, n), Injected: number(info.Spearman(codes, e.injected.Velocities)),
			Cosine: [3]number{nan, nan, nan}, Units: [3]number{nan, nan, nan}, Amplitude: nan, Returned: nan,
			Follows: nan, Leaks: nan, Into: -1, FluxMoved: nan,
		}
		for i, d := range e.trained.derivatives {
			if s := e.swaps[i]; d.Node == n.Node {
				x.Cosine, x.Units, x.Amplitude = three(d.Cosine), three(d.Units), number(d.Amplitude)
				x.Returned = number(n.Slope * d.Units.Median)
				x.Follows, x.Leaks, x.Into, x.FluxMoved = number(s.Follows), number(s.Others), s.Most, number(s.Flux)
			}
		}
		r.Nodes = append(r.Nodes, x)
		if x.Verdict == intervene.Velocity {
			r.Velocity = append(r.Velocity, n.Node)
		}
	}
	for _, n := range e.untrained.doppler.Nodes {
		r.Untrained = append(r.Untrained, e.response(e.untrained, n))
	}
	slices.SortStableFunc(r.Nodes, func(a, b intervenedNode) int {
		if d := cmp.Compare(a.rank(), b.rank()); d != 0 {
			return d
		}
		return cmp.Compare(b.Explained, a.Explained)
	})
	return r
}

func (e *experiments) response(of network, n intervene.Response) dopplerResponse {
	return dopplerResponse{
		Node: n.Node, Verdict: of.verdict(n.Node, e.scatter), Response: n.Verdict(e.scatter), MAD: number(n.MAD), Spread: number(n.Spread),
		Slope: number(n.Slope), SlopeSE: number(n.SlopeSE), Agree: number(n.Agree), Range: number(n.Range),
		Share: number(n.Share), Monotonic: n.Monotonic, Dispersion: number(n.Dispersion),
		Explained: number(n.Explained(e.scatter)), Mean: numbers(n.Mean), SE: numbers(n.SE),
	}
}

func (d dopplerResponse) rank() int {
	return slices.Index([]string{intervene.Velocity, intervene.Mixed, intervene.Silent, intervene.Unused}, d.Verdict)
}

// print writes the answer for a terminal.
func (r *intervened) print(w io.Writer) error {
	fmt.Fprintf(w, "%d spectra of as many stars, shifted by %g to %g km/s (%d of %d samples)\n\n",
		r.Spectra, r.Velocities[0], r.Velocities[len(r.Velocities)-1], r.Moving, r.Samples)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "node\tMAD\tper km/s\t+-\tshare\tkm/s for all\tinjected\tcosine\t5 to 95 %\tkm/s a unit\treturned\tfollows\tleaks\tverdict\t")
	unused := 0
	for _, n := range r.Nodes {
		if n.Verdict == intervene.Unused {
			unused++
			continue
		}
		fmt.Fprintf(t, "%d\t%.3f\t%+.5f\t%.5f\t%.3f\t%.3g\t%+.2f\t%+.3f\t%+.3f %+.3f\t%+.3g\t%.2f\t%.2f\t%.2f\t%s\t\n",
			n.Node, n.MAD, n.Slope, n.SlopeSE, n.Share, n.Dispersion, n.Injected,
			n.Cosine[0], n.Cosine[1], n.Cosine[2], n.Units[0], n.Returned, n.Follows, n.Leaks, n.Verdict)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%d of %d nodes are not in use (MAD of 0.02 or less)\n", unused, len(r.Nodes))
	fmt.Fprintf(w, "untrained network: %s\n", r.untrainedWords())
	fmt.Fprintln(w, "results:", filepath.Join(r.Out, "intervene.json"))
	return nil
}

// untrainedWords sums up what a network does that has learned nothing.
func (r *intervened) untrainedWords() string {
	answer, stand := 0, 0
	for _, n := range r.Untrained {
		if n.Response == intervene.Velocity {
			answer++
		}
		if n.Verdict == intervene.Velocity {
			stand++
		}
	}
	return fmt.Sprintf("%d of %d nodes answer as a velocity's does, %d of them when decoded too", answer, len(r.Untrained), stand)
}

// write writes the files.
func (r *intervened) write(e experiments) error {
	err := atomicfile.Write(filepath.Join(r.Out, "intervene.json"), func(w io.Writer) error { return printJSON(w, r) })
	if err != nil {
		return err
	}
	if err := r.writeTables(); err != nil {
		return err
	}
	return r.drawFigures(e)
}

func (r *intervened) writeTables() error {
	text := func(values ...number) (cells []string) {
		for _, v := range values {
			cell := ""
			if v.finite() {
				cell = strconv.FormatFloat(float64(v), 'g', -1, 64)
			}
			cells = append(cells, cell)
		}
		return cells
	}
	nodes := [][]string{{"node", "verdict", "mad", "spread", "slope_per_km_s", "slope_se", "agree", "range_in_spreads", "share_by_velocity",
		"monotonic", "dispersion_km_s", "explained", "injected_spearman", "cosine", "cosine_5", "cosine_95", "km_s_per_unit", "km_s_per_unit_5",
		"km_s_per_unit_95", "velocity_returned", "flux_amplitude", "swap_follows", "swap_leakage", "swap_flux_change"}}
	curves := [][]string{{"node", "velocity_km_s", "mean_change", "se"}}
	for _, n := range r.Nodes {
		line := append([]string{strconv.Itoa(n.Node), n.Verdict}, text(n.MAD, n.Spread, n.Slope, n.SlopeSE, n.Agree, n.Range, n.Share)...)
		line = append(line, strconv.FormatBool(n.Monotonic))
		line = append(line, text(n.Dispersion, n.Explained, n.Injected, n.Cosine[0], n.Cosine[1], n.Cosine[2],
			n.Units[0], n.Units[1], n.Units[2], n.Returned, n.Amplitude, n.Follows, n.Leaks, n.FluxMoved)...)
		nodes = append(nodes, line)
		for j, v := range r.Velocities {
			curves = append(curves, append([]string{strconv.Itoa(n.Node)}, text(number(v), n.Mean[j], n.SE[j])...))
		}
	}
	if err := writeCSV(filepath.Join(r.Out, "nodes.csv"), nodes); err != nil {
		return err
	}
	return writeCSV(filepath.Join(r.Out, "doppler.csv"), curves)
}

func writeCSV(path string, lines [][]string) error {
	return atomicfile.Write(path, func(w io.Writer) error { return csv.NewWriter(w).WriteAll(lines) })
}
