package info

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// reference reads a table of the published model's numbers.
func reference(t *testing.T, name string) [][]string {
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
	return records
}

// table reads numbers of the published model by column name; cells that are
// not numbers are left out of a column.
func table(t *testing.T, name string) map[string][]float64 {
	t.Helper()
	records := reference(t, name)
	columns := map[string][]float64{}
	for _, record := range records[1:] {
		for i, cell := range record {
			if v, err := strconv.ParseFloat(cell, 64); err == nil {
				columns[records[0][i]] = append(columns[records[0][i]], v)
			}
		}
	}
	return columns
}

var publishedNodes = []int{11, 19, 58, 85, 99, 124}

// The MADs read off the paper's figure: the file lists six nodes and says of
// the other 122 that they are at most 0.010.
func TestReferenceMADsGiveThePublishedNodes(t *testing.T) {
	columns := table(t, "sedaghat_mad_nodes.csv")
	mad := slices.Repeat([]float64{0.010}, 128)
	for i, node := range columns["node"] {
		mad[int(node)] = columns["median_abs_dev"][i]
	}
	if got := Informative(mad, 0.02); !slices.Equal(got, publishedNodes) {
		t.Errorf("informative nodes %v, published %v", got, publishedNodes)
	}
}

// Ten printed rows of the published codes, twenty of their nodes: among these
// 124 is the only informative one, and has by far the largest MAD.
func TestReferenceCodesSample(t *testing.T) {
	columns := table(t, "sedaghat_codes_sample.csv")
	var names []string
	for name := range columns {
		if name[0] == 'z' {
			names = append(names, name)
		}
	}
	if len(names) != 20 {
		t.Fatalf("%d nodes, want 20", len(names))
	}
	slices.Sort(names)
	codes := mat.NewDense(len(columns["z0"]), len(names), nil)
	for i, name := range names {
		codes.SetCol(i, columns[name])
	}
	_, mad := MAD(codes)
	at := slices.Index(names, "z124")
	for i, m := range mad {
		t.Logf("%s: MAD %.4f", names[i], m)
		if i != at && m > mad[at]/10 {
			t.Errorf("%s: MAD %v against %v of z124", names[i], m, mad[at])
		}
	}
	if got := Informative(mad, 0.02); !slices.Equal(got, []int{at}) {
		t.Errorf("informative columns %v, want only z124, column %d", got, at)
	}
}

// The paper's image of radial velocity: node 124 is the brightest in every
// row.
func TestReferenceRadialVelocityIsNode124(t *testing.T) {
	columns := table(t, "sedaghat_MI_radvel_heatmap.csv")
	label := LabelMI{Name: "radvel"}
	for _, name := range []string{"bins5", "bins10", "bins20", "bins40", "bins80", "bins160"} {
		if len(columns[name]) != 128 {
			t.Fatalf("%s: %d nodes", name, len(columns[name]))
		}
		label.MI = append(label.MI, columns[name])
	}
	if node, unanimous := label.Best(); node != 124 || !unanimous {
		t.Errorf("best node %d, unanimous %v; published: 124 in every row", node, unanimous)
	}
}

// Node 85 falls with effective temperature (section 6.2): the medians read off
// the paper's scatter plot, from 3,000 to 15,000 K.
func TestReferenceNode85FallsWithTemperature(t *testing.T) {
	columns := table(t, "sedaghat_node85_Teff.csv")
	if rho := Spearman(columns["teff_lo"], columns["code85_median"]); rho > -0.98 {
		t.Errorf("rank correlation %v", rho)
	}
}
