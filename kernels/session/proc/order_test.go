package proc

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stellarae/lab/kernels/display/pipe"
)

var helpers = map[string]func(args []string) error{
	"alternate": alternate,
	"widen":     widen,
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

// numbers are those in what was said, in order.
func numbers(said []string) []int {
	var list []int
	for _, s := range said {
		for _, f := range strings.Fields(s[1:]) {
			if n, err := strconv.Atoi(f); err == nil {
				list = append(list, n)
			}
		}
	}
	return list
}

func TestOrderOfThreeChannels(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the order is exact on Linux only")
	}
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
	if runtime.GOOS != "linux" {
		t.Skip("a pipe has a size on Linux only")
	}
	var r record
	p, err := Start(helper("widen"), &r)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "1000 lines", func() bool { return len(numbers(r.all())) == 1000 })
	p.Kill()
	p.Wait()
}
