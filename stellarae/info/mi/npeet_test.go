package mi

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stellarae/lab/stellarae/info/internal/fixture"
)

// theirs is what testdata/make_npeet.py wrote of one kind of data.
type theirs struct {
	Kind          string
	K             int
	NPEET, Ennemi map[string]fixture.Float
}

// NPEET and ennemi say the same.
func TestEstimatorsAreNPEETsAndEnnemis(t *testing.T) {
	rows, err := fixture.Read[[]theirs]("testdata/npeet.json")
	if err != nil {
		t.Fatal(err)
	}
	worst, compared := 0.0, 0
	for _, r := range rows {
		x, y, z1, z2 := columns(r.Kind)
		for name, of := range map[string]func() (float64, error){
			"ksg1": func() (float64, error) { return KSG1(x, y, r.K) },
			"vectors": func() (float64, error) {
				return KSG1Vectors([][]float64{x, z1}, [][]float64{y}, r.K)
			},
			"conditional":  func() (float64, error) { return Conditional(x, y, [][]float64{z1}, r.K) },
			"conditional2": func() (float64, error) { return Conditional(x, y, [][]float64{z1, z2}, r.K) },
			"differential": func() (float64, error) { return DifferentialEntropy([][]float64{x, y}, r.K) },
		} {
			got, err := of()
			if err != nil {
				t.Fatal(err)
			}
			for peer, values := range map[string]map[string]fixture.Float{"NPEET": r.NPEET, "ennemi": r.Ennemi} {
				want, has := values[name]
				if !has {
					continue
				}
				off := math.Abs(got - float64(want))
				worst, compared = max(worst, off), compared+1
				if !(off < 1e-6) {
					t.Errorf("%s, k=%d, %s: %v, %s says %v", r.Kind, r.K, name, got, peer, want)
				}
			}
		}
	}
	t.Logf("largest difference of %d values: %.1e nats", compared, worst)
	if compared != 5*3*5+6*2*4 {
		t.Errorf("%d values compared", compared)
	}
}

// make crosscheck makes their numbers again: it sets STELLARAE_PYTHON.
func TestNPEETsNumbersAreMadeAgain(t *testing.T) {
	python := os.Getenv("STELLARAE_PYTHON")
	if python == "" {
		t.Skip("STELLARAE_PYTHON is not set: skipping the check against Python")
	}
	again := filepath.Join(t.TempDir(), "npeet.json")
	out, err := exec.Command(python, "testdata/make_npeet.py", again).CombinedOutput()
	if bytes.Contains(out, []byte("ModuleNotFoundError")) {
		t.Skipf("skipping: %s", bytes.TrimSpace(out))
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	stored, err1 := fixture.Read[[]theirs]("testdata/npeet.json")
	made, err2 := fixture.Read[[]theirs](again)
	if err1 != nil || err2 != nil || len(made) != len(stored) {
		t.Fatalf("%d rows of %d (%v, %v)", len(made), len(stored), err1, err2)
	}
	for i, r := range made {
		for _, pair := range [][2]map[string]fixture.Float{{r.NPEET, stored[i].NPEET}, {r.Ennemi, stored[i].Ennemi}} {
			for name, v := range pair[0] {
				if !(math.Abs(float64(v-pair[1][name])) <= 1e-9) {
					t.Errorf("%s, k=%d, %s: %v, stored %v", r.Kind, r.K, name, v, pair[1][name])
				}
			}
		}
	}
}
