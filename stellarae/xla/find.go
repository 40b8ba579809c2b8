package xla

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
)

// Candidate is a place where a backend may come from.
type Candidate struct {
	Source   string `json:"source"`         // where it was looked for: an environment variable or a kind of folder
	Path     string `json:"path"`           // plugin file, or the value of GOMLX_BACKEND
	Platform string `json:"platform"`       // "cpu", "cuda" or "as configured"
	Skip     string `json:"skip,omitempty"` // why it is not used, empty if it may be
}

// wheelPlugins are the plugin files inside a site-packages folder, by wheel.
// Who installs a CUDA plugin wants it, so it goes before the CPU's.
var wheelPlugins = []struct{ platform, wheel, path string }{
	{"cuda", "jax-cuda13-pjrt", "jax_plugins/xla_cuda13/xla_cuda_plugin.so"},
	{"cuda", "jax-cuda12-pjrt", "jax_plugins/xla_cuda12/xla_cuda_plugin.so"},
	{"cpu", "xla-cpu-pjrt", "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so"},
}

// Find lists every plugin on this machine in the order in which Open tries
// them. It loads none of them.
func Find() []Candidate {
	var found []Candidate
	if v := os.Getenv("GOMLX_BACKEND"); v != "" {
		found = append(found, Candidate{Source: "GOMLX_BACKEND", Path: v, Platform: "as configured"})
	}
	for _, dir := range filepath.SplitList(os.Getenv("PJRT_PLUGIN_LIBRARY_PATH")) {
		found = append(found, inFolder("PJRT_PLUGIN_LIBRARY_PATH", dir)...)
	}
	if home, err := os.UserHomeDir(); err == nil {
		found = append(found, inFolder("go-xla folder", filepath.Join(home, ".local/lib/go-xla"))...)
	}
	found = append(found, inFolder("go-xla folder", "/usr/local/lib/go-xla")...)
	for _, env := range pythonEnvironments() {
		found = append(found, inSitePackages(env.source, env.prefix)...)
	}
	device := NVIDIADevice()
	for i := range found {
		if found[i].Platform == "cuda" && device == "" {
			found[i].Skip = "no NVIDIA device on this machine"
		}
	}
	return found
}

// inFolder lists plugins named as go-xla names them
// (pjrt_c_api_cpu_plugin.so, pjrt-plugin-cuda.so), CUDA first.
func inFolder(source, dir string) []Candidate {
	var found []Candidate
	for _, pattern := range []string{"pjrt_c_api_*_plugin.so", "pjrt-plugin-*.so", "pjrt_plugin_*.so"} {
		for _, p := range glob(dir, pattern) {
			platform := "cpu"
			if strings.Contains(filepath.Base(p), "cuda") {
				platform = "cuda"
			}
			found = append(found, Candidate{Source: source, Path: p, Platform: platform})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].Platform > found[j].Platform })
	return found
}

func inSitePackages(source, prefix string) []Candidate {
	var found []Candidate
	for _, w := range wheelPlugins {
		for _, p := range glob(prefix, "lib/python3*/site-packages/"+w.path) {
			found = append(found, Candidate{Source: fmt.Sprintf("%s, wheel %s", source, w.wheel), Path: p, Platform: w.platform})
		}
	}
	return found
}

// glob gives the absolute paths below dir, whose name is no pattern.
func glob(dir, pattern string) []string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil // there is no working folder
	}
	paths, err := fs.Glob(os.DirFS(dir), pattern)
	if err != nil {
		panic(err) // a bad pattern
	}
	for i, p := range paths {
		paths[i] = filepath.Join(dir, p)
	}
	return paths
}

type pythonEnvironment struct{ source, prefix string }

// pythonEnvironments are the active environments, then the nearest .venv of
// the working folder and its parents, then the one beside the program.
func pythonEnvironments() []pythonEnvironment {
	var envs []pythonEnvironment
	seen := map[string]bool{}
	add := func(source, prefix string) {
		if abs, err := filepath.Abs(prefix); err == nil && !seen[abs] {
			if st, err := os.Stat(abs); err == nil && st.IsDir() {
				seen[abs] = true
				envs = append(envs, pythonEnvironment{source, abs})
			}
		}
	}
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if v := os.Getenv(name); v != "" {
			add(name, v)
		}
	}
	if wd, err := os.Getwd(); err == nil {
		for dir := wd; ; dir = filepath.Dir(dir) {
			add(".venv", filepath.Join(dir, ".venv"))
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	if exe, err := os.Executable(); err == nil {
		if exe, err = filepath.EvalSymlinks(exe); err == nil {
			add(".venv beside the program", filepath.Join(filepath.Dir(exe), ".venv"))
			add(".venv beside the program", filepath.Join(filepath.Dir(filepath.Dir(exe)), ".venv"))
		}
	}
	return envs
}

// NVIDIADevice names the NVIDIA driver that is loaded with a device to drive,
// or is empty.
func NVIDIADevice() string {
	if runtime.GOOS != "linux" {
		return ""
	}
	if devices, _ := filepath.Glob("/dev/nvidia[0-9]*"); len(devices) == 0 {
		return ""
	}
	version, err := os.ReadFile("/proc/driver/nvidia/version")
	if err != nil {
		return "NVIDIA device"
	}
	line, _, _ := strings.Cut(string(version), "\n")
	return strings.TrimSpace(strings.TrimPrefix(line, "NVRM version:"))
}
