package build

import (
	"bytes"
	"context"
	"fmt"
	"go/build"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// cgo turns the files that import "C" into Go files and C objects, and gives
// the Go files to compile in place of names, with the objects. Files without C
// stay as they are. In dir, as go/build expands ${SRCDIR}, C finds what is in
// the folder of the notebook.
func (b *Builder) cgo(ctx context.Context, st *state, dir string, names []string) (goFiles, objects []string, err error) {
	info, err := (&build.Context{
		GOOS: st.tool.env["GOOS"], GOARCH: st.tool.env["GOARCH"], GOROOT: st.tool.env["GOROOT"],
		Compiler: "gc", CgoEnabled: true, ReleaseTags: build.Default.ReleaseTags,
	}).ImportDir(dir, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("cgo: %w", err)
	}
	if len(info.CgoFiles) == 0 {
		return names, nil, nil
	}
	flags, err := b.cFlags(ctx, st, dir, info)
	if err != nil {
		return nil, nil, err
	}
	env := append(st.tool.toolEnv(st.environ), "TERM=dumb", "CGO_LDFLAGS="+quoteAll(flags.link))
	args := append([]string{"-objdir", dir + string(filepath.Separator), "-importpath", "main", "-trimpath", dir + "=>", "--", "-I", dir}, flags.compile...)
	tool := filepath.Join(st.tool.env["GOTOOLDIR"], "cgo")
	if _, err := (command{dir: dir, env: env, path: tool, args: append(args, info.CgoFiles...)}).output(ctx); err != nil {
		return nil, nil, compileErrors(err)
	}
	goFiles = []string{"_cgo_gotypes.go"}
	sources := []string{"_cgo_export.c"}
	for _, name := range names {
		if base := strings.TrimSuffix(name, ".go"); slices.Contains(info.CgoFiles, name) {
			goFiles = append(goFiles, base+".cgo1.go")
			sources = append(sources, base+".cgo2.c")
		} else {
			goFiles = append(goFiles, name)
		}
	}
	cc, err := splitQuoted(st.tool.env["CC"])
	if err != nil || len(cc) == 0 {
		return nil, nil, errNoCC(st.tool.env["CC"])
	}
	path, err := lookPath(cc[0], st.environ)
	if err != nil {
		return nil, nil, errNoCC(cc[0])
	}
	for _, src := range sources {
		object := strings.TrimSuffix(src, ".c") + ".o"
		// Hidden, so that a function of this cell is not taken for one of the
		// same name in an earlier cell.
		args := slices.Concat(cc[1:], []string{"-fPIC", "-pthread", "-fvisibility=hidden", "-I", dir}, flags.compile, []string{"-o", object, "-c", src})
		if _, err := (command{dir: dir, env: env, path: path, args: args}).output(ctx); err != nil {
			return nil, nil, compileErrors(err)
		}
		objects = append(objects, object)
	}
	return goFiles, objects, nil
}

type cFlags struct{ compile, link []string }

// cFlags are the flags of the environment and of the #cgo lines.
func (b *Builder) cFlags(ctx context.Context, st *state, dir string, info *build.Package) (cFlags, error) {
	var f cFlags
	env, err := st.tool.goEnv(ctx, b.m.Dir, st.environ, cFlagNames)
	if err != nil {
		return f, err
	}
	for name, to := range map[string]*[]string{"CGO_CPPFLAGS": &f.compile, "CGO_CFLAGS": &f.compile, "CGO_LDFLAGS": &f.link} {
		words, err := splitQuoted(env[name])
		if err != nil {
			return f, fmt.Errorf("%s: %w", name, err)
		}
		*to = append(*to, words...)
	}
	if len(info.CgoPkgConfig) > 0 {
		for _, q := range []struct {
			ask string
			to  *[]string
		}{{"--cflags", &f.compile}, {"--libs", &f.link}} {
			out, err := b.pkgConfig(ctx, st, append([]string{q.ask, "--"}, info.CgoPkgConfig...))
			if err != nil {
				return f, fmt.Errorf("#cgo pkg-config: %w", err)
			}
			*q.to = append(*q.to, strings.Fields(string(out))...)
		}
	}
	home := b.m.home()
	for _, word := range slices.Concat(info.CgoCPPFLAGS, info.CgoCFLAGS) {
		f.compile = append(f.compile, strings.ReplaceAll(word, dir, home))
	}
	f.compile = append(f.compile, "-I", home)
	for _, word := range info.CgoLDFLAGS {
		f.link = append(f.link, strings.ReplaceAll(word, dir, home))
	}
	return f, nil
}

func (b *Builder) pkgConfig(ctx context.Context, st *state, args []string) ([]byte, error) {
	name := getenv(st.environ, "PKG_CONFIG")
	if name == "" {
		name = "pkg-config"
	}
	path, err := lookPath(name, st.environ)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return command{dir: b.m.Dir, env: st.environ, path: path, args: args}.output(ctx)
}

// quoteAll joins words so that cgo takes them apart again.
func quoteAll(words []string) string {
	var quoted []string
	for _, w := range words {
		if strings.ContainsAny(w, " \t\n'") {
			w = `"` + w + `"`
		}
		quoted = append(quoted, w)
	}
	return strings.Join(quoted, " ")
}

// appendObjects adds C objects to a compiled archive, for the linker.
func appendObjects(archive, dir string, objects []string) (err error) {
	f, err := os.OpenFile(archive, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	for i, object := range objects {
		data, err := os.ReadFile(filepath.Join(dir, object))
		if err != nil {
			return err
		}
		var entry bytes.Buffer
		fmt.Fprintf(&entry, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", fmt.Sprintf("_x%03d.o", i+1), 0, 0, 0, 0o644, len(data))
		entry.Write(data)
		if len(data)%2 == 1 {
			entry.WriteByte(0)
		}
		if _, err := io.Copy(f, &entry); err != nil {
			return err
		}
	}
	return nil
}
