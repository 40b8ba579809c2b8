package build_test

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/stellarae/lab/kernels/session/build"
)

// program builds a program of one file and gives what it prints.
func (s *session) program(o build.ProgramOptions, name, src string, imports ...string) (exe, out string, err error) {
	s.t.Helper()
	exe, err = s.b.Program(s.t.Context(), map[string][]byte{name: []byte(src)}, s.graph(imports...), o)
	if err != nil {
		return "", "", err
	}
	data, err := exec.CommandContext(s.t.Context(), exe, "-test.v=true").CombinedOutput()
	return exe, string(data), err
}

func TestProgram(t *testing.T) {
	s := start(t, notebook, build.Options{})
	hello := "package main\nimport \"fmt\"\nimport \"example.com/nb/user\"\nvar version = \"none\"\nfunc main() { fmt.Println(user.Twice(), version) }\n"
	for _, c := range []struct {
		name, file, src, want string
		imports               string
		o                     build.ProgramOptions
	}{
		{name: "direct", src: hello, imports: "fmt example.com/nb/user", want: "lib begins\n2 none\n"},
		{name: "ldflags", src: hello, imports: "fmt example.com/nb/user", want: "2 seven", o: build.ProgramOptions{Goflags: []string{"-ldflags", "-X main.version=seven"}}},
		{name: "tags", src: "//go:build odd\n\npackage main\nfunc main() { println(\"odd\") }\n", want: "odd\n", o: build.ProgramOptions{Goflags: []string{"-tags=odd"}}},
		{name: "gcflags", src: hello, imports: "fmt example.com/nb/user", want: "2 none", o: build.ProgramOptions{Goflags: []string{"-gcflags=-N -l"}}},
		{name: "race", src: hello, imports: "fmt example.com/nb/user", want: "2 none", o: build.ProgramOptions{Goflags: []string{"-race"}}},
		{name: "cgo", src: "package main\n// static int f() { return 5; }\nimport \"C\"\nfunc main() { println(C.f()) }\n", want: "5\n"},
		{name: "net", src: "package main\nimport \"net\"\nfunc main() { println(net.ParseIP(\"::1\").String()) }\n", imports: "net", want: "::1\n"},
		{name: "test", file: "cell1_test.go", src: "package main\nimport \"testing\"\nfunc TestOne(t *testing.T) { t.Log(\"seen\") }\n", imports: "testing", want: "seen\n", o: build.ProgramOptions{Test: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "race" && testing.Short() {
				t.Skip("compiles the standard library again")
			}
			file := c.file
			if file == "" {
				file = "cell1.go"
			}
			_, out, err := s.program(c.o, file, c.src, strings.Fields(c.imports)...)
			if err != nil || !strings.Contains(out, c.want) {
				t.Errorf("%v\n%s\nwant %s", err, out, c.want)
			}
		})
	}
}

func TestProgramIsBuiltOnce(t *testing.T) {
	s := start(t, notebook, build.Options{})
	src := "package main\nimport \"example.com/nb/lib\"\nfunc main() { println(lib.Next()) }\n"
	built := func() (n int) {
		for _, line := range s.logged {
			if strings.HasPrefix(line, "program:") {
				n++
			}
		}
		return n
	}
	for i, want := range []int{1, 1, 2} {
		if i == 2 {
			write(t, s.outer+"/lib/lib.go", "package lib\nfunc Next() int { return 70 }\n")
		}
		if _, out, err := s.program(build.ProgramOptions{}, "a.go", src, "example.com/nb/lib"); err != nil || i == 2 && out != "70\n" {
			t.Fatal(err, out)
		}
		if built() != want {
			t.Errorf("run %d: built %d times, want %d", i, built(), want)
		}
	}
}

func TestProgramWasm(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a part of the standard library for js/wasm")
	}
	s := start(t, notebook, build.Options{})
	exe, err := s.b.Program(t.Context(), map[string][]byte{"a.go": []byte("package main\nfunc main() { println(1) }\n")}, s.graph(), build.ProgramOptions{Wasm: true})
	if err != nil {
		t.Fatal(err)
	}
	if magic := read(t, exe)[:4]; magic != "\x00asm" {
		t.Errorf("begins with %q", magic)
	}
}

func TestProgramErrors(t *testing.T) {
	s := start(t, notebook, build.Options{})
	src := "package main\n//line cell[3]:4:1\nfunc main() { undefined1() }\n"
	for _, o := range []build.ProgramOptions{{}, {Test: true}, {Goflags: []string{"-race"}}} {
		_, err := s.b.Program(t.Context(), map[string][]byte{"cell1.go": []byte(src)}, s.graph(), o)
		var errs build.CompileErrors
		if !errors.As(err, &errs) || !strings.HasPrefix(errs[0].Error(), "cell[3]:4:15: undefined: undefined1") {
			t.Errorf("%+v: %v", o, err)
		}
	}
	_, err := s.b.Program(t.Context(), map[string][]byte{"a.go": []byte("package main\nfunc main() {}\n")}, s.graph(), build.ProgramOptions{Goflags: []string{"-nonesuch"}})
	if err == nil || !strings.Contains(err.Error(), "nonesuch") {
		t.Errorf("%v", err)
	}
	for _, name := range []string{"../a.go", "a.txt", "", "x/a.go"} {
		if _, err := s.b.Program(t.Context(), map[string][]byte{name: nil}, s.graph(), build.ProgramOptions{}); err == nil {
			t.Errorf("file %q was taken", name)
		}
	}
}

func TestManyPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("links twenty programs")
	}
	s := start(t, notebook, build.Options{})
	first := ""
	for i := range 20 {
		exe, out, err := s.program(build.ProgramOptions{}, "a.go", fmt.Sprintf("package main\nfunc main() { println(%d) }\n", i))
		if err != nil || out != fmt.Sprintln(i) {
			t.Fatal(err, out)
		}
		if i == 0 {
			first = exe
		}
	}
	if stat(first) == nil {
		t.Error("programs pile up")
	}
}

func TestSetFlags(t *testing.T) {
	s := start(t, notebook+"\n-- lib/odd.go --\n//go:build odd\n\npackage lib\n\nconst Odd = \"odd\"\n\nvar Who string\n", build.Options{})
	for _, bad := range [][]string{{"-race"}, {"-buildmode=exe"}, {"-o", "x"}, {"-tags"}, {"odd"}, {"-gcflags='"}, {"-ldflags=-X main.x=y"}} {
		if err := s.b.SetFlags(bad); err == nil {
			t.Errorf("%q was taken", bad)
		} else {
			t.Log(err)
		}
	}
	if err := s.b.SetFlags([]string{"-tags", "odd", "-ldflags=-X example.com/nb/lib.Who=linker", "-gcflags=-N -l"}); err != nil {
		t.Fatal(err)
	}
	s.cell("fmt example.com/nb/lib", "", "fmt.Println(lib.Odd, lib.Who)")
	if out := s.run(); out != "lib begins\nodd linker\n" {
		t.Errorf("%q", out)
	}
}
