package xla

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestHugePagesEnviron(t *testing.T) {
	pages, _ := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	if runtime.GOOS != "linux" || !strings.Contains(string(pages), "[madvise]") {
		t.Skip("huge pages are not given on request here")
	}
	for _, test := range []struct{ env, want []string }{
		{[]string{"A=1"}, []string{"A=1", "GLIBC_TUNABLES=glibc.malloc.hugetlb=1"}},
		{[]string{"GLIBC_TUNABLES=glibc.malloc.check=1", "A=1"}, []string{"A=1", "GLIBC_TUNABLES=glibc.malloc.check=1:glibc.malloc.hugetlb=1"}},
		{[]string{"GLIBC_TUNABLES=glibc.malloc.hugetlb=0"}, nil},
		{[]string{"GLIBC_TUNABLES=glibc.malloc.hugetlb=1"}, nil},
	} {
		if got := hugePagesEnviron(test.env); !slices.Equal(got, test.want) {
			t.Errorf("%q becomes %q, want %q", test.env, got, test.want)
		}
	}
}
