package gonb

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// TestRealLibrary runs a program that uses GoNB's own library v0.11.4 against
// this package as the kernel.
func TestRealLibrary(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	if out, err := exec.Command("go", "build", "-o", program, "./testdata/program").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	to, back := filepath.Join(dir, "to"), filepath.Join(dir, "back")
	for _, path := range []string{to, back} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), EnvPipe+"="+to, EnvBack+"="+back)
	var stdout bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer watchdog.Stop()
	rf, err := os.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer rf.Close()
	wf, err := os.OpenFile(back, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer wf.Close()

	r, w := NewReader(rf, &IDs{}), NewWriter(wf)
	var got []string
	flood := 0
	for {
		m, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case m.Kind == pipe.Sync:
			got = append(got, "sync")
			if err := w.Write(pipe.Message{Kind: pipe.Ack, Seq: m.Seq}); err != nil {
				t.Fatal(err)
			}
		case m.Kind == pipe.Input:
			got = append(got, fmt.Sprintf("input %q %v", m.Prompt, m.Password))
			io.WriteString(stdin, "gopher\n")
		case m.Kind == pipe.CommMsg:
			got = append(got, fmt.Sprint("comm ", m.Comm.Data))
			if m.Comm.Data["subscribe"] == true && m.Comm.Data["address"] == "/slider" {
				answer := &pipe.Comm{Data: map[string]any{"address": "/slider", "value": 0.75}}
				if err := w.Write(pipe.Message{Kind: pipe.CommMsg, Comm: answer}); err != nil {
					t.Fatal(err)
				}
			}
		case m.Bundle.Data["text/html"] == "flood":
			flood++
		default:
			got = append(got, fmt.Sprint(m.Kind, " ", m.Bundle.Data, " ", m.Bundle.Metadata, " ", m.Bundle.ID))
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	png := base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\nthree"))
	want := []string{
		"display map[text/html:<b>one</b>] map[] ",
		"display map[text/markdown:*two*] map[] ",
		"display map[image/png:" + png + "] map[] ",
		"display map[text/html:<div><svg/></div>] map[] ",
		"display map[text/javascript:four()] map[] ",
		"display map[text/html:first] map[] id",
		"update map[text/html:second] map[] id",
		"display map[application/json:map[list:[1 2.5 x <nil> true]]] map[key:value] ",
		"sync",
		`input "name? " true`,
	}
	if len(got) < len(want) {
		t.Fatalf("got %q", got)
	}
	if d := cmp.Diff(want, got[:len(want)]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	t.Logf("then %q", got[len(want):])
	if flood != 200 {
		t.Errorf("%d of 200 displays arrived", flood)
	}
	for _, line := range []string{"synced", "hello gopher", "slider 0.75"} {
		if !strings.Contains(stdout.String(), line+"\n") {
			t.Errorf("%q is missing in the program's output:\n%s", line, &stdout)
		}
	}
}
