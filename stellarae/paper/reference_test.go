package paper

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// reference reads numbers of the published model: rows by the value of a column.
func reference(t *testing.T, name string) (header []string, rows [][]string) {
	t.Helper()
	folder := os.Getenv("STELLARAE_REAL")
	if folder == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	f, err := os.Open(filepath.Join(folder, "reference", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records[0], records[1:]
}

func number(t *testing.T, header, row []string, column string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(row[slices.Index(header, column)], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The values that the authors' files are held to are those read off the paper's
// figures and the notebooks that kept their outputs.
func TestPublishedValues(t *testing.T) {
	header, rows := reference(t, "sedaghat_mad_nodes.csv")
	for i, row := range rows {
		if node, mad := number(t, header, row, "node"), number(t, header, row, "median_abs_dev"); int(node) != informativePublished[i] || mad != deviations[i] {
			t.Errorf("node %v, MAD %v: %d and %v here", node, mad, informativePublished[i], deviations[i])
		}
	}
	for file, of := range map[string]struct {
		values    map[string][]float64
		selection string
	}{"gmmmi_MI_hist40.csv": {histograms, "median_ge_50"}, "gmmmi_MI_knn.csv": {neighbours, ""}} {
		header, rows := reference(t, file)
		compared := 0
		for _, row := range rows {
			want := of.values[row[slices.Index(header, "label")]]
			if want == nil || of.selection != "" && row[0] != of.selection {
				continue
			}
			for i, node := range informativePublished {
				if v := number(t, header, row, "z"+strconv.Itoa(node)); v != want[i] {
					t.Errorf("%s: %v, node %d: %v, here %v", file, row[:2], node, v, want[i])
				}
				compared++
			}
		}
		if compared != len(of.values)*len(informativePublished) {
			t.Errorf("%s: %d values compared", file, compared)
		}
	}
}

// What the map says of the paper's figures is what the figures show.
func TestPublishedFigures(t *testing.T) {
	header, rows := reference(t, "sedaghat_MI_radvel_heatmap.csv")
	for column, want := range map[string]float64{"bins10": 0.11, "bins160": 0.32} {
		var haze []float64
		for _, row := range rows {
			if !slices.Contains(informativePublished, int(number(t, header, row, "node"))) {
				haze = append(haze, number(t, header, row, column))
			}
		}
		if got := mean(haze); len(haze) != 122 || math.Abs(got-want) > 0.005 {
			t.Errorf("%s: %d nodes, mean %v, the map says %v", column, len(haze), got, want)
		}
	}
	header, rows = reference(t, "sedaghat_node85_Teff.csv")
	before := math.Inf(1)
	for _, row := range rows {
		if number(t, header, row, "teff_hi") > 9000 {
			break
		}
		if v := number(t, header, row, "code85_median"); v < before {
			before = v
		} else {
			t.Errorf("node 85 does not fall at %s K", row[0])
		}
	}
	header, rows = reference(t, "sedaghat_node124_radvel_Kstars.csv")
	at := func(v string) float64 {
		i := slices.IndexFunc(rows, func(row []string) bool { return row[0] == v })
		return number(t, header, rows[i], "code124_median")
	}
	if !(at("-85") < at("-25") && at("-25") > at("45") && at("45") < at("115")) {
		t.Error("node 124 does not rise, fall and turn back")
	}
}
