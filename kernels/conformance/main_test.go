package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	// What the kernel is made of, so that go test runs anew when it changes.
	_ "github.com/stellarae/lab/kernels/server"
	_ "github.com/stellarae/lab/kernels/session"
)

// program is the kernel under test: GOKERNEL_PROGRAM, or built for the tests,
// with the module's gopls beside it where there is one.
var program string

// private keeps the tests out of the user's history and kernelspecs.
var private []string

func TestMain(m *testing.M) {
	code, err := func() (int, error) {
		dir, err := os.MkdirTemp("", "conformance")
		if err != nil {
			return 1, err
		}
		defer os.RemoveAll(dir)
		data := filepath.Join(dir, "data")
		private = []string{"XDG_DATA_HOME=" + data, "JUPYTER_DATA_DIR=" + data}
		if program = os.Getenv("GOKERNEL_PROGRAM"); program == "" {
			program = filepath.Join(dir, "gokernel")
			build := exec.Command("go", "build", "-o", program, "../cmd/gokernel")
			build.Stderr = os.Stderr
			if err := build.Run(); err != nil {
				return 1, err
			}
			if gopls, err := filepath.Abs("../../bin/gopls"); err == nil {
				os.Symlink(gopls, filepath.Join(dir, "gopls")) // the kernel does without one that is not there
			}
		}
		return m.Run(), nil
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
	}
	os.Exit(code)
}

// patience is for what takes seconds on an idle machine.
const patience = 3 * time.Minute

// start runs a kernel until the test ends, and checks that it leaves nothing.
func start(t testing.TB, args ...string) *Kernel {
	t.Helper()
	return startIn(t, Options{Args: args})
}

func startIn(t testing.TB, o Options) *Kernel {
	t.Helper()
	o.Program, o.Env = program, append(o.Env, private...)
	k, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// What it started, such as gopls's go list, ends a little after it, and
		// may still write to the test's folder.
		below := descendants(k.PID())
		if err := k.Kill(); err != nil {
			t.Error(err)
		}
		goneWithin(t, patience, below)
		if t.Failed() {
			t.Logf("the kernel's log:\n%s", k.Log())
		}
	})
	return k
}

// run runs a cell.
func run(t testing.TB, k *Kernel, r Request) Outcome {
	t.Helper()
	o, err := k.Execute(r, patience)
	if err != nil {
		t.Fatalf("%s\n%v; so far it said\n%s", r.Code, err, o.Text(nil))
	}
	return o
}

// want runs a cell and compares what it says.
func want(t testing.TB, k *Kernel, code, text string) {
	t.Helper()
	if got := run(t, k, Request{Code: code}).Text(nil); got != text {
		t.Errorf("%s\nsays\n%snot\n%s", code, got, text)
	}
}
