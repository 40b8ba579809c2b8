package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Plugin compiles and links a cell: files of package main, by name, with an
// init function through which it registers what it has. name is the cell's own:
// four letters or digits, the first a letter, not used before in the session.
// Only packages of g can be imported. What the compiler has against the text
// comes as CompileErrors. The plugin is in a folder of its own in the session's.
func (b *Builder) Plugin(ctx context.Context, name string, files map[string][]byte, g *Graph) (so string, err error) {
	if !validName(name) {
		return "", fmt.Errorf("name of a plugin: %q is not a letter and three letters or digits", name)
	}
	st, l, err := b.linking(ctx)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(b.work, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("cell %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	names := slices.Sorted(maps.Keys(files))
	for _, n := range names {
		if err := os.WriteFile(filepath.Join(dir, n), files[n], 0o600); err != nil {
			return "", fmt.Errorf("cell %s: %w", name, err)
		}
	}
	begin := time.Now()
	var objects []string
	if importsC(files) {
		if names, objects, err = b.cgo(ctx, st, dir, names); err != nil {
			return "", err
		}
	}
	c := compilation{dir: dir, files: names, out: "cell.a", config: g.config, extra: st.flags.compile}
	if err := st.compile(ctx, c); err != nil {
		return "", err
	}
	if err := rename(filepath.Join(dir, "cell.a"), name); err != nil {
		return "", fmt.Errorf("cell %s: %w", name, err)
	}
	if err := appendObjects(filepath.Join(dir, "cell.a"), dir, objects); err != nil {
		return "", fmt.Errorf("cell %s: %w", name, err)
	}
	compiled := time.Now()
	so = filepath.Join(dir, name+".so")
	args := append([]string{"-buildmode=plugin", "-pluginpath", name, "-s", "-w"}, l.flags()...)
	args = append(args, st.flags.link...)
	if err := b.linkTo(ctx, st, g, dir, "cell.a", so, args); err != nil {
		return "", err
	}
	onlyLeave(dir, so)
	b.log("cell %s: compiled in %v, linked in %v", name, compiled.Sub(begin).Round(time.Millisecond), time.Since(compiled).Round(time.Millisecond))
	return so, nil
}

// onlyLeave removes all files of a cell's folder but one. What cannot be removed
// goes with the session.
func onlyLeave(dir, file string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if path := filepath.Join(dir, e.Name()); path != file {
			os.RemoveAll(path)
		}
	}
}

// writeSources puts files into dir and gives their names, sorted.
func writeSources(dir string, files map[string][]byte) ([]string, error) {
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		if name != filepath.Base(name) || !strings.HasSuffix(name, ".go") {
			return nil, fmt.Errorf("%q is not the name of a Go file", name)
		}
		if err := os.WriteFile(filepath.Join(dir, name), files[name], 0o600); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func validName(name string) bool {
	if len(name) != len("main") || name == "main" {
		return false
	}
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return true
}

// linking gives what compiling and linking for the session takes.
func (b *Builder) linking(ctx context.Context) (*state, *linker, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	st, err := b.current(ctx, dynamic, b.flags)
	if err != nil {
		return nil, nil, err
	}
	l, err := b.useLinker(ctx, st)
	return st, l, err
}

// useLinker finds the linker on first use. b.mu must be held.
func (b *Builder) useLinker(ctx context.Context, st *state) (*linker, error) {
	if b.linker == nil || b.linkerOf != st.tool {
		l, err := b.findLinker(ctx, st)
		if err != nil {
			return nil, err
		}
		b.linker, b.linkerOf = l, st.tool
	}
	return b.linker, nil
}

// GoVersion is the version of Go that cells are compiled with, "go1.26.8"; ""
// without Go.
func (b *Builder) GoVersion() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	st, err := b.current(context.Background(), static, flags{})
	if err != nil {
		return ""
	}
	return st.tool.env["GOVERSION"]
}

// GOROOT is the folder of the Go toolchain, "" without one.
func (b *Builder) GOROOT() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	st, err := b.current(context.Background(), static, flags{})
	if err != nil {
		return ""
	}
	return st.tool.env["GOROOT"]
}

// rename gives the initialisers of a compiled cell the cell's name and hides
// its table of exported symbols; see the package comment. The new names are as
// long as the old ones, so that no offset in the archive changes.
func rename(archive, name string) error {
	data, err := os.ReadFile(archive)
	if err != nil {
		return err
	}
	if !bytes.Contains(data, []byte("main..inittask")) {
		return errors.New("this version of Go names the initialisers of a package in a way that is not known here")
	}
	data = bytes.ReplaceAll(data, []byte("main..inittask"), []byte(name+"..inittask"))
	data = bytes.ReplaceAll(data, []byte("go:plugin.tabs"), []byte("go:plugix.tabs"))
	return os.WriteFile(archive, data, 0o600)
}

// flags for the Go linker: the C compiler to use, and no questions about it. A
// build ID of the system's linker and compressed debug information, of which
// cells have none, would each cost a run of the C compiler to find out whether
// it can do that.
func (l *linker) flags() []string {
	args := []string{"-extld=" + l.Wrapper, "-B=none", "-compressdwarf=false"}
	if l.Flag != "" {
		args = append(args, "-extldflags="+l.Flag)
	}
	return args
}

// compilation is one run of the compiler.
type compilation struct {
	dir    string
	files  []string // in dir
	out    string
	config string
	extra  []string
	lang   string // "" for that of the session's go.mod
}

func (st *state) compile(ctx context.Context, c compilation) error {
	if c.lang == "" {
		c.lang = st.lang
	}
	config := filepath.Join(c.dir, "importcfg")
	if err := os.WriteFile(config, []byte(c.config), 0o600); err != nil {
		return err
	}
	args := []string{"-o", c.out, "-p", "main", "-importcfg", config, "-trimpath", c.dir + "=>", "-pack", "-e", "-c=2",
		"-lang=" + c.lang, "-goversion", st.tool.env["GOVERSION"]}
	args = append(args, st.mode.compileFlags()...)
	args = append(append(args, c.extra...), c.files...)
	_, err := command{dir: c.dir, env: st.tool.toolEnv(st.environ), path: st.tool.compile, args: args}.output(ctx)
	return compileErrors(err)
}

// linkTo links an archive, with the import configuration that compile has left
// in dir. If that fails because an archive of the cache is damaged, the damaged
// ones are removed, and the error says so.
func (b *Builder) linkTo(ctx context.Context, st *state, g *Graph, dir, archive, out string, args []string) error {
	args = append(append([]string{"-o", out, "-importcfg", filepath.Join(dir, "importcfg")}, st.mode.linkFlags()...), args...)
	if st.godebug != "" {
		args = append(args, "-X=runtime.godebugDefault="+st.godebug)
	}
	cmd := command{dir: dir, env: st.tool.toolEnv(st.environ), path: st.tool.link, args: append(args, archive)}
	_, err := cmd.output(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	if bad := b.store.damaged(g); len(bad) > 0 {
		b.forget()
		return fmt.Errorf("damaged in the cache, and removed from it: %s; run the cell again", strings.Join(bad, ", "))
	}
	return err
}

// forget makes the next call of Packages look at everything anew.
func (b *Builder) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.tables)
}
