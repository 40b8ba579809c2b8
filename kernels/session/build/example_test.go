package build_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/stellarae/lab/kernels/session/build"
)

func ExampleBuilder_Program() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	m, err := build.NewModule(filepath.Join(dir, "gonb_00c0ffee"), "", build.ModuleOptions{CacheDir: dir})
	if err != nil {
		log.Fatal(err)
	}
	b, err := build.NewBuilder(m, build.Options{CacheDir: dir})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	paths, err := b.Resolve(ctx, "rand", []string{"IntN"})
	if err != nil {
		log.Fatal(err)
	}
	g, err := b.Packages(ctx, append(paths, "fmt"))
	if err != nil {
		log.Fatal(err)
	}
	src := "package main\n\nimport (\"fmt\"; \"math/rand/v2\")\n\nfunc main() { fmt.Println(rand.IntN(1)) }\n"
	exe, err := b.Program(ctx, map[string][]byte{"cell.go": []byte(src)}, g, build.ProgramOptions{})
	if err != nil {
		log.Fatal(err)
	}
	out, err := exec.Command(exe).Output()
	fmt.Printf("%v: %s%v", paths, out, err)
	// Output:
	// [math/rand/v2]: 0
	// <nil>
}
