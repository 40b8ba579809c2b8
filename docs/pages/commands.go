package pages

import (
	"path"
	"strings"
)

// A Command is one command of a shell line, as shown on a page.
type Command struct {
	Words []string // the program's name without its folder, then its arguments
	Text  string   // as written
	Prose bool     // in a line of prose, where a flag may stand without its value
}

// Commands are those in the page's shell blocks and in code within its prose,
// where that is more than the program's name.
func (p Page) Commands() []Command {
	var all []Command
	for _, b := range p.Blocks {
		if !b.Shell() {
			continue
		}
		for line := range strings.Lines(strings.ReplaceAll(b.Text, "\\\n", " ")) {
			all = append(all, split(line)...)
		}
	}
	for _, span := range p.Spans {
		for _, c := range split(span) {
			if c.Prose = true; len(c.Words) > 1 && c.Words[1] != "..." {
				all = append(all, c)
			}
		}
	}
	return all
}

// split takes a shell line apart: at |, ; and &&, with quotes, without comments,
// redirections and the variables set before a command.
func split(line string) []Command {
	var commands []Command
	var words []string
	var word strings.Builder
	inWord, quote := false, rune(0)
	endWord := func() {
		if inWord {
			words = append(words, word.String())
			word.Reset()
			inWord = false
		}
	}
	endCommand := func() {
		endWord()
		if c := bare(words); len(c) > 0 {
			commands = append(commands, Command{Words: c, Text: strings.TrimSpace(line)})
		}
		words = nil
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == '#' && !inWord:
			endCommand()
			return commands
		case r == ' ' || r == '\t' || r == '\n':
			endWord()
		case r == '&' && strings.HasSuffix(word.String(), ">"): // 2>&1
			word.WriteRune(r)
		case r == '|' || r == ';' || r == '&':
			endCommand()
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	endCommand()
	return commands
}

// bare is a command without what only the shell needs of it.
func bare(words []string) []string {
	for len(words) > 0 && (words[0] == "$" || isAssignment(words[0]) || words[0] == "nice" || words[0] == "time") {
		words = words[1:]
	}
	var kept []string
	for i := 0; i < len(words); i++ {
		if strings.HasPrefix(words[i], ">") || strings.HasPrefix(words[i], "2>") || words[i] == "<" {
			if strings.HasSuffix(words[i], ">") || words[i] == "<" {
				i++ // and its file
			}
			continue
		}
		kept = append(kept, words[i])
	}
	if len(kept) > 0 {
		kept[0] = path.Base(kept[0])
	}
	return kept
}

func isAssignment(word string) bool {
	name, _, found := strings.Cut(word, "=")
	return found && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == ""
}
