package conformance

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sessionFolder is the folder of the kernel's session, and the only one below tmp.
func sessionFolder(t testing.TB, tmp string) string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(tmp, "gonb_*"))
	if err != nil || len(dirs) != 1 {
		t.Fatalf("session folders: %v %v", dirs, err)
	}
	return dirs[0]
}

// busyKernel has a worker, programs that shells left in the background, one that
// a cell started, and a cell that runs.
func busyKernel(t *testing.T, tmp string) (*Kernel, []process) {
	t.Helper()
	k := startIn(t, Options{Env: []string{"TMPDIR=" + tmp}})
	own := fmt.Sprint(1_000_000 + os.Getpid()) // seconds that nobody else sleeps
	run(t, k, Request{Code: "x := 1"})
	run(t, k, Request{Code: "!sleep " + own + " & sleep " + own + " > /dev/null 2>&1 &"})
	begun(t, k, Request{Code: "import \"os/exec\"\ngo exec.Command(\"sleep\", \"" + own + "\").Run()\ntime.Sleep(100 * time.Millisecond)\nfmt.Println(\"begun\")\nfor {}"})
	all := descendants(k.PID())
	sleepers := 0
	for _, p := range processes() {
		if p.command == "sleep "+own {
			sleepers++
			all = append(all, p)
		}
	}
	if sleepers != 3 {
		t.Fatalf("%d sleep in %v", sleepers, all)
	}
	return k, all
}

// A kernel that is asked to end leaves nothing.
func TestShutdown(t *testing.T) {
	tmp := t.TempDir()
	k, all := busyKernel(t, tmp)
	sessionFolder(t, tmp)
	from := time.Now()
	if err := k.Shutdown(false, soon); err != nil {
		t.Fatal(err)
	}
	t.Logf("ended in %v", time.Since(from))
	gone(t, all)
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) > 0 {
		t.Errorf("left in the folder for temporary files: %v %v", left, err)
	}
}

// A kernel that is killed leaves no process, and its folder to the next kernel.
func TestKilled(t *testing.T) {
	tmp := t.TempDir()
	k, all := busyKernel(t, tmp)
	dir := sessionFolder(t, tmp)
	if err := k.Kill(); err != nil {
		t.Fatal(err)
	}
	gone(t, all)
	if _, err := os.Stat(dir); err != nil {
		t.Errorf("%v: who removed it?", err)
	}
	other := startIn(t, Options{Env: []string{"TMPDIR=" + tmp}})
	want(t, other, "1 + 1", "result| 2\n")
	if now := sessionFolder(t, tmp); now == dir {
		t.Error("the folder of the killed kernel is left")
	}
	// The folder of a kernel that runs is not touched.
	third := startIn(t, Options{Env: []string{"TMPDIR=" + tmp}})
	want(t, third, "1 + 1", "result| 2\n")
	want(t, other, "!*ls go.mod", "stdout| go.mod\n")
}

// Jupyter restarts a kernel by ending it and running a new one on its ports.
func TestRestart(t *testing.T) {
	tmp := t.TempDir()
	k := startIn(t, Options{Env: []string{"TMPDIR=" + tmp}})
	for range 3 {
		want(t, k, "x := 1\nx", "result| 1\n")
		all := descendants(k.PID())
		from := time.Now()
		if err := k.Restart(soon); err != nil {
			t.Fatal(err)
		}
		t.Logf("restarted in %v", time.Since(from))
		gone(t, all)
		if o := run(t, k, Request{Code: "x"}); o.Reply["ename"] != "CompileError" || o.Reply["execution_count"] != 1.0 {
			t.Errorf("after a restart x is\n%s", o.Text(nil))
		}
	}
	sessionFolder(t, tmp)
}

// Nobody else may read what the session has on disk.
func TestFolderIsPrivate(t *testing.T) {
	tmp := t.TempDir()
	k := startIn(t, Options{Env: []string{"TMPDIR=" + tmp}})
	for _, code := range []string{"x := 1", "%mode process", "fmt.Println(1)", "%test", "%%writefile $GONB_TMP_DIR/mine.txt\nmine"} {
		run(t, k, Request{Code: code})
	}
	dir := sessionFolder(t, tmp)
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			files++
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files: %v", files, err)
	}
}

// listening are the addresses on which processes listen, as proc(5) has them.
func listening(t testing.TB, pids map[int]bool) (addresses []string) {
	t.Helper()
	inodes := map[string]bool{}
	for pid := range pids {
		links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		for _, l := range links {
			if to, err := os.Readlink(l); err == nil && strings.HasPrefix(to, "socket:[") {
				inodes[strings.Trim(to, "socket:[]")] = true
			}
		}
	}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); len(f) > 9 && f[3] == "0A" && inodes[f[9]] {
				addresses = append(addresses, f[1])
			}
		}
	}
	return addresses
}

func TestLoopbackOnly(t *testing.T) {
	if _, err := os.Stat("/proc/net/tcp"); err != nil {
		t.Skip("no /proc/net/tcp")
	}
	k := start(t)
	want(t, k, "1 + 1", "result| 2\n")
	if _, err := k.Ask(Shell, "complete_request", map[string]any{"code": "fmt.Pr", "cursor_pos": 6}, patience); err != nil {
		t.Fatal(err)
	}
	pids := map[int]bool{k.PID(): true}
	for _, p := range descendants(k.PID()) {
		pids[p.pid] = true
	}
	addresses := listening(t, pids)
	if len(addresses) != 5 {
		t.Errorf("listens on %v, want five sockets", addresses)
	}
	for _, a := range addresses {
		if !strings.HasPrefix(a, "0100007F:") {
			t.Errorf("listens on %s, which is not 127.0.0.1", a)
		}
	}
}

// The key is in the connection file and nowhere else.
func TestKeyIsNotLogged(t *testing.T) {
	k := startIn(t, Options{Env: []string{"GOKERNEL_LOG=debug"}})
	want(t, k, "1 + 1", "result| 2\n")
	run(t, k, Request{Code: "nonsense"})
	if err := k.SendFrames(Shell, []byte("<IDS|MSG>"), []byte("bad"), []byte("{}"), []byte("{}"), []byte("{}"), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	want(t, k, "1 + 1", "result| 2\n")
	if k.Log() == "" {
		t.Error("nothing was logged")
	}
	if strings.Contains(k.Log(), string(k.Conn.Key)) {
		t.Error("the key is in the log")
	}
	for _, p := range append(descendants(k.PID()), process{pid: k.PID()}) {
		for _, file := range []string{"cmdline", "environ"} {
			text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.pid), file))
			if err == nil && strings.Contains(string(text), string(k.Conn.Key)) {
				t.Errorf("the key is in %s of %s", file, p.command)
			}
		}
	}
}
