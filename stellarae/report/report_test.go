package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/info"
)

// written is report.json as a program would read it.
type written struct {
	Informative  []int                            `json:"informative"`
	NInformative int                              `json:"n_informative"`
	Unexplained  []int                            `json:"unexplained"`
	Threshold    float64                          `json:"threshold"`
	Median       []*float64                       `json:"median"`
	MAD          []*float64                       `json:"mad"`
	Bins         []int                            `json:"bins"`
	MI           map[string]map[string][]*float64 `json:"mi"`
	Labels       map[string]struct {
		Used      int      `json:"used"`
		Missing   int      `json:"missing"`
		Clipped   int      `json:"clipped"`
		BestNode  *int     `json:"best_node"`
		Unanimous bool     `json:"unanimous"`
		Spearman  *float64 `json:"spearman"`
		Reason    string   `json:"reason"`
	} `json:"labels"`
	Provenance struct {
		Codes     *string `json:"codes"`
		Labels    *string `json:"labels"`
		Selection *string `json:"selection"`
		Rows      int     `json:"rows"`
		Stars     *int    `json:"stars"`
		Date      *string `json:"date"`
		Version   *string `json:"version"`
	} `json:"provenance"`
}

// read decodes report.json and rejects keys that are not in written.
func read(t *testing.T, dir string) written {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, JSONName))
	if err != nil {
		t.Fatal(err)
	}
	var w written
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		t.Fatal(err)
	}
	return w
}

func values(p []*float64) []float64 {
	var out []float64
	for _, v := range p {
		if v == nil {
			out = append(out, math.NaN())
		} else {
			out = append(out, *v)
		}
	}
	return out
}

func TestJSON(t *testing.T) {
	r, dir := survey(t), t.TempDir()
	if err := Write(dir, r); err != nil {
		t.Fatal(err)
	}
	w, c := read(t, dir), r.Count

	// The truth of the survey.
	if want := []int{11, 19, 58, 85, 99, 124}; !slices.Equal(w.Informative, want) || w.NInformative != 6 {
		t.Errorf("informative: %v, %d of them, want %v", w.Informative, w.NInformative, want)
	}
	if want := []int{11, 19, 58, 99}; !slices.Equal(w.Unexplained, want) {
		t.Errorf("unexplained: %v, want %v", w.Unexplained, want)
	}
	for label, node := range map[string]int{"radvel": 124, "Teff": 85, "logg": 85, "spec_type_no": 85} {
		if best := w.Labels[label].BestNode; best == nil || *best != node {
			t.Errorf("%s: best node %v, want %d", label, best, node)
		}
	}
	if l := w.Labels["vsini"]; l.BestNode != nil || l.Spearman != nil || l.Missing != 1500 || l.Reason != "no values" || len(w.MI["vsini"]) != 0 {
		t.Errorf("vsini: %+v, %v", l, w.MI["vsini"])
	}

	// What was counted.
	if !cmp.Equal(values(w.MAD), c.MAD) || !cmp.Equal(values(w.Median), c.Median) || !cmp.Equal(w.Bins, c.Bins) || w.Threshold != c.Threshold {
		t.Error("deviations, medians, bins or threshold are not the count's")
	}
	for i, l := range c.Labels {
		got := w.Labels[l.Name]
		if got.Used != l.Used || got.Missing != l.Missing || got.Clipped != l.Clipped {
			t.Errorf("%s: %+v", l.Name, got)
		}
		if best, unanimous := l.Best(); best >= 0 {
			want := info.Spearman(mat.Col(nil, best, r.Codes), r.Labels[i].Values)
			if got.Unanimous != unanimous || got.Spearman == nil || *got.Spearman != want {
				t.Errorf("%s: %+v, want a correlation of %v", l.Name, got, want)
			}
		}
		for k, bins := range []string{"5", "10", "20", "40", "80", "160"} {
			if l.MI != nil && !cmp.Equal(values(w.MI[l.Name][bins]), l.MI[k]) {
				t.Errorf("%s: the mutual information with %s bins is not the count's", l.Name, bins)
			}
		}
	}
	if p := w.Provenance; *p.Codes != r.Provenance.Codes || *p.Labels != r.Provenance.Labels || *p.Selection != r.Provenance.Selection ||
		p.Rows != 1500 || *p.Stars != 1500 || *p.Date != "2021-01-15T09:30:00Z" || *p.Version != "v0.1.0" {
		t.Errorf("provenance: %+v", p)
	}
}

// Keys come in the order they are documented in, labels and bins in the
// count's.
func TestJSONOrder(t *testing.T) {
	r := survey(t)
	text, err := r.json(r.findings())
	if err != nil {
		t.Fatal(err)
	}
	last := -1
	for _, key := range []string{
		"informative", "n_informative", "unexplained", "threshold", "median", "mad", "bins",
		"mi", "radvel", "5", "10", "20", "40", "80", "160", "Teff", "vsini", "labels", "provenance", "codes", "version",
	} {
		at := strings.Index(string(text[last+1:]), `"`+key+`": `)
		if at < 0 {
			t.Fatalf("no %q after byte %d", key, last)
		}
		last += 1 + at
	}
	if !strings.Contains(string(text), `"unique_subset = Y and median >= 50"`) {
		t.Error("the text is not as people write it")
	}
}

func TestJSONHasNoNaN(t *testing.T) {
	r := &Report{Count: &info.Published{
		Rows: 3, Threshold: math.Inf(1), Median: []float64{math.NaN(), 1}, MAD: []float64{math.Inf(1), math.NaN()}, Bins: []int{5},
		Labels: []info.LabelMI{{Name: "a\xff\"", MI: [][]float64{{math.NaN(), math.Inf(-1)}}}},
	}}
	text, err := r.json(r.findings())
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(text) {
		t.Fatalf("not JSON: %s", text)
	}
	for _, want := range []string{`"informative": []`, `"threshold": null`, `"median": [null,1]`, `"mad": [null,null]`, `"5": [null,null]`, `"best_node": null`, `"stars": null`, `"date": null`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func TestFiles(t *testing.T) {
	r, dir := survey(t), t.TempDir()
	mine := filepath.Join(dir, FiguresName, "mine.txt")
	if err := os.MkdirAll(filepath.Dir(mine), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{mine, filepath.Join(dir, JSONName)} {
		if err := os.WriteFile(name, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time over its own files
		if err := Write(dir, r); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			got = append(got, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"figures/mine.txt", HTMLName, JSONName}
	for _, f := range []string{"kiel", "mad", "mutual_information", "scatter_M_H", "scatter_Teff", "scatter_logg", "scatter_radvel", "scatter_snr", "scatter_spec_type_no"} {
		want = append(want, "figures/"+f+".png", "figures/"+f+".svg")
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	if old, err := os.ReadFile(mine); err != nil || string(old) != "old" {
		t.Errorf("another file was touched: %q, %v", old, err)
	}
}

// A report that does not fit together is an error, and leaves nothing behind.
func TestWriteErrors(t *testing.T) {
	count := func(change func(*info.Published)) *Report {
		c := &info.Published{
			Rows: 2, Threshold: 0.02, Median: []float64{0, 0}, MAD: []float64{0.01, 1}, Informative: []int{1}, Bins: []int{5},
			Labels: []info.LabelMI{{Name: "Teff", Used: 2, MI: [][]float64{{0, 1}}}},
		}
		change(c)
		return &Report{Count: c}
	}
	with := func(codes *mat.Dense, labels ...info.Label) *Report {
		r := count(func(*info.Published) {})
		r.Codes, r.Labels = codes, labels
		return r
	}
	two := mat.NewDense(2, 2, nil)
	for _, c := range []struct {
		r    *Report
		want string
	}{
		{&Report{}, "report: no count"},
		{count(func(c *info.Published) { c.Median = nil }), "2 deviations and 0 medians"},
		{count(func(c *info.Published) { c.Informative = []int{2} }), "informative node 2 of 2"},
		{count(func(c *info.Published) { c.Labels = append(c.Labels, c.Labels[0]) }), `two labels are called "Teff"`},
		{count(func(c *info.Published) { c.Bins = nil }), `label "Teff": 1 rows for 0 numbers of bins`},
		{count(func(c *info.Published) { c.Labels[0].MI[0] = []float64{1} }), `label "Teff": a row has 1 nodes, want 2`},
		{count(func(c *info.Published) { c.Labels[0].MI[0][0] = math.NaN() }), "node 0 is NaN"},
		{with(two), "columns of 0 labels, counted 1"},
		{with(nil, info.Label{Name: "Teff", Values: []float64{1, 2}}), "codes given: false"},
		{with(mat.NewDense(3, 2, nil), info.Label{Name: "Teff", Values: []float64{1, 2}}), "codes are 3 x 2, counted 2 x 2"},
		{with(two, info.Label{Name: "logg", Values: []float64{1, 2}}), `label 0 is "logg", counted "Teff"`},
		{with(two, info.Label{Name: "Teff", Values: []float64{1}}), `label "Teff" has 1 values for 2 rows`},
	} {
		dir := filepath.Join(t.TempDir(), "out")
		err := Write(dir, c.r)
		if err == nil || !strings.HasPrefix(err.Error(), "report: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s: something was written", c.want)
		}
	}

	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(file, count(func(*info.Published) {})); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file for a folder: %v", err)
	}
}

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

// Names from files must not steer the terminal.
func TestSummaryIsPlain(t *testing.T) {
	r := survey(t)
	r.Count.Labels[0].Name, r.Labels[0].Name = "rad\x1b[2Jvel\r\u202e", "rad\x1b[2Jvel\r\u202e"
	var b bytes.Buffer
	if err := r.Summary(&b); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\r\u202e") || !strings.Contains(b.String(), "rad[2Jvel") {
		t.Errorf("%q", b.String())
	}
	if err := (&Report{}).Summary(&b); err == nil {
		t.Error("no count, and no error")
	}
}

func TestFileName(t *testing.T) {
	taken := map[string]bool{}
	for _, c := range []struct{ in, want string }{
		{"scatter_m-h", "scatter_m_h"}, {"scatter_[M/H]", "scatter_M_H_2"}, {"scatter_../../etc/passwd", "scatter_etc_passwd"},
		{"scatter_\u03b1", "scatter"}, {"scatter_" + strings.Repeat("x", 300), "scatter_" + strings.Repeat("x", 52)},
	} {
		if got := fileName(c.in, taken); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}
