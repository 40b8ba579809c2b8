package explore

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stellarae/lab/datasets/npy"
)

func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t testing.TB, from Sources) *Survey {
	t.Helper()
	s := must[*Survey](t)(Load(t.Context(), fixture.again, from, nil))
	t.Cleanup(func() { s.Close() })
	return s
}

// What lies beside the run is found, and what is set stays.
func TestBeside(t *testing.T) {
	got := sources()
	want := Sources{
		Run: filepath.Join(fixture.dir, "run"), Data: []string{filepath.Join(fixture.dir, "survey")},
		Codes: filepath.Join(fixture.dir, "codes.npy"), IDs: filepath.Join(fixture.dir, "codes.ids.txt"),
		Labels: filepath.Join(fixture.dir, "survey", "labels.csv"),
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if again := got.Beside(); fmt.Sprint(again) != fmt.Sprint(want) {
		t.Errorf("a second time: %+v", again)
	}
	file := Sources{Run: filepath.Join(fixture.dir, "run", "model.ckpt")}.Beside()
	if file.Codes != want.Codes {
		t.Errorf("beside the checkpoint: %+v", file)
	}
	if alone := (Sources{Run: t.TempDir()}).Beside(); alone.Data != nil || alone.Codes != "" {
		t.Errorf("beside nothing: %+v", alone)
	}
}

// Names come from a report where there is one.
func TestNames(t *testing.T) {
	from := sources()
	from.Count = filepath.Dir(write(t, "report.json", `{"informative": [0, 2], "mad": [0.5, 0.001, null],
		"labels": {"Teff": {"best_node": 0, "unanimous": true}},
		"nodes": [{"node": 0, "informative": true, "carries": ["Teff"], "through": ["logg"]}, {"node": 1, "informative": false, "carries": ["snr"]},
			{"node": 2, "informative": true, "carries": []}]}`))
	s := load(t, from)
	for n, want := range []string{"node 0: Teff", "node 1", "node 2"} {
		if got := s.nodes[n]; got.Name != want || got.Informative != (n != 1) {
			t.Errorf("node %d: %+v, want %q", n, got, want)
		}
	}
	if !slices.Equal(s.nodes[0].Through, []string{"logg"}) {
		t.Errorf("through: %v", s.nodes[0].Through)
	}

	from.Count = filepath.Dir(write(t, "report.json", `{"informative": [1], "mad": [0, 1, 0], "labels": {
		"radvel": {"best_node": 1, "unanimous": true}, "Teff": {"best_node": 1, "unanimous": false}, "snr": {"best_node": 2, "unanimous": true}, "E(B-V)": {"best_node": null}}}`))
	s = load(t, from) // as published alone
	if got := s.nodes[1]; got.Name != "node 1: radvel" || !got.Informative || s.nodes[2].Informative || s.nodes[2].Name != "node 2" {
		t.Errorf("%+v", s.nodes)
	}
}

// Without a report a short count names them: of this survey's factors the
// temperature shows most.
func TestShortCount(t *testing.T) {
	s := must[*Explorer](t)(whole()).survey
	carried := map[string]int{}
	for _, n := range s.nodes {
		t.Logf("%+v", n)
		if !slices.IsSorted(n.Ticks[:]) {
			t.Errorf("node %d: ticks %v", n.Node, n.Ticks)
		}
		for _, label := range n.Carries {
			carried[label]++
		}
	}
	if !strings.HasPrefix(s.how, "a short count of") || carried["Teff"]+carried["E(B-V)"] == 0 {
		t.Errorf("%s: %v", s.how, carried)
	}
}

// Without codes spectra are encoded; without labels a deviation is all there
// is; without anything there are the nodes alone.
func TestLess(t *testing.T) {
	from := sources()
	from.Codes, from.IDs, from.Labels, from.Most = "", "", "", 20
	s := load(t, from)
	if len(s.coded) != 20 || s.coded[1] != spectra/20 {
		t.Errorf("%d encoded: %v", len(s.coded), s.coded)
	}
	if want := must[*Explorer](t)(whole()).survey.code(s.coded[7]); !slices.Equal(s.codes[7], want) {
		// batches of another size may round otherwise
		for n := range want {
			if d := s.codes[7][n] - want[n]; d > 1e-4 || d < -1e-4 {
				t.Errorf("encoded as %v, want %v", s.codes[7], want)
			}
		}
	}
	if !strings.HasPrefix(s.how, "a MAD above") || s.nodes[0].Name != "node 0" {
		t.Errorf("%s: %+v", s.how, s.nodes)
	}

	s = load(t, Sources{Run: from.Run})
	if len(s.spectra) != 0 || s.nodes[2].Ticks != [5]float64{-3, -1, 0, 1, 3} {
		t.Errorf("%+v", s)
	}

	from = sources() // codes and labels, and no spectra
	from.Data = nil
	s = load(t, from)
	if row, err := s.Row(3); row != nil || err != nil || s.code(3) == nil || s.labelsOf(3)["Teff"] == 0 {
		t.Errorf("a spectrum that is not here: %v, %v, labels %v", row, err, s.labelsOf(3))
	}
}

// What does not belong together is an error that names it.
func TestLoadRefuses(t *testing.T) {
	dir := t.TempDir()
	array := func(name string, shape []int, value float32) string {
		n := 1
		for _, d := range shape {
			n *= d
		}
		path := filepath.Join(dir, name)
		if err := npy.WriteFloat32(path, shape, slices.Repeat([]float32{value}, n)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name   string
		change func(*Sources)
		want   string
	}{
		{"another network's codes", func(s *Sources) { s.Codes = array("five.npy", []int{spectra, 5}, 0) }, "the network has 3 nodes"},
		{"codes of nothing", func(s *Sources) { s.Codes = array("far.npy", []int{spectra, 3}, 40) }, "do not belong together"},
		{"codes that are not numbers", func(s *Sources) {
			s.Codes, s.IDs = array("short.npy", []int{2, 3}, 0), write(t, "ids", "a\na\n")
		}, "stands in it twice"},
		{"too few names", func(s *Sources) { s.IDs = write(t, "ids", "one\n") }, "names 1 spectra"},
		{"no names for other rows", func(s *Sources) { s.Codes, s.IDs = array("two.npy", []int{2, 3}, 0), "" }, "give --ids"},
		{"another survey's labels", func(s *Sources) { s.Labels = write(t, "l.csv", "dp_id,Teff\nADP.1,5000\n") }, "has none of the spectra"},
		{"a count of another network", func(s *Sources) {
			s.Count = filepath.Dir(write(t, "report.json", `{"mad": [1, 2]}`))
		}, "a count of 2 nodes"},
		{"a count with other nodes", func(s *Sources) {
			s.Count = filepath.Dir(write(t, "report.json", `{"mad": [1, 2, 3], "nodes": [{"node": 9}]}`))
		}, "nodes 0 to 2"},
		{"no count", func(s *Sources) { s.Count = dir }, "report.json"},
		{"a list that is none", func(s *Sources) { s.Lines = write(t, "lines.txt", "\n") }, "lines.txt"},
		{"no data", func(s *Sources) { s.Data = []string{dir} }, "no FITS files"},
	} {
		from := sources()
		c.change(&from)
		if _, err := Load(t.Context(), fixture.again, from, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A program without the plot library says what to do.
func TestNoPlotLibrary(t *testing.T) {
	a := readAssets(fstest.MapFS{"index.html": {}, "vendor/uPlot.min.css": {}})
	if err := a.check(); !errors.Is(err, ErrNoPlotLibrary) || !strings.Contains(err.Error(), "make build") {
		t.Errorf("%v", err)
	}
}

// The page asks for nothing that is not here: no address of another machine.
func TestOffline(t *testing.T) {
	for name, content := range embedded() {
		if strings.HasPrefix(name, "/vendor/") {
			continue
		}
		text := strings.ReplaceAll(string(content), "http://www.w3.org/2000/svg", "")
		if strings.Contains(text, "://") || strings.Contains(text, "innerHTML") || strings.Contains(text, "eval(") {
			t.Errorf("%s leads outside, or puts text in as HTML", name)
		}
	}
	page := string(embedded()["/index.html"])
	if strings.Contains(page, "<script>") || strings.Contains(page, "style=") || strings.Contains(page, "onclick") {
		t.Error("the page has scripts or styles inline, which its policy forbids")
	}
}

// /api/session is what the page begins with.
func TestSession(t *testing.T) {
	e := must[*Explorer](t)(whole())
	var s session
	if err := json.Unmarshal(e.about, &s); err != nil {
		t.Fatal(err)
	}
	if s.Name != "run" || s.Network != "tiny" || s.Spectra != spectra || s.Coded != spectra || len(s.Nodes) != 3 || s.Grid.Samples != 252 || s.First == "" || len(s.Strong) < 10 || len(s.Telluric) < 5 {
		t.Errorf("%+v", s)
	}
	for i := 1; i < len(telluric); i++ {
		if telluric[i].From < telluric[i-1].To || telluric[i].To <= telluric[i].From {
			t.Errorf("band %v after %v", telluric[i], telluric[i-1])
		}
	}
}
