package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/xla"
)

// The scripts in testdata/script run the program as people do. Beside
// testscript's commands they use those of scriptCommands.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"stellarae": main})
}

func TestScripts(t *testing.T) {
	backend := "go"
	if d, err := xla.Open(); err == nil && d.Path != "" {
		backend = "xla:" + d.Path
	}
	programs := t.TempDir() // what one script compiles serves the others
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("GOMLX_BACKEND", backend)
			e.Setenv(xla.Cache, programs)
			e.Setenv("TF_CPP_MIN_LOG_LEVEL", "2")
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "plugin": // there is an XLA plugin on this machine
				return backend != "go", nil
			case "root":
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("no condition %s", name)
		},
		Cmds: scriptCommands,
	})
}

var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"exits":  exits,
	"lines":  lines,
	"cut":    cut,
	"same":   same,
	"near":   near,
	"shape":  shape,
	"json":   jsonHas,
	"figure": figureFile,
	"await":  await,
	"newrun": newRun,
	"nothing": func(ts *testscript.TestScript, neg bool, args []string) {
		for _, a := range args {
			matches, err := filepath.Glob(ts.MkAbs(a))
			ts.Check(err)
			if len(matches) > 0 {
				ts.Fatalf("%v is there", matches)
			}
		}
	},
}

// exits CODE PROGRAM ARG... runs a program and checks its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// lines FILE N checks the number of lines; FILE may be stdout or stderr.
func lines(ts *testscript.TestScript, neg bool, args []string) {
	if n := strings.Count(ts.ReadFile(args[0]), "\n"); strconv.Itoa(n) != args[1] {
		ts.Fatalf("%s has %d lines, want %s", args[0], n, args[1])
	}
}

// cut FROM BYTES TO copies the beginning of a file.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), b[:n], 0o644))
}

// same FILE FILE compares bytes.
func same(ts *testscript.TestScript, neg bool, args []string) {
	a, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	b, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	if bytes.Equal(a, b) == neg {
		ts.Fatalf("%s and %s, %d and %d bytes: the same is %v", args[0], args[1], len(a), len(b), !neg)
	}
}

func array(ts *testscript.TestScript, path string) ([]int, []float32) {
	shape, data, err := npy.ReadFloat32s(ts.MkAbs(path))
	ts.Check(err)
	return shape, data
}

// near ARRAY ARRAY TOLERANCE compares .npy files.
func near(ts *testscript.TestScript, neg bool, args []string) {
	_, a := array(ts, args[0])
	_, b := array(ts, args[1])
	tolerance, err := strconv.ParseFloat(args[2], 64)
	ts.Check(err)
	if len(a) != len(b) {
		ts.Fatalf("%d and %d values", len(a), len(b))
	}
	off := 0.0
	for i := range a {
		if d := math.Abs(float64(a[i]) - float64(b[i])); !(d <= off) {
			off = d
		}
	}
	if (off <= tolerance) == neg {
		ts.Fatalf("off by %.3g", off)
	}
}

// shape ARRAY N... checks the shape of a .npy file, whose values are finite.
func shape(ts *testscript.TestScript, neg bool, args []string) {
	dims, data := array(ts, args[0])
	if got := strings.Trim(fmt.Sprint(dims), "[]"); got != strings.Join(args[1:], " ") {
		ts.Fatalf("shape %s", got)
	}
	for i, v := range data {
		if v-v != 0 {
			ts.Fatalf("value %d is %v", i, v)
		}
	}
}

// json FILE KEY=VALUE... checks that a file, or stdout, is one JSON value, and
// what it holds: VALUE as JSON prints it, * for anything, KEY with slashes between levels.
func jsonHas(ts *testscript.TestScript, neg bool, args []string) {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	var all any
	ts.Check(d.Decode(&all))
	if err := d.Decode(new(any)); err != io.EOF {
		ts.Fatalf("%s: something follows the JSON value: %v", args[0], err)
	}
	for _, a := range args[1:] {
		path, want, _ := strings.Cut(a, "=")
		v := all
		for _, key := range strings.Split(path, "/") {
			switch x := v.(type) {
			case map[string]any:
				var ok bool
				if v, ok = x[key]; !ok {
					ts.Fatalf("%s: no %s in %v", path, key, x)
				}
			case []any:
				i, err := strconv.Atoi(key)
				if err != nil || i >= len(x) {
					ts.Fatalf("%s: no %s in %d values", path, key, len(x))
				}
				v = x[i]
			default:
				ts.Fatalf("%s: no %s in %v", path, key, v)
			}
		}
		got, err := json.Marshal(v)
		ts.Check(err)
		if want != "*" && string(got) != want {
			ts.Fatalf("%s is %s, want %s", path, got, want)
		}
	}
}

// figure FILE checks that a PNG or SVG file is one that shows something.
func figureFile(ts *testscript.TestScript, neg bool, args []string) {
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	if strings.HasSuffix(args[0], ".svg") {
		d := xml.NewDecoder(bytes.NewReader(b))
		elements := 0
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			ts.Check(err)
			if _, ok := token.(xml.StartElement); ok {
				elements++
			}
		}
		if elements < 10 {
			ts.Fatalf("%d elements", elements)
		}
		return
	}
	img, err := png.Decode(bytes.NewReader(b))
	ts.Check(err)
	colors := map[any]bool{}
	bounds := img.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			colors[img.At(x, y)] = true
		}
	}
	if bounds.Dx() < 300 || bounds.Dy() < 200 || len(colors) < 10 {
		ts.Fatalf("%v with %d colours", bounds, len(colors))
	}
}

// await FILE N waits until a file has N lines.
func await(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	for range 12000 {
		if b, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && bytes.Count(b, []byte("\n")) >= n {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	ts.Fatalf("%s did not get %d lines", args[0], n)
}

// newrun DIR PRESET SEED keeps a network at its random start as a run.
func newRun(ts *testscript.TestScript, neg bool, args []string) {
	config, err := stellarae.Preset(args[1])
	ts.Check(err)
	seed, err := strconv.ParseUint(args[2], 10, 64)
	ts.Check(err)
	m, err := stellarae.New(nil, config, seed)
	ts.Check(err)
	ts.Check(os.MkdirAll(ts.MkAbs(args[0]), 0o755))
	ts.Check(m.SaveRun(ts.MkAbs(args[0])))
}
