package report

import (
	"bytes"
	"encoding/json"
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
