package pytorch

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The fixtures and expected.json were written by torch 2.15.0 through
// testdata/make_fixtures.py.

// bits makes NaN comparable, each NaN to every other, and tells 0 from -0.
func bits(data []float32) []uint32 {
	list := make([]uint32, len(data))
	for i, x := range data {
		list[i] = math.Float32bits(x)
		if x != x {
			list[i] = 0x7fc00000
		}
	}
	return list
}

func TestLoadEqualsTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	type tensor struct {
		Name  string   `json:"name"`
		Shape []int    `json:"shape"`
		Bits  []uint32 `json:"bits"`
	}
	var expected map[string][]tensor
	if err := json.Unmarshal(text, &expected); err != nil {
		t.Fatal(err)
	}
	for name, want := range expected {
		for _, format := range []string{"", "_legacy"} {
			c, err := Load("testdata/" + name + format + ".pth.tar")
			if err != nil {
				t.Error(err)
				continue
			}
			var got []tensor
			for _, tt := range c.Tensors {
				got = append(got, tensor{tt.Name, tt.Shape, bits(tt.Data)})
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s%s: torch, us:\n%s", name, format, diff)
			}
		}
	}
}

func TestMeta(t *testing.T) {
	want := map[string]any{
		"epoch": 182, "iteration": 1500000, "seconds": 1 << 40, "minus": -3, "arch": "ae1d λ", "done": true,
		"best": 0.1, "best_numpy": 0.1, "best_single": float64(float32(0.1)), "count_numpy": -7, "flag_numpy": true,
	}
	for _, name := range []string{"types", "types_legacy"} {
		c, err := Load("testdata/" + name + ".pth.tar")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, c.Meta); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestBareStateDictWithoutParallelPrefix(t *testing.T) {
	c, err := Load("testdata/parallel.pth.tar")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Tensors) != 2 || len(c.Meta) != 0 {
		t.Errorf("%d tensors, meta %v", len(c.Tensors), c.Meta)
	}
	if w, ok := c.Tensor("weight"); !ok || !cmp.Equal(w.Shape, []int{2, 1, 3}) {
		t.Errorf("weight: %v, %v", w.Shape, ok)
	}
	if _, ok := c.Tensor("module.weight"); ok {
		t.Error("module.weight kept its prefix")
	}
}

func TestPrefixStaysWhereNotAllHaveIt(t *testing.T) {
	tensors := withoutPrefix([]Tensor{{Name: "module.a"}, {Name: "b"}}, "module.")
	if tensors[0].Name != "module.a" || tensors[1].Name != "b" {
		t.Error(tensors)
	}
}

func TestRefused(t *testing.T) {
	for name, want := range map[string]string{
		"system":        `"posix.system"`,
		"system_legacy": `"posix.system"`,
		"eval":          `"__builtin__.eval"`,
		"module":        `"torch.nn.modules.linear.Linear"`,
		"complex":       `"torch.ComplexFloatStorage"`,
		"sparse":        `"torch._utils._rebuild_sparse_tensor"`,
		"array":         `"numpy._core.multiarray._reconstruct"`,
		"protocol":      "protocol 4",
		"pickle":        "neither the zip nor the legacy format",
	} {
		path := "testdata/refused_" + name + ".pth.tar"
		c, err := Load(path)
		if c != nil || err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), path) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	if _, err := os.Stat("executed"); err == nil {
		t.Error("a refused pickle was executed")
	}
}

// Every prefix of a file and every byte of it changed must give a checkpoint
// or an error, in the zip format never other numbers: its checksums tell.
func TestDamage(t *testing.T) {
	for _, name := range []string{"views", "views_legacy"} {
		whole, err := os.ReadFile("testdata/" + name + ".pth.tar")
		if err != nil {
			t.Fatal(err)
		}
		want, err := loadBytes(whole)
		if err != nil {
			t.Fatal(err)
		}
		for n := range whole {
			if _, err := loadBytes(whole[:n]); err == nil {
				t.Errorf("%s: the first %d of %d bytes loaded", name, n, len(whole))
			}
			damaged := append([]byte(nil), whole...)
			damaged[n] ^= 0xff
			got, err := loadBytes(damaged)
			if err == nil && name == "views" && !cmp.Equal(want, got) {
				t.Errorf("%s: byte %d damaged, and loaded otherwise", name, n)
			}
		}
	}
}

func TestLoadMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.pth.tar")
	if _, err := Load(path); !os.IsNotExist(err) {
		t.Error(err)
	}
}
