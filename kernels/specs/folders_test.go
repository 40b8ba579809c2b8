package specs

import (
	"path/filepath"
	"slices"
	"testing"
)

// variables that name Jupyter's folders.
var variables = []string{
	"JUPYTER_DATA_DIR", "JUPYTER_PATH", "JUPYTER_PREFER_ENV_PATH", "XDG_DATA_HOME", "APPDATA", "HOME", "VIRTUAL_ENV", "CONDA_PREFIX",
	"PJRT_PLUGIN_LIBRARY_PATH",
}

// setenv sets some of the variables and takes the others away.
func setenv(t *testing.T, env map[string]string) {
	t.Helper()
	for _, name := range variables {
		t.Setenv(name, env[name])
	}
}

// The expected folders follow jupyter_core 5.9.1, paths.py.
func TestUserData(t *testing.T) {
	for _, c := range []struct {
		name, system string
		env          map[string]string
		want         string
	}{
		{"linux", "linux", map[string]string{"HOME": "/h"}, "/h/.local/share/jupyter"},
		{"linux, XDG", "linux", map[string]string{"HOME": "/h", "XDG_DATA_HOME": "/x"}, "/x/jupyter"},
		{"macOS", "darwin", map[string]string{"HOME": "/h", "XDG_DATA_HOME": "/x"}, "/h/Library/Jupyter"},
		{"windows", "windows", map[string]string{"HOME": "/h", "APPDATA": "/a", "XDG_DATA_HOME": "/x"}, "/a/jupyter"},
		{"windows without APPDATA", "windows", map[string]string{"HOME": "/h"}, "/h/.jupyter/data"},
		{"variable first", "darwin", map[string]string{"HOME": "/h", "JUPYTER_DATA_DIR": "/d", "XDG_DATA_HOME": "/x"}, "/d"},
	} {
		t.Run(c.name, func(t *testing.T) {
			setenv(t, c.env)
			got, err := userData(c.system)
			if err != nil || filepath.ToSlash(got) != c.want {
				t.Errorf("%q, %v, want %q", got, err, c.want)
			}
		})
	}
	setenv(t, nil)
	if got, err := UserFolder(); err == nil {
		t.Errorf("without a home: %q", got)
	}
}

func TestPrefixFolders(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"VIRTUAL_ENV": "/v", "CONDA_PREFIX": "/c"}, "/v/share/jupyter/kernels"},
		{map[string]string{"CONDA_PREFIX": "/c"}, "/c/share/jupyter/kernels"},
		{nil, ""},
	} {
		setenv(t, c.env)
		got, err := SysPrefixFolder()
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%v: %q, %v, want %q", c.env, got, err, c.want)
		}
	}
	if got, err := PrefixFolder(""); err == nil {
		t.Errorf("an empty prefix: %q", got)
	}
	t.Chdir(t.TempDir())
	if got, err := PrefixFolder("here"); err != nil || !filepath.IsAbs(got) {
		t.Errorf("a relative prefix: %q, %v", got, err)
	}
}

func TestSearchFolders(t *testing.T) {
	system := []string{"/usr/local/share/jupyter/kernels", "/usr/share/jupyter/kernels"}
	for _, c := range []struct {
		env  map[string]string
		want []string
	}{
		{map[string]string{"JUPYTER_DATA_DIR": "/d"}, []string{"/d/kernels"}},
		{map[string]string{"JUPYTER_DATA_DIR": "/d", "VIRTUAL_ENV": "/v"}, []string{"/v/share/jupyter/kernels", "/d/kernels"}},
		{
			map[string]string{"JUPYTER_DATA_DIR": "/d", "VIRTUAL_ENV": "/v", "JUPYTER_PREFER_ENV_PATH": "False"},
			[]string{"/d/kernels", "/v/share/jupyter/kernels"},
		},
		{map[string]string{"JUPYTER_DATA_DIR": "/d", "JUPYTER_PATH": "/p::/d/"}, []string{"/p/kernels", "/d/kernels"}},
		{nil, nil},
	} {
		setenv(t, c.env)
		if got, want := SearchFolders(), append(c.want, system...); !slices.Equal(got, want) {
			t.Errorf("%v:\n got %q\nwant %q", c.env, got, want)
		}
	}
}
