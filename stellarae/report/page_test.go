package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stellarae/lab/stellarae/info"
)

// parse reads the page as XML, which is stricter than HTML, and returns its
// text and its elements.
func parse(t *testing.T, page []byte) (text string, elements []xml.StartElement) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Entity = xml.HTMLEntity
	var b strings.Builder
	for {
		token, err := d.Token()
		if err == io.EOF {
			return strings.Join(strings.Fields(b.String()), " "), elements
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			elements = append(elements, e.Copy())
		case xml.CharData:
			b.Write(e)
		}
	}
}

// render is the page of a report.
func render(t *testing.T, r *Report) []byte {
	t.Helper()
	files, err := r.files()
	if err != nil {
		t.Fatal(err)
	}
	return files[len(files)-1].data
}

func TestPage(t *testing.T) {
	text, elements := parse(t, render(t, survey(t)))
	for _, want := range []string{
		"6 of 128 nodes are informative",
		"6 nodes have a median absolute deviation (MAD) above 0.02 over the 1500 spectra: 11, 19, 58, 85, 99 and 124.",
		"Radial velocity is carried by node 124 (largest mutual information at every number of bins).",
		"Teff is carried by node 85 (largest mutual information at every number of bins).",
		"[M/H] shows in no node clearly: the best, node 124,",
		"v sin i tells nothing: no values.",
		"4 informative nodes show no direct relation to any label: 11, 19, 58 and 99.",
		"at least 3 times that of the median node",
		"biased both ways",
		"Every star is here once",
		"unique_subset = Y and median >= 50",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	svgs := 0
	for _, e := range elements {
		if e.Name.Local == "script" || e.Name.Local == "link" || e.Name.Local == "iframe" {
			t.Errorf("the page has a %s", e.Name.Local)
		}
		if e.Name.Local == "svg" {
			svgs++
		}
		for _, a := range e.Attr {
			local := strings.HasPrefix(a.Value, "data:image/png;base64,") || strings.HasPrefix(a.Value, "#")
			if (a.Name.Local == "src" || a.Name.Local == "href") && !local {
				t.Errorf("the page asks for %s", a.Value)
			}
		}
	}
	if svgs != 9 {
		t.Errorf("%d figures, want 9", svgs)
	}
}

// Texts come from files: they are shown as they are and do nothing.
func TestPageEscapes(t *testing.T) {
	const hostile = `</style><script>alert("1")</script><img src=x onerror=alert(2)> & ' ]]> {{.}}`
	r := survey(t)
	r.Labels, r.Count.Labels = r.Labels[:3], r.Count.Labels[:3]
	for i, name := range []string{hostile, "../../a/b", "a b"} {
		r.Labels[i].Name, r.Count.Labels[i].Name = name, name
	}
	r.Count.Labels[2].MI, r.Count.Labels[2].Reason = nil, hostile
	r.Provenance.Codes, r.Provenance.Labels, r.Provenance.Selection, r.Provenance.Version = hostile, hostile, hostile, hostile

	dir := t.TempDir()
	if err := Write(dir, r); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, HTMLName))
	if err != nil {
		t.Fatal(err)
	}
	text, elements := parse(t, page)
	if n := strings.Count(text, hostile); n < 8 {
		t.Errorf("the text is shown %d times only", n)
	}
	for _, e := range elements {
		if e.Name.Local == "script" || e.Name.Local == "img" {
			t.Errorf("a %s came in", e.Name.Local)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Name.Local, "on") {
				t.Errorf("%s came in", a.Name.Local)
			}
		}
	}
	if got := read(t, dir).Labels[hostile].Reason; got != "" {
		t.Errorf("reason of the first label: %q", got)
	}
	if got := read(t, dir).Labels["a b"].Reason; got != hostile {
		t.Errorf("reason of the third label: %q", got)
	}
	entries, err := os.ReadDir(filepath.Join(dir, FiguresName))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.ContainsAny(e.Name(), "/<>&' ") || len(e.Name()) > 70 {
			t.Errorf("a file is called %q", e.Name())
		}
	}
}

// A count with little in it still makes a report.
func TestSparse(t *testing.T) {
	quiet := &info.Published{Rows: 2, Threshold: 0.02, Median: []float64{0, 0}, MAD: []float64{0, 0}, Bins: []int{5, 10}}
	loud := &info.Published{Rows: 2, Threshold: 0.02, Median: []float64{0}, MAD: []float64{1}, Informative: []int{0}, Bins: []int{5},
		Labels: []info.LabelMI{{Name: "Teff", Used: 2, MI: [][]float64{{0}}, Reason: "all values equal 1"}}}
	other := &info.Published{Rows: 2, Threshold: 0.02, Median: []float64{0, 0, 0}, MAD: []float64{1, 0, 0}, Informative: []int{0}, Bins: []int{5, 10},
		Labels: []info.LabelMI{{Name: "Teff", Used: 2, MI: [][]float64{{0, 1, 0}, {2, 0, 0}}}, {Name: "logg", Used: 2, MI: [][]float64{{0, 1, 0}, {0, 2, 0}}}}}
	for name, c := range map[string]struct {
		r    *Report
		want []string
	}{
		"a quiet node knows": {&Report{Count: other}, []string{
			"Teff is carried by node 0 (largest mutual information at 1 of 2 numbers of bins).",
			"log g goes with node 1 (largest mutual information at every number of bins), which is not among the informative ones.",
			"Every informative node shows a direct relation to a label."}},
		"no labels, nothing informative": {&Report{Count: quiet}, []string{
			"0 of 2 nodes are informative", "No node has a median absolute deviation (MAD) above 0.02 over the 2 spectra.", "How many stars the 2 spectra are of is not known here."}},
		"one node": {&Report{Count: loud, Provenance: Provenance{Stars: 1}}, []string{
			"1 of 1 nodes are informative", "1 node has a median absolute deviation", "Teff tells nothing: all values equal 1.",
			"1 informative node shows no direct relation to any label: 0.", "The 2 spectra are of 1 stars."}},
	} {
		text, _ := parse(t, render(t, c.r))
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the page does not say %q", name, want)
			}
		}
	}
}
