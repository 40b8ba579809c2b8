package build

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// first are the standard packages of a first cell; display and the worker bring
// more.
var first = []string{
	"bufio", "bytes", "cmp", "context", "encoding/json", "errors", "flag", "fmt", "io", "maps", "math", "math/rand/v2",
	"os", "path/filepath", "regexp", "runtime", "slices", "sort", "strconv", "strings", "sync", "time",
}

// warmChunk is how many packages are compiled between two reports of progress.
const warmChunk = 24

// Warm compiles, ahead of the first session, the worker and the packages that
// notebooks begin with, and then the rest of the standard library, and keeps it
// all in the cache folder: cells are then built at once even where the Go build
// cache is empty. progress, which may be nil, is told how many of the packages
// are ready and what comes next. If ctx ends, what is ready stays, and a later
// call goes on from there.
func Warm(ctx context.Context, o Options, progress func(done, total int, note string)) error {
	if progress == nil {
		progress = func(int, int, string) {}
	}
	cache, err := cacheDir(o.CacheDir)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(cache, "warm-*.partial")
	if err != nil {
		return fmt.Errorf("cache folder: %w", err)
	}
	defer os.RemoveAll(dir)
	m, err := NewModule(filepath.Join(dir, "gonb_00000000"), "", ModuleOptions{CacheDir: cache})
	if err != nil {
		return err
	}
	o.CacheDir = cache
	b, err := NewBuilder(m, o)
	if err != nil {
		return err
	}
	all, err := b.standardLibrary(ctx)
	if err != nil {
		return err
	}
	lab := labPackages()
	jobs := []struct {
		note    string
		mode    mode
		imports []string
	}{
		{"packages of a first cell", dynamic, slices.Concat(first, lab)},
		{"packages of a first program", static, slices.Concat(first, lab)},
	}
	for chunk := range slices.Chunk(all, warmChunk) {
		jobs = append(jobs, struct {
			note    string
			mode    mode
			imports []string
		}{"standard library, " + chunk[0] + " to " + chunk[len(chunk)-1], dynamic, chunk})
	}
	total := len(all) + 2*len(first) + 2*len(lab)
	done := 0
	for i, job := range jobs {
		progress(done, total, job.note)
		g, err := b.warm(ctx, job.mode, job.imports)
		if err != nil {
			return err
		}
		for path, err := range g.Errors {
			b.log("%s is not ready: %v", path, err)
		}
		if i == 0 {
			if _, _, err := b.Worker(ctx, g); err != nil {
				return err
			}
		}
		done += len(job.imports)
	}
	progress(done, total, "ready")
	return nil
}

func (b *Builder) warm(ctx context.Context, mode mode, imports []string) (*Graph, error) {
	if mode == dynamic {
		return b.Packages(ctx, imports)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	st, err := b.current(ctx, mode, flags{})
	if err != nil {
		return nil, err
	}
	return b.graph(ctx, st, imports, []string{"runtime", "runtime/cgo"})
}

// standardLibrary lists the packages of the standard library that cells can import.
func (b *Builder) standardLibrary(ctx context.Context) ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	st, err := b.current(ctx, dynamic, flags{})
	if err != nil {
		return nil, err
	}
	out, err := command{dir: b.m.Dir, env: st.environ, path: st.tool.go_, args: []string{"list", "std"}}.output(ctx)
	if err != nil {
		return nil, goListError(err)
	}
	paths := strings.Fields(string(bytes.TrimSpace(out)))
	return slices.DeleteFunc(paths, func(path string) bool {
		return strings.HasPrefix(path, "vendor/") || b.m.forbidden(path) != nil
	}), nil
}

// labPackages are the packages among the embedded sources.
func labPackages() []string {
	files, _ := embedded()
	var paths []string
	for name := range files {
		if strings.HasSuffix(name, ".go") {
			paths = append(paths, LabModule+"/"+name[:strings.LastIndexByte(name, '/')])
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}
