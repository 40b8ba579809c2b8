package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Worker gives the program that loads the plugins of a session, and the graph
// of the packages that are in it. It is kept in the cache by what it is made
// from. g, which may be nil, is the graph of the cell that wants it.
func (b *Builder) Worker(ctx context.Context, g *Graph) (exe string, in *Graph, err error) {
	if g == nil {
		if g, err = b.Packages(ctx, nil); err != nil {
			return "", nil, err
		}
	}
	exe, in, err = b.worker(ctx, g)
	if err != nil {
		return "", nil, fmt.Errorf("worker: %w", err)
	}
	return exe, in, nil
}

func (b *Builder) worker(ctx context.Context, g *Graph) (exe string, in *Graph, err error) {
	if err := g.Errors[b.o.Worker]; err != nil {
		return "", nil, err
	}
	st, l, err := b.linking(ctx)
	if err != nil {
		return "", nil, err
	}
	in = &Graph{packages: map[string]*Package{}}
	closure(g.packages, in.packages, "runtime", "runtime/cgo", "plugin", b.o.Worker)
	if in.packages[b.o.Worker] == nil {
		return "", nil, fmt.Errorf("package %s is not in the graph", b.o.Worker)
	}
	src := fmt.Sprintf("package main\n\nimport rt %q\nimport _ \"plugin\"\n\nfunc main() { rt.Main() }\n", b.o.Worker)
	in.config = importConfig(in.packages)
	dir := filepath.Join(b.cache, "workers")
	exe = filepath.Join(dir, key(st.tool.id, src, in.config, l.Flag, st.godebug))
	if isFile(exe) {
		touch(exe)
		return exe, in, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, err
	}
	tmp, err := os.MkdirTemp(dir, "*.partial")
	if err != nil {
		return "", nil, err
	}
	defer os.RemoveAll(tmp)
	if err := os.WriteFile(filepath.Join(tmp, "main.go"), []byte(src), 0o600); err != nil {
		return "", nil, err
	}
	c := compilation{dir: tmp, files: []string{"main.go"}, out: "main.a", config: in.config, lang: "go" + labGo}
	if err := st.compile(ctx, c); err != nil {
		return "", nil, err
	}
	// Code compiled for plugins reaches its variables through a table that only
	// position-independent programs have.
	args := append([]string{"-buildmode=pie", "-s", "-w"}, l.flags()...)
	if err := b.linkTo(ctx, st, in, tmp, "main.a", filepath.Join(tmp, "worker"), args); err != nil {
		return "", nil, err
	}
	if err := os.Rename(filepath.Join(tmp, "worker"), exe); err != nil {
		return "", nil, err
	}
	return exe, in, nil
}
