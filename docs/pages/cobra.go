package pages

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Check tells what is wrong with a command of a program whose command line is
// made by newRoot: an unknown command, an unknown flag, a value of the wrong
// kind. Arguments that are no flags are not looked at.
func Check(newRoot func() *cobra.Command, c Command) error {
	root := newRoot()
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	root.InitDefaultVersionFlag()
	command, rest, err := root.Find(c.Words[1:])
	if err != nil {
		return err
	}
	if command.HasSubCommands() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		return fmt.Errorf("%s has no command %s", command.CommandPath(), rest[0])
	}
	err = command.ParseFlags(rest)
	var noValue *pflag.ValueRequiredError
	if err == nil || errors.Is(err, pflag.ErrHelp) || c.Prose && errors.As(err, &noValue) {
		return nil
	}
	return fmt.Errorf("%s: %w", command.CommandPath(), err)
}

// Reference writes the reference of a command line as Markdown, one section a
// command, from the texts that --help shows.
func Reference(root *cobra.Command, title, intro string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n%s\n", title, intro)
	all := listed(root)
	b.WriteString("\n| command | |\n|---|---|\n")
	for _, c := range all {
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", c.CommandPath(), anchor(c.CommandPath(), map[string]int{}), c.Short)
	}
	for _, c := range all {
		section(&b, c)
	}
	return b.Bytes()
}

// listed are the commands people run, in the order of --help.
func listed(c *cobra.Command) (all []*cobra.Command) {
	if c.Runnable() {
		all = append(all, c)
	}
	for _, sub := range c.Commands() {
		if sub.Name() != "help" && sub.Name() != "completion" && !sub.Hidden {
			all = append(all, listed(sub)...)
		}
	}
	return all
}

func section(b *bytes.Buffer, c *cobra.Command) {
	words := c.Long
	if words == "" {
		words = c.Short + "."
	}
	fmt.Fprintf(b, "\n## %s\n\n```text\n%s\n\n%s\n```\n", c.CommandPath(), c.UseLine(), strings.TrimSpace(words))
	if c.Example != "" {
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", unindent(c.Example))
	}
	flags := c.LocalFlags()
	flags.AddFlagSet(c.InheritedFlags())
	if !flags.HasAvailableFlags() {
		return
	}
	b.WriteString("\n| flag | value | |\n|---|---|---|\n")
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		kind, usage := pflag.UnquoteUsage(f)
		name := "`--" + f.Name + "`"
		if f.Shorthand != "" {
			name = "`-" + f.Shorthand + "`, " + name
		}
		if f.Annotations[cobra.BashCompOneRequiredFlag] != nil {
			usage += " (required)"
		} else if !zero(f) {
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", name, kind, strings.ReplaceAll(usage, "|", `\|`))
	})
}

// zero tells whether a flag's default is nothing worth telling.
func zero(f *pflag.Flag) bool {
	switch f.DefValue {
	case "", "0", "0s", "false", "[]":
		return true
	}
	return false
}

func unindent(example string) string {
	var b strings.Builder
	for line := range strings.Lines(example) {
		b.WriteString(strings.TrimPrefix(line, "  "))
	}
	return strings.TrimSpace(b.String())
}
