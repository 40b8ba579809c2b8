package build

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// ProgramOptions say how to build a program.
type ProgramOptions struct {
	Goflags []string // flags of go build
	Test    bool     // make a test binary, of files named _test.go
	Wasm    bool     // for js/wasm
}

// programsKept bounds the folder of a session's programs.
const programsKept = 16

// Program builds a plain program from files of package main, by name. The
// same text with the same packages is not built twice. What the compiler has
// against the text comes as CompileErrors. The program is in the session's
// folder.
//
// Compiler and linker are called directly, with the imports of g. The go command
// does it where it knows more: for tests, WebAssembly, cgo, embedded files, and
// flags that only it understands.
func (b *Builder) Program(ctx context.Context, files map[string][]byte, g *Graph, o ProgramOptions) (exe string, err error) {
	f, err := parseFlags(o.Goflags)
	direct := err == nil && !o.Test && !o.Wasm && !wantsGo(files)
	if !direct {
		f = flags{}
	}
	b.mu.Lock()
	st, err := b.current(ctx, static, f)
	var own *Graph
	direct = direct && err == nil && sanitizer(st.tool.env["GOFLAGS"]) == ""
	if direct {
		own, err = b.graph(ctx, st, g.Imports, []string{"runtime"})
	}
	var linkArgs []string
	if direct && err == nil && external(own) {
		var l *linker
		if l, err = b.useLinker(ctx, st); err == nil {
			linkArgs = l.flags()
		}
	}
	b.mu.Unlock()
	if err != nil {
		return "", err
	}
	parts := []string{st.tool.id, st.lang, st.godebug, fmt.Sprint(o), fmt.Sprint(linkArgs)}
	for path, err := range g.Errors {
		parts = append(parts, path, err.Error())
	}
	if direct {
		parts = append(parts, own.config)
	} else {
		parts = append(parts, b.m.contentKey(), fmt.Sprint(localState(g)))
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		parts = append(parts, name, string(files[name]))
	}
	dir := filepath.Join(b.work, "programs", key(parts...))
	exe = filepath.Join(dir, "program")
	if isFile(exe) {
		touch(dir)
		return exe, nil
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("program: %w", err)
	}
	names, err := writeSources(dir, files)
	if err != nil {
		return "", fmt.Errorf("program: %w", err)
	}
	b.prune(filepath.Join(b.work, "programs"))
	begin := time.Now()
	defer func() { b.log("program: built in %v", time.Since(begin).Round(time.Millisecond)) }()
	if !direct {
		return exe, b.goBuild(ctx, st, dir, exe, o)
	}
	c := compilation{dir: dir, files: names, out: "main.a", config: own.config, extra: append([]string{"-c=4"}, f.compile...)}
	if err := st.compile(ctx, c); err != nil {
		return "", err
	}
	args := append([]string{"-buildmode=exe"}, linkArgs...)
	if len(f.compile)+len(f.link) == 0 { // nobody wants to look inside
		args = append(args, "-s", "-w")
	}
	out := exe + ".partial"
	if err := b.linkTo(ctx, st, own, dir, "main.a", out, append(args, f.link...)); err != nil {
		return "", err
	}
	onlyLeave(dir, out)
	return exe, os.Rename(out, exe)
}

// goBuild lets the go command build the program. The folder is part of the
// session's module, but of none of its patterns, as its name begins with a dot.
func (b *Builder) goBuild(ctx context.Context, st *state, dir, exe string, o ProgramOptions) error {
	rel, err := filepath.Rel(b.m.Dir, dir)
	if err != nil {
		return fmt.Errorf("program: %w", err)
	}
	args := []string{"build"}
	if o.Test {
		args = []string{"test", "-c"}
	}
	env := st.environ
	if o.Wasm {
		env = append(slices.Clone(env), "GOOS=js", "GOARCH=wasm")
	}
	out := exe + ".partial"
	args = append(append(args, o.Goflags...), "-o", out, "./"+filepath.ToSlash(rel))
	if _, err := (command{dir: b.m.Dir, env: env, path: st.tool.go_, args: args}).output(ctx); err != nil {
		return compileErrors(err)
	}
	return os.Rename(out, exe)
}

// wantsGo reports whether a file has what takes more than compiling and linking.
func wantsGo(files map[string][]byte) bool {
	for _, src := range files {
		if bytes.Contains(src, []byte("//go:embed")) {
			return true
		}
	}
	return importsC(files)
}

// importsC reports whether a file imports "C"; one that cannot be parsed does
// not, and the compiler says why.
func importsC(files map[string][]byte) bool {
	for _, src := range files {
		if !bytes.Contains(src, []byte(`"C"`)) {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, i := range f.Imports {
			if i.Path.Value == `"C"` {
				return true
			}
		}
	}
	return false
}

// external reports whether linking the packages takes the C compiler: the Go
// linker by itself knows the C code of the standard library.
func external(g *Graph) bool {
	for _, p := range g.packages {
		if p.Cgo && !p.Standard {
			return true
		}
	}
	return false
}

// localState changes when the files of a local package do.
func localState(g *Graph) map[string]string {
	state := map[string]string{}
	for path, p := range g.packages {
		if p.Local {
			state[path] = p.Signature
		}
	}
	return state
}

// prune removes the programs that have not been used for the longest time.
func (b *Builder) prune(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) <= programsKept {
		return
	}
	age := func(e os.DirEntry) int64 {
		info, err := e.Info()
		if err != nil {
			return 0
		}
		return info.ModTime().UnixNano()
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return cmp.Compare(age(a), age(b)) })
	for _, e := range entries[:len(entries)-programsKept] {
		os.RemoveAll(filepath.Join(dir, e.Name()))
	}
}
