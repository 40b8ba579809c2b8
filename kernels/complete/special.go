package complete

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/server"
)

// completeSpecial proposes commands and their arguments in special lines,
// programs and files in shell lines and in the body of a shell cell.
func (e *Engine) completeSpecial(d *declared, code string, cursor int, at cell.Context) server.Completion {
	c := server.Completion{Start: at.Start, End: at.End}
	dir := d.Dir
	if at.InTmp {
		dir = e.opts.Dir
	}
	w := word{dir: dir, env: d.Env, prefix: at.Prefix}
	switch at.Place {
	case cell.InBody:
		if !slices.Contains([]string{"%%bash", "%%sh"}, at.Command) {
			return c
		}
		line := strings.LastIndexByte(code[:cursor], '\n') + 1
		shell := cell.At("!"+code[line:], cursor-line+1)
		c.Start, c.End = max(line, shell.Start+line-1), max(line, shell.End+line-1)
		w.prefix, w.shell = shell.Prefix, true
		c.Items = w.programOrFile(shell.Word == 0)
	case cell.InShell:
		w.shell = true
		c.Items = w.programOrFile(at.Word == 0)
	case cell.InCommand:
		if at.Word == 0 {
			c.Items = commandNames(code[at.Start:cursor])
			break
		}
		cmd, _ := cell.Lookup(at.Command)
		c.Items = e.arguments(d, cmd, w, at.Word)
	}
	c.Items = c.Items[:min(len(c.Items), maxItems)]
	return c
}

// commandNames are the commands that begin with what is typed, its % signs
// included; "% en" means %en.
func commandNames(typed string) []server.CompletionItem {
	typed = strings.ReplaceAll(typed, " ", "")
	var items []server.CompletionItem
	for _, c := range cell.Commands() {
		if strings.HasPrefix(c.Name, "%") && strings.HasPrefix(c.Name, strings.TrimPrefix(typed, "//gonb:")) {
			items = append(items, server.CompletionItem{Text: c.Name, Type: kindMagic, Signature: c.Usage})
		}
	}
	slices.SortStableFunc(items, func(a, b server.CompletionItem) int { return strings.Compare(a.Text, b.Text) })
	return items
}

// arguments proposes the nth argument of a command.
func (e *Engine) arguments(d *declared, cmd cell.Command, w word, n int) []server.CompletionItem {
	items := w.among(cmd.Values, kindKeyword)
	switch cmd.Arg {
	case cell.ArgFile:
		items = append(items, w.files(false)...)
	case cell.ArgDir:
		items = append(items, w.files(true)...)
	case cell.ArgProgram:
		items = append(items, w.programOrFile(n == 1)...)
	case cell.ArgEnv:
		if n == 1 {
			items = append(items, w.variables()...)
		}
	case cell.ArgKey:
		items = append(items, w.among(d.Keys, kindVariable)...)
	case cell.ArgFunc:
		if n == 1 {
			items = append(items, w.functions(d)...)
		}
	case cell.ArgCommand:
		var names []string
		for _, c := range cell.Commands() {
			names = append(names, c.Name)
		}
		items = append(items, w.among(names, kindMagic)...)
	}
	return items
}

// word is an argument being typed.
type word struct {
	dir    string   // where the line runs; "" is the process's own folder
	env    []string // nil is the process's own
	prefix string   // unquoted
	shell  bool     // quoted as a shell has it, not as a command
}

func (w word) among(values []string, kind string) []server.CompletionItem {
	var items []server.CompletionItem
	for _, v := range values {
		if strings.HasPrefix(v, w.prefix) {
			items = append(items, server.CompletionItem{Text: v, Type: kind})
		}
	}
	return items
}

func (w word) functions(d *declared) []server.CompletionItem {
	own := scope{}
	if d.file != nil {
		own.add(d.file, func(string) bool { return true })
	}
	return slices.DeleteFunc(proposed(own, w.prefix), func(it server.CompletionItem) bool {
		return it.Type != kindFunction || it.Signature != "func()"
	})
}

// variables proposes NAME= for the environment, without the values.
func (w word) variables() []server.CompletionItem {
	var names []string
	for _, pair := range w.environ() {
		if name, _, ok := strings.Cut(pair, "="); ok && name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return w.among(slices.Compact(names), kindVariable)
}

func (w word) environ() []string {
	if w.env == nil {
		return os.Environ()
	}
	return w.env
}

func (w word) getenv(name string) string {
	value := ""
	for _, pair := range w.environ() {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			value = v
		}
	}
	return value
}

// programOrFile proposes programs of the PATH for a first word without a
// slash, else files.
func (w word) programOrFile(first bool) []server.CompletionItem {
	if !first || strings.Contains(w.prefix, "/") {
		return w.files(false)
	}
	if w.prefix == "" {
		return nil // too many to be of use
	}
	var names []string
	for _, dir := range filepath.SplitList(w.getenv("PATH")) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), w.prefix) {
				continue
			}
			if info, err := os.Stat(filepath.Join(dir, e.Name())); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				names = append(names, e.Name())
			}
		}
	}
	slices.Sort(names)
	return w.among(slices.Compact(names), kindFunction)
}

// files proposes paths below what is typed, folders with a slash at the end;
// hidden ones only after a dot. ~ and variables are looked into, not replaced.
func (w word) files(dirsOnly bool) []server.CompletionItem {
	cut := strings.LastIndexByte(w.prefix, '/') + 1
	written, begin := w.prefix[:cut], w.prefix[cut:]
	folder := written
	if rest, ok := strings.CutPrefix(folder, "~/"); ok {
		folder = w.getenv("HOME") + "/" + rest
	}
	folder = os.Expand(folder, w.getenv)
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(w.dir, folder)
	}
	if folder == "" {
		folder = "."
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var items []server.CompletionItem
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, begin) || name[0] == '.' && begin == "" || strings.ContainsAny(name, "\n\r") {
			continue
		}
		isDir := e.IsDir()
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil {
			isDir = info.IsDir() // through a link
		}
		if dirsOnly && !isDir {
			continue
		}
		if isDir {
			name += "/"
		}
		items = append(items, server.CompletionItem{Text: w.quote(written + name), Type: kindPath})
	}
	return items
}

// quote writes a path as one word.
func (w word) quote(path string) string {
	if !w.shell {
		if strings.ContainsAny(path, " \t\"") {
			return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(path) + `"`
		}
		return path
	}
	var b strings.Builder
	for i, r := range path {
		special := strings.ContainsRune(" \t\"'\\`()&;|<>*?[]!#{}", r)
		if special && !(r == '#' && i > 0) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
