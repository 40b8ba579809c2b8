package complete

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// kernelEnv makes the test binary a kernel that only completes, to be killed.
const kernelEnv = "GOKERNEL_TEST_COMPLETE_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(kernelEnv); dir != "" {
		binary, err := goplsBinary()
		if err != nil {
			panic(err)
		}
		e, err := Start(context.Background(), Options{Gopls: binary, Dir: dir})
		if err != nil {
			panic(err)
		}
		if err := e.Wait(context.Background()); err != nil {
			panic(err)
		}
		fmt.Println(e.pid())
		select {}
	}
	os.Exit(m.Run())
}

func (e *Engine) pid() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.live == nil {
		return 0
	}
	return e.live.cmd.Process.Pid
}

// gone waits until no process of a group is left.
func gone(t *testing.T, group int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if len(alive(t, group)) == 0 {
			return
		}
	}
	t.Fatalf("still there: %v", alive(t, group))
}

// alive lists the processes of a group, zombies aside, as /proc shows them.
func alive(t *testing.T, group int) []string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended
		}
		// proc(5): after the name in parentheses come state, parent and group.
		f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if f[0] != "Z" && f[2] == strconv.Itoa(group) {
			found = append(found, string(text))
		}
	}
	return found
}

func TestClose(t *testing.T) {
	t.Parallel()
	e := warm(t)
	group := e.pid()
	if len(alive(t, group)) == 0 {
		t.Fatal("gopls has no process")
	}
	e.Close()
	gone(t, group)
	e.Close()
	if c := complete(t, e, "fmt.Printl‸"); !slices.Equal(texts(c), []string{"Println"}) {
		t.Errorf("after Close: %v", texts(c))
	}
	if err := e.Wait(t.Context()); err == nil {
		t.Error("a closed engine became warm")
	}
}

func TestEndOfContext(t *testing.T) {
	t.Parallel()
	binary, err := goplsBinary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	e, err := Start(ctx, Options{Gopls: binary, Dir: module(t)})
	if err != nil {
		t.Fatal(err)
	}
	await(t, e)
	group := e.pid()
	cancel()
	gone(t, group)
	e.Close()
}

// TestKilledKernel kills the process that runs gopls, as nothing can be caught.
func TestKilledKernel(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), kernelEnv+"="+module(t))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	group, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || len(alive(t, group)) == 0 {
		t.Fatalf("process group %q, %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	gone(t, group)
}

// TestCrash kills gopls: requests are answered, and it comes back with the session.
func TestCrash(t *testing.T) {
	t.Parallel()
	e := warm(t)
	e.SetSession(lab)
	first := e.pid()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if c := complete(t, e, "star.Nam‸"); !slices.Equal(texts(c), []string{"Name"}) {
		t.Errorf("after the crash: %v", texts(c))
	}
	for end := time.Now().Add(time.Minute); e.pid() == 0 || e.pid() == first; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("gopls does not come back")
		}
	}
	if c := complete(t, e, "stars[\"a\"].Vis‸"); !slices.Equal(texts(c), []string{"Visits"}) {
		t.Errorf("of the next gopls: %v", texts(c))
	}
	gone(t, first)
}

func TestRestart(t *testing.T) {
	t.Parallel()
	e := warm(t)
	e.SetSession(lab)
	first := e.pid()
	e.Restart()
	e.Restart()
	gone(t, first)
	await(t, e)
	if c := complete(t, e, "stars[\"a\"].Vis‸"); !slices.Equal(texts(c), []string{"Visits"}) {
		t.Errorf("after the restart: %v", texts(c))
	}
}

// TestHungGopls stops gopls: requests are answered at their limit.
func TestHungGopls(t *testing.T) {
	t.Parallel()
	e := warm(t)
	e.limit = inTime
	e.SetSession(lab)
	if err := syscall.Kill(e.pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for range 2 { // what the first left waiting does not hold up the second
		if c := complete(t, e, "star.Nam‸"); !slices.Equal(texts(c), []string{"Name"}) {
			t.Errorf("while gopls hangs: %v", texts(c))
		}
	}
	if i := inspect(t, e, "st‸ar", 0); !strings.Contains(i.Data["text/plain"], "var star Star") {
		t.Errorf("while gopls hangs: %q", i.Data)
	}
	if err := syscall.Kill(e.pid(), syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; {
		if c := complete(t, e, "stars[\"a\"].Vis‸"); slices.Equal(texts(c), []string{"Visits"}) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("gopls does not answer again")
		}
	}
}
