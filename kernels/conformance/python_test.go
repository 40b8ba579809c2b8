package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stellarae/lab/kernels/specs"
)

// python is that of the environment with Jupyter's packages: GOKERNEL_VENV, or
// the module's own.
func python(t *testing.T) string {
	venv := os.Getenv("GOKERNEL_VENV")
	if venv == "" {
		venv = "../../.venv"
	}
	path, err := filepath.Abs(filepath.Join(venv, "bin", "python"))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Jupyter's own conformance tests.
func TestJupyterKernelTest(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: takes half a minute")
	}
	py := python(t)
	if err := exec.Command(py, "-c", "import jupyter_kernel_test").Run(); err != nil {
		t.Skipf("%s has no jupyter_kernel_test, which make kernel installs: %v", py, err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(program), "gopls")); err != nil {
		if _, err := exec.LookPath("gopls"); err != nil {
			t.Skip("no gopls, which make kernel builds; completion is part of the tests")
		}
	}
	data := t.TempDir()
	if _, err := specs.Install(specs.Go(program), filepath.Join(data, "kernels")); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(py, "-m", "unittest", "-v", "test_kernel")
	c.Dir = "../lab"
	c.Env = append(append(os.Environ(), private...), "JUPYTER_PATH="+data, "PYTHONDONTWRITEBYTECODE=1", "GOKERNEL_PROGRAMS=")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
