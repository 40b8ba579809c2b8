package display

import (
	"context"
	"errors"
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
	"github.com/stellarae/lab/kernels/display/gonb"
	"github.com/stellarae/lab/kernels/display/hook"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// TestMain is also the program that the tests below run.
func TestMain(m *testing.M) {
	if os.Getenv("DISPLAY_TEST_PROGRAM") != "" {
		program()
		return
	}
	os.Exit(m.Run())
}

func program() {
	o := HTML("<b>one</b>")
	o.Update("two")
	JSON(map[string]any{"list": []any{1, 2.5, nil}})
	name, err := Input("name? ")
	fmt.Println("hello", name, err)
	Sync(context.Background())
	Clear(true)
	for range Track(3, "loop") {
	}
	fmt.Println("comms", Comms(), os.Getenv(pipe.EnvOut)+os.Getenv(pipe.EnvIn))
}

// start runs the program with files as descriptors 3 and on.
func start(t *testing.T, env []string, files ...*os.File) (stdin io.WriteCloser, stdout *strings.Builder, wait func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, "DISPLAY_TEST_PROGRAM=1")...)
	cmd.ExtraFiles = files
	stdout = &strings.Builder{}
	cmd.Stdout, cmd.Stderr = stdout, os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	return stdin, stdout, func() {
		t.Helper()
		defer watchdog.Stop()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
}

func brief(m pipe.Message) string {
	if m.Bundle == nil {
		return strings.TrimSpace(m.Kind + " " + m.Prompt)
	}
	for _, mime := range []string{"application/json", "text/plain", "text/html"} {
		if v, ok := m.Bundle.Data[mime]; ok {
			return fmt.Sprint(m.Kind, " ", v)
		}
	}
	return m.Kind
}

// shown is what the program shows, without the bar's later states.
func checkShown(t *testing.T, got []string, want []string) {
	t.Helper()
	if len(got) < len(want) {
		t.Fatalf("got %q", got)
	}
	if d := cmp.Diff(want, got[:len(want)]); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if end := got[len(got)-1]; !strings.Contains(end, "update loop [########################] 3/3, 100 %") {
		t.Errorf("at last %q", end)
	}
}

func TestOverOwnPipe(t *testing.T) {
	r, programOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	programIn, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_, stdout, wait := start(t, []string{pipe.EnvOut + "=3", pipe.EnvIn + "=4"}, programOut, programIn)
	programOut.Close()
	programIn.Close()
	reader, writer := pipe.NewReader(r), pipe.NewWriter(w)
	var got []string
	for {
		m, err := reader.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, brief(m))
		switch m.Kind {
		case pipe.Input:
			writer.Write(pipe.Message{Kind: pipe.Answer, Seq: m.Seq, Text: "gopher"})
		case pipe.Sync:
			writer.Write(pipe.Message{Kind: pipe.Ack, Seq: m.Seq})
		}
	}
	wait()
	checkShown(t, got, []string{"display <b>one</b>", "update two", "display map[list:[1 2.5 <nil>]]", "input name?", "sync", "clear",
		"display loop [........................] 0/3, 0 %"})
	if want := "hello gopher <nil>\ncomms true \n"; stdout.String() != want {
		t.Errorf("standard output %q, want %q", stdout, want)
	}
}

func TestOverGoNB(t *testing.T) {
	dir := t.TempDir()
	to, back := filepath.Join(dir, "to"), filepath.Join(dir, "back")
	for _, path := range []string{to, back} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stdin, stdout, wait := start(t, []string{gonb.EnvPipe + "=" + to, gonb.EnvBack + "=" + back})
	r, err := os.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	w, err := os.OpenFile(back, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	reader, writer := gonb.NewReader(r, &gonb.IDs{}), gonb.NewWriter(w)
	var got []string
	shown, acked := 0, 0
	for {
		m, err := reader.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch m.Kind {
		case pipe.Input:
			io.WriteString(stdin, "gopher\n")
		case pipe.Sync:
			acked++
			writer.Write(pipe.Message{Kind: pipe.Ack, Seq: m.Seq})
			continue
		default:
			shown++
		}
		got = append(got, brief(m))
	}
	wait()
	checkShown(t, got, []string{"display <b>one</b>", "update two", "display map[list:[1 2.5 <nil>]]", "input name?",
		"display loop [........................] 0/3, 0 %"})
	if acked != shown+1 {
		t.Errorf("%d syncs for %d displays and a Sync", acked, shown)
	}
	if want := "hello gopher <nil>\ncomms false \n"; stdout.String() != want {
		t.Errorf("standard output %q, want %q", stdout, want)
	}
}

func TestOutsideANotebook(t *testing.T) {
	stdin, stdout, wait := start(t, nil)
	io.WriteString(stdin, "gopher\n")
	wait()
	got := stdout.String()
	want := "[text/html, 10 bytes: shown in a notebook]\n[text/html, 3 bytes: shown in a notebook]\n" +
		"{\n  \"list\": [\n    1,\n    2.5,\n    null\n  ]\n}\nname? hello gopher <nil>\nloop [########################] 3/3, 100 %"
	if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "\ncomms false \n") {
		t.Errorf("got %q", got)
	}
}

func TestOneWayPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	connect(nil, w)
	defer hook.Install(nil)
	Text("x")
	if m, err := pipe.NewReader(r).Read(); err != nil || m.Kind != pipe.Display {
		t.Errorf("%v, %v", m, err)
	}
	if _, err := Input("name? "); err == nil || !strings.Contains(err.Error(), pipe.EnvIn) {
		t.Errorf("input without a way back: %v", err)
	}
	if err := Sync(t.Context()); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("sync without a way back: %v", err)
	}
}
