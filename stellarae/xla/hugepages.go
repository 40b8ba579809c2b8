package xla

import (
	"os"
	"runtime"
	"strings"
	"syscall"
)

const mallocHugePages = "glibc.malloc.hugetlb=1"

// HugePages begins the program anew, once, with glibc asked for huge pages;
// call it first thing in main. XLA's CPU code takes fresh memory for every
// call, hundreds of megabytes in training, and with small pages the kernel
// needs up to a quarter of the time to hand it out. glibc reads the setting
// (GLIBC_TUNABLES) only when a program begins.
//
// It does nothing where huge pages are not to be asked for, where the user has
// set glibc's own choice, or off Linux.
func HugePages() {
	env := hugePagesEnviron(os.Environ())
	if program, err := os.Executable(); err == nil && env != nil {
		// If it cannot, the program goes on with small pages.
		_ = syscall.Exec(program, os.Args, env)
	}
}

// hugePagesEnviron is the environment with the setting, or nil if it stays.
func hugePagesEnviron(env []string) []string {
	const name = "GLIBC_TUNABLES="
	if runtime.GOOS != "linux" {
		return nil
	}
	pages, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	if err != nil || !strings.Contains(string(pages), "[madvise]") {
		return nil
	}
	out := make([]string, 0, len(env)+1)
	set := name + mallocHugePages
	for _, v := range env {
		if own, ok := strings.CutPrefix(v, name); ok {
			if strings.Contains(own, "hugetlb") {
				return nil
			}
			set = v + ":" + mallocHugePages
			continue
		}
		out = append(out, v)
	}
	return append(out, set)
}
