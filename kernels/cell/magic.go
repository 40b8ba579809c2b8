package cell

import (
	"bytes"
	"strings"
)

// magic describes a first line that takes the whole cell.
type magic struct {
	name     string // as in Magic.Name: %%js is "javascript"
	min, max int    // number of arguments; max < 0 is any
}

var magics = map[string]magic{
	"writefile":  {"writefile", 1, 2},
	"script":     {"script", 1, -1},
	"bash":       {"bash", 0, 0},
	"sh":         {"sh", 0, 0},
	"html":       {"html", 0, -1},
	"markdown":   {"markdown", 0, -1},
	"latex":      {"latex", 0, -1},
	"svg":        {"svg", 0, -1},
	"javascript": {"javascript", 0, -1},
	"js":         {"javascript", 0, -1},
}

// magicHead is where the line of a cell magic stands.
type magicHead struct {
	block
	written string // the name as written: "js"
	timed   bool   // %%time above it
}

// magicLine looks for a cell magic: the first line that is neither blank nor %%time.
func magicLine(src []byte) (magicHead, bool) {
	timed := false
	for at := 0; at < len(src); {
		end := lineEnd(src, at)
		line := bytes.TrimPrefix(src[at:end], []byte(prefix))
		first, rest := line, []byte(nil)
		if i := bytes.IndexAny(line, " \t\r"); i >= 0 {
			first, rest = line[:i], line[i:]
		}
		name, isMagic := bytes.CutPrefix(first, []byte("%%"))
		switch {
		case len(bytes.TrimSpace(line)) == 0:
		case string(first) == "%%time" && len(bytes.TrimSpace(rest)) == 0:
			timed = true
		case isMagic && magics[string(name)].name != "":
			return magicHead{block{start: at, end: continuedEnd(src, at)}, string(name), timed}, true
		default:
			return magicHead{}, false
		}
		at = end + 1
	}
	return magicHead{}, false
}

func (p *reader) magic(h magicHead) {
	p.blank(0, len(p.code))
	p.Time = h.timed
	j := join(p.src, h.start, h.end)
	list, open := words(j.text)
	if open >= 0 {
		p.fail(j.pos[open], "double quote is not closed")
	}
	m := magics[h.written]
	args := texts(list[1:])
	body := ""
	if h.end < len(p.Text) {
		body = p.Text[h.end+1:]
	}
	if body != "" && !strings.HasSuffix(body, "\n") {
		body += "\n"
	}
	p.Magic = &Magic{m.name, args, body}
	switch {
	case m.name == "writefile" && (len(args) < m.min || len(args) > m.max || len(args) == 2 && args[0] != "-a" || len(args) == 1 && args[0] == "-a" || args[len(args)-1] == ""):
		p.fail(h.start, "%%%%writefile needs one path: %%%%writefile [-a] path")
	case len(args) < m.min || m.name == "script" && args[0] == "":
		p.fail(h.start, "%%%%%s needs a command", h.written)
	case m.max >= 0 && len(args) > m.max:
		p.fail(j.pos[list[1].start], "%%%%%s takes no arguments; %%%%script %s does", h.written, h.written)
	}
}
