package build_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/session/build"
)

// TestWarm compiles the standard library, which takes minutes, in a cache of
// its own.
func TestWarm(t *testing.T) {
	if os.Getenv("GOKERNEL_TEST_WARM") == "" {
		t.Skip("set GOKERNEL_TEST_WARM=1: takes minutes")
	}
	cache := t.TempDir()
	begin := time.Now()
	last := 0
	err := build.Warm(t.Context(), build.Options{CacheDir: cache, Log: func(s string) { t.Log(s) }}, func(done, total int, note string) {
		if done < last || done > total {
			t.Errorf("%d of %d packages after %d", done, total, last)
		}
		last = done
		t.Logf("%v: %d of %d: %s", time.Since(begin).Round(time.Millisecond), done, total, note)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", t.TempDir())
	begin = time.Now()
	s := start(t, "", build.Options{CacheDir: cache, Worker: build.WorkerPackage})
	g := s.graph("fmt", "net/http", "github.com/stellarae/lab/kernels/display")
	src := "package main\nimport \"fmt\"\nimport \"net/http\"\nimport \"github.com/stellarae/lab/kernels/display\"\nfunc init() { fmt.Println(http.MethodGet); display.HTML(\"a\") }\n"
	if _, err := s.b.Plugin(t.Context(), "c001", map[string][]byte{"c.go": []byte(src)}, g); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.b.Worker(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	t.Logf("first cell and worker with an empty build cache: %v", time.Since(begin))
	for _, line := range s.logged {
		if strings.Contains(line, "go list") {
			t.Errorf("the go command was asked: %s", line)
		}
	}
}
