package build

import (
	"context"
	"go/version"
	"path/filepath"
	"strings"
)

// lang is the version of the language for the session's cells, "go1.26".
func (m *Module) lang(goversion string) string {
	if file, err := readMod(filepath.Join(m.Dir, "go.mod")); err == nil && file.Go != nil {
		goversion = "go" + file.Go.Version
	}
	if lang := version.Lang(goversion); lang != "" {
		return lang
	}
	return "go" + labGo
}

// godebug are the settings of the runtime and the library that the session's
// go.mod asks for, by lines of its own or by a version of Go before the
// toolchain's.
func (m *Module) godebug(ctx context.Context, t *toolchain, environ []string) (string, error) {
	file, err := readMod(filepath.Join(m.Dir, "go.mod"))
	if err != nil {
		return "", err
	}
	goversion := t.env["GOVERSION"]
	work, err := readWork(filepath.Join(m.Dir, "go.work"))
	if len(file.Godebug) == 0 && m.lang(goversion) == version.Lang(goversion) && err != nil && (work == nil || len(work.Godebug) == 0) {
		return "", nil
	}
	args := []string{"list", "-e", "-f", "{{.DefaultGODEBUG}}", "."}
	out, err := command{dir: m.Dir, env: environ, path: t.go_, args: args}.output(ctx)
	if err != nil {
		return "", goListError(err)
	}
	return strings.TrimSpace(string(out)), nil
}
