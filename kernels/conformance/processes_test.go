package conformance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// process is a line of the table of processes (proc(5)).
type process struct {
	pid, parent int
	command     string
}

// processes reads the table of processes; empty where there is no /proc.
func processes() (all []process) {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		stat, err := os.ReadFile(dir + "/stat")
		if err != nil {
			continue
		}
		_, rest, ok := bytes.Cut(stat, []byte(") "))
		fields := strings.Fields(string(rest))
		if !ok || len(fields) < 2 || fields[0] == "Z" {
			continue
		}
		var p process
		p.pid, _ = strconv.Atoi(filepath.Base(dir))
		p.parent, _ = strconv.Atoi(fields[1])
		command, _ := os.ReadFile(dir + "/cmdline")
		p.command = strings.TrimSpace(string(bytes.ReplaceAll(command, []byte{0}, []byte{' '})))
		all = append(all, p)
	}
	return all
}

// descendants are the processes below one.
func descendants(pid int) (below []process) {
	all := processes()
	parents := map[int]bool{pid: true}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if parents[p.parent] && !parents[p.pid] {
				parents[p.pid], grown = true, true
				below = append(below, p)
			}
		}
	}
	return below
}

// gone waits a moment until none of the processes is left.
func gone(t testing.TB, ps []process) {
	t.Helper()
	goneWithin(t, soon, ps)
}

func goneWithin(t testing.TB, limit time.Duration, ps []process) {
	t.Helper()
	late := time.Now().Add(limit)
	for {
		var left []string
		for _, p := range processes() {
			for _, was := range ps {
				if p.pid == was.pid && p.command == was.command {
					left = append(left, fmt.Sprint(p.pid, " ", p.command))
				}
			}
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(late) {
			t.Errorf("left behind: %s", strings.Join(left, "; "))
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// resident is a process's memory in bytes, and how many files it has open.
func resident(pid int) (rss int64, files int) {
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, 0
	}
	if fields := strings.Fields(string(statm)); len(fields) > 1 {
		rss, _ = strconv.ParseInt(fields[1], 10, 64)
	}
	open, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return rss * int64(os.Getpagesize()), len(open)
}
