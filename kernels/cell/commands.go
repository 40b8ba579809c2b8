package cell

import (
	"slices"
	"strings"
)

// Arg is what a command takes, for completion.
type Arg int

const (
	NoArg      Arg = iota
	ArgWords       // words that mean nothing to the kernel
	ArgFile        // the path of a file or folder
	ArgDir         // the path of a folder
	ArgEnv         // NAME=value or NAME value
	ArgKey         // a declared name, as %ls lists it
	ArgFunc        // a declared function
	ArgCommand     // the name of a command
	ArgProgram     // a program and its arguments
	ArgGo          // a statement
)

// Command describes a special command.
type Command struct {
	Name   string // with its signs: "%env", "%%bash", "!", "!*"
	Usage  string
	Help   string // one line
	Arg    Arg
	Values []string // words it takes, where they are known: "session", "process"
	Body   bool     // takes the whole cell, from its first line
}

var commands = []Command{
	{Name: "%%", Usage: "%% [args...]", Help: "The lines below are the body of main; the arguments become os.Args[1:].", Arg: ArgWords},
	{Name: "%main", Usage: "%main [args...]", Help: "Same as %%.", Arg: ArgWords},
	{Name: "%args", Usage: "%args [args...]", Help: "Arguments of the program for one run: this cell's, or the next one's if there is no Go code here.", Arg: ArgWords},
	{Name: "%exec", Usage: "%exec func [args...]", Help: "Run a declared function without parameters as main.", Arg: ArgFunc},
	{Name: "!", Usage: "!command", Help: "Run a shell command in the current folder.", Arg: ArgProgram},
	{Name: "!*", Usage: "!*command", Help: "Run a shell command in the folder of the session's module, where go.mod is.", Arg: ArgProgram},

	{Name: "%mode", Usage: "%mode [session|process]", Help: "Keep variables alive between cells (session), or run each cell as a program of its own (process); alone: say which.", Values: []string{"session", "process"}},
	{Name: "%who", Usage: "%who [name...]", Help: "List the variables with their types and sizes.", Arg: ArgKey},
	{Name: "%ls", Usage: "%ls", Help: "List what is declared: imports, constants, types, variables, functions."},
	{Name: "%list", Usage: "%list", Help: "Same as %ls."},
	{Name: "%rm", Usage: "%rm key...", Help: "Forget declarations, by the keys that %ls shows.", Arg: ArgKey},
	{Name: "%remove", Usage: "%remove key...", Help: "Same as %rm.", Arg: ArgKey},
	{Name: "%reset", Usage: "%reset [go.mod]", Help: "Forget all that is declared and begin a new go.mod; with go.mod: only that.", Values: []string{"go.mod"}},

	{Name: "%time", Usage: "%time [statement]", Help: "Say how long the statement takes; alone: the cell.", Arg: ArgGo},
	{Name: "%%time", Usage: "%%time", Help: "Say how long the cell takes."},
	{Name: "%timeit", Usage: "%timeit statement", Help: "Run the statement often enough to say how long it takes.", Arg: ArgGo},
	{Name: "%test", Usage: "%test [flags...]", Help: "Run the tests and benchmarks of this cell; the flags are those of a test binary.", Arg: ArgWords},
	{Name: "%capture", Usage: "%capture [-a] file", Help: "Copy the output of this cell's program into a file; -a appends.", Arg: ArgFile, Values: []string{"-a"}},
	{Name: "%with_inputs", Usage: "%with_inputs", Help: "The next shell line may ask for input."},
	{Name: "%with_password", Usage: "%with_password", Help: "The next shell line may ask for a password, which is not shown."},

	{Name: "%env", Usage: "%env NAME=value", Help: "Set an environment variable, for good.", Arg: ArgEnv},
	{Name: "%cd", Usage: "%cd [dir]", Help: "Change the current folder; alone: say which it is.", Arg: ArgDir},
	{Name: "%goflags", Usage: "%goflags [flags...]", Help: `Set the flags of "go build"; alone: show them; %goflags "" clears them.`, Arg: ArgWords},
	{Name: "%autoget", Usage: "%autoget", Help: "Fetch the modules of new imports by itself (as at the start)."},
	{Name: "%noautoget", Usage: "%noautoget", Help: "Do not fetch modules."},
	{Name: "%goworkfix", Usage: "%goworkfix", Help: "Write a replace into go.mod for each folder that go.work uses."},
	{Name: "%track", Usage: "%track [path...]", Help: "Watch files or folders for completion; alone: list them.", Arg: ArgFile},
	{Name: "%untrack", Usage: "%untrack path...", Help: "Watch them no more.", Arg: ArgFile},
	{Name: "%wasm", Usage: "%wasm", Help: "Compile this cell to WebAssembly and run it in the page."},
	{Name: "%widgets", Usage: "%widgets", Help: "Open the channel to the page for widgets now."},
	{Name: "%widgets_hb", Usage: "%widgets_hb", Help: "Try whether the channel for widgets answers."},
	{Name: "%help", Usage: "%help [command]", Help: "Explain the commands, or one of them.", Arg: ArgCommand},
	{Name: "%version", Usage: "%version", Help: "Show the versions of the kernel and of Go."},

	{Name: "%%writefile", Usage: "%%writefile [-a] path", Help: "Write the rest of the cell into a file; -a appends.", Arg: ArgFile, Values: []string{"-a"}, Body: true},
	{Name: "%%script", Usage: "%%script command [args...]", Help: "Give the rest of the cell to a program as its input.", Arg: ArgProgram, Body: true},
	{Name: "%%bash", Usage: "%%bash", Help: "Run the rest of the cell in bash.", Body: true},
	{Name: "%%sh", Usage: "%%sh", Help: "Run the rest of the cell in sh.", Body: true},
	{Name: "%%html", Usage: "%%html", Help: "Show the rest of the cell as HTML.", Body: true},
	{Name: "%%markdown", Usage: "%%markdown", Help: "Show the rest of the cell as Markdown.", Body: true},
	{Name: "%%latex", Usage: "%%latex", Help: "Show the rest of the cell as LaTeX.", Body: true},
	{Name: "%%svg", Usage: "%%svg", Help: "Show the rest of the cell as an SVG picture.", Body: true},
	{Name: "%%javascript", Usage: "%%javascript", Help: "Run the rest of the cell as JavaScript in the page.", Body: true},
	{Name: "%%js", Usage: "%%js", Help: "Same as %%javascript.", Body: true},
}

// Commands lists the special commands, in the order in which to explain them.
// The list is the caller's own.
func Commands() []Command { return slices.Clone(commands) }

// Lookup finds a command by its name with or without signs: "%env" or "env",
// "%%bash", "bash" or, as Special.Name has it, "%bash".
func Lookup(name string) (Command, bool) {
	for _, signs := range []string{"", "%", "%%"} {
		for _, c := range commands {
			if c.Name == signs+name && name != "" && name != "%" {
				return c, true
			}
		}
	}
	return Command{}, false
}

// Suggest finds the command that a misspelt name, with or without signs,
// most likely meant; "" if none is near.
func Suggest(name string) string {
	name = strings.ToLower(strings.TrimLeft(name, "%! \t"))
	best, at := "", 3
	if len(name) < 4 {
		at = 2 // of a short name one letter may be wrong
	}
	for _, c := range commands {
		bare := strings.TrimLeft(c.Name, "%!*")
		if bare == "" {
			continue
		}
		if d := distance(name, bare); d < at && d < len(name) {
			best, at = c.Name, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to make b of a.
func distance(a, b string) int {
	if len(a) > 2*len(b)+8 { // far away, whatever it is
		return len(a)
	}
	var before, row []int // rows i-2 and i-1
	for j := range len(b) + 1 {
		row = append(row, j)
	}
	for i := 1; i <= len(a); i++ {
		next := []int{i}
		for j := 1; j <= len(b); j++ {
			d := min(row[j]+1, next[j-1]+1)
			if a[i-1] == b[j-1] {
				d = min(d, row[j-1])
			} else {
				d = min(d, row[j-1]+1)
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			next = append(next, d)
		}
		before, row = row, next
	}
	return row[len(b)]
}
