package build

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// listed is what go list says of a package.
type listed struct {
	ImportPath, Name, Dir, Export string
	GoFiles, CgoFiles, Imports    []string
	ImportMap                     map[string]string
	Standard, DepOnly, Incomplete bool
	Module                        *struct{ Path string }
	Error                         *struct{ Pos, Err string }
	DepsErrors                    []struct{ Pos, Err string }
}

const listFields = "ImportPath,Name,Dir,Export,GoFiles,CgoFiles,Imports,ImportMap,Standard,DepOnly,Incomplete,Module,Error,DepsErrors"

// list asks the go command for packages and all they need, compiling what has
// not been compiled. Errors are by import path.
func (b *Builder) list(ctx context.Context, st *state, paths []string) ([]*Package, map[string]error, error) {
	begin := time.Now()
	args := append([]string{"list", "-e", "-deps", "-export", "-json=" + listFields}, st.mode.flags()...)
	args = append(append(args, st.flags.list...), "--")
	run := func(more ...string) ([]byte, error) {
		all := slices.Concat(args[:1], more, args[1:], paths)
		return command{dir: b.m.Dir, env: st.environ, path: st.tool.go_, args: all}.output(ctx)
	}
	out, err := run()
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	if wantsModMod(out, err) && !isFile(filepath.Join(b.m.Dir, "go.work")) {
		if again, err2 := run("-mod=mod"); err2 == nil {
			out, err = again, nil
		}
	}
	if err != nil {
		return nil, nil, goListError(err)
	}
	b.log("go list %d imports: %v", len(paths), time.Since(begin).Round(time.Millisecond))
	return b.readList(out, st, begin)
}

// wantsModMod reports whether the go command refused for want of permission to
// complete go.mod and go.sum, as after go mod edit -require.
func wantsModMod(out []byte, err error) bool {
	var failed *commandError
	if errors.As(err, &failed) {
		out = []byte(failed.output)
	}
	return bytes.Contains(out, []byte("updates to go.mod needed")) || bytes.Contains(out, []byte("missing go.sum entry"))
}

func (b *Builder) readList(out []byte, st *state, begin time.Time) ([]*Package, map[string]error, error) {
	var list []*Package
	errs := map[string]error{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := d.Decode(&l); err == io.EOF {
			return list, errs, nil
		} else if err != nil {
			return nil, nil, fmt.Errorf("go list: %w", err)
		}
		if err := importError(&l); err != nil {
			errs[l.ImportPath] = err
		}
		if l.Incomplete || l.Export == "" && l.ImportPath != "unsafe" {
			continue
		}
		p := &Package{
			Path: l.ImportPath, Name: l.Name, Dir: l.Dir, Standard: l.Standard,
			Files: append(l.GoFiles, l.CgoFiles...), Cgo: len(l.CgoFiles) > 0,
		}
		for _, path := range l.Imports {
			if path == "C" {
				path = "runtime/cgo"
			} else if mapped := l.ImportMap[path]; mapped != "" {
				path = mapped
			}
			p.Imports = append(p.Imports, path)
		}
		if p.Cgo { // what the go command makes cgo packages import
			p.Imports = append(p.Imports, implied(p)...)
		}
		if l.Module != nil {
			p.Module = l.Module.Path
		}
		if l.Export != "" {
			if err := b.store.keep(p, l.Export); err != nil {
				return nil, nil, fmt.Errorf("package %s: %w", p.Path, err)
			}
		}
		p.Local = !p.Standard && !within(p.Dir, st.tool.env["GOMODCACHE"]) && !within(p.Dir, b.m.lab)
		if p.Local {
			p.Signature = settledSignature(p.Dir, begin)
		}
		list = append(list, p)
	}
}

// implied are the imports that cgo adds to a package.
func implied(p *Package) []string {
	paths := []string{"unsafe"}
	if p.Path != "runtime/cgo" {
		paths = append(paths, "runtime/cgo", "syscall")
	}
	return paths
}

// settledSignature is the signature of a folder if nothing in it has been
// written since begin; otherwise one that no folder has, so that the package is
// looked at again.
func settledSignature(dir string, begin time.Time) string {
	before := dirSignature(dir)
	if newest(dir).After(begin.Add(-10 * time.Millisecond)) {
		return "unsettled"
	}
	return before
}

func within(path, dir string) bool {
	return dir != "" && strings.HasPrefix(path, dir+string(filepath.Separator))
}
