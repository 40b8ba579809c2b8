package proc

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stellarae/lab/kernels/display/pipe"
)

func init() {
	helpers["alternate"] = alternate
	helpers["widen"] = widen
	helpers["gonb end"] = gonbEnd
}

// alternate writes numbered lines to three channels by turns, or at random; one
// in a while is longer than a packet.
func alternate(args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	_, out, err := pipe.FromEnv()
	if err != nil {
		return err
	}
	w := pipe.NewWriter(out)
	for i := range n {
		k := i % 3
		if args[1] == "random" {
			k = rand.IntN(3)
		}
		text := strconv.Itoa(i) + "\n"
		if i%997 == 0 {
			text = strings.Repeat(" ", 10000) + text
		}
		switch k {
		case 0:
			_, err = fmt.Print(text)
		case 1:
			_, err = fmt.Fprint(os.Stderr, text)
		default:
			err = w.Write(pipe.Message{Kind: pipe.Display, Text: text})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func TestOrderOfThreeChannels(t *testing.T) {
	const n = 20000
	for _, how := range []string{"turns", "random", "turns", "random"} {
		o := helper("alternate", strconv.Itoa(n), how)
		o.Display = true
		var r record
		if s := run(t, o, &r); s.Code != 0 {
			t.Fatalf("%s: %s: %s", how, s, r.text("2"))
		}
		got := numbers(r.all())
		if len(got) != n {
			t.Fatalf("%s: %d numbers of %d", how, len(got), n)
		}
		for i, x := range got {
			if x != i {
				t.Fatalf("%s: %d where %d was written", how, x, i)
			}
		}
	}
}

// widen makes its output wider, fills it, and lives on.
func widen([]string) error {
	if _, err := unix.FcntlInt(1, unix.F_SETPIPE_SZ, 1<<20); err != nil {
		return err
	}
	for i := range 1000 {
		fmt.Println(i)
	}
	time.Sleep(time.Hour)
	return nil
}

// A program that makes its pipe wider gives up the order, but nothing waits in there.
func TestWidePipe(t *testing.T) {
	var r record
	p, err := Start(helper("widen"), &r)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "1000 lines", func() bool { return len(numbers(r.all())) == 1000 })
	p.Kill()
	p.Wait()
}

// gonbEnd shows three times by GoNB's pipe, ends a cell, and goes on at once.
func gonbEnd(args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	_, out, err := pipe.FromEnv()
	if err != nil {
		return err
	}
	e, err := gonbOpen()
	w := pipe.NewWriter(out)
	for i := 0; i < n && err == nil; i += 4 {
		for k := range 3 {
			err = errors.Join(err, e.Encode(shown(strconv.Itoa(i+k))))
		}
		err = errors.Join(err, w.Write(pipe.Message{Kind: "done", Text: strconv.Itoa(i + 3)}))
		time.Sleep(100 * time.Microsecond)
	}
	return err
}

// What a cell shows by GoNB's pipe belongs to that cell.
func TestGoNBDisplaysBeforeEnd(t *testing.T) {
	const n = 8000
	var r record
	if s := run(t, gonbHelper(t, "gonb end", strconv.Itoa(n)), &r); s.Code != 0 {
		t.Fatal(s, r.text("2"))
	}
	got := numbers(r.all())
	if len(got) != n {
		t.Fatalf("%d of %d messages", len(got), n)
	}
	shown := -1
	for _, x := range got {
		switch {
		case x%4 == 3 && shown < x-1:
			t.Fatalf("the cell ended after %d was shown, before %d", shown, x-1)
		case x%4 != 3:
			shown = x
		}
	}
}

// Processes that follow one another write in order too.
func TestOrderOfProcesses(t *testing.T) {
	var r record
	run(t, bash("for ((i = 0; i < 300; i += 3)); do echo $i; /bin/echo $((i+1)) >&2; (echo $((i+2)) | cat); done"), &r)
	got := numbers(r.all())
	for i, x := range got {
		if x != i {
			t.Fatalf("%d where %d was written", x, i)
		}
	}
	if len(got) != 300 {
		t.Errorf("%d numbers of 300", len(got))
	}
}
