package crosscheck

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stellarae/lab/stellarae/pytorch"
)

// python runs a script in a folder.
func python(t *testing.T, dir, script string, arguments ...string) {
	t.Helper()
	interpreter := os.Getenv("STELLARAE_PYTHON")
	if interpreter == "" {
		t.Skip("STELLARAE_PYTHON is not set: skipping the check against Python")
	}
	cmd := exec.Command(interpreter, append([]string{script}, arguments...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", script, strings.Join(arguments, " "), err, output)
	}
	t.Logf("%s", output)
}

func load(t *testing.T, path string) *pytorch.Checkpoint {
	t.Helper()
	c, err := pytorch.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What torch saves, Go loads and saves, and torch loads: equal bit for bit.
func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	python(t, ".", "roundtrip.py", "make", dir)
	paths, err := filepath.Glob(filepath.Join(dir, "*.pth.tar"))
	if err != nil || len(paths) == 0 {
		t.Fatal("nothing made:", err)
	}
	for _, path := range paths {
		to := strings.TrimSuffix(path, ".pth.tar") + ".go.pth.tar"
		if err := pytorch.Save(to, load(t, path)); err != nil {
			t.Fatal(err)
		}
	}
	python(t, ".", "roundtrip.py", "check", dir)
}
