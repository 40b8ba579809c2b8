package prepare

import (
	"context"
	"encoding/csv"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/datasets/store"
	"github.com/stellarae/lab/datasets/synth"
	"github.com/stellarae/lab/stellarae/spectrum"
)

const spectra = 60

// survey writes 60 simulated spectra; two of the files are cut and one is text.
func survey(t *testing.T) (dir string, files []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "survey")
	s, err := synth.New(synth.Options{N: spectra, Seed: 3, Preset: synth.Mini})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	if files, err = datasets.Files([]string{dir}); err != nil {
		t.Fatal(err)
	}
	for i, size := range map[int]int64{4: 20000, 30: 100} {
		if err := os.Truncate(files[i], size); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(files[31], []byte("<html>please log in</html>\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, files
}

func recipe(dir string) Recipe {
	return Recipe{Grid: spectrum.MiniGrid(), Labels: filepath.Join(dir, "labels.csv"), ShardRows: 7}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

// The store holds what datasets.Open makes of the same files, their labels and
// the headers' facts; bad files are named with their cause.
func TestSpectra(t *testing.T) {
	dir, files := survey(t)
	out := filepath.Join(t.TempDir(), "store")
	r, err := Spectra(context.Background(), files, out, recipe(dir), nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != 57 || r.Before != 0 || len(r.Failures) != 3 || r.Shards != 9 {
		t.Errorf("%+v", r)
	}
	want, failures, err := datasets.Open([]string{dir}, datasets.Options{Grid: spectrum.MiniGrid()})
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if got.Len() != want.Len() {
		t.Fatalf("%d rows, want %d", got.Len(), want.Len())
	}
	labels, err := catalog.Read(filepath.Join(dir, "labels.csv"))
	if err != nil {
		t.Fatal(err)
	}
	table, err := got.Table()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	a, b := make([]float32, got.Samples()), make([]float32, got.Samples())
	for i := range got.Len() {
		if err := errors.Join(got.Row(i, a), want.Row(i, b)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a, b) || got.ID(i) != want.ID(i) || got.Star(i) != want.Star(i) || table.IDs[i] != want.ID(i) {
			t.Errorf("row %d: %s of %s differs from %s of %s", i, got.ID(i), got.Star(i), want.ID(i), want.Star(i))
		}
		ids = append(ids, want.ID(i))
	}
	joined, missing, err := labels.Join(ids)
	if err != nil || len(missing) > 0 {
		t.Fatal(missing, err)
	}
	for _, c := range joined.Columns {
		mine, err := table.Column(c.Name)
		if err != nil || !slices.Equal(mine.Values, c.Values) || mine.Unit != c.Unit {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
	airmass, err := joined.Column("airmass")
	if err != nil {
		t.Fatal(err)
	}
	header, err := table.Column("header_airmass")
	if err != nil || !slices.Equal(header.Values, airmass.Values) {
		t.Errorf("airmass of the header: %v", err)
	}
	for i, m := range joined.Median { // written with seven digits
		if math.Abs(table.Median[i]/m-1) > 1e-6 {
			t.Errorf("row %d: median %g, want %g", i, table.Median[i], m)
		}
	}
	text, err := os.Open(filepath.Join(out, QuarantineFile))
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	lines, err := csv.NewReader(text).ReadAll()
	if err != nil || len(lines) != 4 {
		t.Fatal(lines, err)
	}
	for i, f := range failures {
		if lines[i+1][0] != f.Path || lines[i+1][1] != f.Err.Error() {
			t.Errorf("quarantine has %v, want %v", lines[i+1], f)
		}
	}
}

// Stopped after any number of shards and run again, again and again, it leaves
// the bytes of a run that was not stopped, and reads no file twice.
func TestSpectraGoesOn(t *testing.T) {
	dir, files := survey(t)
	whole, parts := filepath.Join(t.TempDir(), "store"), filepath.Join(t.TempDir(), "store")
	if _, err := Spectra(context.Background(), files, whole, recipe(dir), nil); err != nil {
		t.Fatal(err)
	}
	rows, runs := 0, 0
	for ; ; runs++ {
		ctx, stop := context.WithCancel(context.Background())
		r, err := Spectra(ctx, files, parts, recipe(dir), func(done, total int) { stop() })
		stop()
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if r.Shards == 0 && runs < 20 {
			if r.Before != spectra || err != nil {
				t.Errorf("%+v, %v", r, err)
			}
			break
		}
		rows += r.Rows
		random := rand.New(rand.NewPCG(uint64(runs), 0))
		random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	}
	if rows != 57 || runs < 3 {
		t.Errorf("%d rows in %d runs", rows, runs)
	}
	if d := cmp.Diff(contents(t, whole), contents(t, parts)); d != "" {
		t.Error(d)
	}
}

// What is left of a deal whose shards were committed in any order is the rest of
// that deal.
func TestPlan(t *testing.T) {
	dir, files := survey(t)
	whole, out := filepath.Join(t.TempDir(), "store"), filepath.Join(t.TempDir(), "store")
	if _, err := Spectra(context.Background(), files, whole, recipe(dir), nil); err != nil {
		t.Fatal(err)
	}
	for _, numbers := range [][]int{{5, 0}, {8}, {2, 3}} {
		_, err := With(files, out, recipe(dir), func(jobs []Job) error {
			for _, number := range numbers {
				i := slices.IndexFunc(jobs, func(j Job) bool { return j.Number == number })
				if _, err := jobs[i].Run(out, recipe(dir)); err != nil {
					return err
				}
			}
			return errors.New("stopped")
		})
		if err == nil || err.Error() != "stopped" {
			t.Fatal(err)
		}
	}
	if _, err := Spectra(context.Background(), files, out, recipe(dir), nil); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(contents(t, whole), contents(t, out)); d != "" {
		t.Error(d)
	}
}

// New files go into new shards, and a second file of one dp_id is left out.
func TestSpectraAdds(t *testing.T) {
	dir, files := survey(t)
	out := filepath.Join(t.TempDir(), "store")
	if _, err := Spectra(context.Background(), files[:20], out, recipe(dir), nil); err != nil {
		t.Fatal(err)
	}
	before := contents(t, out)
	again := filepath.Join(dir, "again", filepath.Base(files[40]))
	if err := os.MkdirAll(filepath.Dir(again), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(again, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := Spectra(context.Background(), append(files, again, files[50]), out, recipe(dir), nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != 38 || r.Before != 20 || len(r.Failures) != 3 {
		t.Errorf("%+v", r)
	}
	if !slices.ContainsFunc(r.Failures, func(f datasets.Failure) bool {
		return strings.Contains(f.Err.Error(), "has the dp_id of") && (f.Path == again || f.Path == files[40])
	}) {
		t.Errorf("%v", r.Failures)
	}
	after := contents(t, out)
	for name, content := range before {
		if strings.HasPrefix(name, "shard-") && after[name] != content {
			t.Errorf("%s was changed", name)
		}
	}
	other := recipe(dir)
	other.Preset = spectrum.Clean
	if _, err := Spectra(context.Background(), files, out, other, nil); err == nil || !strings.Contains(err.Error(), "preprocessed otherwise") {
		t.Error(err)
	}
	other = recipe(dir)
	other.Labels = ""
	if _, err := Spectra(context.Background(), files, out, other, nil); err == nil || !strings.Contains(err.Error(), "column") {
		t.Error(err)
	}
}

// Files that gave no spectrum are read again only where that is asked for, and
// leave the quarantine when they give one; nothing that was stored changes.
func TestSpectraRetries(t *testing.T) {
	dir, files := survey(t)
	out := filepath.Join(t.TempDir(), "store")
	if _, err := Spectra(context.Background(), files, out, recipe(dir), nil); err != nil {
		t.Fatal(err)
	}
	before := contents(t, out)
	whole, err := os.ReadFile(files[5])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files[4], whole, 0o644); err != nil { // fetched anew
		t.Fatal(err)
	}
	again := recipe(dir)
	for _, c := range []struct {
		retry                bool
		rows, failed, before int
		out                  []int // files in quarantine
	}{
		{false, 0, 0, 60, []int{4, 30, 31}}, {true, 1, 2, 57, []int{30, 31}}, {true, 0, 2, 58, []int{30, 31}}, {false, 0, 0, 60, []int{30, 31}},
	} {
		again.Retry = c.retry
		r, err := Spectra(context.Background(), files, out, again, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Rows != c.rows || len(r.Failures) != c.failed || r.Before != c.before {
			t.Errorf("%+v: %+v", c, r)
		}
		text, err := os.ReadFile(filepath.Join(out, QuarantineFile))
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range c.out {
			if !strings.Contains(string(text), files[i]+",") {
				t.Errorf("%+v: %s is not in quarantine", c, files[i])
			}
		}
		if lines := strings.Count(string(text), "\n"); lines != 1+len(c.out) {
			t.Errorf("%+v: quarantine:\n%s", c, text)
		}
	}
	after := contents(t, out)
	for name, content := range before {
		if strings.HasPrefix(name, "shard-") && after[name] != content {
			t.Errorf("%s was changed", name)
		}
	}
	s, err := store.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Len() != 58 || s.ID(57) != datasets.FileID(files[4]) {
		t.Errorf("%d rows, the last one is %s", s.Len(), s.ID(s.Len()-1))
	}
}

// Codes of every row, in the rows' order, however often it was stopped.
func TestCodes(t *testing.T) {
	dir, files := survey(t)
	in, out := filepath.Join(t.TempDir(), "store"), filepath.Join(t.TempDir(), "codes")
	half := recipe(dir)
	half.Type = store.Float16
	if _, err := Spectra(context.Background(), files, in, half, nil); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(in)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	calls := 0
	// A linear code, so that the test knows what it has to be.
	encoder := Encoder{Nodes: 2, Hash: "a", Encode: func(rows [][]float32) ([][]float32, error) {
		calls++
		if calls == 3 {
			return nil, errors.New("the device is lost")
		}
		codes := make([][]float32, len(rows))
		for i, row := range rows {
			codes[i] = []float32{row[0] + row[1], row[2000]}
		}
		return codes, nil
	}}
	if _, err := Codes(context.Background(), s, out, encoder, nil); err == nil || !strings.Contains(err.Error(), "shard 2: the device is lost") {
		t.Fatal(err)
	}
	r, err := Codes(context.Background(), s, out, encoder, nil)
	if err != nil || r.Before != 13 || r.Rows != 44 || calls != 10 {
		t.Fatal(r, calls, err)
	}
	shape, codes, err := npy.ReadFloat32s(filepath.Join(out, CodesFile))
	if err != nil || !slices.Equal(shape, []int{57, 2}) {
		t.Fatal(shape, err)
	}
	row := make([]float32, s.Samples())
	for i := range s.Len() {
		if err := s.Row(i, row); err != nil {
			t.Fatal(err)
		}
		if codes[2*i] != row[0]+row[1] || codes[2*i+1] != row[2000] {
			t.Errorf("row %d has the code %v", i, codes[2*i:2*i+2])
		}
	}
	encoder.Hash = "b"
	if _, err := Codes(context.Background(), s, out, encoder, nil); err == nil {
		t.Error("codes of two models went into one store")
	}
}
