package session

import (
	"fmt"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/display/pipe"
)

func (l *lines) help(args []string) error {
	if len(args) > 0 {
		name := args[0]
		if !strings.HasPrefix(name, "%") && !strings.HasPrefix(name, "!") {
			name = "%" + name
		}
		for _, c := range cell.Commands() {
			if c.Name == name {
				l.say("stdout", "%s\n    %s", c.Usage, c.Help)
				return nil
			}
		}
		return fmt.Errorf("no command %s", name)
	}
	l.out.Display(pipe.Bundle{Data: map[string]any{"text/markdown": helpMarkdown(), "text/plain": helpText()}})
	return nil
}

const helpHead = `Go code runs as you write it: declarations are remembered, x := f() at the top of a cell makes x a variable that lives on, and a last line that is an expression is shown. Imports are found by name. Below %% everything is the body of main.`

func helpText() string {
	var b strings.Builder
	b.WriteString(helpHead + "\n\n")
	for _, c := range cell.Commands() {
		fmt.Fprintf(&b, "%-28s %s\n", c.Usage, c.Help)
	}
	return b.String()
}

func helpMarkdown() string {
	var b strings.Builder
	b.WriteString(helpHead + "\n\n| command | what it does |\n|---|---|\n")
	for _, c := range cell.Commands() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(c.Usage, "|", "\\|"), strings.ReplaceAll(c.Help, "|", "\\|"))
	}
	return b.String()
}
