package stellarae

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var moments = []Moment{
	{Step: 3, Total: 0.5, Reconstruction: 0.25, KL: []float64{1, 0}, Beta: 1e-5, LearningRate: 0.001},
	{Step: 6, Total: 1.234567e-7, Reconstruction: 3e38, KL: []float64{-1e-9, 12.5}, Beta: 0, LearningRate: 1},
	{Step: 1_500_000, Total: 7, Reconstruction: 0, KL: []float64{math.Inf(1), math.NaN()}, Beta: 2, LearningRate: 0},
}

// record writes a history as a training does.
func record(t testing.TB, path string, nodes int, moments []Moment) {
	t.Helper()
	f, err := startHistory(path, nodes, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range moments {
		if err := appendHistory(f, m); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func readHistory(t testing.TB, path string) []Moment {
	t.Helper()
	history, err := ReadHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	return history
}

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), HistoryFile)
	record(t, path, 2, nil)
	if history := readHistory(t, path); len(history) != 0 {
		t.Errorf("an empty history has %d rows", len(history))
	}
	record(t, path, 2, moments)
	if diff := cmp.Diff(moments, readHistory(t, path), cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := "step,loss,reconstruction,beta,learning_rate,kl_0,kl_1\n3,0.5,0.25,1e-05,0.001,1,0\n"
	if !strings.HasPrefix(string(b), want) {
		t.Errorf("%q, want %q", b, want)
	}
}

// A history that ends anywhere has the rows before the torn line.
func TestTornHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), HistoryFile)
	record(t, path, 2, moments)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) {
		write(t, path, whole[:n])
		rows := max(0, strings.Count(string(whole[:n]), "\n")-1)
		if diff := cmp.Diff(moments[:rows], readHistory(t, path), cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%d bytes:\n%s", n, diff)
		}
	}
}

// A training that goes on keeps the rows up to its step, letter for letter.
func TestStartHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), HistoryFile)
	record(t, path, 2, moments)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	whole := strings.SplitAfter(string(b), "\n")
	for step, rows := range map[int]int{0: 0, 2: 0, 3: 1, 5: 1, 6: 2, 1_499_999: 2, 1_500_000: 3, 1 << 40: 3} {
		write(t, path, append([]byte(strings.Join(whole, "")), "1500003,0.1"...)) // torn
		f, err := startHistory(path, 2, step)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if want := strings.Join(whole[:1+rows], ""); err != nil || string(got) != want {
			t.Errorf("at step %d: %q, want %q", step, got, want)
		}
	}
	write(t, path, []byte("a,b,c,d,e\n1,x,3,4,5\n"))
	if _, err := startHistory(path, 2, 5); err == nil {
		t.Error("a history that cannot be read was replaced")
	}
	if b, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(b), "a,b,c") {
		t.Errorf("it is %q, %v", b, err)
	}
	if f, err := startHistory(filepath.Join(t.TempDir(), HistoryFile), 2, 5); err != nil {
		t.Error("a missing history:", err)
	} else {
		f.Close()
	}
}

func TestReadHistoryRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), HistoryFile)
	for text, want := range map[string]string{
		"step,loss\n": "line 1: 2 columns: not a history",
		"step,loss,reconstruction,beta,learning_rate\n1,2,3,4\n":                      "line 2: wrong number of fields",
		"step,loss,reconstruction,beta,learning_rate\n1,2,3,4,5\nx,2,3,4,5\n":         "line 3: strconv.Atoi",
		"step,loss,reconstruction,beta,learning_rate,kl_0\n1,2,3,4,5,six\n":           "line 2: strconv.ParseFloat",
		"step,loss,reconstruction,beta,learning_rate\n1,two,three,four,five\n":        "line 2: strconv.ParseFloat",
		"step,loss,reconstruction,beta,learning_rate\n1,\"2,3,4,5\n":                  "line 2",
		"step,loss,reconstruction,beta,learning_rate\n1.5,2,3,4,5\n":                  "line 2: strconv.Atoi",
		"step,loss,reconstruction,beta,learning_rate\n99999999999999999999,2,3,4,5\n": "out of range",
		"SIMPLE  =                    T\n":                                            "1 columns: not a history",
	} {
		write(t, path, []byte(text))
		_, err := ReadHistory(path)
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: want an error about %q, got %v", text, want, err)
		}
	}
	if _, err := ReadHistory(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}

// FuzzHistory: what is read is written back letter for letter from then on.
func FuzzHistory(f *testing.F) {
	path := filepath.Join(f.TempDir(), HistoryFile)
	record(f, path, 2, moments)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)-5])
	f.Add([]byte("step,loss,reconstruction,beta,learning_rate\n1,0x1p-3,3,4,5\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
		write(t, one, text)
		history, err := ReadHistory(one)
		if err != nil {
			return
		}
		nodes := 0
		if len(history) > 0 {
			nodes = len(history[0].KL)
		}
		record(t, two, nodes, history)
		again := readHistory(t, two)
		if len(again) != len(history) {
			t.Fatalf("%d rows, then %d", len(history), len(again))
		}
		record(t, one, nodes, again)
		if content(t, dir)["one"] != content(t, dir)["two"] {
			t.Error("a history changes when it is read and written")
		}
	})
}
