package specs_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/kernels/specs"
)

func ExampleInstall() {
	prefix, err := os.MkdirTemp("", "prefix")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(prefix)
	folder, err := specs.PrefixFolder(prefix)
	if err != nil {
		fmt.Println(err)
		return
	}
	kernel := specs.Go("/usr/local/bin/gokernel").WithEnv(map[string]string{"GOMLX_BACKEND": "go"})
	done, err := specs.Install(kernel, folder)
	if err != nil {
		fmt.Println(err)
		return
	}
	place, _ := filepath.Rel(prefix, done.Path)
	fmt.Println(place, done.Replaced != nil)
	done, err = specs.Install(kernel, folder)
	fmt.Println(done.Replaced.Spec.Argv[0], err)
	// Output:
	// share/jupyter/kernels/gokernel false
	// /usr/local/bin/gokernel <nil>
}
