package specs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// UserFolder is where the user's own kernelspecs are, by the rules of
// jupyter_core 5 (paths.py, jupyter_data_dir): below JUPYTER_DATA_DIR, else
// ~/Library/Jupyter on macOS, %APPDATA%\jupyter on Windows, and
// $XDG_DATA_HOME/jupyter or ~/.local/share/jupyter elsewhere. It is an error
// to have no home.
func UserFolder() (string, error) {
	data, err := userData(runtime.GOOS)
	if err != nil {
		return "", fmt.Errorf("the user's Jupyter folder: %w", err)
	}
	return kernelsOf(data)
}

func userData(system string) (string, error) {
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return dir, nil
	}
	if dir := os.Getenv("APPDATA"); dir != "" && system == "windows" {
		return filepath.Join(dir, "jupyter"), nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" && system != "darwin" && system != "windows" {
		return filepath.Join(dir, "jupyter"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	switch system {
	case "darwin":
		return filepath.Join(home, "Library", "Jupyter"), nil
	case "windows":
		return filepath.Join(home, ".jupyter", "data"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter"), nil
}

// SysPrefixFolder is where kernelspecs of the active Python environment are:
// that of VIRTUAL_ENV, else of CONDA_PREFIX. It is an error if there is none.
func SysPrefixFolder() (string, error) {
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if prefix := os.Getenv(name); prefix != "" {
			return PrefixFolder(prefix)
		}
	}
	return "", errors.New("no Python environment is active: VIRTUAL_ENV and CONDA_PREFIX are not set")
}

// PrefixFolder is where kernelspecs below an installation prefix are.
func PrefixFolder(prefix string) (string, error) {
	if prefix == "" {
		return "", errors.New("the prefix is empty")
	}
	return kernelsOf(filepath.Join(prefix, "share", "jupyter"))
}

func kernelsOf(data string) (string, error) {
	return filepath.Abs(filepath.Join(data, "kernels"))
}

// SearchFolders are where Jupyter looks for kernelspecs, first one first
// (jupyter_core 5, paths.py, jupyter_path): JUPYTER_PATH, the active
// environment, the user's folder, the system's. JUPYTER_PREFER_ENV_PATH=0 puts
// the user's before the environment's. A Jupyter that runs from an environment
// that is not active searches that one too, which cannot be known here.
func SearchFolders() []string {
	var folders []string
	add := func(folder string, err error) {
		if err == nil && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	for _, data := range filepath.SplitList(os.Getenv("JUPYTER_PATH")) {
		if data != "" {
			add(kernelsOf(data))
		}
	}
	near := []func() (string, error){SysPrefixFolder, UserFolder}
	switch strings.ToLower(os.Getenv("JUPYTER_PREFER_ENV_PATH")) {
	case "no", "n", "false", "off", "0", "0.0": // as jupyter_core's envset has it
		slices.Reverse(near)
	}
	for _, folder := range near {
		add(folder())
	}
	if runtime.GOOS != "windows" {
		add(kernelsOf("/usr/local/share/jupyter"))
		add(kernelsOf("/usr/share/jupyter"))
	}
	return folders
}
