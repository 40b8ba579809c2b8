package report

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
)

// Summary writes the findings as plain text for a terminal. Control characters
// in names are left out.
func (r *Report) Summary(w io.Writer) error {
	if err := r.check(); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	f, c := r.findings(), r.Count
	var b bytes.Buffer
	if k := r.corrected(f); k != nil {
		k.summary(&b)
		fmt.Fprintln(&b, "\nas published:")
	}
	fmt.Fprintf(&b, "%d of %d nodes are informative (MAD > %g, %d spectra)\n", len(c.Informative), len(c.MAD), c.Threshold, c.Rows)

	if len(f.Nodes) > 0 {
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "\nnode\t   MAD\tdirect relation to")
		for _, n := range f.Nodes {
			carries := "-"
			if len(n.Carries) > 0 {
				carries = printable(strings.Join(n.Carries, ", "))
			}
			fmt.Fprintf(t, "%4d\t%.4f\t%s\n", n.Node, n.MAD, carries)
		}
		t.Flush()
	}
	if len(f.Labels) > 0 {
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "\nlabel\t  used\tmissing\tclipped\tnode\tclear maxima\tMI (nats)\tSpearman")
		for _, l := range f.Labels {
			fmt.Fprintf(t, "%s\t%6d\t%7d\t%7d\t", printable(l.Name), l.Used, l.Missing, l.Clipped)
			if l.Best < 0 {
				fmt.Fprintf(t, "%4s\t%s\n", "-", printable(l.Reason))
				continue
			}
			fmt.Fprintf(t, "%4d\t%d of %d\t%.2f to %.2f\t%8s\n", l.Best, l.Clear, len(l.MI), l.Low, l.High, signed(l.Spearman))
		}
		t.Flush()
		fmt.Fprintf(&b, "\n%s.\n", f.unexplainedWords())
	}
	_, err := w.Write(b.Bytes())
	return err
}

// summary is the corrected count in plain text.
func (k *corrected) summary(b *bytes.Buffer) {
	fmt.Fprintf(b, "%s of %d nodes are informative (MAD > %g; thresholds %.3g to %.3g, %d spectra of %d stars)\n",
		interval(k.Informative), k.Nodes, k.Threshold, k.Thresholds[0], k.Thresholds[1], k.Counted.Rows, k.Clusters)
	fmt.Fprintf(b, "%s of them know none of the labels\n", interval(k.Unexplained))
	if len(k.Table) == 0 {
		return
	}
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nnode\t   MAD\tcarries (bits)\tonly through")
	for _, n := range k.Table {
		if !n.Informative {
			continue
		}
		var direct, through []string
		for _, tie := range n.Direct() {
			direct = append(direct, fmt.Sprintf("%s (%.2f)", tie.Label, tie.Bits))
		}
		for _, tie := range n.Indirect() {
			through = append(through, fmt.Sprintf("%s (by %s)", tie.Label, tie.Through))
		}
		fmt.Fprintf(t, "%4d\t%.4f\t%s\t%s\n", n.Node, n.MAD.Estimate, orDash(direct), orDash(through))
	}
	t.Flush()
	if !k.Controls.PlantedFound {
		fmt.Fprintln(b, "\nthe sample is too small to find a correlation of 0.5: that a node knows no label says little")
	}
}

func orDash(words []string) string {
	if len(words) == 0 {
		return "-"
	}
	return printable(strings.Join(words, ", "))
}

// printable leaves out what could steer a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

func signed(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}
