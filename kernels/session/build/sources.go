package build

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/stellarae/lab/kernels"
)

// labGo is the version of Go that the embedded sources are written in.
const labGo = "1.26"

// embedded are the files of the module of embedded sources, by path, and the
// hash of it all.
var embedded = sync.OnceValues(func() (map[string][]byte, string) {
	files := map[string][]byte{"go.mod": []byte("module " + LabModule + "\n\ngo " + labGo + "\n")}
	err := fs.WalkDir(kernels.Source, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "testdata":
			return fs.SkipDir
		case e.IsDir() || strings.HasSuffix(name, "_test.go") || !linked(name):
			return nil
		}
		data, err := kernels.Source.ReadFile(name)
		files[path.Join("kernels", name)] = data
		return err
	})
	if err != nil {
		panic(err) // an embed.FS cannot fail
	}
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s %d\n", name, len(files[name]))
		h.Write(files[name])
	}
	return files, hex.EncodeToString(h.Sum(nil)[:8])
})

// linked reports whether cells are linked with the file.
func linked(name string) bool {
	return strings.HasPrefix(name, "display/") || strings.HasPrefix(name, "session/rt/")
}

// labSources gives the folder of the embedded sources, written out on first use.
func labSources(cache string) (string, error) {
	files, hash := embedded()
	dir := filepath.Join(cache, "lab-"+hash)
	if intact(dir, files) {
		touch(dir)
		return dir, nil
	}
	tmp, err := os.MkdirTemp(cache, "lab-*.partial")
	if err != nil {
		return "", fmt.Errorf("sources of the kernel's packages: %w", err)
	}
	defer os.RemoveAll(tmp)
	for name, data := range files {
		file := filepath.Join(tmp, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return "", fmt.Errorf("sources of the kernel's packages: %w", err)
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			return "", fmt.Errorf("sources of the kernel's packages: %w", err)
		}
	}
	for range 3 { // another kernel may be doing the same
		if err = os.Rename(tmp, dir); err == nil || intact(dir, files) {
			return dir, nil
		}
		os.RemoveAll(dir)
	}
	return "", fmt.Errorf("sources of the kernel's packages: %w", err)
}

// intact reports whether dir has the files, by their sizes.
func intact(dir string, files map[string][]byte) bool {
	for name, data := range files {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || info.Size() != int64(len(data)) {
			return false
		}
	}
	return true
}
