package spectrum

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// realSpectra are the rows of the index of the real spectra, by column.
func realSpectra(t testing.TB) (folder string, rows []map[string]string) {
	t.Helper()
	folder = os.Getenv("STELLARAE_REAL")
	if folder == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	index, err := os.Open(filepath.Join(folder, "spectra_index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	records, err := csv.NewReader(index).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return folder, rows
}

// The index was written with astropy; an empty cell means not known.
func TestRealSpectraAreAsIndexed(t *testing.T) {
	folder, rows := realSpectra(t)
	for _, row := range rows {
		t.Run(row["file"], func(t *testing.T) {
			s, err := Load(filepath.Join(folder, row["file"]))
			if err != nil {
				t.Fatal(err)
			}
			n, _ := strconv.Atoi(row["n"])
			if len(s.Wave) != n {
				t.Errorf("%d samples, the index has %d", len(s.Wave), n)
			}
			number := func(what string, got float64, column string, tolerance float64) {
				want, err := strconv.ParseFloat(row[column], 64)
				if err != nil {
					return
				}
				if !(math.Abs(got-want) <= tolerance) {
					t.Errorf("%s: %v, the index has %v", what, got, want)
				}
			}
			number("first wavelength", s.Wave[0], "wave0_A", 5e-5)
			number("step", (s.Wave[n-1]-s.Wave[0])/float64(n-1), "step_A", 5e-12)
			number("median", float64(median(s.Flux)), "median_flux", 2e-4*float64(median(s.Flux)))
			number("airmass", s.Info.Airmass, "airmass_mid", 6e-4)
			number("barycentric correction", s.Info.BERV, "berv_km_s", 6e-5)
			number("signal to noise", s.Info.SNR, "sn50_header", 0.05)
			if s.Medium != Air || s.Err != nil || s.Info.ID == "" {
				t.Errorf("medium %v, %d errors, ID %q", s.Medium, len(s.Err), s.Info.ID)
			}
		})
	}
}

// The peer is numpy with astropy: make_fixtures.py --real writes the hashes of
// the spectra that sit on the raster.
func TestRealSpectraPrepared(t *testing.T) {
	folder, rows := realSpectra(t)
	text, err := os.ReadFile("testdata/real_paper.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]string
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, row := range rows {
		s, err := Load(filepath.Join(folder, row["file"]))
		if err != nil {
			t.Fatal(err)
		}
		partial := strings.HasPrefix(row["file"], "spectra_partial/")
		for _, p := range []Preset{Paper, Clean} {
			for _, g := range []Grid{PaperGrid(), MiniGrid()} {
				out, err := p.Apply(s, g)
				if partial && g.Samples == PaperGrid().Samples {
					if err == nil || !strings.HasPrefix(err.Error(), s.Info.File+": ") {
						t.Errorf("%s: half of the range passes %v: %v", row["file"], p, err)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s, %v: %v", row["file"], p, err)
					continue
				}
				if len(out) != g.Len() {
					t.Errorf("%s, %v: %d samples", row["file"], p, len(out))
				}
				if err := allFinite(s, g.Waves(), out[g.PadLeft:g.PadLeft+g.Samples]); err != nil {
					t.Errorf("%v: %v", p, err)
				}
				// The continuum lies above the median, the paper's scale a little
				// below it, by more in a cool star whose blue end is faint.
				if m := median(out[g.PadLeft : g.PadLeft+g.Samples]); m < 0.4 || m > 1.2 {
					t.Errorf("%s, %v: median %v", row["file"], p, m)
				}
				if sum, ok := want[filepath.Base(row["file"])]; ok && p == Paper && g.Samples == PaperGrid().Samples {
					compared++
					if hash(out) != sum {
						t.Errorf("%s: not numpy's bits", row["file"])
					}
				}
			}
		}
	}
	if compared != len(want) || compared < 5 {
		t.Errorf("%d spectra compared bit for bit with numpy, %d have hashes", compared, len(want))
	}
}
