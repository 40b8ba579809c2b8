package specs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// put writes a file with its folders.
func put(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestList(t *testing.T) {
	near, far := t.TempDir(), t.TempDir()
	p := program(t)
	for _, folder := range []string{near, far} {
		if _, err := Install(Go(p), folder); err != nil {
			t.Fatal(err)
		}
	}
	missing := filepath.Join(far, "no", "such", "program")
	for name, text := range map[string]string{
		"broken":   `{"argv": [`,
		"wrong":    `{"argv": 3}`,
		"empty":    `{}`,
		"gone":     `{"argv": ["` + missing + `"]}`,
		"folder":   `{"argv": ["` + far + `"]}`,
		"onpath":   `{"argv": ["python", "-m", "ipykernel_launcher"], "display_name": "Python"}`,
		"UPPER":    `{"argv": ["r"]}`,
		"too-long": `{"argv": ["r"], "display_name": "` + strings.Repeat("x", limit) + `"}`,
	} {
		put(t, filepath.Join(far, name, "kernel.json"), text)
	}
	put(t, filepath.Join(far, "no-kernel", "readme.txt"), "")
	put(t, filepath.Join(far, "file"), "")

	entries, err := List(near, far, filepath.Join(far, "missing"))
	if err != nil {
		t.Fatal(err)
	}
	problems := map[string]string{}
	for _, e := range entries {
		if e.Name == "gokernel" {
			want := ""
			if strings.HasPrefix(e.Path, far) {
				want = filepath.Join(near, "gokernel")
			}
			if e.Shadowed != want {
				t.Errorf("%s is shadowed by %q, want %q", e.Path, e.Shadowed, want)
			}
			continue
		}
		problems[e.Name] = e.Problem
	}
	want := map[string]string{
		"broken": "unexpected end", "wrong": "cannot unmarshal", "empty": "no command", "gone": "no program " + missing,
		"folder": "is a folder", "onpath": "", "upper": "", "too-long": "too many",
	}
	if len(problems) != len(want) {
		t.Errorf("found %d kernels, want %d: %v", len(problems), len(want), problems)
	}
	for name, part := range want {
		got, ok := problems[name]
		if !ok || !strings.Contains(got, part) || (part == "") != (got == "") {
			t.Errorf("%s: problem %q, want %q", name, got, part)
		}
	}
}

func TestListUnreadableFolder(t *testing.T) {
	if _, err := List(put(t, filepath.Join(t.TempDir(), "file"), "")); err == nil {
		t.Error("a file instead of a folder is listed")
	}
}

func TestFindCUDA(t *testing.T) {
	const wheel = "lib/python3.12/site-packages/jax_plugins/"
	for _, c := range []struct {
		name  string
		files []string
		env   map[string]string // values below the root
		more  string
		want  string
	}{
		{name: "nothing", env: map[string]string{"HOME": "h", "VIRTUAL_ENV": "v"}},
		{name: "go-xla", files: []string{"h/.local/lib/go-xla/pjrt_c_api_cuda_plugin.so"}, env: map[string]string{"HOME": "h"},
			want: "h/.local/lib/go-xla/pjrt_c_api_cuda_plugin.so"},
		{name: "the CPU's is none", files: []string{"h/.local/lib/go-xla/pjrt_c_api_cpu_plugin.so"}, env: map[string]string{"HOME": "h"}},
		{name: "variable first", files: []string{"p/pjrt-plugin-cuda.so", "h/.local/lib/go-xla/pjrt_c_api_cuda_plugin.so"},
			env: map[string]string{"HOME": "h", "PJRT_PLUGIN_LIBRARY_PATH": "p"}, want: "p/pjrt-plugin-cuda.so"},
		{name: "newest wheel", files: []string{"v/" + wheel + "xla_cuda12/xla_cuda_plugin.so", "v/" + wheel + "xla_cuda13/xla_cuda_plugin.so"},
			env: map[string]string{"HOME": "h", "VIRTUAL_ENV": "v"}, want: "v/" + wheel + "xla_cuda13/xla_cuda_plugin.so"},
		{name: "given environment", files: []string{"w [1]/" + wheel + "xla_cuda13/xla_cuda_plugin.so"}, env: map[string]string{"HOME": "h"},
			more: "w [1]", want: "w [1]/" + wheel + "xla_cuda13/xla_cuda_plugin.so"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			for _, f := range c.files {
				put(t, filepath.Join(root, f), "")
			}
			env := map[string]string{}
			for name, value := range c.env {
				env[name] = filepath.Join(root, value)
			}
			setenv(t, env)
			got := FindCUDA(filepath.Join(root, c.more))
			if c.more == "" {
				got = FindCUDA()
			}
			if c.want != "" {
				c.want = filepath.Join(root, c.want)
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// A kernel.json of any content becomes an entry, never a crash.
func FuzzRead(f *testing.F) {
	f.Add(`{"argv": ["/bin/sh", "{connection_file}"], "display_name": "x", "env": {"A": "b"}}`)
	f.Add(`{"argv": ["\u0000"]}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		place := filepath.Join(t.TempDir(), "kernel")
		put(t, filepath.Join(place, "kernel.json"), text)
		e := read(place)
		if e.Name != "kernel" || e.Path != place {
			t.Errorf("%+v", e)
		}
		if e.Problem == "" && len(e.Spec.Argv) == 0 {
			t.Errorf("no command and no problem: %+v", e)
		}
	})
}
