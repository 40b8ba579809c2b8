// Package cell reads the text of a notebook cell: which lines are the
// kernel's own commands, which go to the shell, and what the Go code consists
// of. It runs nothing.
//
//	c, err := cell.Parse("%args -n 3\nx := 1\nx + 1")
package cell

// Cell is the text of one cell, taken apart. Lines count from 0 in the cell's text.
type Cell struct {
	Text  string
	Magic *Magic    // the whole cell belongs to it (%%bash, %%writefile, ...); nil otherwise
	Lines []Special // the special lines, in order
	Go    string    // the Go code: same number of lines as Text, special lines blanked
	Main  int       // line of %%, %main or %exec; -1 without
	Args  []string  // arguments after %% or %main (or of %exec, without the function)
	Exec  string    // function named by %exec; ""
}

// Special is one special line, continuation lines joined.
type Special struct {
	Line  int      // first line
	Shell bool     // !cmd or !*cmd
	InTmp bool     // !*cmd
	Text  string   // shell: the command; otherwise the line after the % sign
	Name  string   // command name: "env", "cd", ...; "" for shell
	Args  []string // arguments, unquoted
}

// Magic is a first line that takes the whole cell.
type Magic struct {
	Name string // "writefile", "script", "bash", "sh", ...
	Args []string
	Body string // remaining lines, each with its newline
}

// Kind of an Item.
type Kind int

const (
	Import Kind = iota
	Const
	Type
	Var
	Func // function or method
	Stmt
)

// Item is one top-level piece of the Go code: a declaration or a statement.
// Start and End are byte offsets in Cell.Go.
type Item struct {
	Kind       Kind
	Start, End int
	InMain     bool // below %%: part of main's body
}
