package conformance

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Text is an outcome in a form that is the same each time: a line of output is
// one line, after its source. What was asked comes first; what stdout and stderr say between two other
// messages is put in this order, as two pipes have none. tidy, where given,
// replaces what differs from run to run.
func (o Outcome) Text(tidy func(string) string) string {
	w := &writer{tidy: tidy, streams: map[string]string{}}
	for _, a := range o.Messages { // they come by a socket of their own: when, nobody can tell
		if b := a.Body(); a.From == Stdin {
			w.put(fmt.Sprintf("input password=%v", b["password"]), fmt.Sprint(b["prompt"]))
		}
	}
	for _, a := range o.Messages {
		b := a.Body()
		if a.From == Stdin {
			continue
		}
		if a.Header.MsgType == "stream" {
			name, _ := b["name"].(string)
			text, _ := b["text"].(string)
			w.streams[name] += text
			continue
		}
		w.message(a.Header.MsgType, b)
	}
	w.flush()
	w.reply(o.Reply)
	return w.String()
}

type writer struct {
	strings.Builder
	streams map[string]string
	tidy    func(string) string
}

// put writes a text, each of its lines after a word.
func (w *writer) put(word, text string) {
	text = colours.ReplaceAllString(text, "")
	if w.tidy != nil {
		text = w.tidy(text)
	}
	for line := range strings.Lines(text) {
		line, whole := strings.CutSuffix(line, "\n")
		if !whole && (word == "stdout" || word == "stderr") {
			line += "\\" // no newline came
		}
		w.WriteString(strings.TrimRight(word+"| "+line, " ") + "\n")
	}
	if text == "" {
		fmt.Fprintf(w, "%s|\n", word)
	}
}

func (w *writer) flush() {
	for _, name := range []string{"stdout", "stderr"} {
		if w.streams[name] != "" {
			w.put(name, w.streams[name])
		}
	}
	clear(w.streams)
}

func (w *writer) message(kind string, b Object) {
	switch kind {
	case "status", "execute_input":
		return
	}
	w.flush()
	switch kind {
	case "execute_result":
		w.bundle("result", b)
	case "display_data":
		w.bundle("display", b)
	case "update_display_data":
		w.bundle("update", b)
	case "clear_output":
		fmt.Fprintf(w, "clear wait=%v\n", b["wait"])
	case "error":
		w.put("error", fmt.Sprintf("%v: %v", b["ename"], b["evalue"]))
		lines, _ := b["traceback"].([]any)
		for _, l := range lines {
			w.put("trace", fmt.Sprint(l))
		}
	default:
		text, err := json.Marshal(b)
		if err != nil {
			text = []byte(err.Error())
		}
		w.put(kind, string(text))
	}
}

// bundle writes what is shown: text/plain alone as the word's own, other text
// after its MIME type, binary data by its size.
func (w *writer) bundle(word string, b Object) {
	data, _ := b["data"].(map[string]any)
	for _, mime := range slices.Sorted(maps.Keys(data)) {
		head := word
		if mime != "text/plain" || len(data) > 1 {
			head += " " + mime
		}
		text, ok := data[mime].(string)
		if !ok {
			j, err := json.Marshal(data[mime])
			if err != nil {
				j = []byte(err.Error())
			}
			text = string(j)
		}
		if strings.HasPrefix(mime, "image/") && mime != "image/svg+xml" {
			raw, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				text = err.Error()
			} else {
				text = fmt.Sprintf("%d bytes", len(raw))
			}
		}
		w.put(head, text)
	}
}

// reply writes what the reply says beyond the messages.
func (w *writer) reply(r Object) {
	if s := r["status"]; s != "ok" {
		fmt.Fprintf(w, "reply %v %v\n", s, r["ename"])
	}
	payloads, _ := r["payload"].([]any)
	for _, p := range payloads {
		p, _ := p.(map[string]any)
		data, _ := p["data"].(map[string]any)
		w.put(fmt.Sprint(p["source"]), fmt.Sprint(data["text/plain"]))
	}
	values, _ := r["user_expressions"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		v := Object(values[name].(map[string]any))
		if v["status"] == "ok" {
			w.put("expression "+name, fmt.Sprint(v.At("data", "text/plain")))
		} else {
			w.put("expression "+name, fmt.Sprintf("%v: %v", v["ename"], v["evalue"]))
		}
	}
}
