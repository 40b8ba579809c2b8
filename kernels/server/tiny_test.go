package server

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// tiny is a small language for the tests, one command a line:
//
//	1+2                     the value of a sum
//	print text / err text   a line on stdout or stderr
//	put hex                 bytes on stdout
//	spam bytes [rune]       that many bytes on stdout, in lines of about 100
//	sleep ms                until interrupted
//	fail name text          an error
//	panic text              a fault of the interpreter itself
//	ask prompt / secret ..  prints what the user types
//	show id text / update id text / clear / flood id n / mixed id n
//	open id target / say id text / close id
//	later ms text           prints after the cell has ended
//	who                     prints count, subshell and cell id
//
// It knows the comm targets "echo", which sends back what it gets, and "bad", whose callbacks fail.
type tiny struct {
	mu      sync.Mutex
	stops   map[chan struct{}]bool
	closed  chan bool // gets Close's restart
	entered chan struct{}
}

func newTiny() *tiny {
	return &tiny{stops: map[chan struct{}]bool{}, closed: make(chan bool, 1), entered: make(chan struct{}, 100)}
}

func (t *tiny) Execute(ctx context.Context, req Request, out Output) (res Result) {
	stop := make(chan struct{})
	t.mu.Lock()
	t.stops[stop] = true
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		delete(t.stops, stop)
		t.mu.Unlock()
	}()
	if len(req.UserExpressions) > 0 {
		res.UserExpressions = map[string]any{}
		for name, code := range req.UserExpressions {
			res.UserExpressions[name] = map[string]any{"status": "ok", "data": map[string]any{"text/plain": code}, "metadata": map[string]any{}}
		}
	}
	for line := range strings.SplitSeq(req.Code, "\n") {
		if err := t.line(ctx, stop, req, out, line); err != nil {
			res.Err = err
			return res
		}
	}
	return res
}

func (t *tiny) line(ctx context.Context, stop chan struct{}, req Request, out Output, line string) *Error {
	word, rest, _ := strings.Cut(line, " ")
	id, text, _ := strings.Cut(rest, " ")
	n, _ := strconv.Atoi(id)
	switch word {
	case "":
	case "print":
		out.Stream("stdout", rest+"\n")
	case "err":
		out.Stream("stderr", rest+"\n")
	case "put":
		b, err := hex.DecodeString(rest)
		if err != nil {
			return &Error{Name: "BadHex", Value: err.Error()}
		}
		out.Stream("stdout", string(b))
	case "spam":
		if text == "" {
			text = "x"
		}
		row := strings.Repeat(text, 99/len(text)) + "\n"
		for ; n >= len(row); n -= len(row) {
			out.Stream("stdout", row)
		}
		out.Stream("stdout", strings.Repeat("x", n))
	case "sleep":
		t.entered <- struct{}{}
		select {
		case <-time.After(time.Duration(n) * time.Millisecond):
		case <-stop:
			return &Error{Name: "Interrupted", Value: "the cell was interrupted"}
		case <-ctx.Done():
			return &Error{Name: "Ended", Value: ctx.Err().Error()}
		}
	case "fail":
		return &Error{Name: id, Value: text, Traceback: []string{"line 1", "line 2"}}
	case "panic":
		panic(rest)
	case "ask", "secret":
		got, err := out.Input(ctx, rest, word == "secret")
		if err != nil {
			return &Error{Name: "InputError", Value: err.Error()}
		}
		out.Stream("stdout", "got "+got+"\n")
	case "show":
		out.Display(pipe.Bundle{Data: map[string]any{"text/plain": text}, ID: id})
	case "update":
		out.Update(pipe.Bundle{Data: map[string]any{"text/plain": text}, ID: id})
	case "flood", "mixed":
		n, _ := strconv.Atoi(text)
		for i := range n {
			out.Update(pipe.Bundle{Data: map[string]any{"text/plain": strconv.Itoa(i)}, ID: id})
			if word == "mixed" {
				out.Stream("stdout", fmt.Sprintln(i))
			}
		}
	case "clear":
		out.Clear(true)
	case "open":
		out.Comm(pipe.Comm{Kind: pipe.CommOpen, ID: id, Target: text, Data: map[string]any{"a": 1}, Metadata: map[string]any{"version": "2.1.0"}})
	case "say":
		out.Comm(pipe.Comm{Kind: pipe.CommMsg, ID: id, Data: map[string]any{"text": text}, Buffers: [][]byte{{0, 255}}})
	case "close":
		out.Comm(pipe.Comm{Kind: pipe.CommClose, ID: id})
	case "later":
		time.AfterFunc(time.Duration(n)*time.Millisecond, func() { out.Stream("stdout", text+"\n") })
	case "who":
		out.Stream("stdout", fmt.Sprintf("%d %q %q\n", req.Count, req.Subshell, req.CellID))
	default:
		sum := 0
		for term := range strings.SplitSeq(line, "+") {
			v, err := strconv.Atoi(term)
			if err != nil {
				return &Error{Name: "SyntaxError", Value: fmt.Sprintf("%q is no command", line)}
			}
			sum += v
		}
		out.Result(pipe.Bundle{Data: map[string]any{"text/plain": strconv.Itoa(sum)}})
	}
	return nil
}

func (t *tiny) Interrupt() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for stop := range t.stops {
		close(stop)
		delete(t.stops, stop)
	}
}

var words = []CompletionItem{{"print", "function", "(text)"}, {"panic", "function", ""}, {"ask", "keyword", ""}}

// Complete knows the words of the language, and the Greek letter pi.
func (t *tiny) Complete(ctx context.Context, code string, cursor int) (Completion, error) {
	if strings.Contains(code, "fault") {
		return Completion{}, errors.New("no completion today")
	}
	if strings.Contains(code, "wild") {
		return Completion{Start: -5, End: len(code) + 5, Items: words[:1]}, nil
	}
	start := strings.LastIndexByte(code[:cursor], ' ') + 1
	c := Completion{Start: start, End: cursor}
	for _, w := range words {
		if strings.HasPrefix(w.Text, strings.TrimLeft(code[start:cursor], "π")) {
			c.Items = append(c.Items, w)
		}
	}
	return c, nil
}

func (t *tiny) Inspect(ctx context.Context, code string, cursor, detail int) (Inspection, error) {
	if strings.HasPrefix(code, "fault") {
		return Inspection{}, errors.New("nothing to see")
	}
	if strings.HasPrefix(code, "boom") {
		panic("boom")
	}
	if !strings.HasPrefix(code, "print") {
		return Inspection{}, nil
	}
	return Inspection{Found: true, Data: map[string]string{"text/plain": fmt.Sprintf("detail %d, before the cursor %q", detail, code[:cursor])}}, nil
}

func (t *tiny) IsComplete(code string) (status, indent string) {
	if strings.HasSuffix(code, "\\") {
		return "incomplete", "  "
	}
	if strings.HasPrefix(code, "!") {
		return "invalid", ""
	}
	return "complete", ""
}

func (t *tiny) Comm(ctx context.Context, msg pipe.Comm, out Output) error {
	switch {
	case msg.Kind == pipe.CommOpen && msg.Target == "echo":
		out.Comm(pipe.Comm{Kind: pipe.CommMsg, ID: msg.ID, Data: map[string]any{"hello": true}})
	case msg.Kind == pipe.CommOpen && msg.Target == "bad":
		return errors.New("the callback failed")
	case msg.Kind == pipe.CommOpen && msg.Target == "panic":
		panic("in the callback")
	case msg.Kind == pipe.CommOpen:
		return ErrNoTarget
	case msg.Kind == pipe.CommMsg:
		out.Comm(pipe.Comm{Kind: pipe.CommMsg, ID: msg.ID, Data: msg.Data, Metadata: msg.Metadata, Buffers: msg.Buffers})
	}
	return nil
}

func (t *tiny) Info() Info {
	return Info{Implementation: "tiny", Version: "1.2.3", GoVersion: "1.26", Banner: "a tiny language"}
}

func (t *tiny) Close(restart bool) error {
	t.closed <- restart
	return nil
}
