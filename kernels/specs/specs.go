// Package specs writes, lists and removes kernelspecs: the folders with a
// kernel.json and logos by which Jupyter knows how to start a kernel.
//
// It starts no kernel and edits no other configuration of Jupyter.
//
//	where, err := specs.UserFolder()
//	done, err := specs.Install(specs.Go("/usr/local/bin/gokernel"), where)
//	fmt.Println(done.Path) // .../share/jupyter/kernels/gokernel
package specs

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Spec is what a kernel.json says
// (jupyter-client.readthedocs.io, "Making kernels for Jupyter").
type Spec struct {
	Argv            []string          `json:"argv"`
	DisplayName     string            `json:"display_name"`
	Language        string            `json:"language"`
	InterruptMode   string            `json:"interrupt_mode,omitempty"`
	ProtocolVersion string            `json:"kernel_protocol_version,omitempty"`
	Env             map[string]string `json:"env,omitempty"` // ${NAME} takes a value of Jupyter's environment
	Metadata        map[string]any    `json:"metadata,omitempty"`
}

// Kernel is a kernelspec to install. Name is its folder's, by which notebooks
// refer to it; Logo names one of the embedded pictures: "go", "cuda" or "gonb".
type Kernel struct {
	Name string
	Logo string
	Spec
}

//go:generate go run ./draw logos

//go:embed logos
var logos embed.FS

// logoFiles are the names under which JupyterLab looks for pictures.
var logoFiles = []string{"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"}

// Go is the project's kernel, run by the program at the absolute path given.
func Go(program string, args ...string) Kernel {
	return Kernel{Name: "gokernel", Logo: "go", Spec: Spec{
		Argv:            append([]string{program, "run", "-f", "{connection_file}"}, args...),
		DisplayName:     "Go",
		Language:        "go",
		InterruptMode:   "message",
		ProtocolVersion: "5.5",
		Metadata:        map[string]any{"debugger": false},
	}}
}

// CUDA is the same kernel bound to a CUDA plugin of XLA: GoMLX programs fail
// where the plugin does, and never fall back to the CPU unnoticed.
func CUDA(program, plugin string, args ...string) Kernel {
	k := Go(program, args...)
	k.Name, k.Logo, k.DisplayName = "gokernel-cuda", "cuda", "Go (CUDA)"
	k.Env = map[string]string{"GOMLX_BACKEND": "xla:" + plugin}
	return k
}

// GoNB is Jan Pfeifer's kernel, run by the gonb program at the absolute path
// given. It starts goimports and gopls, which go install puts beside it.
func GoNB(program string) Kernel {
	return Kernel{Name: "gonb", Logo: "gonb", Spec: Spec{
		Argv:          []string{program, "--kernel", "{connection_file}"},
		DisplayName:   "Go (gonb)",
		Language:      "go",
		InterruptMode: "message",
		Env:           map[string]string{"PATH": filepath.Dir(program) + string(os.PathListSeparator) + "${PATH}"},
		Metadata:      map[string]any{"debugger": false},
	}}
}

// WithEnv is k with variables added to its environment.
func (k Kernel) WithEnv(env map[string]string) Kernel {
	merged := map[string]string{}
	maps.Copy(merged, k.Env)
	maps.Copy(merged, env)
	k.Env = merged
	return k
}

// Jupyter knows kernels by their names in lower case.
var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

func checkName(name string) error {
	if !validName.MatchString(name) {
		return fmt.Errorf("kernel name %q: it takes lower-case letters, digits, and '.', '_' or '-' after the first", name)
	}
	return nil
}

var validVariable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// check says what Jupyter would stumble over when it starts the kernel.
func (k Kernel) check() error {
	if err := checkName(k.Name); err != nil {
		return err
	}
	switch {
	case k.DisplayName == "":
		return fmt.Errorf("kernel %s: it has no display name", k.Name)
	case len(k.Argv) == 0 || !filepath.IsAbs(k.Argv[0]):
		return fmt.Errorf("kernel %s: its command %q does not begin with an absolute path", k.Name, k.Argv)
	case !strings.Contains(strings.Join(k.Argv[1:], " "), "{connection_file}"):
		return fmt.Errorf("kernel %s: its command %q has no {connection_file}", k.Name, k.Argv)
	}
	for name, value := range k.Env {
		if !validVariable.MatchString(name) {
			return fmt.Errorf("kernel %s: %q is no name of an environment variable", k.Name, name)
		}
		if strings.ContainsRune(value, 0) {
			return fmt.Errorf("kernel %s: the value of %s holds a zero byte", k.Name, name)
		}
	}
	if _, err := fs.Stat(logos, "logos/"+k.Logo); err != nil {
		return fmt.Errorf("kernel %s: there is no logo %q", k.Name, k.Logo)
	}
	return nil
}

// files are the kernelspec's, by name.
func (k Kernel) files() (map[string][]byte, error) {
	text, err := json.MarshalIndent(k.Spec, "", " ")
	if err != nil {
		return nil, fmt.Errorf("kernel %s: %w", k.Name, err)
	}
	files := map[string][]byte{"kernel.json": append(text, '\n')}
	for _, name := range logoFiles {
		if files[name], err = logos.ReadFile("logos/" + k.Logo + "/" + name); err != nil {
			return nil, fmt.Errorf("kernel %s: %w", k.Name, err)
		}
	}
	return files, nil
}
