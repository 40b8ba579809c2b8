package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// helpers are programs that the tests run: this binary, with helperEnv set to a name.
var helpers = map[string]func(args []string) error{}

const helperEnv = "PROC_TEST_HELPER"

func TestMain(m *testing.M) {
	if name := os.Getenv(helperEnv); name != "" {
		if err := helpers[name](os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func helper(name string, args ...string) Options {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return Options{Path: self, Args: args, Env: append(os.Environ(), helperEnv+"="+name, "GORACE=atexit_sleep_ms=0")}
}

func bash(script string) Options { return Options{Path: "bash", Args: []string{"-c", script}} }

// record is a sink that keeps all as lines: "1 text", "2 text", and for a
// message "m kind text".
type record struct {
	mu   sync.Mutex
	said []string
	on   func(m pipe.Message)
}

func (r *record) Output(stderr bool, b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, map[bool]string{false: "1 ", true: "2 "}[stderr]+string(b))
}

func (r *record) Message(m pipe.Message) {
	r.mu.Lock()
	text := m.Text
	if m.Bundle != nil {
		text = fmt.Sprint(m.Bundle.Data["text/plain"])
	}
	r.said = append(r.said, "m "+m.Kind+" "+text)
	r.mu.Unlock()
	if r.on != nil {
		r.on(m)
	}
}

func (r *record) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.said...)
}

// text joins what was said on one stream.
func (r *record) text(stream string) string {
	var b bytes.Buffer
	for _, s := range r.all() {
		if text, ok := strings.CutPrefix(s, stream+" "); ok {
			b.WriteString(text)
		}
	}
	return b.String()
}

func run(t testing.TB, o Options, s Sink) State {
	t.Helper()
	p, err := Start(o, s)
	if err != nil {
		t.Fatal(err)
	}
	state, err := p.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return state
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
