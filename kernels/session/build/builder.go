package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// WorkerPackage is the package whose Main is a session's worker.
const WorkerPackage = LabModule + "/kernels/session/rt"

// Options are all optional.
type Options struct {
	CacheDir string          // default: gokernel in the user's cache folder
	Log      func(string)    // what the builder does, a line each; for debugging
	Environ  func() []string // environment of the tools; default os.Environ
	Worker   string          // package with the worker's Main; default WorkerPackage
}

// Builder builds the cells of one session. Its methods can be called from
// several goroutines; they wait for each other only where they ask the go command.
type Builder struct {
	m     *Module
	o     Options
	cache string
	work  string // folder for what is built, in the session's
	store store

	mu       sync.Mutex // of the fields below, also held while the go command runs
	flags    flags
	tool     *toolchain
	toolOf   string // environment and module files that tool was found for
	tables   map[string]*table
	linker   *linker
	linkerOf *toolchain
	godebug  string // defaults for the module in the state toolOf

	types importer
	names names
}

// NewBuilder makes a builder. It does not look for Go yet: without one, the
// methods return ErrNoGo.
func NewBuilder(m *Module, o Options) (*Builder, error) {
	cache, err := cacheDir(o.CacheDir)
	if err != nil {
		return nil, err
	}
	if o.Environ == nil {
		o.Environ = os.Environ
	}
	if o.Worker == "" {
		o.Worker = WorkerPackage
	}
	b := &Builder{m: m, o: o, cache: cache, work: filepath.Join(m.Dir, ".cells"), tables: map[string]*table{}}
	b.store.dir = filepath.Join(cache, "archives")
	if err := os.MkdirAll(b.work, 0o700); err != nil {
		return nil, fmt.Errorf("session folder: %w", err)
	}
	b.pruneDaily()
	return b, nil
}

func (b *Builder) log(format string, args ...any) {
	if b.o.Log != nil {
		b.o.Log(fmt.Sprintf(format, args...))
	}
}

// mode is a way to compile packages.
type mode int

const (
	dynamic mode = iota // for plugins and their worker
	static              // for plain programs
)

// flags of go list.
func (m mode) flags() []string {
	if m == dynamic {
		return []string{"-buildmode=plugin"}
	}
	return nil
}

func (m mode) compileFlags() []string {
	if m == dynamic {
		return []string{"-dynlink", "-installsuffix", "dynlink"}
	}
	return nil
}

func (m mode) linkFlags() []string {
	if m == dynamic {
		return []string{"-installsuffix", "dynlink"}
	}
	return nil
}

// state is what one build depends on besides its text.
type state struct {
	mode    mode
	flags   flags
	environ []string
	tool    *toolchain
	table   *table
	lang    string // version of the language, "go1.26"
	godebug string // settings other than the toolchain's, for the linker
}

// current gives the state for the module as it is now. b.mu must be held.
func (b *Builder) current(ctx context.Context, mode mode, f flags) (*state, error) {
	st := &state{mode: mode, flags: f, environ: b.o.Environ()}
	module := b.m.contentKey()
	if of := goEnviron(st.environ) + "\n" + module; b.tool == nil || b.toolOf != of {
		tool, err := findToolchain(ctx, b.m.Dir, st.environ)
		if err != nil {
			return nil, err
		}
		godebug, err := b.m.godebug(ctx, tool, st.environ)
		if err != nil {
			return nil, err
		}
		b.tool, b.toolOf, b.godebug = tool, of, godebug
	}
	st.tool, st.godebug = b.tool, b.godebug
	st.lang = b.m.lang(st.tool.env["GOVERSION"])
	if mode == dynamic && st.tool.env["CGO_ENABLED"] != "1" {
		return nil, errNoCgo(st)
	}
	if word := sanitizer(st.tool.env["GOFLAGS"]); word != "" && mode == dynamic {
		return nil, fmt.Errorf("GOFLAGS has %s: not for cells whose variables live", word)
	}
	std := key(st.tool.id, fmt.Sprint(mode), strings.Join(f.list, "\x00"))
	mod := key(std, module)
	if t := b.tables[std]; t == nil || t.key != mod {
		lab := ""
		if b.m.usesEmbedded() {
			lab = b.m.lab
		}
		b.tables[std] = loadTable(filepath.Join(b.cache, "packages"), std, mod, lab, b.store)
	}
	st.table = b.tables[std]
	return st, nil
}

func key(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s\n", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Packages gives the packages that the imports need, with what the worker
// needs. What is not known from before is asked of the go command, which
// compiles what has not been compiled. An import that is not possible is in the
// graph's Errors and not in the graph; the error returned is about Go or the
// module.
func (b *Builder) Packages(ctx context.Context, imports []string) (*Graph, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	st, err := b.current(ctx, dynamic, b.flags)
	if err != nil {
		return nil, err
	}
	return b.graph(ctx, st, imports, []string{"plugin", "runtime", "runtime/cgo", b.o.Worker})
}

// graph makes the graph of imports, and of what is needed besides them.
func (b *Builder) graph(ctx context.Context, st *state, imports, besides []string) (*Graph, error) {
	g := &Graph{packages: map[string]*Package{}}
	fail := func(path string, err error) {
		if g.Errors == nil {
			g.Errors = map[string]error{}
		}
		g.Errors[path] = err
	}
	imports = slices.Compact(slices.Sorted(slices.Values(imports)))
	imports = slices.DeleteFunc(imports, func(path string) bool {
		err := b.m.forbidden(path)
		if err != nil {
			fail(path, err)
		}
		return err != nil || path == "C"
	})
	all := append(slices.Clone(imports), besides...)
	st.table.refresh()
	var unknown []string
	for _, path := range all {
		if st.table.packages[path] == nil {
			unknown = append(unknown, path)
		}
	}
	if len(unknown) > 0 {
		list, errs, err := b.list(ctx, st, unknown)
		if err != nil {
			return nil, err
		}
		for _, path := range unknown {
			if errs[path] != nil {
				fail(path, errs[path])
			}
		}
		st.table.add(list)
		if err := st.table.save(b.m.Dir); err != nil {
			b.log("packages are not kept for the next session: %v", err)
		}
	}
	for _, path := range imports {
		switch p := st.table.packages[path]; {
		case g.Errors[path] != nil:
		case p == nil:
			fail(path, &ImportError{Path: path, Message: "the go command did not find it"})
		case p.Name == "main":
			fail(path, &ImportError{Path: path, Message: "is a program, not an importable package"})
		default:
			g.Imports = append(g.Imports, path)
		}
	}
	closure(st.table.packages, g.packages, besides...)
	closure(st.table.packages, g.packages, g.Imports...)
	g.config = importConfig(g.packages)
	local := map[string]string{}
	for path, p := range g.packages {
		if p.Local {
			local[path] = p.Dir
		}
	}
	b.m.watch(local)
	return g, nil
}
