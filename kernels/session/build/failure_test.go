package build_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/session/build"
)

var hello = map[string][]byte{"cell.go": []byte("package main\nimport \"fmt\"\nfunc init() { fmt.Println(1) }\nfunc main() {}\n")}

func TestToolsThatAreMissing(t *testing.T) {
	for setting, want := range map[string]string{
		"CGO_ENABLED=0":   "CGO_ENABLED=0",
		"CC=/no/such/gcc": "install gcc",
		"GOARCH=s390x":    "GOARCH=s390x",
		"GOOS=plan9":      "GOOS=plan9",
		"GOFLAGS=-race":   "GOFLAGS has -race",
	} {
		s := start(t, notebook, build.Options{CacheDir: t.TempDir(), Environ: func() []string { return append(os.Environ(), setting) }})
		g, err := s.b.Packages(t.Context(), []string{"fmt"})
		if err == nil {
			_, err = s.b.Plugin(t.Context(), "c001", hello, g)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", setting, err)
		}
	}
}

// TestProgramWithoutC builds a program where plugins cannot be built.
func TestProgramWithoutC(t *testing.T) {
	cgo := "1"
	s := start(t, notebook, build.Options{CacheDir: t.TempDir(), Environ: func() []string { return append(os.Environ(), "CGO_ENABLED="+cgo) }})
	g := s.graph("fmt")
	cgo = "0"
	exe, err := s.b.Program(t.Context(), map[string][]byte{"a.go": []byte("package main\nimport \"fmt\"\nfunc main() { fmt.Println(3) }\n")}, g, build.ProgramOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(exe).Output(); err != nil || string(out) != "3\n" {
		t.Errorf("%q %v", out, err)
	}
}

func TestDamagedArchive(t *testing.T) {
	s := start(t, notebook, build.Options{CacheDir: t.TempDir()})
	g := s.graph("fmt")
	path := g.Package("strconv").Export
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, damage := range [][]byte{bytes.Repeat([]byte{7}, len(data)), data[:len(data)/2], nil} {
		if err := os.Remove(path); err != nil { // the Go build cache has the same file
			t.Fatal(err)
		}
		if damage != nil {
			if err := os.WriteFile(path, damage, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.b.Plugin(t.Context(), "c001", hello, g); err == nil || !strings.Contains(err.Error(), "strconv") {
			t.Errorf("%d bytes: %v", len(damage), err)
		}
		g = s.graph("fmt")
		if _, err := s.b.Plugin(t.Context(), "c001", hello, g); err != nil {
			t.Fatalf("after %d bytes: %v", len(damage), err)
		}
	}
}

func TestPluginNames(t *testing.T) {
	s := start(t, notebook, build.Options{})
	g := s.graph("fmt")
	for _, name := range []string{"", "main", "c01", "c0001", "0abc", "../a", "c.00", "cé1"} {
		if _, err := s.b.Plugin(t.Context(), name, hello, g); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}

// TestCancelKillsAll looks for processes that a cancelled link leaves behind.
func TestCancelKillsAll(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no /proc")
	}
	s := start(t, notebook, build.Options{CacheDir: t.TempDir()})
	g := s.graph("fmt", "net/http")
	src := map[string][]byte{"a.go": []byte("package main\nimport \"net/http\"\nfunc init() { println(http.Get) }\n")}
	if _, err := s.b.Plugin(t.Context(), "c000", src, g); err != nil {
		t.Fatal(err)
	}
	for _, wait := range []time.Duration{50, 100, 150, 200, 300, 400} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(wait*time.Millisecond, cancel)
		_, err := s.b.Plugin(ctx, "c001", src, g)
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("after %v: %v", wait, err)
		}
		cancel()
	}
	left := ""
	for range 50 {
		if left = processesIn(s.m.Dir); left == "" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("still running: %s", left)
}

// processesIn lists the processes whose working folder is below dir.
func processesIn(dir string) string {
	procs, err := os.ReadDir("/proc")
	if err != nil {
		return err.Error()
	}
	var found []string
	for _, p := range procs {
		if cwd, err := os.Readlink("/proc/" + p.Name() + "/cwd"); err == nil && strings.HasPrefix(cwd, dir) {
			cmdline, _ := os.ReadFile("/proc/" + p.Name() + "/cmdline")
			found = append(found, string(cmdline))
		}
	}
	return strings.Join(found, "; ")
}
