package specs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Installed tells what Install has done.
type Installed struct {
	Path     string // of the kernelspec
	Replaced *Entry // the kernelspec of that name that was there before, or nil
}

// Install puts a kernelspec into a folder of kernelspecs, which is made where
// it is missing. One of the same name is replaced. The kernelspec is there
// whole or not at all, at every moment and after an error. Who can read the
// folder can read the values of Env.
//
// Names, commands and variables that Jupyter could not use are refused, and so
// is a place that holds something other than a kernelspec.
func Install(k Kernel, folder string) (done Installed, err error) {
	if err := k.check(); err != nil {
		return Installed{}, err
	}
	files, err := k.files()
	if err != nil {
		return Installed{}, err
	}
	place := filepath.Join(folder, k.Name)
	old, err := existing(place)
	if err != nil {
		return Installed{}, err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return Installed{}, fmt.Errorf("install kernel %s: %w", k.Name, err)
	}
	err = staged(folder, func(stage string) error {
		fresh := filepath.Join(stage, "new")
		if err := writeFolder(fresh, files); err != nil {
			return err
		}
		if old == nil {
			return os.Rename(fresh, place)
		}
		return exchange(fresh, place, filepath.Join(stage, "old"))
	})
	if err != nil {
		return Installed{}, fmt.Errorf("install kernel %s: %w", k.Name, err)
	}
	return Installed{Path: place, Replaced: old}, nil
}

// Uninstall removes the kernelspec of a name from a folder of kernelspecs and
// tells what it was. Where there is none the error is fs.ErrNotExist.
func Uninstall(name, folder string) (*Entry, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	place := filepath.Join(folder, name)
	old, err := existing(place)
	if err != nil {
		return nil, err
	}
	if old == nil {
		return nil, fmt.Errorf("kernel %s: not in %s: %w", name, folder, fs.ErrNotExist)
	}
	err = staged(folder, func(stage string) error { return os.Rename(place, filepath.Join(stage, "old")) })
	if err != nil {
		return nil, fmt.Errorf("uninstall kernel %s: %w", name, err)
	}
	return old, nil
}

// existing reads what is at a kernelspec's place: nil where there is nothing.
func existing(place string) (*Entry, error) {
	if _, err := os.Lstat(place); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if st, err := os.Stat(filepath.Join(place, "kernel.json")); err != nil || !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: it is there and is no kernelspec, as it has no kernel.json", place)
	}
	e := read(place)
	return &e, nil
}

// staged does work with a new folder beside the kernelspecs and removes it
// afterwards with all that is left in it. Jupyter takes any folder that holds
// a kernel.json for a kernelspec; this one never does, only folders in it do.
func staged(folder string, work func(stage string) error) (err error) {
	stage, err := os.MkdirTemp(folder, ".stage-")
	if err != nil {
		return err
	}
	defer func() {
		if gone := os.RemoveAll(stage); err == nil {
			err = gone
		}
	}()
	if err := work(stage); err != nil {
		return err
	}
	return flush(folder)
}

// writeFolder writes files that have reached the disk when it returns.
func writeFolder(dir string, files map[string][]byte) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
		if err := flush(path); err != nil {
			return err
		}
	}
	return flush(dir)
}

func flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// replace moves place aside and fresh into place; where the second fails it
// undoes the first.
func replace(fresh, place, aside string) error {
	if err := os.Rename(place, aside); err != nil {
		return err
	}
	if err := os.Rename(fresh, place); err != nil {
		return errors.Join(err, os.Rename(aside, place))
	}
	return nil
}
