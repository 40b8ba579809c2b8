package stellarae

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The published network, layer by layer as its description in the paper
// (Sedaghat et al. 2021, section 3) and the published code have it.
var paperShapes = `
conv1.0.weight [16 1 7]         conv1.0.bias [16]
conv2.0.weight [16 16 5]        conv2.0.bias [16]
conv3.0.weight [16 16 5]        conv3.0.bias [16]
conv4.0.weight [32 16 3]        conv4.0.bias [32]
conv5.0.weight [32 32 3]        conv5.0.bias [32]
conv6.0.weight [32 32 3]        conv6.0.bias [32]
conv7.0.weight [64 32 3]        conv7.0.bias [64]
conv8.0.weight [64 64 3]        conv8.0.bias [64]
conv9.0.weight [64 64 3]        conv9.0.bias [64]
conv10.0.weight [128 64 3]      conv10.0.bias [128]
conv11.0.weight [128 128 3]     conv11.0.bias [128]
conv12.0.weight [128 128 3]     conv12.0.bias [128]
conv13.0.weight [256 128 3]     conv13.0.bias [256]
conv14.0.weight [512 256 3]     conv14.0.bias [512]
conv15.0.weight [512 512 3]     conv15.0.bias [512]
fc11.weight [128 10240]         fc11.bias [128]
fc12.weight [128 10240]         fc12.bias [128]
fc2.weight [10240 128]          fc2.bias [10240]
deconv15.0.weight [512 512 3]   deconv15.0.bias [512]
deconv14.0.weight [512 256 4]   deconv14.0.bias [256]
deconv13.0.weight [256 128 4]   deconv13.0.bias [128]
deconv12.0.weight [128 128 4]   deconv12.0.bias [128]
deconv11.0.weight [128 128 4]   deconv11.0.bias [128]
deconv10.0.weight [128 64 4]    deconv10.0.bias [64]
deconv9.0.weight [64 64 4]      deconv9.0.bias [64]
deconv8.0.weight [64 64 4]      deconv8.0.bias [64]
deconv7.0.weight [64 32 4]      deconv7.0.bias [32]
deconv6.0.weight [32 32 4]      deconv6.0.bias [32]
deconv5.0.weight [32 32 4]      deconv5.0.bias [32]
deconv4.0.weight [32 16 4]      deconv4.0.bias [16]
deconv3.0.weight [16 16 4]      deconv3.0.bias [16]
deconv2.0.weight [16 16 4]      deconv2.0.bias [16]
deconv1.0.weight [16 1 4]       deconv1.0.bias [1]
predict0.weight [1 1 3]         predict0.bias [1]`

func preset(t testing.TB, name string) Config {
	t.Helper()
	c, err := Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPaperParameters(t *testing.T) {
	c := preset(t, "paper")
	var got []string
	for _, s := range c.Parameters() {
		got = append(got, fmt.Sprint(s.Name, " ", s.Dims))
	}
	var want []string
	for _, field := range strings.SplitAfter(paperShapes, "]") {
		if field = strings.TrimSpace(field); field != "" {
			want = append(want, field)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(got) != 68 || c.ParameterCount() != 7_046_997 {
		t.Errorf("%d tensors with %d values, published are 68 with 7,046,997", len(got), c.ParameterCount())
	}
	if c.Samples() != 20<<14 || c.Nodes != 128 || c.Slope != 0.1 {
		t.Errorf("%d samples, %d nodes, slope %v", c.Samples(), c.Nodes, c.Slope)
	}
}

// Every preset can be built, and every one after the first is larger.
func TestPresets(t *testing.T) {
	last := 0
	for _, name := range Presets() {
		c := preset(t, name)
		if err := c.Validate(); err != nil || c.Name != name {
			t.Errorf("%s: %q, %v", name, c.Name, err)
		}
		if c.Samples() <= last {
			t.Errorf("%s takes %d samples, the preset before it %d", name, c.Samples(), last)
		}
		last = c.Samples()
		if c.Preprocessing.String() != "paper" {
			t.Errorf("%s prepares spectra with %s", name, c.Preprocessing)
		}
	}
	if _, err := Preset("huge"); err == nil || !strings.Contains(err.Error(), "mini") {
		t.Errorf("an unknown preset: %v", err)
	}
}

func TestConfigAsJSON(t *testing.T) {
	for _, name := range Presets() {
		want := preset(t, name)
		var got Config
		if err := json.Unmarshal([]byte(want.String()), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestConfigValidate(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"":                                        func(*Config) {},
		"0 nodes":                                 func(c *Config) { c.Nodes = 0 },
		"-1 nodes":                                func(c *Config) { c.Nodes = -1 },
		"1073741824 nodes":                        func(c *Config) { c.Nodes = 1 << 30 },
		"no encoder layers":                       func(c *Config) { c.Encoder = nil },
		"conv1 takes 2 channels":                  func(c *Config) { c.Encoder[0].In = 2 },
		"conv3 takes 5 channels":                  func(c *Config) { c.Encoder[2].In = 5 },
		"conv3 has 0 channels":                    func(c *Config) { c.Encoder[2].Out = 0 },
		"conv3 has -4 channels":                   func(c *Config) { c.Encoder[2].Out = -4 },
		"conv3 has 4611686018427387904 c":         func(c *Config) { c.Encoder[2].Out = 1 << 62 },
		"conv2 has 6 channels and kernel 4":       func(c *Config) { c.Encoder[1].Kernel = 4 },
		"conv2 has 6 channels and kernel -1":      func(c *Config) { c.Encoder[1].Kernel = -1 },
		"conv2 has 6 channels and kernel 1048577": func(c *Config) { c.Encoder[1].Kernel = 1<<20 + 1 },
		"conv2 has stride 0":                      func(c *Config) { c.Encoder[1].Stride = 0 },
		"conv2 has stride 3":                      func(c *Config) { c.Encoder[1].Stride = 3 },
		"conv2 cannot halve 31 samples":           func(c *Config) { c.Grid.Samples = 58 },
		"slope":                                   func(c *Config) { c.Slope = math.NaN() },
		"grid: start 0":                           func(c *Config) { c.Grid.Start = 0 },
		"grid: step":                              func(c *Config) { c.Grid.Step = -1 },
		"grid: 1064 samples padded by -1000":      func(c *Config) { c.Grid.Samples, c.Grid.PadLeft, c.Grid.PadRight = 1064, -1000, 0 },
		"grid: longer":                            func(c *Config) { c.Grid.PadLeft = 1 << 40 },
		"grid: masked range":                      func(c *Config) { c.Grid.Masked = [][2]int{{0, 64}} },
	} {
		c := tiny()
		change(&c)
		err := c.Validate()
		if name == "" && err != nil || name != "" && (err == nil || !strings.Contains(err.Error(), name)) {
			t.Errorf("want an error about %q, got %v", name, err)
		}
		if err == nil {
			continue
		}
		if _, err := New(nil, c, 1); err == nil {
			t.Errorf("%s: was built", name)
		}
	}
}

// A network is read off the shapes of its parameters.
func TestConfigOf(t *testing.T) {
	for _, name := range Presets() {
		want := preset(t, name)
		got, err := ConfigOf(want.Parameters())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		shuffled := slices.Clone(want.Parameters())
		slices.Reverse(shuffled)
		if got, err := ConfigOf(shuffled); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: the order of the parameters matters: %v", name, err)
		}
	}
	// Another number of nodes, or layers of another kind, on a known axis.
	c := preset(t, "mini")
	c.Nodes = 5
	c.Encoder = append(c.Encoder, Conv{In: 128, Out: 64, Kernel: 9, Stride: 1})
	if got, err := ConfigOf(c.Parameters()); err != nil || !cmp.Equal(got, c) {
		t.Errorf("%v\n%s", err, cmp.Diff(c, got))
	}
}

func TestConfigOfOtherShapes(t *testing.T) {
	paper := preset(t, "paper").Parameters()
	with := func(name string, dims ...int) []Shape {
		shapes := slices.Clone(paper)
		i := slices.IndexFunc(shapes, func(s Shape) bool { return s.Name == name })
		if dims == nil {
			return slices.Delete(shapes, i, i+1)
		}
		shapes[i].Dims = dims
		return shapes
	}
	for want, shapes := range map[string][]Shape{
		"no conv1.0.weight":                        with("conv1.0.weight"),
		"not a checkpoint of this network":         with("fc11.weight"),
		"fc12.weight is []":                        with("fc12.weight"),
		"predict0.bias is []":                      with("predict0.bias"),
		"fc2.bias is [10241]":                      with("fc2.bias", 10241),
		"deconv14.0.weight [256 512 5]":            with("deconv14.0.weight", 256, 512, 5),
		"deconv14.0.weight is [256 512 4]":         with("deconv14.0.weight", 256, 512, 4),
		"conv3 takes 8 channels":                   with("conv3.0.weight", 16, 8, 5),
		"conv2.0.weight [16 16]":                   with("conv2.0.weight", 16, 16),
		"163840 samples":                           with("fc11.weight", 128, 5120),
		"not a checkpoint of this network ":        nil,
		"167772160 samples: no preset":             with("conv15.0.weight", 0, 512, 3),
		"takes 0 samples: no preset's axis has as": with("fc11.weight", 128, 0),
	} {
		_, err := ConfigOf(shapes)
		if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("want an error about %q, got %v", want, err)
		}
	}
	tooMany := tiny()
	if _, err := ConfigOf(tooMany.Parameters()); err == nil || !strings.Contains(err.Error(), "64 samples") {
		t.Errorf("an axis no preset has: %v", err)
	}
}
