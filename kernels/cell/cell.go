// Package cell reads the text of a notebook cell: which lines are the
// kernel's own commands, which go to the shell, and what the Go code consists
// of. It runs nothing and knows no types: whether a piece of Go code compiles
// is the compiler's to say.
//
//	c, err := cell.Parse("%args -n 3\nx := 1\nx + 1")
//	items, diags := cell.Split(c) // two statements; the last is an expression
//
// Lines and columns count from 0, columns and offsets in bytes of the cell's
// text. The texts of errors count from 1, as compilers do.
package cell

import "fmt"

// Cell is the text of one cell, taken apart.
type Cell struct {
	Text  string
	Magic *Magic    // the whole cell belongs to it (%%bash, %%writefile, ...); nil otherwise
	Lines []Special // the special lines left to the session, in order
	Go    string    // the Go code: Text with all else overwritten by blanks, so that offsets and lines agree
	Main  int       // line of %%, %main or %exec; -1 without
	Args  []string  // arguments after %% or %main (or of %exec, without the function)
	Exec  string    // function named by %exec; ""
	Time  bool      // %%time, or %time without a statement: say how long the cell took
	Timed []Timed   // statements after %time or %timeit
	Help  []Help    // questions for the pager, in order
}

// Special is one special line, continuation lines joined. %%, %main, %exec,
// %%time and %time are not among them: they become fields of Cell.
type Special struct {
	Line  int      // first line
	Shell bool     // !cmd or !*cmd
	InTmp bool     // !*cmd
	Text  string   // shell: the command; otherwise the line after the % sign
	Name  string   // command name: "env", "cd", ...; "%name" for an unknown %%name; "" for shell
	Args  []string // arguments, unquoted
}

// Magic is a first line that takes the whole cell.
type Magic struct {
	Name string // "writefile", "script", "bash", "sh", "html", "javascript", ...
	Args []string
	Body string // remaining lines, each with its newline
}

// Timed is a %time or %timeit before a statement, which stays in Cell.Go.
type Timed struct {
	Line   int
	At     int  // offset where the statement begins
	Repeat bool // %timeit
}

// Help is a question such as "fmt.Println?" or "?%env".
type Help struct {
	Line   int
	Name   string // "x", "fmt.Println", "%env"; "" for a bare "?"
	Detail int    // 0 for one question mark, 1 for two, as in inspect_request
}

// Diagnostic says what is wrong with the text, and where.
type Diagnostic struct {
	Line, Col int
	Msg       string
}

// String gives "line:column: message", counted from 1.
func (d Diagnostic) String() string {
	return fmt.Sprintf("%d:%d: %s", d.Line+1, d.Col+1, d.Msg)
}

// Error is a cell that cannot be run as it is written.
type Error struct{ Diagnostic }

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line+1, e.Col+1, e.Msg)
}

// HasGo reports whether anything but special lines and blanks is in the cell;
// a comment counts.
func (c *Cell) HasGo() bool {
	for i := 0; i < len(c.Go); i++ {
		switch c.Go[i] {
		case ' ', '\t', '\n', '\r':
		default:
			return true
		}
	}
	return false
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

func (k Kind) String() string {
	if k < Import || k > Stmt {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return [...]string{"import", "const", "type", "var", "func", "stmt"}[k]
}

// Item is one top-level piece of the Go code: a declaration (a group is one
// piece) or a statement. Offsets are bytes in Cell.Go, and so in Cell.Text.
//
// Start to End takes in the comments above, which for a doc comment, a
// directive or a cgo preamble is what gives them their meaning, the closing
// semicolon and the comments after it on the same line; a piece may end in a
// line comment, so put a newline after it. CodeStart to CodeEnd is the code
// alone, from its first token to its last, without the semicolon.
type Item struct {
	Kind               Kind
	Start, End         int
	CodeStart, CodeEnd int
	InMain             bool   // below %%: part of main's body
	Expr               bool   // an expression statement: has, perhaps, a value to show
	Silent             bool   // ended by an explicit semicolon: do not show the value
	Timing             string // "time" or "timeit" where such a command stands before it
	Broken             bool   // a Diagnostic is about this piece
}
