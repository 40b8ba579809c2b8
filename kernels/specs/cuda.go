package specs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FindCUDA gives the path of a CUDA plugin of XLA (PJRT), or "". It looks where
// go-xla keeps and finds plugins and where Python wheels put theirs
// (jax-cuda13-pjrt, jax-cuda12-pjrt): PJRT_PLUGIN_LIBRARY_PATH, go-xla's
// folders, then the environments VIRTUAL_ENV, CONDA_PREFIX and those given.
// Of several in one place the last in the alphabet is taken, the newest.
func FindCUDA(environments ...string) string {
	folders := filepath.SplitList(os.Getenv("PJRT_PLUGIN_LIBRARY_PATH"))
	if home, err := os.UserHomeDir(); err == nil {
		folders = append(folders, filepath.Join(home, ".local", "lib", "go-xla"))
	}
	for _, folder := range append(folders, "/usr/local/lib/go-xla") {
		for _, name := range []string{"pjrt_c_api_*cuda*_plugin.so", "pjrt-plugin-*cuda*.so", "pjrt_plugin_*cuda*.so"} {
			if plugin := newest(folder, name); plugin != "" {
				return plugin
			}
		}
	}
	for _, prefix := range append([]string{os.Getenv("VIRTUAL_ENV"), os.Getenv("CONDA_PREFIX")}, environments...) {
		if plugin := newest(prefix, "lib/python3*/site-packages/jax_plugins/xla_cuda*/xla_cuda_plugin.so"); plugin != "" {
			return plugin
		}
	}
	return ""
}

// newest is the absolute path of the last file below a folder that a pattern
// matches. The folder's name is no pattern; "" has no files.
func newest(folder, pattern string) string {
	if folder == "" {
		return ""
	}
	found, err := filepath.Glob(filepath.Join(escape.Replace(folder), pattern))
	if err != nil || len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	path, err := filepath.Abs(found[len(found)-1])
	if err != nil {
		return ""
	}
	return path
}

var escape = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`)
