package xla

import (
	"crypto/sha256"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/gomlx/core/graph"
)

// childEnv makes the test binary open a backend, print what it got and end.
const childEnv = "STELLARAE_TEST_XLA_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		d, err := Open()
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Printf("%s\n%s\n", d.Platform, d.Notice)
		if os.Getenv(childEnv) == "compute" {
			computePrograms(d)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// computePrograms is what a child computes: two programs and, as the CPU's
// plugin shows several devices, a third one over two of them. It prints the bits of their values, and where
// the programs came from.
func computePrograms(d *Device) {
	x := make([][]float32, 64)
	for i := range x {
		x[i] = make([]float32, 64)
		for j := range x[i] {
			x[i][j] = float32(math.Sin(float64(i*64 + j)))
		}
	}
	square := func(x *graph.Node) *graph.Node { return graph.DotGeneral(x, []int{1}, nil, x, []int{0}, nil) }
	slope := func(x *graph.Node) *graph.Node {
		loss := graph.ReduceAllSum(graph.Log1P(graph.Exp(square(x))))
		return graph.ReduceSum(graph.Gradient(loss, x)[0], 1)
	}
	var values []float32
	for _, f := range []func(*graph.Node) *graph.Node{
		func(x *graph.Node) *graph.Node { return graph.ReduceSum(graph.Tanh(square(x)), 0) }, slope,
	} {
		out, err := graph.CallOnce(d.Backend, f, x)
		if err != nil {
			panic(err)
		}
		values = append(values, out.Value().([]float32)...)
	}
	mesh, err := distributed.NewDeviceMesh([]int{2}, []string{"rows"})
	if err != nil {
		panic(err)
	}
	rows, err := distributed.BuildSpec(mesh).S("rows").R().Done()
	if err != nil {
		panic(err)
	}
	parts, err := graph.MustNewExec(d.Backend, slope).AutoSharding(mesh).WithInputShardingSpecs(rows).Call(x[:32], x[32:])
	if err != nil {
		panic(err)
	}
	values = append(values, parts[0].Value().([]float32)...)
	sum := sha256.New()
	for _, v := range values {
		fmt.Fprintf(sum, "%08x", math.Float32bits(v))
	}
	fromXLA, fromCache := Programs()
	fmt.Printf("%d values %x\n%d %d\n", len(values), sum.Sum(nil), fromXLA, fromCache)
}

// multiplies fails unless the backend computes.
func multiplies(t *testing.T, d *Device) {
	t.Helper()
	out, err := graph.CallOnce(d.Backend, func(a, b *graph.Node) *graph.Node { return graph.Mul(a, b) }, []float32{3, 4}, []float32{5, 6})
	if err != nil || fmt.Sprint(out.Value()) != "[15 24]" {
		t.Errorf("%s: %v, %v", d.Description, out, err)
	}
}

func open1(t *testing.T) *Device {
	t.Helper()
	d, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// plugin is a CPU plugin of this machine.
func plugin(t *testing.T) string {
	t.Helper()
	for _, c := range Find() {
		if c.Platform == "cpu" {
			return c.Path
		}
	}
	t.Skip("no XLA plugin for the CPU on this machine: skipping the check with one")
	return ""
}

// elsewhere skips where Find finds plugins that a test cannot take away.
func elsewhere(t *testing.T, root string) {
	t.Helper()
	for _, c := range Find() {
		if c.Skip == "" && !strings.HasPrefix(c.Path, root) {
			t.Skipf("%s is installed: skipping the check without a plugin", c.Path)
		}
	}
}

func TestOpenAsConfigured(t *testing.T) {
	bare(t)
	t.Setenv("GOMLX_BACKEND", "go")
	d := open1(t)
	if d.Platform != "as configured" || d.Source != "GOMLX_BACKEND" || d.Path != "" || d.Notice != "" || !strings.Contains(d.Description, "GOMLX_BACKEND=go") {
		t.Errorf("%+v", d)
	}
	multiplies(t, d)
}

// What the user asked for and cannot have is an error of one line, whatever
// else there is.
func TestOpenWrongConfiguration(t *testing.T) {
	for _, value := range []string{"abacus", "xla:/no/such/plugin.so", "go:no_such_option"} {
		t.Run(value, func(t *testing.T) {
			bare(t)
			t.Setenv("GOMLX_BACKEND", value)
			d, err := Open()
			if err == nil {
				t.Fatalf("opened %s", d.Description)
			}
			if s := err.Error(); !strings.HasPrefix(s, "GOMLX_BACKEND="+value+": ") || strings.Contains(s, "\n") {
				t.Errorf("%q", s)
			}
		})
	}
}

func TestOpenPlugin(t *testing.T) {
	real := plugin(t)
	root := bare(t)
	path := filepath.Join(root, "plugins", "pjrt_c_api_cpu_plugin.so")
	touch(t, root, "plugins/")
	if err := os.Symlink(real, path); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", filepath.Dir(path))
	d := open1(t)
	if d.Platform != "cpu" || d.Path != path || d.Notice != "" || d.Description != "XLA on CPU (PJRT_PLUGIN_LIBRARY_PATH)" {
		t.Errorf("%+v", d)
	}
	multiplies(t, d)
}

// A plugin that does not load gives way to the next one, and is named.
func TestOpenAfterBrokenPlugin(t *testing.T) {
	real := plugin(t)
	root := bare(t)
	broken := touch(t, root, "broken/pjrt_c_api_cpu_plugin.so")
	if err := os.WriteFile(broken, []byte("not a shared object"), 0o644); err != nil {
		t.Fatal(err)
	}
	touch(t, root, "good/")
	path := filepath.Join(root, "good", "pjrt_c_api_cpu_plugin.so")
	if err := os.Symlink(real, path); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", filepath.Dir(broken)+":"+filepath.Dir(path))
	d := open1(t)
	if d.Path != path || !strings.HasPrefix(d.Notice, broken+": ") || strings.Contains(d.Notice, "\n") {
		t.Errorf("%s, notice %q", d.Path, d.Notice)
	}
	multiplies(t, d)
}

// A CUDA plugin where there is no device is no failure worth a notice.
func TestOpenSkipsCUDAWithoutDevice(t *testing.T) {
	if NVIDIADevice() != "" {
		t.Skip("an NVIDIA device is on this machine: skipping the check without one")
	}
	real := plugin(t)
	root := bare(t)
	touch(t, root, "plugins/pjrt_c_api_cuda_plugin.so")
	path := filepath.Join(root, "plugins", "pjrt_c_api_cpu_plugin.so")
	if err := os.Symlink(real, path); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", filepath.Dir(path))
	if d := open1(t); d.Path != path || d.Notice != "" {
		t.Errorf("%s, notice %q", d.Path, d.Notice)
	}
}

func TestOpenWithoutPlugin(t *testing.T) {
	root := bare(t)
	elsewhere(t, root)
	d := open1(t)
	if d.Platform != "go" || !strings.Contains(d.Notice, "pip install xla-cpu-pjrt") {
		t.Errorf("%s, notice %q", d.Platform, d.Notice)
	}
	multiplies(t, d)

	broken := touch(t, root, "venv"+cpu)
	t.Setenv("VIRTUAL_ENV", filepath.Join(root, "venv"))
	d = open1(t)
	if d.Platform != "go" || !strings.Contains(d.Notice, broken) || strings.Contains(d.Notice, "\n") {
		t.Errorf("%s, notice %q", d.Platform, d.Notice)
	}
}

// Nothing goes over the network but where it is allowed to. The allowed
// attempt, which gets no answer, shows that the listener would have heard.
func TestOpenDownloadsNothing(t *testing.T) {
	root := bare(t)
	elsewhere(t, root)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var heard atomic.Int32
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			heard.Add(1)
			c.Close()
		}
	}()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := func(allowed string) (int32, string) {
		heard.Store(0)
		cmd := exec.Command(program)
		proxy := "http://" + listener.Addr().String()
		cmd.Env = append(os.Environ(), childEnv+"=1", AutoInstall+"="+allowed, "GOMLX_NO_AUTO_INSTALL=",
			"HTTPS_PROXY="+proxy, "https_proxy="+proxy, "HTTP_PROXY="+proxy, "http_proxy="+proxy, "NO_PROXY=", "no_proxy=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return heard.Load(), string(out)
	}
	for _, no := range []string{"", "0"} {
		if n, out := child(no); n != 0 || !strings.HasPrefix(out, "go\n") {
			t.Errorf("%s=%s: %d connections\n%s", AutoInstall, no, n, out)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(root, "home")); err != nil || len(entries) > 0 {
		t.Errorf("left in the home folder: %v, %v", entries, err)
	}
	if n, out := child("1"); n == 0 || !strings.Contains(out, "go-xla's download") {
		t.Errorf("%s=1: %d connections\n%s", AutoInstall, n, out)
	}
}
