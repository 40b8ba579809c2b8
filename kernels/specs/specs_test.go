package specs

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// program makes a file that can stand for a kernel's program.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gokernel")
	if err := os.WriteFile(path, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestInstall(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "share", "jupyter", "kernels")
	p := program(t)
	k := Go(p, "--mode", "process").WithEnv(map[string]string{"GOFLAGS": "-mod=mod"})
	done, err := Install(k, folder)
	if err != nil {
		t.Fatal(err)
	}
	if done.Path != filepath.Join(folder, "gokernel") || done.Replaced != nil {
		t.Errorf("Install gives %+v", done)
	}
	want := []string{"kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"}
	if got := names(t, done.Path); !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	if got := names(t, folder); !slices.Equal(got, []string{"gokernel"}) {
		t.Errorf("beside the kernelspec there is more: %q", got)
	}
	text, err := os.ReadFile(filepath.Join(done.Path, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{
		"argv":                    []any{p, "run", "-f", "{connection_file}", "--mode", "process"},
		"display_name":            "Go",
		"language":                "go",
		"interrupt_mode":          "message",
		"kernel_protocol_version": "5.5",
		"env":                     map[string]any{"GOFLAGS": "-mod=mod"},
		"metadata":                map[string]any{"debugger": false},
	}, got); diff != "" {
		t.Errorf("kernel.json (-want +got):\n%s", diff)
	}
}

func TestInstallReplacesAndSaysWhat(t *testing.T) {
	folder := t.TempDir()
	p := program(t)
	first, err := Install(Go(p), folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(first.Path, "notes.txt"), []byte("of the old one"), 0o644); err != nil {
		t.Fatal(err)
	}
	k := Go(p)
	k.DisplayName = "Go, newer"
	second, err := Install(k, folder)
	if err != nil {
		t.Fatal(err)
	}
	if second.Replaced == nil || second.Replaced.Spec.DisplayName != "Go" || second.Replaced.Path != first.Path {
		t.Errorf("Replaced is %+v", second.Replaced)
	}
	if got := names(t, second.Path); slices.Contains(got, "notes.txt") || len(got) != 4 {
		t.Errorf("files of the old kernelspec are left: %q", got)
	}
	if got := names(t, folder); !slices.Equal(got, []string{"gokernel"}) {
		t.Errorf("beside the kernelspec there is more: %q", got)
	}
}

func TestInstallRefuses(t *testing.T) {
	p := program(t)
	for name, c := range map[string]struct {
		change func(*Kernel)
		want   string
	}{
		"upper case":         {func(k *Kernel) { k.Name = "Go" }, "lower-case"},
		"empty name":         {func(k *Kernel) { k.Name = "" }, "lower-case"},
		"parent folder":      {func(k *Kernel) { k.Name = ".." }, "lower-case"},
		"path":               {func(k *Kernel) { k.Name = "a/b" }, "lower-case"},
		"no display name":    {func(k *Kernel) { k.DisplayName = "" }, "display name"},
		"no command":         {func(k *Kernel) { k.Argv = nil }, "absolute path"},
		"relative program":   {func(k *Kernel) { k.Argv = []string{"gokernel", "{connection_file}"} }, "absolute path"},
		"no connection file": {func(k *Kernel) { k.Argv = []string{p, "run"} }, "{connection_file}"},
		"bad variable":       {func(k *Kernel) { k.Env = map[string]string{"A B": "1"} }, "environment variable"},
		"zero byte":          {func(k *Kernel) { k.Env = map[string]string{"A": "\x00"} }, "zero byte"},
		"no such logo":       {func(k *Kernel) { k.Logo = "gopher" }, "logo"},
		"not JSON":           {func(k *Kernel) { k.Metadata = map[string]any{"f": func() {}} }, "unsupported type"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "kernels")
			k := Go(p)
			c.change(&k)
			if _, err := Install(k, folder); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("it has made the folder")
			}
		})
	}
}

// What is in the way and is no kernelspec stays as it is.
func TestInstallKeepsWhatIsNoKernelspec(t *testing.T) {
	folder := t.TempDir()
	place := filepath.Join(folder, "gokernel")
	if err := os.Mkdir(place, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "thesis.txt"), []byte("three years"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(Go(program(t)), folder); err == nil {
		t.Error("Install replaced a folder that is no kernelspec")
	}
	if _, err := Uninstall("gokernel", folder); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Uninstall of a folder that is no kernelspec: %v", err)
	}
	if got := names(t, place); !slices.Equal(got, []string{"thesis.txt"}) {
		t.Errorf("left are %q", got)
	}
}

// Where the new kernelspec cannot be put in place the old one comes back.
func TestReplaceUndoes(t *testing.T) {
	dir := t.TempDir()
	place := filepath.Join(dir, "place")
	if err := os.Mkdir(place, 0o755); err != nil {
		t.Fatal(err)
	}
	err := replace(filepath.Join(dir, "missing"), place, filepath.Join(dir, "aside"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"place"}) {
		t.Errorf("left are %q", got)
	}
}

// At every moment of many replacements Jupyter finds one whole kernelspec.
func TestInstallIsAtomic(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("this system has no call that exchanges two folders")
	}
	folder := t.TempDir()
	k := Go(program(t))
	if _, err := Install(k, folder); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			entries, err := List(folder)
			if err != nil || len(entries) != 1 || entries[0].Problem != "" || entries[0].Spec.DisplayName != "Go" {
				t.Errorf("while it is replaced: %+v, %v", entries, err)
				return
			}
		}
	})
	for range 50 {
		if _, err := Install(k, folder); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	reader.Wait()
}

func TestInstallWhereItMayNotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(Go(program(t)), filepath.Join(file, "kernels")); err == nil {
		t.Error("Install below a file succeeded")
	}
}

func TestUninstall(t *testing.T) {
	folder := t.TempDir()
	if _, err := Install(Go(program(t)), folder); err != nil {
		t.Fatal(err)
	}
	gone, err := Uninstall("gokernel", folder)
	if err != nil {
		t.Fatal(err)
	}
	if gone.Spec.DisplayName != "Go" {
		t.Errorf("it says it removed %+v", gone)
	}
	if left := names(t, folder); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
	if _, err := Uninstall("gokernel", folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("second time: %v", err)
	}
	if _, err := Uninstall("../gokernel", folder); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a name that leaves the folder: %v", err)
	}
}

// A link to a kernelspec (jupyter kernelspec install --symlink) goes, what it
// points to stays.
func TestUninstallLink(t *testing.T) {
	source, folder := t.TempDir(), t.TempDir()
	if _, err := Install(Go(program(t)), source); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(source, "gokernel"), filepath.Join(folder, "gokernel")); err != nil {
		t.Skip(err)
	}
	if _, err := Uninstall("gokernel", folder); err != nil {
		t.Fatal(err)
	}
	if got := names(t, filepath.Join(source, "gokernel")); len(got) != 4 {
		t.Errorf("behind the link are left %q", got)
	}
	if left := names(t, folder); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
}

func TestKernels(t *testing.T) {
	p := program(t)
	folder := t.TempDir()
	for _, c := range []struct {
		k             Kernel
		name, display string
		env           map[string]string
	}{
		{Go(p), "gokernel", "Go", nil},
		{CUDA(p, "/lib/cuda.so"), "gokernel-cuda", "Go (CUDA)", map[string]string{"GOMLX_BACKEND": "xla:/lib/cuda.so"}},
		{GoNB(p), "gonb", "Go (gonb)", map[string]string{"PATH": filepath.Dir(p) + ":${PATH}"}},
	} {
		done, err := Install(c.k, folder)
		if err != nil {
			t.Fatal(err)
		}
		got := read(done.Path)
		if got.Name != c.name || got.Spec.DisplayName != c.display || got.Spec.Language != "go" || got.Problem != "" {
			t.Errorf("%s: %+v", c.name, got)
		}
		if diff := cmp.Diff(c.env, got.Spec.Env); diff != "" {
			t.Errorf("%s: environment (-want +got):\n%s", c.name, diff)
		}
	}
	if got := names(t, folder); !slices.Equal(got, []string{"gokernel", "gokernel-cuda", "gonb"}) {
		t.Errorf("installed are %q", got)
	}
}
