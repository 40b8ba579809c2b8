package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/kernels/specs"
)

// installFlags are what install was asked for.
type installFlags struct {
	place
	kernel, name, displayName, mode string
	env                             []string
	asJSON, noWarm                  bool
}

// installResult is what install did.
type installResult struct {
	Name        string       `json:"name"`
	Path        string       `json:"path"`
	Spec        specs.Spec   `json:"spec"`
	Replaced    *specs.Entry `json:"replaced,omitempty"`
	HiddenBy    string       `json:"hidden_by,omitempty"` // kernelspec of the same name that Jupyter finds first
	CUDA        string       `json:"cuda,omitempty"`      // plugin found, when the plain kernel was installed
	WarmProblem string       `json:"warm_problem,omitempty"`
}

func newInstall() *cobra.Command {
	var f installFlags
	c := &cobra.Command{
		Use:   "install",
		Short: "Put the kernel where Jupyter finds it",
		Long: `install writes a kernelspec, which tells Jupyter how to run this program. Do it
again after moving the program. A kernelspec of the same name is replaced. Then
it compiles ahead what notebooks begin with, which takes a minute or two the
first time; Ctrl-C skips the rest.

Kernels: go, this program; cuda, this program with GoMLX bound to a CUDA plugin
of XLA; gonb, the GoNB kernel if its program is on the PATH.`,
		Example: `  gokernel install
  gokernel install --prefix .venv --env GOFLAGS=-mod=mod
  gokernel install --kernel cuda
  gokernel install --name go-fresh --display-name "Go (fresh process)" --mode process
  gokernel install --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return install(c, f) },
	}
	f.flags(c)
	c.Flags().StringVar(&f.kernel, "kernel", "go", "which kernel: go, cuda or gonb")
	c.Flags().StringVar(&f.name, "name", "", "name of the kernelspec (default gokernel, gokernel-cuda or gonb)")
	c.Flags().StringVar(&f.displayName, "display-name", "", "name that people see (default Go, Go (CUDA) or Go (gonb))")
	c.Flags().StringArrayVar(&f.env, "env", nil, "variable for the kernel's environment, NAME=VALUE; may be repeated")
	c.Flags().StringVar(&f.mode, "mode", "session", "session: variables live between cells; process: every cell is a new process")
	c.Flags().BoolVar(&f.noWarm, "no-warm", false, "do not compile ahead what the first cell needs")
	jsonFlag(c, &f.asJSON)
	return c
}

func install(c *cobra.Command, f installFlags) error {
	kernel, err := f.choose()
	if err != nil {
		return err
	}
	folder, err := f.folder(c)
	if err != nil {
		return err
	}
	done, err := specs.Install(kernel, folder)
	if err != nil {
		return err
	}
	r := installResult{Name: kernel.Name, Path: done.Path, Spec: kernel.Spec, Replaced: done.Replaced}
	r.HiddenBy = hiddenBy(kernel.Name, done.Path)
	if f.kernel == "go" {
		r.CUDA = specs.FindCUDA(f.prefix)
	}
	if f.kernel != "gonb" && !f.noWarm {
		if err := warm(c.Context(), c.ErrOrStderr()); err != nil {
			r.WarmProblem = err.Error()
		}
	}
	if f.asJSON {
		return printJSON(c.OutOrStdout(), r)
	}
	return r.print(c)
}

// choose builds the kernelspec that was asked for.
func (f installFlags) choose() (specs.Kernel, error) {
	var kernel specs.Kernel
	program, err := self()
	if err != nil && f.kernel != "gonb" {
		return kernel, err
	}
	args, err := modeArgs(f.mode)
	if err != nil {
		return kernel, err
	}
	switch f.kernel {
	case "go":
		kernel = specs.Go(program, args...)
	case "cuda":
		plugin := specs.FindCUDA(f.prefix)
		if plugin == "" {
			return kernel, errors.New("no CUDA plugin of XLA found in PJRT_PLUGIN_LIBRARY_PATH, go-xla's folders or the Python environment; pip install jax-cuda13-pjrt has one")
		}
		kernel = specs.CUDA(program, plugin, args...)
	case "gonb":
		gonb, err := exec.LookPath("gonb")
		if err == nil {
			gonb, err = filepath.Abs(gonb)
		}
		if err != nil {
			return kernel, fmt.Errorf("the gonb program: %w", err)
		}
		kernel = specs.GoNB(gonb)
	default:
		return kernel, usagef("--kernel %s: it is go, cuda or gonb", f.kernel)
	}
	if f.name != "" {
		kernel.Name = f.name
	}
	if f.displayName != "" {
		kernel.DisplayName = f.displayName
	}
	env, err := environment(f.env)
	if err != nil {
		return kernel, err
	}
	if f.kernel != "gonb" {
		if path := toolPath(); path != "" {
			kernel = kernel.WithEnv(map[string]string{"PATH": path})
		}
	}
	return kernel.WithEnv(env), nil
}

// self is the absolute path of this program.
func self() (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("this program's path: %w", err)
	}
	if strings.HasPrefix(program, os.TempDir()+string(filepath.Separator)) && strings.Contains(program, "go-build") {
		return "", errors.New("'go run' removes the program when it ends: build it first, go build -o bin/gokernel ./kernels/cmd/gokernel")
	}
	return program, nil
}

// toolPath adds the go command's folder to the end of the PATH that Jupyter
// has: a Jupyter started from a desktop often lacks it.
func toolPath() string {
	tool, err := exec.LookPath("go")
	if err == nil {
		tool, err = filepath.Abs(tool)
	}
	if err != nil {
		return ""
	}
	return "${PATH}" + string(os.PathListSeparator) + filepath.Dir(tool)
}

// environment reads NAME=VALUE pairs.
func environment(pairs []string) (map[string]string, error) {
	env := map[string]string{}
	for _, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		if !found || name == "" {
			return nil, usagef("--env %q: it takes NAME=VALUE", pair)
		}
		env[name] = value
	}
	return env, nil
}

// modes are how cells may run; the first is the default.
var modes = []string{"session", "process"}

func modeArgs(mode string) ([]string, error) {
	switch slices.Index(modes, mode) {
	case -1:
		return nil, usagef("--mode %s: it is %s", mode, strings.Join(modes, " or "))
	case 0:
		return nil, nil
	}
	return []string{"--mode", mode}, nil
}

// hiddenBy is the path of another kernelspec that Jupyter takes for a name.
func hiddenBy(name, path string) string {
	entries, err := specs.List(specs.SearchFolders()...)
	if err != nil {
		return "" // a folder that cannot be read hides nothing
	}
	for _, e := range entries {
		if e.Name == name {
			if e.Path != path {
				return e.Path
			}
			return ""
		}
	}
	return ""
}

func (r installResult) print(c *cobra.Command) error {
	w := c.OutOrStdout()
	fmt.Fprintf(w, "installed %s (%s) in %s\n", r.Name, r.Spec.DisplayName, r.Path)
	if r.Replaced != nil {
		fmt.Fprintf(w, "replaced the one that ran %s\n", strings.Join(r.Replaced.Spec.Argv, " "))
	}
	if r.HiddenBy != "" {
		fmt.Fprintf(w, "note: a Jupyter with this environment takes %s instead\n", r.HiddenBy)
	}
	if r.CUDA != "" {
		fmt.Fprintf(w, "note: there is a CUDA plugin, %s; --kernel cuda installs a kernel bound to it\n", r.CUDA)
	}
	if r.WarmProblem != "" {
		fmt.Fprintf(w, "note: not all is compiled ahead, so the first cell may be slow: %s\n", r.WarmProblem)
	}
	return nil
}
