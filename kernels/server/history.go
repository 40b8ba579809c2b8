package server

import (
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"

	"github.com/stellarae/lab/kernels/wire"
)

const (
	maxEntry  = 1 << 20 // bytes of one cell; longer ones are not kept
	maxResult = 4 << 10 // bytes of a result
	maxKept   = 8 << 20 // bytes of this session in memory

	maxPattern = 16 << 10 // bytes of a pattern that is more than a text
)

// history is the cells that were run: those of this session in memory, those
// of all sessions in a file.
type history struct {
	file *historyFile // nil: none
	log  *slog.Logger

	mu      sync.Mutex
	session int
	entries []entry
	bytes   int
	line    int
}

// entry is one cell.
type entry struct {
	Session int    `json:"session"`
	Line    int    `json:"line"`
	Input   string `json:"input,omitempty"`
	Output  string `json:"output,omitempty"`
}

// openHistory begins a session. Where the file cannot be used this is logged,
// and the session is kept in memory only.
func openHistory(path string, log *slog.Logger) *history {
	h := &history{log: log, session: 1}
	if path == "" {
		return h
	}
	f := &historyFile{path: path}
	session, err := f.begin()
	if err != nil {
		log.Warn("history is not kept", "cause", err)
		return h
	}
	h.file, h.session = f, session
	return h
}

// add keeps a cell and returns its line.
func (h *history) add(input string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.line++
	if len(input) <= maxEntry {
		h.keep(entry{Session: h.session, Line: h.line, Input: input})
	}
	return h.line
}

// addOutput keeps what the cell on a line resulted in.
func (h *history) addOutput(line int, output string) {
	if output == "" || len(output) > maxResult {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.entries) - 1; i >= 0; i-- {
		if e := &h.entries[i]; e.Line == line {
			e.Output = output
			h.bytes += len(output)
			h.store(entry{Session: h.session, Line: line, Output: output})
			return
		}
	}
}

func (h *history) keep(e entry) {
	h.entries = append(h.entries, e)
	h.bytes += len(e.Input)
	for h.bytes > maxKept {
		h.bytes -= len(h.entries[0].Input) + len(h.entries[0].Output)
		h.entries = h.entries[1:]
	}
	h.store(e)
}

func (h *history) store(e entry) {
	if h.file == nil {
		return
	}
	if err := h.file.append(e); err != nil {
		h.log.Warn("history entry is not kept", "cause", err)
	}
}

// all returns the entries of all sessions, this one last.
func (h *history) all() ([]entry, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var es []entry
	if h.file != nil {
		past, err := h.file.read()
		if err != nil {
			h.log.Warn("history not read", "cause", err)
		}
		for _, e := range past {
			if e.Session != h.session {
				es = append(es, e)
			}
		}
	}
	return append(es, h.entries...), h.session
}

// historyRequest is the content of history_request
// (https://jupyter-client.readthedocs.io/en/stable/messaging.html#history).
// raw makes no difference: cells are kept as they were typed.
type historyRequest struct {
	Output  bool   `json:"output"`
	Access  string `json:"hist_access_type"`
	Session int    `json:"session"`
	Start   int    `json:"start"`
	Stop    *int   `json:"stop"`
	N       *int   `json:"n"`
	Pattern string `json:"pattern"`
	Unique  bool   `json:"unique"`
}

func (k *kernel) searchHistory(m wire.Message) content {
	req := historyRequest{Access: "tail", Pattern: "*"}
	if err := m.Decode(&req); err != nil {
		return failure("BadRequest", err)
	}
	es, session := k.history.all()
	switch req.Access {
	case "range":
		es = req.lines(es, session)
	case "search":
		es = req.search(es)
	case "tail":
		es = req.tail(es)
	default:
		return failure("BadRequest", fmt.Errorf("hist_access_type %.40q is none of range, tail, search", req.Access))
	}
	list := make([][3]any, len(es))
	for i, e := range es {
		list[i] = [3]any{e.Session, e.Line, e.Input}
		if req.Output {
			var out any // null where there is none
			if e.Output != "" {
				out = e.Output
			}
			list[i][2] = [2]any{e.Input, out}
		}
	}
	return content{"status": "ok", "history": list}
}

// tail is the last n entries; all without n.
func (r historyRequest) tail(es []entry) []entry {
	if r.N == nil {
		return es
	}
	return es[max(0, len(es)-max(0, *r.N)):]
}

// lines is the entries of one session from line start to before line stop.
// Sessions up to 0 count back from this one; negative lines count from the
// session's end, and no stop is the end.
func (r historyRequest) lines(es []entry, session int) []entry {
	if r.Session > 0 {
		session = r.Session
	} else {
		session += r.Session
	}
	last := 0
	for _, e := range es {
		if e.Session == session {
			last = max(last, e.Line)
		}
	}
	start, stop := r.Start, last+1
	if start < 0 {
		start += last + 1
	}
	if r.Stop != nil {
		if stop = *r.Stop; stop < 0 {
			stop += last + 1
		}
	}
	var found []entry
	for _, e := range es {
		if e.Session == session && e.Line >= start && e.Line < stop {
			found = append(found, e)
		}
	}
	return found
}

// search is the last n entries that fit the pattern as a whole; with unique
// each text once, where it was last.
func (r historyRequest) search(es []entry) []entry {
	fits := compileGlob(r.Pattern)
	seen := map[string]bool{}
	var found []entry
	for i := len(es) - 1; i >= 0 && (r.N == nil || len(found) < *r.N); i-- {
		if e := es[i]; fits(e.Input) && !(r.Unique && seen[e.Input]) {
			seen[e.Input] = true
			found = append(found, e)
		}
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found
}

// compileGlob reads a pattern of *, ? and [classes] into a test of whole texts.
// A class that is not closed stands for itself, and so does a pattern that is
// too long or has a class such as [z-a].
func compileGlob(pattern string) func(string) bool {
	pattern = strings.ToValidUTF8(pattern, "\uFFFD")
	same := func(text string) bool { return text == pattern }
	if len(pattern) > maxPattern {
		return same
	}
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for rest := pattern; rest != ""; {
		switch c := rest[0]; {
		case c == '*':
			b.WriteString(".*")
			rest = rest[1:]
		case c == '?':
			b.WriteString(".")
			rest = rest[1:]
		case c == '[':
			class, after, ok := globClass(rest)
			if !ok {
				class, after = `\[`, rest[1:]
			}
			b.WriteString(class)
			rest = after
		default:
			n := strings.IndexAny(rest, "*?[")
			if n < 0 {
				n = len(rest)
			}
			b.WriteString(regexp.QuoteMeta(rest[:n]))
			rest = rest[n:]
		}
	}
	re, err := regexp.Compile(b.String() + `\z`)
	if err != nil {
		return same
	}
	return re.MatchString
}

// globClass reads a class such as [a-z] or [^a-z] as a regular expression's.
func globClass(s string) (class, rest string, ok bool) {
	body := s[1:]
	negated := strings.HasPrefix(body, "^")
	if negated {
		body = body[1:]
	}
	first := 0
	if strings.HasPrefix(body, "]") { // at the beginning it stands for itself
		first = 1
	}
	n := strings.IndexByte(body[first:], ']')
	if n < 0 || n+first == 0 {
		return "", "", false
	}
	n += first
	class = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`, `&`, `\&`, `~`, `\~`).Replace(body[:n])
	if negated {
		class = "^" + class
	}
	return "[" + class + "]", body[n+1:], true
}
