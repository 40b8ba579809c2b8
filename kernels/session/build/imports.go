package build

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// ImportError says why a package cannot be imported.
type ImportError struct {
	Path    string
	Message string
	Missing bool   // no module provides it, or one that it imports: go get would help
	Get     string // what to go get if Missing

	// Errors of the compiler, if it is the package, or one that it imports, that
	// does not compile.
	Compile CompileErrors
}

func (e *ImportError) Error() string {
	return fmt.Sprintf("import %q: %s", e.Path, e.Message)
}

// importError makes an error of what go list says of a package, nil if all is well.
func importError(l *listed) error {
	var text, pos string
	switch {
	case l.Error != nil:
		text = l.Error.Err
	case len(l.DepsErrors) > 0:
		text, pos = l.DepsErrors[0].Err, l.DepsErrors[0].Pos
	case l.Name == "main" && !l.DepOnly:
		text = "is a program, not an importable package"
	default:
		return nil
	}
	e := &ImportError{Path: l.ImportPath, Message: strings.TrimSpace(text)}
	switch {
	case missingPackage(text) != "":
		e.Missing, e.Get = true, missingPackage(text)
		e.Message = "no module of this session provides it; to add it: !*go get " + e.Get
		if e.Get != e.Path {
			e.Message = "it imports " + e.Get + ", which no module of this session provides; to add that: !*go get " + e.Get
		}
	case strings.HasPrefix(text, "package ") && strings.Contains(text, " is not in std"):
		e.Message = "the standard library has no such package"
	case strings.HasPrefix(text, "# "):
		e.Compile = parseCompileErrors(text)
		if len(e.Compile) > 0 {
			e.Message = "does not compile: " + e.Compile[0].Error()
		}
	}
	if pos != "" && len(e.Compile) == 0 {
		e.Message = pos + ": " + e.Message
	}
	return e
}

// missingPackage is the package that a message of the go command asks to go
// get; "" if the message is about something else.
func missingPackage(text string) string {
	if _, rest, ok := strings.Cut(text, "\n\tgo get "); ok {
		path, _, _ := strings.Cut(rest, "\n")
		return strings.TrimSpace(path)
	}
	rest, ok := strings.CutPrefix(text, "cannot find module providing package ")
	if !ok {
		return ""
	}
	path, _, _ := strings.Cut(rest, ":")
	return strings.TrimSpace(path)
}

// goListError is the error of a go command that did not get to packages.
func goListError(err error) error {
	var failed *commandError
	if errors.As(err, &failed) && strings.TrimSpace(failed.output) != "" {
		return fmt.Errorf("go list: %s", strings.TrimPrefix(strings.TrimSpace(failed.output), "go: "))
	}
	return fmt.Errorf("go list: %w", err)
}

// forbidden says why a cell cannot import a path, whatever packages there are.
// To internal packages a cell is in the session's module, and in the folder of
// the notebook.
func (m *Module) forbidden(path string) error {
	root, internal := "", false
	elems := strings.Split(path, "/")
	for i, e := range elems {
		switch e {
		case "", ".", "..":
			return &ImportError{Path: path, Message: "a cell imports by the full path, with that of the module"}
		case "internal":
			root, internal = strings.Join(elems[:i], "/"), true
		}
	}
	if internal && !isBelow(m.Path, root) && !isBelow(m.notebook, root) {
		return &ImportError{Path: path, Message: "internal packages can be imported from below " + root + " only"}
	}
	return nil
}

func isBelow(path, root string) bool {
	return root != "" && (path == root || strings.HasPrefix(path, root+"/"))
}

// newest is the time of the last write in a folder.
func newest(dir string) time.Time {
	var last time.Time
	entries, err := os.ReadDir(dir)
	if err != nil {
		return time.Now()
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && !e.IsDir() && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}
