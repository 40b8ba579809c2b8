package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/stellarae/lab/stellarae/figure"
)

//go:embed page.html
var pageText string

//go:embed corrected.html
var correctedText string

// page escapes all it is given for the place it stands in, save the figures'
// SVG, which package figure has escaped.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"list":     list,
	"quantity": func(label string) template.HTML { return scripts(figure.QuantityName(label)) },
	"mid":      func(label string) template.HTML { return scripts(inSentence(figure.QuantityName(label))) },
	"svg":      inline,
	"four":     func(v float64) string { return decimals(v, 4) },
	"two":      func(v float64) string { return decimals(v, 2) },
	"short":    func(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) },
	"rough":    func(v float64) string { return strconv.FormatFloat(v, 'g', 1, 64) },
	"finite":   isFinite,
	"count":    plural,
	"base":     filepath.Base,
	"interval": interval,
	"join":     strings.Join,
	"by":       through,
	"upper":    func(s string) string { return strings.ToUpper(s[:min(1, len(s))]) + s[min(1, len(s)):] },
	"matched":  reproduced,
}).Parse(correctedText + pageText))

func (r *Report) html(f *findings, drawings []drawing) ([]byte, error) {
	c := r.Count
	data := struct {
		*findings
		*Report
		Labels      []labelFinding
		Drawings    []drawing
		Scatters    []drawing
		Unexplained string
		Loose       bool // there are nodes without a relation
		Bias        *bias
		Corrected   *corrected

		FirstBins, LastBins int
		Contrast            int
	}{findings: f, Report: r, Labels: f.Labels, Unexplained: f.unexplainedWords(), Loose: len(f.Unexplained) > 0, Bias: biasOf(f, c.Bins), Contrast: contrast, Corrected: r.corrected(f)}
	if data.Corrected != nil {
		data.Corrected.Drawings = drawings
	}
	if len(c.Bins) > 0 {
		data.FirstBins, data.LastBins = c.Bins[0], c.Bins[len(c.Bins)-1]
	}
	for _, d := range drawings {
		if d.Label == "" {
			data.Drawings = append(data.Drawings, d)
		} else {
			data.Scatters = append(data.Scatters, d)
		}
	}
	var b bytes.Buffer
	if err := page.Execute(&b, data); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// bias is what the estimate is expected to show where there is nothing: to
// first order (n-1)^2 / 2N nats for n x n bins and N values (Miller 1955, Note
// on the bias of information estimates), which holds while N is several times
// n^2.
type bias struct {
	Label   string
	N, Bins int
	Nats    float64
}

// biasOf takes the first label with a value and the largest number of bins for
// which the formula holds; nil where there is none.
func biasOf(f *findings, bins []int) *bias {
	for _, l := range f.Labels {
		if l.Best < 0 {
			continue
		}
		most := 0
		for _, n := range bins {
			if 4*n*n <= l.Used {
				most = max(most, n)
			}
		}
		if most < 2 {
			return nil
		}
		return &bias{l.Name, l.Used, most, math.Pow(float64(most-1), 2) / 2 / float64(l.Used)}
	}
	return nil
}

// unexplainedWords is the sentence on informative nodes without a label, with
// no full stop.
func (f *findings) unexplainedWords() string {
	switch n := len(f.Unexplained); {
	case len(f.Nodes) == 0:
		return "No node is informative"
	case n == 0:
		return "Every informative node shows a direct relation to a label"
	case n == 1:
		return fmt.Sprintf("1 informative node shows no direct relation to any label: %d", f.Unexplained[0])
	default:
		return fmt.Sprintf("%d informative nodes show no direct relation to any label: %s", n, list(f.Unexplained))
	}
}

// list is "11, 19 and 58".
func list(nodes []int) string {
	words := make([]string, len(nodes))
	for i, n := range nodes {
		words[i] = strconv.Itoa(n)
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// decimals is v with a true minus sign, and none before zeros.
func decimals(v float64, digits int) string {
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		if strings.Trim(rest, "0.") == "" {
			return rest
		}
		return "\u2212" + rest
	}
	return s
}

// plural is "1 node", "2 nodes".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

var (
	lowered = regexp.MustCompile(`_\{([^}]*)\}`)
	raised  = regexp.MustCompile(`\^\{([^}]*)\}`)
)

// scripts turns a figure's text into HTML.
func scripts(text string) template.HTML {
	safe := template.HTMLEscapeString(text)
	safe = lowered.ReplaceAllString(safe, "<sub>$1</sub>")
	return template.HTML(raised.ReplaceAllString(safe, "<sup>$1</sup>"))
}

// inline is a figure as a part of the page: the document without what stands
// before its root element.
func inline(d drawing) template.HTML {
	return template.HTML(d.svg[bytes.Index(d.svg, []byte("<svg")):])
}
