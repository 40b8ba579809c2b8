package xla

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bare takes every place away that Find looks in, as far as a test can, and
// gives a folder to build others in, which is also the working folder.
func bare(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range []string{"GOMLX_BACKEND", "PJRT_PLUGIN_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", AutoInstall} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", touch(t, root, "home/"))
	t.Chdir(touch(t, root, "work/deep/"))
	return root
}

// touch makes an empty file, or a folder where the path ends in a slash.
func touch(t *testing.T, root, path string) string {
	t.Helper()
	full := filepath.Join(root, path)
	dir := filepath.Dir(full)
	if strings.HasSuffix(path, "/") {
		dir = full
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if dir != full {
		if err := os.WriteFile(full, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return full
}

// found is what Find finds below root, "platform path" relative to it.
func found(t *testing.T, root string) (list []string) {
	t.Helper()
	for _, c := range Find() {
		if path, ok := strings.CutPrefix(c.Path, root+"/"); ok {
			list = append(list, c.Platform+" "+path)
		}
	}
	return list
}

const (
	site   = "/lib/python3.12/site-packages/"
	cpu    = site + "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so"
	cuda12 = site + "jax_plugins/xla_cuda12/xla_cuda_plugin.so"
	cuda13 = site + "jax_plugins/xla_cuda13/xla_cuda_plugin.so"
)

func TestFindOrder(t *testing.T) {
	root := bare(t)
	for _, path := range []string{
		"a/pjrt_c_api_cpu_plugin.so", "a/pjrt-plugin-cuda.so", "a/libother.so", "a/pjrt_plugin.txt",
		"b/pjrt_c_api_cuda_plugin.so", "b/pjrt_plugin_cpu.so",
		"home/.local/lib/go-xla/pjrt_c_api_cpu_plugin.so",
		"venv" + cpu, "venv" + cuda12, "venv" + cuda13,
		"conda" + cpu,
		"work/.venv" + cpu,
		".venv" + cpu, // of a parent's parent
	} {
		touch(t, root, path)
	}
	want := []string{ // of every place CUDA first
		"cuda a/pjrt-plugin-cuda.so", "cpu a/pjrt_c_api_cpu_plugin.so",
		"cuda b/pjrt_c_api_cuda_plugin.so", "cpu b/pjrt_plugin_cpu.so",
		"cpu home/.local/lib/go-xla/pjrt_c_api_cpu_plugin.so",
		"cuda venv" + cuda13, "cuda venv" + cuda12, "cpu venv" + cpu,
		"cpu conda" + cpu,
		"cpu work/.venv" + cpu,
		"cpu .venv" + cpu,
	}
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", filepath.Join(root, "a")+":"+filepath.Join(root, "missing")+":"+filepath.Join(root, "b"))
	t.Setenv("VIRTUAL_ENV", filepath.Join(root, "venv"))
	t.Setenv("CONDA_PREFIX", filepath.Join(root, "conda"))
	if diff := cmp.Diff(want, found(t, root)); diff != "" {
		t.Error(diff)
	}

	// An environment that is named twice is looked at once.
	t.Setenv("CONDA_PREFIX", filepath.Join(root, "venv"))
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", "")
	t.Setenv("HOME", filepath.Join(root, "missing"))
	want = append(want[5:8], want[9:]...)
	if diff := cmp.Diff(want, found(t, root)); diff != "" {
		t.Error(diff)
	}

	t.Setenv("GOMLX_BACKEND", "xla:cpu")
	if c := Find()[0]; c != (Candidate{Source: "GOMLX_BACKEND", Path: "xla:cpu", Platform: "as configured"}) {
		t.Errorf("GOMLX_BACKEND comes as %+v", c)
	}
}

func TestFindNothing(t *testing.T) {
	root := bare(t)
	if list := found(t, root); len(list) != 0 {
		t.Errorf("found %v", list)
	}
}

// A plugin loads by its absolute path only.
func TestFindInRelativeFolder(t *testing.T) {
	root := bare(t)
	touch(t, root, "work/deep/plugins/pjrt_c_api_cpu_plugin.so")
	touch(t, root, "work/deep/env"+cpu)
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", "plugins")
	t.Setenv("VIRTUAL_ENV", "env")
	want := []string{"cpu work/deep/plugins/pjrt_c_api_cpu_plugin.so", "cpu work/deep/env" + cpu}
	if diff := cmp.Diff(want, found(t, root)); diff != "" {
		t.Error(diff)
	}
}

// The characters of a pattern are taken for themselves in a folder's name.
func TestFindInFolderWithBrackets(t *testing.T) {
	root := bare(t)
	touch(t, root, "my[1]*?/pjrt_c_api_cpu_plugin.so")
	touch(t, root, "env [x]"+cpu)
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", filepath.Join(root, "my[1]*?"))
	t.Setenv("VIRTUAL_ENV", filepath.Join(root, "env [x]"))
	want := []string{"cpu my[1]*?/pjrt_c_api_cpu_plugin.so", "cpu env [x]" + cpu}
	if diff := cmp.Diff(want, found(t, root)); diff != "" {
		t.Error(diff)
	}
}

// Where there is no device, no CUDA plugin is tried; the CPU's are.
func TestFindSkipsCUDAWithoutDevice(t *testing.T) {
	root := bare(t)
	touch(t, root, "venv"+cuda13)
	touch(t, root, "venv"+cpu)
	t.Setenv("VIRTUAL_ENV", filepath.Join(root, "venv"))
	for _, c := range Find() {
		want := ""
		if c.Platform == "cuda" && NVIDIADevice() == "" {
			want = "no NVIDIA device on this machine"
		}
		if c.Skip != want {
			t.Errorf("%s: skip %q, want %q", c.Path, c.Skip, want)
		}
	}
}
