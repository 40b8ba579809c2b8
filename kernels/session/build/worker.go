package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Worker gives the program that loads the plugins of a session. It is kept in
// the cache by what it is made from.
func (b *Builder) Worker(ctx context.Context, g *Graph) (exe string, err error) {
	if err := g.Errors[b.o.Worker]; err != nil {
		return "", fmt.Errorf("worker: %w", err)
	}
	st, l, err := b.linking(ctx)
	if err != nil {
		return "", err
	}
	needs := map[string]*Package{}
	closure(g.packages, needs, "runtime", "runtime/cgo", "plugin", b.o.Worker)
	if needs[b.o.Worker] == nil {
		return "", fmt.Errorf("worker: package %s is not in the graph", b.o.Worker)
	}
	src := fmt.Sprintf("package main\n\nimport rt %q\nimport _ \"plugin\"\n\nfunc main() { rt.Main() }\n", b.o.Worker)
	config := importConfig(needs)
	extra := b.sessionFlags()
	parts := append([]string{st.tool.id, src, config, l.Flag}, extra.compile...)
	dir := filepath.Join(b.cache, "workers")
	exe = filepath.Join(dir, key(append(parts, extra.link...)...))
	if isFile(exe) {
		touch(exe)
		return exe, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("worker: %w", err)
	}
	tmp, err := os.MkdirTemp(dir, "*.partial")
	if err != nil {
		return "", fmt.Errorf("worker: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := os.WriteFile(filepath.Join(tmp, "main.go"), []byte(src), 0o600); err != nil {
		return "", fmt.Errorf("worker: %w", err)
	}
	c := compilation{dir: tmp, files: []string{"main.go"}, out: "main.a", config: config, lang: "go" + labGo, extra: extra.compile}
	if err := st.compile(ctx, c); err != nil {
		return "", fmt.Errorf("worker: %w", err)
	}
	// Code compiled for plugins reaches its variables through a table that only
	// position-independent programs have.
	args := append(append([]string{"-buildmode=pie"}, l.flags()...), extra.link...)
	if err := b.linkTo(ctx, st, g, tmp, "main.a", filepath.Join(tmp, "worker"), args); err != nil {
		return "", fmt.Errorf("worker: %w", err)
	}
	if err := os.Rename(filepath.Join(tmp, "worker"), exe); err != nil {
		return "", fmt.Errorf("worker: %w", err)
	}
	return exe, nil
}
