package cell

import "strings"

// Place is where in a cell a cursor stands.
type Place int

const (
	InGo      Place = iota
	InCommand       // a line with %, or the first line of a cell magic
	InShell         // a line with !
	InBody          // below the first line of a cell magic
)

func (p Place) String() string {
	return [...]string{"go", "command", "shell", "body"}[p]
}

// Context says what a cursor is at.
type Context struct {
	Place   Place
	Command string // "%env", "%%bash", "%%": as far as it is written; in a body that of the cell magic
	InTmp   bool   // in a line with !*
	Line    string // the special line before the cursor, continuation lines joined
	// The word of a special line at the cursor: its number (0 is the command
	// itself with its % signs; in a shell line 0 is the program, also after |,
	// ; and &), its offsets in the text (equal where there is none yet), and
	// what of it stands before the cursor, unquoted.
	Word       int
	Start, End int
	Prefix     string
}

// At looks at a cell as it is being typed: the text may be anything, and a
// cursor outside of it is taken for one at the nearest end.
func At(text string, cursor int) Context {
	cursor = min(max(cursor, 0), len(text))
	src := []byte(text)
	if h, ok := magicLine(src); ok {
		switch {
		case cursor > h.end:
			return Context{Place: InBody, Command: "%%" + h.written, Start: cursor, End: cursor}
		case cursor >= h.start:
			return inSpecial(src, h.block, cursor)
		}
	}
	for _, b := range specialLines(src) {
		if cursor < b.start {
			break
		}
		if cursor < b.end || cursor == b.end && b.timing == "" {
			return inSpecial(src, b, cursor)
		}
	}
	return Context{Place: InGo, Start: cursor, End: cursor}
}

// inSpecial looks for the word at the cursor in a special line.
func inSpecial(src []byte, b block, cursor int) Context {
	j := join(src, b.start, b.end)
	if len(j.text) == 0 || cursor < j.pos[0] { // in the prefix
		return Context{Place: InGo, Start: cursor, End: cursor}
	}
	at := 0 // the cursor in the joined line
	for at < len(j.text) && j.pos[at] < cursor {
		at++
	}
	c := Context{Place: InCommand, Line: j.text[:at], Start: cursor, End: cursor}
	split := commandWords
	if j.text[0] == '!' {
		c.Place, c.InTmp = InShell, strings.HasPrefix(j.text, "!*")
		split = shellWords
	}
	list := split(j.text)
	if c.Place == InCommand {
		c.Command = list[0].text
	}
	for _, w := range list {
		separator := c.Place == InShell && isSeparator(j.text[w.start:w.end])
		if j.pos[w.start] > cursor || separator && w.start == at {
			break
		}
		switch {
		case separator:
			c.Word = 0
		case cursor > j.pos[w.end-1]+1:
			c.Word++
		default:
			c.Start, c.End = j.pos[w.start], j.pos[w.end-1]+1
			for _, part := range split(j.text[:at]) {
				if part.start == w.start {
					c.Prefix = part.text
				}
			}
			return c
		}
	}
	return c
}

// commandWords are the words of a line with %; of "% env" the first is "%env".
func commandWords(s string) []word {
	list, _ := words(s)
	if len(list) > 1 && list[0].text == "%" {
		list[1].text, list[1].start = "%"+list[1].text, list[0].start
		list = list[1:]
	}
	return list
}

// shellWords splits a line with ! as a shell does, near enough to know which
// word is a program: blanks separate outside of quotes; |, ;, & and ( are words.
func shellWords(s string) []word {
	var list []word
	var text []byte
	start := -1
	flush := func(end int) {
		if start >= 0 {
			list = append(list, word{string(text), start, end})
		}
		text, start = nil, -1
	}
	first := 1
	if strings.HasPrefix(s, "!*") {
		first = 2
	}
	var quote byte
	for i := first; i < len(s); i++ {
		c := s[i]
		if quote == 0 && (isBlank(c) || isSeparator(s[i:i+1])) {
			flush(i)
			if !isBlank(c) {
				list = append(list, word{s[i : i+1], i, i + 1})
			}
			continue
		}
		if start < 0 {
			start = i
		}
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			text = append(text, s[i])
		default:
			text = append(text, c)
		}
	}
	flush(len(s))
	return list
}

func isSeparator(s string) bool { return len(s) == 1 && strings.Contains("|;&(", s) }
