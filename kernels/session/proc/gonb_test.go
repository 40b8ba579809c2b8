package proc

import (
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stellarae/lab/kernels/display/gonb"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// The types of GoNB's protocol, as encoding/gob sees them in GoNB's library.
type (
	displayData struct {
		Data      map[string]any
		Metadata  map[string]any
		DisplayID string
	}
	commValue struct {
		Address string
		Request bool
		Value   any
	}
)

func init() {
	gob.RegisterName("github.com/janpfeifer/gonb/gonbui/protocol.CommValue", commValue{})
	helpers["gonb show"] = gonbShow
	helpers["gonb sync"] = gonbSync
	helpers["gonb deaf"] = gonbDeaf
	helpers["gonb large"] = gonbLarge
}

func shown(text string) displayData {
	return displayData{Data: map[string]any{"text/plain": text}}
}

func gonbOpen() (*gob.Encoder, error) {
	f, err := os.OpenFile(os.Getenv(gonb.EnvPipe), os.O_WRONLY, 0)
	return gob.NewEncoder(f), err
}

// gonbShow prints and shows numbers by turns and exits at once.
func gonbShow(args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	e, err := gonbOpen()
	for i := range n {
		if err == nil && i%2 == 0 {
			_, err = fmt.Println(i)
		} else if err == nil {
			err = e.Encode(shown(strconv.Itoa(i)))
		}
	}
	return err
}

// gonbSync shows, syncs, and prints the answer.
func gonbSync(args []string) error {
	e, err := gonbOpen()
	if err != nil {
		return err
	}
	back, err := os.Open(os.Getenv(gonb.EnvBack))
	if err != nil {
		return err
	}
	d := gob.NewDecoder(back)
	for i := range 50 {
		sync := displayData{Data: map[string]any{"gonb/comm_value": commValue{Address: "#gonbui/sync", Value: i}}}
		var ack commValue
		fmt.Println("printed", i)
		if err := errors.Join(e.Encode(shown("shown")), e.Encode(sync), d.Decode(&ack)); err != nil {
			return err
		}
		if ack.Value != i {
			return fmt.Errorf("sync %d answered by %v", i, ack)
		}
		fmt.Fprintln(os.Stderr, "synced", i)
	}
	var v commValue
	if err := d.Decode(&v); err != nil {
		return err
	}
	fmt.Println("got", v.Address, v.Value)
	return nil
}

// gonbDeaf asks for more answers than the back pipe holds, and reads none.
func gonbDeaf(args []string) error {
	e, err := gonbOpen()
	for i := 0; i < 20000 && err == nil; i++ {
		err = e.Encode(displayData{Data: map[string]any{"gonb/comm_value": commValue{Address: "#gonbui/sync", Value: i}}})
	}
	return err
}

// gonbLarge shows 30 MB in one piece.
func gonbLarge(args []string) error {
	e, err := gonbOpen()
	if err != nil {
		return err
	}
	return e.Encode(shown(strings.Repeat("x", 30<<20)))
}

func gonbHelper(t testing.TB, name string, args ...string) Options {
	o := helper(name, args...)
	o.Display = true
	o.TmpDir = t.TempDir()
	t.Cleanup(func() {
		if left, _ := os.ReadDir(o.TmpDir); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	return o
}

// A display comes after what was printed before it, in the order of displays,
// and none is lost although the program does not wait for them.
func TestGoNBDisplaysAtExit(t *testing.T) {
	const n = 400
	early := 0
	for range 20 {
		var r record
		if s := run(t, gonbHelper(t, "gonb show", strconv.Itoa(n)), &r); s.Code != 0 {
			t.Fatal(s, r.text("2"))
		}
		printed, displayed := 0, 1
		for _, s := range r.all() {
			for _, x := range numbers([]string{s}) {
				switch {
				case s[0] == '1' && x != printed || s[0] == 'm' && x != displayed:
					t.Fatalf("%q after %d printed and %d shown", s, printed, displayed)
				case s[0] == '1':
					if printed += 2; x > displayed {
						early++
					}
				case printed < x:
					t.Fatalf("%d shown before %d was handed over", x, printed)
				default:
					displayed += 2
				}
			}
		}
		if printed != n || displayed != n+1 {
			t.Fatalf("printed up to %d, shown up to %d", printed, displayed)
		}
	}
	t.Logf("%d of %d lines came before a display that the program showed earlier", early, 20*n/2)
}

func TestGoNBSync(t *testing.T) {
	var r record
	p, err := Start(gonbHelper(t, "gonb sync"), &r)
	if err != nil {
		t.Fatal(err)
	}
	v := pipe.Message{Kind: pipe.CommMsg, Comm: &pipe.Comm{Target: gonb.CommTarget, Data: map[string]any{"address": "/a", "value": 7.5}}}
	for strings.Count(r.text("2"), "synced") < 50 {
		select {
		case <-p.Done():
			t.Fatal("ended early: ", r.text("2"))
		case <-time.After(time.Millisecond):
		}
	}
	if err := p.Send(v); err != nil {
		t.Fatal(err)
	}
	if s, err := p.Wait(); s.Code != 0 || err != nil {
		t.Fatal(s, err, r.text("2"))
	}
	var want []string
	for i := range 50 {
		want = append(want, fmt.Sprintf("1 printed %d\n", i), "m display shown", fmt.Sprintf("2 synced %d\n", i))
	}
	want = append(want, "1 got /a 7.5\n")
	if got := r.all(); strings.Join(got, "") != strings.Join(want, "") {
		t.Errorf("got %q", got)
	}
	if err := p.Send(v); err == nil {
		t.Error("sent to a program that has ended")
	}
}

func TestGoNBDeafProgramEnds(t *testing.T) {
	if s := run(t, gonbHelper(t, "gonb deaf"), &record{}); s.Code != 0 {
		t.Error(s)
	}
}

func TestGoNBLarge(t *testing.T) {
	var r record
	if s := run(t, gonbHelper(t, "gonb large"), &r); s.Code != 0 {
		t.Error(s)
	}
	if got := r.all(); len(got) != 1 || len(got[0]) != len("m display ")+30<<20 {
		t.Errorf("%d pieces", len(got))
	}
}

// What is no gob stream is said on standard error, once, and the rest of it dropped.
func TestGoNBGarbage(t *testing.T) {
	o := gonbHelper(t, "")
	o.Path, o.Args = "bash", []string{"-c", `head -c 3000000 /dev/zero | tr '\0' x >$GONB_PIPE; echo done`}
	var r record
	if s := run(t, o, &r); s.Code != 0 {
		t.Error(s)
	}
	if e := r.text("2"); !strings.HasPrefix(e, "GoNB's display pipe: ") || strings.Count(e, "\n") != 1 {
		t.Errorf("stderr %q", e)
	}
	if r.text("1") != "done\n" {
		t.Errorf("stdout %q", r.text("1"))
	}
}

func TestGoNBFilesArePrivate(t *testing.T) {
	o := gonbHelper(t, "")
	o.Path, o.Args = "bash", []string{"-c", `stat -c %a "$GONB_PIPE" "$GONB_PIPE_BACK" "$(dirname $GONB_PIPE)"; echo $GONB_PIPE`}
	var r record
	run(t, o, &r)
	lines := strings.Fields(r.text("1"))
	if len(lines) != 4 || strings.Join(lines[:3], " ") != "600 600 700" || filepath.Dir(filepath.Dir(lines[3])) != o.TmpDir {
		t.Errorf("got %q", lines)
	}
}
