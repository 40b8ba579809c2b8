package synth

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/stellarae/fits"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// contents are the files of a folder by name.
func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func write(t *testing.T, dir string, o Options) map[string][]byte {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	return contents(t, dir)
}

func TestWriteDoesNotDependOnWorkers(t *testing.T) {
	calls := 0
	one := write(t, t.TempDir(), Options{Preset: Mini, N: 12, Seed: 3, Workers: 1, Progress: func(done, total int) {
		if calls++; done != calls || total != 12 {
			t.Errorf("progress %d of %d at call %d", done, total, calls)
		}
	}})
	many := write(t, t.TempDir(), Options{Preset: Mini, N: 12, Seed: 3, Workers: 5})
	if calls != 12 || len(one) != 15 || len(many) != 15 {
		t.Fatalf("%d calls, %d and %d files, want 12, 15 and 15", calls, len(one), len(many))
	}
	for name, content := range one {
		if !bytes.Equal(content, many[name]) {
			t.Errorf("%s differs with the number of workers", name)
		}
	}
}

func TestProductReadsBack(t *testing.T) {
	dir := t.TempDir()
	s := newSurvey(t, Mini, 3, 4)
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	for i := range s.Len() {
		truth, want := s.Truth(i), s.Spectrum(i)
		path := filepath.Join(dir, truth.ID+".fits")
		got, err := spectrum.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Wave, want.Wave) || !slices.Equal(got.Flux, want.Flux) || !slices.Equal(got.Err, want.Err) {
			t.Errorf("%s: samples changed on the disk", path)
		}
		want.Info.File = path
		if got.Info != want.Info || got.Medium != spectrum.Air || got.Frame != spectrum.Barycentric {
			t.Errorf("%s: read %+v %s %s, want %+v", path, got.Info, got.Medium, got.Frame, want.Info)
		}
		f, err := fits.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if origin, _ := f.HDUs[0].Header.String("ORIGIN"); origin != "SIMULATED" {
			t.Errorf("%s: ORIGIN is %q", path, origin)
		}
	}
}

func TestTables(t *testing.T) {
	dir := t.TempDir()
	s := newSurvey(t, Mini, 20, 4)
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	read := func(name string) [][]string {
		file, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		rows, err := csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := read("labels.csv")
	want := "dp_id,target_name,unique_subset,median,radvel,Teff,Mass,E(B-V),[M/H],logg,airmass,snr,vsini,spec_type_no"
	if got := strings.Join(rows[0], ","); got != want || len(rows) != 21 {
		t.Fatalf("%d rows of %s", len(rows), got)
	}
	unique := map[string]int{}
	for i, row := range rows[1:] {
		truth := s.Truth(i)
		if row[2] == "Y" {
			unique[row[1]]++
		}
		if row[0] != truth.ID || row[1] != truth.Star {
			t.Errorf("row %d is %s of %s", i, row[0], row[1])
		}
		for k, want := range map[int]float64{4: truth.RV, 5: truth.Teff, 6: truth.Mass, 7: truth.EBV, 8: truth.MH, 9: truth.LogG, 10: truth.Airmass, 11: truth.SNR, 12: truth.VSini, 13: float64(truth.SpecType)} {
			if x, err := strconv.ParseFloat(row[k], 64); err != nil || x != want {
				t.Errorf("row %d: %s is %s, want %g", i, rows[0][k], row[k], want)
			}
		}
		x, err := strconv.ParseFloat(row[3], 64)
		if got := median(s.Spectrum(i).Flux); err != nil || x < got*0.999999 || x > got*1.000001 || x < 50 {
			t.Errorf("row %d: median %s, want %g, above 50", i, row[3], got)
		}
	}
	for star, n := range unique {
		if n != 1 {
			t.Errorf("%s is %d times in the unique subset", star, n)
		}
	}
	if truth := read("truth.csv"); len(truth) != 21 || len(truth[0]) != len(rows[0])+7 {
		t.Errorf("truth.csv has %d rows of %d columns", len(truth), len(truth[0]))
	}
}

func TestWriteMindsWhatIsThere(t *testing.T) {
	o := Options{Preset: Mini, N: 4, Seed: 3}
	refused := func(dir string, o Options, says string) {
		t.Helper()
		s, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		before := contents(t, dir)
		err = s.Write(dir)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: error %v, want one with %q", o, err, says)
		}
		after := contents(t, dir)
		for name, content := range before {
			if !bytes.Equal(after[name], content) || len(after) != len(before) {
				t.Errorf("%+v: %s changed, or files came", o, name)
			}
		}
	}
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "thesis.tex"), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	refused(foreign, o, "thesis.tex")

	dir := filepath.Join(t.TempDir(), "new", "survey")
	first := write(t, dir, o)
	refused(dir, Options{Preset: Mini, N: 4, Seed: 4}, "seed 3")
	refused(dir, Options{Preset: Window, N: 4, Seed: 3}, "preset mini")
	refused(dir, Options{Preset: Mini, N: 3, Seed: 3}, "4 spectra")
	refused(dir, Options{Preset: Mini, N: 4, Seed: 3, Lines: []linelist.Line{iron(1, -1)}}, "another survey")

	// After a crash: a torn file, a left-over, no tables. The survey heals.
	id := newSurvey(t, Mini, 4, 3).Truth(1).ID
	for name, content := range map[string]string{id + ".fits": "", id + ".fits.0000beef.part": "torn"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Remove(filepath.Join(dir, "labels.csv")), os.Remove(filepath.Join(dir, "truth.csv"))); err != nil {
		t.Fatal(err)
	}
	healed := write(t, dir, o)
	if len(healed) != len(first) {
		t.Errorf("%d files, want %d", len(healed), len(first))
	}
	for name, content := range first {
		if !bytes.Equal(content, healed[name]) {
			t.Errorf("%s is not as it was", name)
		}
	}
	// And it can grow: its first spectra stay.
	o.N = 6
	grown := write(t, dir, o)
	if len(grown) != len(first)+2 || !bytes.Equal(grown[id+".fits"], first[id+".fits"]) {
		t.Errorf("grown from %d to %d files", len(first), len(grown))
	}
}

// A survey that cannot be written says so and has no labels.csv.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	s := newSurvey(t, Mini, 5, 3)
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, s.Truth(2).ID+".fits")
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o777), os.WriteFile(filepath.Join(path, "in the way"), nil, 0o666)); err != nil {
		t.Fatal(err)
	}
	err := s.Write(dir)
	if err == nil || !strings.Contains(err.Error(), s.Truth(2).ID) {
		t.Errorf("error %v, want one that names %s", err, s.Truth(2).ID)
	}
	if _, err := os.Stat(filepath.Join(dir, "labels.csv")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("labels.csv is there though the survey is not complete: %v", err)
	}
}
