package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// linker is the C compiler with which the Go linker makes plugins, and the
// fastest linker that the C compiler can use.
type linker struct {
	Wrapper string // script to give as -extld
	Flag    string // "-fuse-ld=mold"; "" for the compiler's own
}

// linkers, the fastest first; "" is the compiler's own choice.
var linkers = []string{"mold", "gold", "lld", ""}

// errNoCgo says why the go command would build without C, which plugins need.
func errNoCgo(st *state) error {
	if getenv(st.environ, "CGO_ENABLED") == "0" {
		return errors.New("CGO_ENABLED=0: cells whose variables live are Go plugins, which need cgo: unset it")
	}
	return errNoCC(st.tool.env["CC"])
}

func errNoCC(cc string) error {
	return fmt.Errorf("no C compiler (%s): cells whose variables live are Go plugins, and linking one takes a C compiler: "+
		"install gcc (apt install gcc, dnf install gcc, apk add gcc musl-dev) or clang, or set CC", cc)
}

// findLinker tries the linkers, or knows from an earlier session.
func (b *Builder) findLinker(ctx context.Context, st *state) (*linker, error) {
	words, err := splitQuoted(st.tool.env["CC"])
	if err != nil || len(words) == 0 {
		return nil, errNoCC(st.tool.env["CC"])
	}
	cc, err := lookPath(words[0], st.environ)
	if err != nil {
		return nil, errNoCC(words[0])
	}
	words[0] = cc
	name := filepath.Join(b.cache, "linker-"+key(strings.Join(words, "\x00"), fileSignature(cc), getenv(st.environ, "PATH")))
	l := new(linker)
	if data, err := os.ReadFile(name + ".json"); err == nil && json.Unmarshal(data, l) == nil && isFile(l.Wrapper) {
		touch(name + ".json")
		touch(l.Wrapper)
		return l, nil
	}
	tmp, err := os.MkdirTemp(b.work, "linker")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	try := func(flags ...string) error {
		args := append(append(words[1:len(words):len(words)], "-shared", "-o", filepath.Join(tmp, "x.so"), "-x", "c", "-"), flags...)
		_, err := command{dir: tmp, env: st.environ, path: cc, args: args, stdin: []byte("int x;\n")}.output(ctx)
		return err
	}
	for _, ld := range linkers {
		l.Flag = ""
		if ld != "" {
			l.Flag = "-fuse-ld=" + ld
		}
		if err = try(strings.Fields(l.Flag)...); err == nil {
			break
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the C compiler cannot link: %w", err)
	}
	l.Wrapper = name + ".sh"
	if err := writeFile(l.Wrapper, []byte(wrapper(words, try("-Qunused-arguments") != nil))); err != nil {
		return nil, err
	}
	if err := os.Chmod(l.Wrapper, 0o700); err != nil {
		return nil, err
	}
	data, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	b.log("linker: %s %s", cc, l.Flag)
	return l, writeFile(name+".json", data)
}

// wrapper is a script that runs the C compiler. Before each link the Go linker
// asks whether the compiler knows -Qunused-arguments, by compiling something;
// the script knows when the answer is no.
func wrapper(cc []string, refuses bool) string {
	var s strings.Builder
	s.WriteString("#!/bin/sh\n")
	if refuses {
		s.WriteString("case \" $* \" in *\" -Qunused-arguments \"*) exit 1;; esac\n")
	}
	s.WriteString("exec")
	for _, word := range cc {
		s.WriteString(" '" + strings.ReplaceAll(word, "'", `'\''`) + "'")
	}
	s.WriteString(" \"$@\"\n")
	return s.String()
}

func lookPath(name string, environ []string) (string, error) {
	if strings.ContainsRune(name, filepath.Separator) {
		return exec.LookPath(name)
	}
	for _, dir := range filepath.SplitList(getenv(environ, "PATH")) {
		if dir == "" {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}
