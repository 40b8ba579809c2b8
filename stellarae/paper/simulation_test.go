package paper

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/datasets/synth"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/xla"
)

// runFolder is a course's run folder whose network has hardly been trained.
func runFolder(t *testing.T, device *xla.Device) (folder string) {
	t.Helper()
	folder = t.TempDir()
	survey, err := synth.New(synth.Options{Preset: synth.Mini, N: 60, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := survey.Write(filepath.Join(folder, "survey")); err != nil {
		t.Fatal(err)
	}
	config, err := stellarae.Preset("mini")
	if err != nil {
		t.Fatal(err)
	}
	data, _, err := datasets.Open([]string{filepath.Join(folder, "survey")}, datasets.Options{Grid: config.Grid, Preset: config.Preprocessing})
	if err != nil {
		t.Fatal(err)
	}
	var rows []int
	var files []string
	for i := range data.Len() {
		rows = append(rows, i)
		files = append(files, data.Path(i))
	}
	training := stellarae.Training{Steps: 2, Batch: 4, Seed: 1}.Defaults(config)
	batches, err := datasets.NewBatches(data, rows, training.Batch, training.Seed, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := stellarae.Train(t.Context(), device.Backend, filepath.Join(folder, "run"), config, training, batches, stellarae.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	coded, err := m.EncodeFiles(context.Background(), files, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	var flat []float32
	for _, code := range coded.Codes {
		flat = append(flat, code...)
	}
	if err := npy.WriteFloat32(filepath.Join(folder, "codes.npy"), []int{len(files), config.Nodes}, flat); err != nil {
		t.Fatal(err)
	}
	for i, f := range files { // the folder has been moved since
		files[i] = filepath.Join("elsewhere", filepath.Base(f))
	}
	if err := os.WriteFile(filepath.Join(folder, "codes.ids.txt"), []byte(strings.Join(files, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return folder
}

// A network that has learned nothing: what is about the published network and the
// preprocessing is reproduced all the same, what is about learning is not.
func TestSimulatedLaneOfAnUntrainedNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: encodes some thousand spectra")
	}
	device, err := xla.Open()
	if err != nil {
		t.Fatal(err)
	}
	if device.Path == "" {
		t.Skip("no XLA: the network of the published size would take minutes")
	}
	folder := runFolder(t, device)
	l, err := Simulated(device.Backend, folder, Options{Permutations: 19})
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Rows) != len(allClaims()["simulated"]) {
		t.Errorf("%d rows of %d claims", len(l.Rows), len(allClaims()["simulated"]))
	}
	drawn := map[string]bool{}
	for _, d := range l.Drawings {
		drawn[d.Name] = true
		if len(d.PNG) > largestDrawing {
			t.Errorf("%s: %d bytes", d.Name, len(d.PNG))
		}
	}
	of := verdicts(l)
	for _, r := range l.Rows {
		if r.Published == "" || r.Verdict == "" {
			t.Errorf("%s: no answer", r.What)
		}
		if r.Figure != "" && !drawn[r.Figure] {
			t.Errorf("%s: no figure %s", r.What, r.Figure)
		}
		early := strings.HasPrefix(r.Part, "Data") || strings.HasPrefix(r.Part, "The network")
		if early && r.Verdict != Reproduced && r.Verdict != NotTestable {
			t.Errorf("%s: %s: %s", r.What, r.Verdict, r.Published)
		}
	}
	for _, what := range []string{"Radial velocity", "Temperature", "Gravity", "Nodes without a direct relation to any label",
		"Figure: temperature's node against temperature", "Figure: a spectrum and its reconstruction", "Sliders: one node moved, the decoded spectrum follows"} {
		if of[what] != NotReproduced {
			t.Errorf("%s: %q without training", what, of[what])
		}
	}
}

func TestSimulatedLaneRefuses(t *testing.T) {
	if _, err := Simulated(nil, filepath.Join(t.TempDir(), "none"), Options{}); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("a folder that is not there: %v", err)
	}
	path := filepath.Join(t.TempDir(), "survey.json")
	for text, cause := range map[string]string{"{": "unexpected end", `{"preset": "huge"}`: "huge", `{"preset": "mini", "spectra": 0}`: "synth"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := openTruth(path); err == nil || !strings.Contains(err.Error(), cause) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
