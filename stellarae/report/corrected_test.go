package report

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/info"
)

// correctedSurvey is survey, counted both ways.
func correctedSurvey(t *testing.T) *Report {
	t.Helper()
	r := survey(t)
	counted, err := countedBothWays()
	if err != nil {
		t.Fatal(err)
	}
	r.Labels = r.Labels[:4]
	r.Count.Labels = r.Count.Labels[:4]
	r.Corrected = counted
	return r
}

var countedBothWays = sync.OnceValues(func() (*info.Counted, error) {
	r, err := countedSurvey()
	if err != nil {
		return nil, err
	}
	rows, _ := r.Codes.Dims()
	rng := rand.New(rand.NewPCG(1, 1))
	noise := mat.NewDense(rows, 4, nil)
	noise.Apply(func(_, _ int, _ float64) float64 { return rng.NormFloat64() }, noise)
	return info.Count(r.Codes, r.Labels[:4], info.CountOptions{
		Bootstrap: 40, ConditionalRows: 300, ConditionalPermutations: 49, Associate: info.AssociateOptions{Permutations: 99},
		Runs: []info.Encoder{{Name: "seed2.npy", Codes: r.Codes}}, Encoders: []info.Encoder{{Name: "untrained", Codes: noise}},
	})
})

func TestCorrectedPage(t *testing.T) {
	r := correctedSurvey(t)
	page := render(t, r)
	text, _ := parse(t, page)
	for _, want := range []string{
		"6 (5 to 6) of 128 nodes are informative",
		"6 nodes are informative: 11, 19, 58, 85, 99 and 124.",
		"4 of them know none of the labels: 11, 19, 58 and 99 (3 to 4).",
		"As published",
		"dealt anew to the stars: no node claims it, as it should be",
		"not informative and without a label, as it should be",
		"correlation of 0.5: found, as it should be",
		"Bits the best node shares with",
		"untrained",
		"and 1 other training run.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestCorrectedJSON(t *testing.T) {
	r := correctedSurvey(t)
	files, err := r.files()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		N           int    `json:"n_informative"`
		Interval    [2]int `json:"n_informative_interval"`
		Unexplained int    `json:"n_unexplained"`
		Nodes       []struct {
			Node        int
			MAD         float64
			Informative bool
			Carries     []string
			Through     []string
			MIBits      map[string]*float64 `json:"mi_bits"`
			Q           map[string]*float64
		}
		Published struct {
			N int `json:"n_informative"`
		} `json:"as_published"`
	}
	names := map[string]int{}
	for _, f := range files {
		names[f.name] = strings.Count(string(f.data), "\n")
		if f.name == JSONName {
			if err := json.Unmarshal(f.data, &got); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got.N != 6 || got.Interval[1] < 6 || got.Interval[0] > 6 || got.Unexplained != 4 || len(got.Nodes) != 128 || got.Published.N != 6 {
		t.Errorf("%+v", got)
	}
	for node, label := range map[int]string{124: "radvel", 85: "Teff"} {
		n := got.Nodes[node]
		if n.Node != node || !n.Informative || len(n.Carries) != 1 || n.Carries[0] != label || *n.MIBits[label] < 0.5 || *n.Q[label] > 0.05 {
			t.Errorf("node %d: %+v", node, n)
		}
	}
	if names["tables/nodes.csv"] != 129 || names["tables/map.csv"] != 128*4+1 || names["tables/thresholds.csv"] != 42 {
		t.Errorf("tables %v", names)
	}
}

func TestCorrectedMustFit(t *testing.T) {
	r := correctedSurvey(t)
	r.Count.Labels = r.Count.Labels[:3]
	r.Labels = r.Labels[:3]
	if _, err := r.files(); err == nil {
		t.Error("a corrected count of other labels")
	}
}
