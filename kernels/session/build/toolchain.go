package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// toolchain is the Go that the session's go.mod selects, and the settings that
// its compiler and linker take from the environment.
type toolchain struct {
	env     map[string]string // of go env
	go_     string            // the go command
	compile string
	link    string
	id      string // hash of all that decides what the compiler makes of a package
}

// settings are the variables of go env that change what is built. Those for cgo
// beyond them take the go command a run of the C compiler to tell; cFlagNames
// are asked for only when a cell has C in it.
var (
	settings = []string{
		"GOVERSION", "GOROOT", "GOOS", "GOARCH", "GOEXPERIMENT", "GOFLAGS", "GOFIPS140",
		"GO386", "GOAMD64", "GOARM", "GOARM64", "GOMIPS", "GOMIPS64", "GOPPC64", "GORISCV64",
		"CGO_ENABLED", "CC", "CXX",
	}
	places     = []string{"GOTOOLDIR", "GOMODCACHE", "GOENV"}
	cFlagNames = []string{"CGO_CPPFLAGS", "CGO_CFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS"}
)

// ErrNoGo says that there is no go command.
var ErrNoGo = errors.New("the go command is not on PATH: install Go 1.26 or newer from go.dev/dl")

func findToolchain(ctx context.Context, dir string, environ []string) (*toolchain, error) {
	goCommand, err := lookGo(environ)
	if err != nil {
		return nil, err
	}
	t := &toolchain{go_: goCommand}
	if t.env, err = t.goEnv(ctx, dir, environ, slices.Concat(settings, places)); err != nil {
		return nil, err
	}
	if os, arch := t.env["GOOS"], t.env["GOARCH"]; os != runtime.GOOS || arch != runtime.GOARCH {
		return nil, fmt.Errorf("GOOS=%s GOARCH=%s: cells run on this machine, which is %s/%s", os, arch, runtime.GOOS, runtime.GOARCH)
	}
	h := sha256.New()
	for _, name := range settings {
		fmt.Fprintf(h, "%s=%s\n", name, t.env[name])
	}
	for _, name := range cFlagNames {
		fmt.Fprintf(h, "%s=%s\n", name, getenv(environ, name))
	}
	fmt.Fprintln(h, fileSignature(t.env["GOENV"]))
	for _, tool := range []struct {
		name string
		path *string
	}{{"compile", &t.compile}, {"link", &t.link}} {
		*tool.path = filepath.Join(t.env["GOTOOLDIR"], tool.name)
		info, err := os.Stat(*tool.path)
		if err != nil {
			return nil, fmt.Errorf("go toolchain %s: %w", t.env["GOVERSION"], err)
		}
		fmt.Fprintf(h, "%s %d %d\n", tool.name, info.Size(), info.ModTime().UnixNano())
	}
	t.id = hex.EncodeToString(h.Sum(nil)[:16])
	return t, nil
}

func (t *toolchain) goEnv(ctx context.Context, dir string, environ, names []string) (map[string]string, error) {
	args := append([]string{"env", "-json"}, names...)
	out, err := command{dir: dir, env: environ, path: t.go_, args: args}.output(ctx)
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	var env map[string]string
	if err := json.Unmarshal(out, &env); err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	return env, nil
}

// lookGo finds the go command on the PATH of environ, or where its installer puts it.
func lookGo(environ []string) (string, error) {
	for _, dir := range append(filepath.SplitList(getenv(environ, "PATH")), "/usr/local/go/bin") {
		if dir == "" {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, "go")); err == nil {
			return path, nil
		}
	}
	return "", ErrNoGo
}

// toolEnv is the environment for the compiler and the linker, which know
// nothing of go env -w.
func (t *toolchain) toolEnv(environ []string) []string {
	env := slices.Clone(environ)
	for name, value := range t.env {
		if slices.Contains(settings, name) && name != "GOFLAGS" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// goEnviron is the part of the environment that can change what go env says.
func goEnviron(environ []string) string {
	var kept []string
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "CGO_") ||
			slices.Contains([]string{"PATH", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "CC", "CXX", "PKG_CONFIG"}, name) {
			kept = append(kept, v)
		}
	}
	return strings.Join(kept, "\n")
}

func getenv(environ []string, name string) string {
	for _, v := range slices.Backward(environ) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// command is one run of a tool.
type command struct {
	dir   string
	env   []string
	path  string
	args  []string
	stdin []byte
}

// output gives what the command wrote to its standard output. The error of one
// that failed is a *commandError. When ctx ends the command and all that it has
// started are killed at once.
func (c command) output(ctx context.Context) ([]byte, error) {
	cmd := exec.CommandContext(ctx, c.path, c.args...)
	cmd.Dir = c.dir
	cmd.Env = append(slices.Clone(c.env), "PWD="+c.dir)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if c.stdin != nil {
		cmd.Stdin = bytes.NewReader(c.stdin)
	}
	killGroup(cmd)
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return stdout.Bytes(), &commandError{name: filepath.Base(c.path), output: stdout.String() + stderr.String(), err: err}
	}
	return stdout.Bytes(), nil
}

type commandError struct {
	name   string
	output string
	err    error
}

func (e *commandError) Error() string {
	if text := strings.TrimSpace(e.output); text != "" {
		return e.name + ": " + text
	}
	return e.name + ": " + e.err.Error()
}

func (e *commandError) Unwrap() error { return e.err }
