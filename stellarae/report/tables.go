package report

import (
	"bytes"
	"encoding/csv"
	"math"
	"path/filepath"
	"strconv"
	"strings"
)

// tables are the corrected count as CSV: nodes.csv, map.csv (a row for every
// node and label) and thresholds.csv. Cells are empty where nothing can be said.
func (r *Report) tables() ([]file, error) {
	k := r.Corrected
	if k == nil {
		return nil, nil
	}
	nodes := [][]string{{"node", "mad", "mad_lo", "mad_hi", "above_threshold", "informative", "carries", "through", "best_label", "best_bits"}}
	for _, n := range k.Findings {
		best := n.Best.Label
		if n.Best.Reason != "" {
			best = ""
		}
		nodes = append(nodes, []string{
			strconv.Itoa(n.Node), plain(n.MAD.Estimate), plain(n.MAD.Lo), plain(n.MAD.Hi), plain(n.Above), strconv.FormatBool(n.Informative),
			strings.Join(n.Carries(), " "), strings.Join(n.Through(), " "), best, plain(n.Best.Effect.Bits),
		})
	}
	cells := [][]string{{"node", "label", "clusters", "mi_nats", "excess_bits", "equivalent_rho", "percent_of_label", "p", "p_adjusted", "q", "through", "own_share", "reason"}}
	for _, n := range k.Findings {
		for _, row := range k.Map.Cells {
			c := row[n.Node]
			through, own := "", math.NaN()
			for _, t := range n.Ties {
				if t.Label == c.Label {
					through, own = t.Through, t.Own
				}
			}
			cells = append(cells, []string{
				strconv.Itoa(n.Node), c.Label, strconv.Itoa(c.Clusters), plain(c.MI), plain(c.Effect.Bits), plain(c.Effect.Rho), plain(c.Effect.Percent),
				plain(c.P), plain(c.Adjusted), plain(c.Q), through, plain(own), c.Reason,
			})
		}
	}
	thresholds := [][]string{{"threshold", "informative", "lo", "hi"}}
	for _, t := range k.Curve {
		thresholds = append(thresholds, []string{plain(t.Threshold), strconv.Itoa(t.Count.At), strconv.Itoa(t.Count.Lo), strconv.Itoa(t.Count.Hi)})
	}
	var files []file
	for _, t := range []struct {
		name string
		rows [][]string
	}{{"nodes.csv", nodes}, {"map.csv", cells}, {"thresholds.csv", thresholds}} {
		var b bytes.Buffer
		if err := csv.NewWriter(&b).WriteAll(t.rows); err != nil {
			return nil, err
		}
		files = append(files, file{filepath.Join(TablesName, t.name), b.Bytes()})
	}
	return files, nil
}

// plain is empty where v is not finite.
func plain(v float64) string {
	if !isFinite(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}
