package proc

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestState(t *testing.T) {
	for _, c := range []struct {
		script string
		want   string
	}{
		{"exit 0", "exit status 0"},
		{"exit 7", "exit status 7"},
		{"kill -9 $$", "signal: killed"},
		{"kill -TERM $$", "signal: terminated"},
	} {
		if s := run(t, bash(c.script), &record{}); s.String() != c.want {
			t.Errorf("%s: %s, want %s", c.script, s, c.want)
		}
	}
	s := run(t, bash("i=0; while ((i < 50000)); do ((i++)); done"), &record{})
	if s.User <= 0 || s.MaxRSS < 1<<20 || s.MaxRSS > 1<<30 {
		t.Errorf("used %+v", s)
	}
}

func TestStartErrors(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want error
		text string
	}{
		{Options{Path: "no-such-program-at-all"}, exec.ErrNotFound, "run no-such-program-at-all: "},
		{Options{Path: "/no/such"}, fs.ErrNotExist, "run /no/such: "},
		{Options{Path: "/etc/passwd"}, fs.ErrPermission, "run /etc/passwd: "},
		{Options{Path: "true", Dir: "/no/such"}, fs.ErrNotExist, "/no/such"},
		{Options{Path: "true", Args: []string{"a\x00b"}}, syscall.EINVAL, "run true: "},
		{Options{Path: "true", Args: []string{strings.Repeat("x", 1<<20)}}, syscall.E2BIG, "run true: "},
		{Options{Path: "true", Display: true, TmpDir: "/no/such"}, fs.ErrNotExist, "/no/such"},
	} {
		before := descriptors(t)
		p, err := Start(c.o, &record{})
		if p != nil || !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%v: %v", c.o.Path, err)
		}
		if after := descriptors(t); after > before { // fewer: an earlier test's have closed
			t.Errorf("%v: %d descriptors, then %d", c.o.Path, before, after)
		}
	}
}

// A process in the background does not keep Wait, what it says comes later, and
// it lives until Kill.
func TestBackground(t *testing.T) {
	var r record
	begin := time.Now()
	asked := filepath.Join(t.TempDir(), "asked")
	p, err := Start(bash("(until [ -e "+asked+" ]; do sleep 0.05; done; echo late; exec sleep 1000) & echo $!"), &r)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := p.Wait(); s.Code != 0 || err != nil {
		t.Fatal(s, err)
	}
	if d := time.Since(begin); d < Grace {
		t.Errorf("waited %v", d)
	}
	child, err := strconv.Atoi(strings.TrimSpace(r.text("1")))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(asked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its output", func() bool { return strings.HasSuffix(r.text("1"), "late\n") })
	if err := p.Signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
		t.Error("signal to the ended child: ", err)
	}
	if !alive(child) {
		t.Error("it ended by itself")
	}
	p.Kill()
	p.Kill()
	eventually(t, "its death", func() bool { return !alive(child) })
}

// One that let go of the output does not delay Wait at all, and dies by Kill too.
func TestBackgroundSilent(t *testing.T) {
	shortest := time.Hour
	for range 10 { // a busy machine delays any one of them
		var r record
		begin := time.Now()
		p, err := Start(bash("sleep 1000 </dev/null >/dev/null 2>&1 & echo $!"), &r)
		if err != nil {
			t.Fatal(err)
		}
		p.Wait()
		shortest = min(shortest, time.Since(begin))
		child, _ := strconv.Atoi(strings.TrimSpace(r.text("1")))
		if !alive(child) {
			t.Fatal("it ended by itself")
		}
		p.Kill()
		eventually(t, "its death", func() bool { return !alive(child) })
	}
	if shortest > Grace {
		t.Errorf("waited %v", shortest)
	}
}

// A process that has left the group and holds the output delays nobody, and
// nothing of the kernel's stays open for it.
func TestEscaped(t *testing.T) {
	before := descriptors(t)
	var r record
	p, err := Start(bash("setsid sleep 1000 & echo $!; sleep 1000"), &r)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the start", func() bool { return strings.HasSuffix(r.text("1"), "\n") })
	escaped, err := strconv.Atoi(strings.TrimSpace(r.text("1")))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Kill(escaped, syscall.SIGKILL)
	eventually(t, "its own session", func() bool { s, err := unix.Getsid(escaped); return err == nil && s == escaped })
	begin := time.Now()
	p.Kill()
	if s, _ := p.Wait(); s.Signal != syscall.SIGKILL {
		t.Error(s)
	}
	if d := time.Since(begin); d > time.Minute {
		t.Errorf("Wait returned %v after Kill", d)
	}
	eventually(t, "closing", func() bool { return descriptors(t) <= before })
	if !alive(escaped) {
		t.Error("it has not escaped")
	}
}

// A program that closes its outputs and goes on is waited for.
func TestClosedOutputs(t *testing.T) {
	begin := time.Now()
	if s := run(t, bash("exec >&- 2>&- 99<&-; sleep 0.4; exit 3"), &record{}); s.Code != 3 {
		t.Error(s)
	}
	if time.Since(begin) < 400*time.Millisecond {
		t.Error("not waited for")
	}
}

func TestInterrupt(t *testing.T) {
	var r record
	// It may come between two of bash's commands: no one command is a long one.
	p, err := Start(bash("trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.1; done"), &r)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the start", func() bool { return r.text("1") != "" })
	if err := p.Interrupt(); err != nil {
		t.Fatal(err)
	}
	if s, err := p.Wait(); s.Code != 5 || err != nil || r.text("1") != "ready\ncaught\n" {
		t.Errorf("%v %v %q", s, err, r.text("1"))
	}
}

// The thread that called Start may end; the child goes on.
func TestThreadOfStartEnds(t *testing.T) {
	started := make(chan *Process)
	go func() {
		runtime.LockOSThread() // and not unlocked: the thread ends with the goroutine
		p, err := Start(bash("sleep 0.3; exit 4"), &record{})
		if err != nil {
			t.Error(err)
		}
		started <- p
	}()
	if s, _ := (<-started).Wait(); s.Code != 4 {
		t.Error(s)
	}
}

func init() { helpers["kernel"] = kernel }

// kernel starts processes that start processes, prints their numbers and waits.
func kernel(args []string) error {
	var r record
	for _, script := range args {
		if _, err := Start(bash(script), &r); err != nil {
			return err
		}
	}
	for printed := 0; ; time.Sleep(5 * time.Millisecond) {
		said := r.text("1")
		os.Stdout.WriteString(said[printed:])
		printed = len(said)
	}
}

// Nothing survives the kernel, even if it is killed outright.
func TestDeathOfKernel(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the leash is of Linux only")
	}
	o := helper("kernel",
		"echo $$; sleep 1000 & echo $!; wait",                                     // a shell with a child
		"sleep 1000 & echo $!; sleep 1000 >/dev/null 2>&1 & echo $!",              // left in the background
		"nohup sleep 1000 >/dev/null 2>&1 & echo $!",                              // deaf to SIGHUP
		"trap '' TERM INT HUP; (sleep 1000 & echo $BASHPID $!; wait); sleep 1000", // deaf to more
		"exec 99<&-; echo $$; exec sleep 1000",                                    // without its leash
	)
	cmd := exec.Command(o.Path, o.Args...)
	cmd.Env = o.Env
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pids []int
	words := bufio.NewScanner(out)
	words.Split(bufio.ScanWords)
	for len(pids) < 8 && words.Scan() {
		pid, err := strconv.Atoi(words.Text())
		if err != nil || !alive(pid) {
			t.Fatal(words.Text(), err)
		}
		pids = append(pids, pid)
	}
	cmd.Process.Kill()
	cmd.Wait()
	eventually(t, "the end of all", func() bool {
		for _, pid := range pids {
			if alive(pid) {
				return false
			}
		}
		return len(pids) == 8
	})
}

// alive reports whether a process runs; a zombie does not.
func alive(pid int) bool {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, rest, ok := strings.Cut(string(b), ") ")
	return err == nil && ok && rest[0] != 'Z' && rest[0] != 'X'
}

func descriptors(t testing.TB) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
