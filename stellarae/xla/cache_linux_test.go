package xla

import (
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// inChild computes in a child with a cache folder or "off", and gives its notice, its
// values and the two counts.
func inChild(t *testing.T, folder string, env ...string) (notice, values, counts string) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), childEnv+"=compute", "GOMLX_BACKEND=xla:"+plugin(t), Cache+"="+folder)
	cmd.Env = append(cmd.Env, env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	lines := strings.Split(string(out), "\n")
	if err != nil || len(lines) != 5 || lines[0] != "as configured" {
		t.Errorf("%v: %s%s", err, out, &stderr)
		return "", "", ""
	}
	return lines[1], lines[2], lines[3]
}

// expect runs a child that is to give the values and the counts.
func expect(t *testing.T, folder, values, counts string, env ...string) {
	t.Helper()
	if _, v, n := inChild(t, folder, env...); v != values || n != counts {
		t.Errorf("%s from XLA and the cache, want %s; values %s, want %s", n, counts, v, values)
	}
}

// programsIn are the paths of all files in a folder, which have to be programs.
func programsIn(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".program") {
			t.Errorf("%s is in the cache", e.Name())
		}
		paths = append(paths, filepath.Join(folder, e.Name()))
	}
	return paths
}

func TestProgramsAreCompiledOnce(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "cache")
	_, values, counts := inChild(t, "off")
	if counts != "0 0" {
		t.Errorf("without a cache: %s", counts)
	}
	expect(t, folder, values, "3 0")
	for _, path := range append(programsIn(t, folder), folder) {
		if info, err := os.Stat(path); err != nil || !private(info) {
			t.Errorf("%v, %v", info, err)
		}
	}
	expect(t, folder, values, "0 3")
}

// The user's cache folder is the default; without a home there is none.
func TestCacheFolder(t *testing.T) {
	home := t.TempDir()
	_, values, _ := inChild(t, "", "HOME="+home, "XDG_CACHE_HOME=")
	folder := filepath.Join(home, ".cache/stellarae/xla")
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 || len(programsIn(t, folder)) != 3 {
		t.Errorf("%v, %v", info, err)
	}
	expect(t, "", values, "0 0", "HOME="+home+"/missing", "XDG_CACHE_HOME=")
	expect(t, "", values, "0 0", "HOME=", "XDG_CACHE_HOME=")
	expect(t, folder, values, "0 0", "XLA_FLAGS=--xla_dump_to="+filepath.Join(home, "dump"))
	expect(t, folder, values, "0 3")
}

func TestDamagedProgramsAreCompiledAnew(t *testing.T) {
	folder := t.TempDir()
	_, values, _ := inChild(t, folder)
	for name, damage := range map[string]func(key string, file []byte) []byte{
		"in the sum":     func(_ string, b []byte) []byte { b[3]++; return b },
		"in the program": func(_ string, b []byte) []byte { b[len(b)/2]++; return b },
		"cut":            func(_ string, b []byte) []byte { return b[:len(b)-1] },
		"continued":      func(_ string, b []byte) []byte { return append(b, 0) },
		"sum alone":      func(_ string, b []byte) []byte { return b[:32] },
		"empty":          func(string, []byte) []byte { return nil },
		"another key's":  func(_ string, b []byte) []byte { return append(sum("", b[32:]), b[32:]...) },
		"no program of XLA's": func(key string, b []byte) []byte {
			return append(sum(key, b[40:]), b[40:]...)
		},
	} {
		paths := programsIn(t, folder)
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(filepath.Base(path), content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, v, n := inChild(t, folder); v != values || n != "3 0" || len(paths) != 3 {
			t.Errorf("%s: %s of %d programs from XLA and the cache; values %s, want %s", name, n, len(paths), v, values)
		}
	}
	expect(t, folder, values, "0 3")
}

// What another user may have written is not run.
func TestCacheOfOthersIsRefused(t *testing.T) {
	folder := t.TempDir()
	_, values, _ := inChild(t, folder)
	paths := programsIn(t, folder)
	if err := os.Chmod(paths[0], 0o620); err != nil {
		t.Fatal(err)
	}
	expect(t, folder, values, "1 2")

	refused := func(why string) {
		t.Helper()
		notice, v, n := inChild(t, folder)
		if !strings.Contains(notice, folder+": "+why) || !strings.Contains(notice, Cache) || v != values || n != "0 0" {
			t.Errorf("notice %q, %s from XLA and the cache; values %s, want %s", notice, n, v, values)
		}
	}
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	refused("belongs to another user, or others may write to it")
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	expect(t, folder, values, "0 3")
	if os.Geteuid() == 0 {
		if err := os.Chown(paths[0], 1, 1); err != nil {
			t.Fatal(err)
		}
		expect(t, folder, values, "1 2")
		if err := os.Chown(folder, 1, 1); err != nil {
			t.Fatal(err)
		}
		refused("belongs to another user, or others may write to it")
	}
	folder = paths[1]
	refused("not a directory")
}

func TestCacheOfSeveralProcesses(t *testing.T) {
	folder := t.TempDir()
	_, values, _ := inChild(t, "off")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, v, _ := inChild(t, folder); v != values {
				t.Errorf("values %s, want %s", v, values)
			}
		})
	}
	all.Wait()
	if n := len(programsIn(t, folder)); n != 3 {
		t.Errorf("%d programs", n)
	}
	expect(t, folder, values, "0 3")
}

func TestCacheBound(t *testing.T) {
	c := &cache{dir: t.TempDir(), bound: 4 * (1000 + sha256.Size)}
	other := filepath.Join(c.dir, "thesis.tex")
	if err := os.WriteFile(other, make([]byte, 9000), 0o600); err != nil {
		t.Fatal(err)
	}
	key := func(i int) string { return c.key([]byte{byte(i)}) }
	left := "." + key(99) + ".123.partial" // of a program that was killed
	if err := os.WriteFile(filepath.Join(c.dir, left), make([]byte, 500), 0o600); err != nil {
		t.Fatal(err)
	}
	age := func(name string, minutes int) {
		t.Helper()
		at := time.Now().Add(time.Duration(-minutes) * time.Minute)
		if err := os.Chtimes(filepath.Join(c.dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	age(left, 99)
	for i := range 4 {
		c.put(key(i), slices.Repeat([]byte{byte(i)}, 1000))
		age(key(i), 50-i)
	}
	if p := c.get(key(0)); len(p) != 1000 || p[0] != 0 { // so 1 is now the one longest unused
		t.Errorf("got %d bytes", len(p))
	}
	c.put(key(4), make([]byte, 1000))
	for i, want := range []bool{true, false, true, true, true} {
		if got := c.get(key(i)) != nil; got != want {
			t.Errorf("program %d is kept: %v", i, got)
		}
	}
	c.put(key(5), make([]byte, 9000)) // more than the bound: it would take all others' place
	entries, err := os.ReadDir(c.dir)
	if err != nil || len(entries) != 5 || c.get(key(5)) != nil || c.get(key(4)) == nil {
		t.Errorf("%v, %v", entries, err)
	}
}

// A key changes with all that a program is made from, and with nothing else.
func TestCacheKey(t *testing.T) {
	root := t.TempDir()
	plugin := touch(t, root, "plugin_cpu.so")
	t.Setenv(Cache, filepath.Join(root, "cache"))
	for _, name := range []string{"XLA_FLAGS", "PJRT_NPROC", "ONEDNN_MAX_CPU_ISA"} {
		t.Setenv(name, "")
	}
	key := func(parts ...string) string {
		t.Helper()
		c, err := openCache(plugin)
		if err != nil || c == nil {
			t.Fatal(c, err)
		}
		var b [][]byte
		for _, p := range parts {
			b = append(b, []byte(p))
		}
		return c.key(b...)
	}
	first := key("program", "mlir", "options")
	seen := map[string]string{first: "the first"}
	differs := func(what, key string) {
		t.Helper()
		if seen[key] != "" {
			t.Errorf("%s: the key of %s", what, seen[key])
		}
		seen[key] = what
	}
	differs("another program", key("programs", "mlir", "options"))
	differs("other options", key("program", "mlir", "option"))
	differs("a boundary", key("programm", "lir", "options"))
	for _, name := range []string{"PJRT_NPROC", "ONEDNN_MAX_CPU_ISA", "XLA_FLAGS"} {
		t.Setenv(name, "--1")
		differs(name, key("program", "mlir", "options"))
		t.Setenv(name, "")
	}
	t.Setenv("STELLARAE_OTHER", "1")
	link := filepath.Join(root, "link_cpu.so")
	if err := os.Symlink(plugin, link); err != nil {
		t.Fatal(err)
	}
	file := plugin
	plugin = link
	if key("program", "mlir", "options") != first {
		t.Error("the key changes with what does not matter")
	}
	now := time.Now().Add(time.Hour)
	if err := os.Chtimes(file, now, now); err != nil {
		t.Fatal(err)
	}
	differs("a plugin of another time", key("program", "mlir", "options"))
	if err := os.WriteFile(file, []byte("longer"), 0o600); err != nil {
		t.Fatal(err)
	}
	differs("another plugin", key("program", "mlir", "options"))
	for _, flags := range []string{"--xla_dump_to=/tmp/x", "flags.txt"} {
		t.Setenv("XLA_FLAGS", flags)
		if c, err := openCache(plugin); c != nil || err != nil {
			t.Errorf("XLA_FLAGS=%s: %v, %v", flags, c, err)
		}
	}
}

// What a processor can do is in the key, what it does now is not. Lines as
// Linux writes them for x86-64 and arm64 (arch/*/kernel/cpu).
func TestProcessor(t *testing.T) {
	for _, test := range []struct {
		cpuinfo string
		want    []string
	}{
		{"processor\t: 0\nmodel\t\t: 167\nmodel name\t: Xeon\ncpu MHz\t\t: 2600.1\nflags\t\t: fpu avx512f\nvmx flags\t: vnmi\n",
			[]string{"model\t\t: 167", "model name\t: Xeon", "flags\t\t: fpu avx512f"}},
		{"processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU architecture: 8\n",
			[]string{"Features\t: fp asimd", "CPU implementer\t: 0x41", "CPU architecture: 8"}},
	} {
		if got := processor.FindAllString(test.cpuinfo, -1); !slices.Equal(got, test.want) {
			t.Errorf("%q of %q, want %q", got, test.cpuinfo, test.want)
		}
	}
}
