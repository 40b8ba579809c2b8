package info

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stellarae/lab/stellarae/info/mi"
)

// byLabel reads the six published nodes' values, label by label, and how many
// values the label has where the file says so. Of several selections it takes
// all spectra.
func byLabel(t *testing.T, name, suffix string) (values map[string]map[int]float64, used map[string]float64) {
	t.Helper()
	records := reference(t, name)
	at := map[string]int{}
	for i, column := range records[0] {
		at[column] = i
	}
	number := func(record []string, column string) float64 {
		v, err := strconv.ParseFloat(record[at[column]], 64)
		if err != nil {
			t.Fatalf("%s, %s: %v", name, column, err)
		}
		return v
	}
	values, used = map[string]map[int]float64{}, map[string]float64{}
	for _, record := range records[1:] {
		if i, several := at["selection"]; several && record[i] != "all7007" {
			continue
		}
		label := record[at["label"]]
		values[label] = map[int]float64{}
		for _, node := range publishedNodes {
			values[label][node] = number(record, fmt.Sprintf("z%d%s", node, suffix))
		}
		if _, counted := at["n_labels"]; counted {
			used[label] = number(record, "n_labels")
		}
	}
	return values, used
}

// The published histograms lie above the mixtures by the bias of 40 bins: our
// histogram shows it on samples of the same size, Gaussian variables that share
// what the mixture says, and where node and label are bell shaped it leaves a
// quarter of the difference. It explains nothing where values crowd into a few
// bins of equal width: nodes 19 and 58, whose mean deviation is three times the
// median one, the signal-to-noise ratio, and radial velocity with its own node
// 124, of which the bins resolve 1.22 of 1.51 nats.
func TestHistogramBiasExplainsThePublishedValues(t *testing.T) {
	mixtures, _ := byLabel(t, "gmmmi_MI_gmm.csv", "_mean")
	histograms, used := byLabel(t, "gmmmi_MI_hist40.csv", "")
	rng := rand.New(rand.NewPCG(1, 40))
	var before, after, n float64
	for _, label := range []string{"radvel", "Teff", "Mass", "[M/H]", "airmass", "snr"} {
		for _, node := range publishedNodes {
			truth, published := mixtures[label][node], histograms[label][node]
			rho := mi.EquivalentRho(truth)
			x, y := make([]float64, int(used[label])), make([]float64, int(used[label]))
			for i := range x {
				x[i] = rng.NormFloat64()
				y[i] = rho*x[i] + math.Sqrt(1-rho*rho)*rng.NormFloat64()
			}
			ours, err := HistogramMI(x, y, 40)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%-8s node %3d: mixture %.3f, published histogram %.2f, ours %.3f", label, node, truth, published, ours)
			bell := node == 11 || node == 85 || node == 124
			if bell && label != "snr" && !(label == "radvel" && node == 124) {
				before, after, n = before+math.Abs(published-truth), after+math.Abs(published-ours), n+1
			}
		}
	}
	t.Logf("mean difference of %.0f pairs: %.3f nats from the mixtures, %.3f from ours", n, before/n, after/n)
	if n != 14 || after > before/3 || after/n > 0.04 {
		t.Errorf("mean difference of %.0f pairs: %.3f nats from the mixtures, %.3f from ours", n, before/n, after/n)
	}
}
