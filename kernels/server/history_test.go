package server

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func historyOf(t testing.TB, c *client, req object) string {
	t.Helper()
	got := c.ask("history_request", req)
	wantFields(t, got, object{"status": "ok"})
	text, err := json.Marshal(got["history"])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data", "history.jsonl")
	first, _, _ := start(t, Options{HistoryFile: file})
	for _, code := range []string{"1+1", "print a", "1+1"} {
		first.execute(code)
	}
	first.executeWith(object{"code": "print hidden", "store_history": false})
	first.askControl("shutdown_request", object{})

	c, _, _ := start(t, Options{HistoryFile: file})
	for _, code := range []string{"print b", "2+2", "print [x]"} {
		c.execute(code)
	}
	for _, tt := range []struct {
		name string
		req  object
		want string
	}{
		{"tail", object{"hist_access_type": "tail", "n": 2}, `[[2,2,"2+2"],[2,3,"print [x]"]]`},
		{"tail across sessions", object{"hist_access_type": "tail", "n": 4}, `[[1,3,"1+1"],[2,1,"print b"],[2,2,"2+2"],[2,3,"print [x]"]]`},
		{"tail of more than there is", object{"hist_access_type": "tail", "n": 99, "raw": true}, `[[1,1,"1+1"],[1,2,"print a"],[1,3,"1+1"],[2,1,"print b"],[2,2,"2+2"],[2,3,"print [x]"]]`},
		{"tail of none", object{"hist_access_type": "tail", "n": 0}, `[]`},
		{"tail of less than none", object{"hist_access_type": "tail", "n": -3}, `[]`},
		{"output", object{"hist_access_type": "tail", "n": 3, "output": true}, `[[2,1,["print b",null]],[2,2,["2+2","4"]],[2,3,["print [x]",null]]]`},
		{"output of the past", object{"hist_access_type": "range", "session": 1, "start": 1, "stop": 2, "output": true}, `[[1,1,["1+1","2"]]]`},
		{"range", object{"hist_access_type": "range", "session": 0, "start": 1, "stop": 3}, `[[2,1,"print b"],[2,2,"2+2"]]`},
		{"range without stop", object{"hist_access_type": "range", "session": 0, "start": 2}, `[[2,2,"2+2"],[2,3,"print [x]"]]`},
		{"range from the end", object{"hist_access_type": "range", "session": 0, "start": -2, "stop": -1}, `[[2,2,"2+2"]]`},
		{"range of the session before", object{"hist_access_type": "range", "session": -1, "start": 2}, `[[1,2,"print a"],[1,3,"1+1"]]`},
		{"range of no session", object{"hist_access_type": "range", "session": 77}, `[]`},
		{"search", object{"hist_access_type": "search", "pattern": "print*"}, `[[1,2,"print a"],[2,1,"print b"],[2,3,"print [x]"]]`},
		{"search the last", object{"hist_access_type": "search", "pattern": "print*", "n": 1}, `[[2,3,"print [x]"]]`},
		{"search all", object{"hist_access_type": "search", "pattern": "1+1"}, `[[1,1,"1+1"],[1,3,"1+1"]]`},
		{"search unique", object{"hist_access_type": "search", "pattern": "1+1", "unique": true}, `[[1,3,"1+1"]]`},
		{"search a class", object{"hist_access_type": "search", "pattern": "print [ab]"}, `[[1,2,"print a"],[2,1,"print b"]]`},
		{"search not a class", object{"hist_access_type": "search", "pattern": "print [^a]"}, `[[2,1,"print b"]]`},
		{"search one character", object{"hist_access_type": "search", "pattern": "?+?", "unique": true}, `[[1,3,"1+1"],[2,2,"2+2"]]`},
		{"search a part", object{"hist_access_type": "search", "pattern": "print"}, `[]`},
	} {
		if got := historyOf(t, c, tt.req); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	wantFields(t, c.ask("history_request", object{"hist_access_type": "other"}), object{"status": "error", "ename": "BadRequest"})
	wantFields(t, c.ask("history_request", object{"n": "x"}), object{"status": "error", "ename": "BadRequest"})

	for path, mode := range map[string]os.FileMode{file: 0o600, file + ".lock": 0o600, filepath.Dir(file): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, mode)
		}
	}
}

// Without a file, and with one that cannot be used, this session is kept.
func TestHistoryInMemory(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"", filepath.Join(blocked, "history.jsonl")} {
		c, _, _ := start(t, Options{HistoryFile: file})
		c.execute("1+1")
		if got := historyOf(t, c, object{"hist_access_type": "tail", "n": 5}); got != `[[1,1,"1+1"]]` {
			t.Errorf("%q: got %s", file, got)
		}
	}
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// A line that a crash left torn costs that line and no other.
func TestHistoryTorn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "h")
	torn := `{"session":4}` + "\n" + `{"session":4,"line":1,"input":"a"}` + "\nnonsense\n[]\n" +
		`{"session":-1,"line":1,"input":"x"}` + "\n" + `{"session":4,"line":2,"inp`
	if err := os.WriteFile(file, []byte(torn), 0o600); err != nil {
		t.Fatal(err)
	}
	h := openHistory(file, discard())
	h.add("b")
	h = openHistory(file, discard())
	es, session := h.all()
	if got := fmt.Sprint(es, session); got != "[{4 1 a } {5 1 b }] 6" {
		t.Errorf("got %s", got)
	}
}

func TestHistoryBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "h")
	h := openHistory(file, discard())
	cell := strings.Repeat("x", 900<<10)
	for range 20 {
		h.add(cell)
	}
	h.add(strings.Repeat("y", maxEntry+1)) // not kept, but counted
	if h.bytes > maxKept || len(h.entries) < 8 {
		t.Errorf("%d entries, %d bytes in memory", len(h.entries), h.bytes)
	}
	h = openHistory(file, discard())
	es, session := h.all()
	if info, err := os.Stat(file); err != nil || info.Size() > maxHistory || len(es) != 9 || es[8].Line != 20 || session != 2 {
		t.Errorf("%d entries in session %d: %v", len(es), session, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".h*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// Kernels of one user share the file.
func TestHistoryShared(t *testing.T) {
	file := filepath.Join(t.TempDir(), "h")
	const kernels, cells = 8, 50
	var wg sync.WaitGroup
	for range kernels {
		wg.Go(func() {
			h := openHistory(file, discard())
			for i := range cells {
				h.add(fmt.Sprint(h.session, i))
				h.addOutput(i+1, "out")
			}
		})
	}
	wg.Wait()
	es, session := openHistory(file, discard()).all()
	if len(es) != kernels*cells || session != kernels+1 {
		t.Fatalf("%d entries, session %d", len(es), session)
	}
	for _, e := range es {
		if e.Input != fmt.Sprint(e.Session, e.Line-1) || e.Output != "out" {
			t.Fatalf("entry %+v", e)
		}
	}
}

func TestDefaultHistoryFile(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "/data")
	if got, err := DefaultHistoryFile("p"); err != nil || got != "/data/p/history.jsonl" {
		t.Errorf("got %s, %v", got, err)
	}
	t.Setenv("XDG_DATA_HOME", "relative") // which the XDG specification says to ignore
	t.Setenv("HOME", "/home/u")
	if got, err := DefaultHistoryFile("p"); err != nil || !strings.HasPrefix(got, "/home/u/") {
		t.Errorf("got %s, %v", got, err)
	}
	t.Setenv("HOME", "")
	if got, err := DefaultHistoryFile("p"); err == nil {
		t.Errorf("got %s without a home", got)
	}
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true}, {"*", "a\nb", true}, {"a*c", "abbc", true}, {"a*c", "abbd", false},
		{"?", "π", true}, {"?", "", false}, {"a.c", "abc", false}, {"(x", "(x", true},
		{"[a-c]", "b", true}, {"[a-c]", "d", false}, {"[^a-c]", "d", true}, {"[]]", "]", true}, {"[^]]", "a", true},
		{"[", "[", true}, {"[]", "[]", true}, {"[z-a]", "[z-a]", true}, {`[\d]`, "d", true}, {`[\d]`, "7", false},
		{"[[:alpha:]]", "x", false}, {"\xe2", "*", false}, {strings.Repeat("x", 4<<20), "y", false},
	} {
		if got := compileGlob(tt.pattern)(tt.text); got != tt.want {
			t.Errorf("%q on %q: %v", tt.pattern, tt.text, got)
		}
	}
}

// No pattern panics, and a text is found by itself and between stars.
func FuzzGlob(f *testing.F) {
	f.Add("a*[b-", "x[y]?")
	f.Add("[[:alpha:]\\", "*")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		compileGlob(pattern)(text)
		text = strings.ToValidUTF8(text, "")
		quoted := strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(text)
		for _, p := range []string{quoted, "*" + quoted + "*"} {
			if len(p) < 500 && !compileGlob(p)(text) {
				t.Errorf("%q is not found by %q", text, p)
			}
		}
	})
}

// Whatever is in the file, it can be read and added to.
func FuzzHistoryFile(f *testing.F) {
	f.Add([]byte(`{"session":1,"line":1,"input":"a"}` + "\n" + `{"session":1,"line":1,"output":"b"}`))
	f.Add([]byte("\n\n{}\nnull\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := filepath.Join(t.TempDir(), "h")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		h := openHistory(file, discard())
		if h.file == nil {
			t.Fatal("not opened")
		}
		h.add("last")
		es, session := openHistory(file, discard()).all()
		if n := len(es); n == 0 || es[n-1].Input != "last" || session != h.session+1 {
			t.Errorf("got %+v, session %d", es, session)
		}
	})
}
