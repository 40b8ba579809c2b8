package build

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// CompileError is one message of the compiler. Line and Col count from 1, Col
// in bytes; Col is 0 where the compiler gives none. A position comes from the
// line directives of the text, where it has some.
type CompileError struct {
	File      string
	Line, Col int
	Message   string // further lines are indented by a tab
}

func (e CompileError) Error() string {
	if e.Col == 0 {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Message)
}

// CompileErrors are all that the compiler had to say, in order; never empty
// where it is an error.
type CompileErrors []CompileError

func (e CompileErrors) Error() string {
	switch len(e) {
	case 0:
		return "does not compile"
	case 1:
		return e[0].Error()
	}
	return fmt.Sprintf("%s (and %d more)", e[0].Error(), len(e)-1)
}

// parseCompileErrors reads what compiler, cgo or C compiler write. Lines that
// have no position belong to the message before them; those before the first
// message are left out.
func parseCompileErrors(text string) CompileErrors {
	var errs CompileErrors
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if e, ok := parseMessage(line); ok {
			errs = append(errs, e)
			continue
		}
		if n := len(errs); n > 0 && line != "" && !strings.HasPrefix(line, "# ") {
			errs[n-1].Message += "\n" + line
		}
	}
	return errs
}

// parseMessage reads "file:line:col: message" or "file:line: message".
func parseMessage(line string) (CompileError, bool) {
	if line == "" || line[0] == '\t' || line[0] == ' ' {
		return CompileError{}, false
	}
	for at := 0; ; {
		i := strings.Index(line[at:], ": ")
		if i < 0 {
			return CompileError{}, false
		}
		at += i
		if e, ok := parsePosition(line[:at]); ok {
			e.Message = line[at+2:]
			return e, true
		}
		at += 2
	}
}

func parsePosition(s string) (CompileError, bool) {
	s, last, ok := cutNumber(s)
	if !ok {
		return CompileError{}, false
	}
	if file, line, ok := cutNumber(s); ok && file != "" {
		return CompileError{File: file, Line: line, Col: last}, true
	}
	return CompileError{File: s, Line: last}, s != ""
}

// cutNumber takes ":12" off the end of s.
func cutNumber(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || i == len(s)-1 || s[i+1] < '0' || s[i+1] > '9' {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
}

// compileErrors makes CompileErrors of the failure of a tool, if it wrote such.
func compileErrors(err error) error {
	var failed *commandError
	if errors.As(err, &failed) {
		if errs := parseCompileErrors(failed.output); len(errs) > 0 {
			return errs
		}
	}
	return err
}
