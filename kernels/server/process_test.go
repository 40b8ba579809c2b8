package server

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/wire"
)

// This test binary is a kernel for the test language when it is given a
// connection file, so that signals, parents and other clients can be tried:
//
//	TINY_CONNECTION=kernel.json server.test
const connectionVar = "TINY_CONNECTION"

func TestMain(m *testing.M) {
	path := os.Getenv(connectionVar)
	if path == "" {
		os.Exit(m.Run())
	}
	conn, err := wire.ReadConnection(path, false)
	if err == nil {
		log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
		err = Serve(context.Background(), conn, newTiny(), Options{
			Log: log, OwnProcess: true, HistoryFile: os.Getenv("TINY_HISTORY"),
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// spawn starts the kernel as a process of its own, through a command that is
// given the program as its last argument, and connects to it.
func spawn(t *testing.T, env []string, wrapper ...string) (*client, *exec.Cmd, <-chan error) {
	t.Helper()
	conn := freeConnection(t)
	text, err := json.Marshal(conn)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kernel.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append(wrapper, os.Args[0])
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(append(os.Environ(), connectionVar+"="+path), env...)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Kill()
		if said, _ := os.ReadFile(log.Name()); t.Failed() {
			t.Logf("the kernel's log:\n%s", said)
		} else if strings.Contains(string(said), string(conn.Key)) {
			t.Errorf("the key is in the log:\n%s", said)
		}
	})
	return connect(t, conn), cmd, done
}

func waitEnd(t *testing.T, done <-chan error) {
	t.Helper()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("the kernel ended with %v", err)
		}
	case <-time.After(patience):
		t.Error("the kernel does not end")
	}
}

func TestSignals(t *testing.T) {
	t.Parallel() // it mostly waits
	c, cmd, done := spawn(t, nil)
	for n := range 2 { // once is not enough
		h := c.send(c.shell, "execute_request", object{"code": "print begin\nsleep 60000"})
		for said := ""; said != `stdout "begin\n"`; {
			said = brief(t, c.next("iopub"))
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		wantFields(t, c.reply("shell", h), object{"status": "error", "ename": "Interrupted", "execution_count": n + 1})
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	waitEnd(t, done)
}

// A kernel whose parent was killed ends, although nobody tells it to.
func TestParentGone(t *testing.T) {
	t.Parallel() // it mostly waits
	c, parent, _ := spawn(t, nil, "sh", "-c", `JPY_PARENT_PID=$$ "$0" & wait`)
	wantFields(t, c.askControl("kernel_info_request", object{}), object{"status": "ok"})
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(c.conn.IP + "-1"); os.IsNotExist(err) {
			return // its sockets are gone
		}
		if time.Now().After(until) {
			t.Fatal("the kernel does not end")
		}
	}
}

// The process to watch need not be the direct parent.
func TestGrandparentGone(t *testing.T) {
	t.Parallel() // it mostly waits
	other := exec.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	c, _, done := spawn(t, []string{"JPY_PARENT_PID=" + strconv.Itoa(other.Process.Pid)})
	wantFields(t, c.askControl("kernel_info_request", object{}), object{"status": "ok"})
	other.Process.Kill()
	other.Wait()
	waitEnd(t, done)
}

// Without a parent to watch, or with nonsense for one, a kernel lives on.
func TestNoParent(t *testing.T) {
	t.Parallel() // it mostly waits
	var ends []func()
	for _, pid := range []string{"", "-1", "x"} {
		c, _, done := spawn(t, []string{"JPY_PARENT_PID=" + pid})
		ends = append(ends, func() {
			wantFields(t, c.askControl("kernel_info_request", object{}), object{"status": "ok"})
			wantFields(t, c.askControl("shutdown_request", object{"restart": true}), object{"restart": true})
			waitEnd(t, done)
		})
	}
	time.Sleep(parentPoll + 100*time.Millisecond)
	for _, end := range ends {
		end()
	}
}

// A kernel that begins again at the same place knows no comms and counts from one.
func TestRestart(t *testing.T) {
	c, _, done := start(t, Options{})
	c.execute("open w slider")
	c.askControl("shutdown_request", object{"restart": true})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	again := make(chan error, 1)
	go func() { again <- Serve(ctx, c.conn, newTiny(), Options{}) }()
	c = connect(t, c.conn)
	if got := c.openComms(""); len(got) != 0 {
		t.Errorf("comms of the old kernel: %v", got)
	}
	reply, _ := c.execute("1+1")
	wantFields(t, reply, object{"execution_count": 1})
	cancel()
	if err := <-again; err != nil {
		t.Error(err)
	}
}
