// Package xla chooses the GoMLX backend that computes: XLA through a PJRT
// plugin found on this machine, on an NVIDIA GPU or on the CPU, else GoMLX's
// own Go backend, which needs nothing and is much slower.
//
// It never downloads anything unless STELLARAE_AUTO_INSTALL=1 says so, and it
// does not tune: options go into GOMLX_BACKEND and XLA_FLAGS.
//
// What XLA compiles for the CPU is kept in the user's cache folder, at most 256
// MiB of it, and loaded by the next process that wants the same on the same
// machine: the paper's training step in 0.4 s instead of 16 s of processor time,
// to the same bits. STELLARAE_XLA_CACHE names another folder, or is "off".
//
//	device, err := xla.Open()
//	fmt.Println(device.Description)
package xla

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // the fallback
	goxla "github.com/gomlx/go-xla/compute/xla"
)

// Device is an open backend and where it came from.
type Device struct {
	compute.Backend
	Platform    string // "cpu", "cuda", "go" or "as configured"
	Source      string // see Candidate
	Path        string // of the plugin, empty for the Go backend
	Description string // one line for people
	Notice      string // why this is slower than hoped for, or empty
}

// AutoInstall is the environment variable that allows go-xla to download a
// plugin where none was found.
const AutoInstall = "STELLARAE_AUTO_INSTALL"

// Cache is the environment variable that names the folder of compiled
// programs, instead of stellarae/xla in the user's cache folder; "off" for none.
const Cache = "STELLARAE_XLA_CACHE"

// opening is held while go-xla's settings and list of plugins change.
var opening sync.Mutex

// Open opens the first backend that works, in Find's order. A GOMLX_BACKEND
// that does not work is an error: the user asked for it. Failures of other
// plugins end up in the notice of the one that was taken.
func Open() (*Device, error) {
	opening.Lock()
	defer opening.Unlock()
	goxla.EnableAutoInstall(false)
	var failures []string
	for _, c := range Find() {
		if c.Skip != "" {
			continue
		}
		device, err := open(c)
		if err == nil {
			if device.Notice != "" {
				failures = append(failures, device.Notice)
			}
			device.Notice = strings.Join(failures, "; ")
			return device, nil
		}
		if c.Source == "GOMLX_BACKEND" {
			return nil, fmt.Errorf("GOMLX_BACKEND=%s: %w", c.Path, err)
		}
		failures = append(failures, fmt.Sprintf("%s: %v", c.Path, err))
	}
	if os.Getenv(AutoInstall) == "1" {
		goxla.EnableAutoInstall(true)
		defer goxla.EnableAutoInstall(false)
		device, err := open(Candidate{Source: "go-xla's download", Path: "xla", Platform: "as configured"})
		if err == nil {
			return device, nil
		}
		failures = append(failures, fmt.Sprintf("go-xla's download: %v", err))
	}
	device, err := open(Candidate{Source: "built in", Path: "go", Platform: "go"})
	if err != nil {
		return nil, errors.Join(append([]error{err}, toErrors(failures)...)...)
	}
	device.Notice = "no XLA plugin: computing in pure Go, many times slower; `pip install xla-cpu-pjrt` into the active Python environment brings one"
	if len(failures) > 0 {
		device.Notice += " (" + strings.Join(failures, "; ") + ")"
	}
	return device, nil
}

// open catches what GoMLX and the plugin panic with.
func open(c Candidate) (device *Device, err error) {
	defer func() {
		if r := recover(); r != nil {
			device, err = nil, fmt.Errorf("%v", r)
		}
		if err != nil {
			err = errors.New(oneLine(err.Error()))
		}
	}()
	config := c.Path
	if c.Platform == "cpu" || c.Platform == "cuda" {
		if _, err := os.Stat(c.Path); err != nil {
			return nil, err
		}
		config = "xla:" + c.Path
	}
	notice, err := keepPrograms(config)
	if err != nil {
		return nil, err
	}
	backend, err := compute.NewWithConfig(config)
	if err != nil {
		return nil, err
	}
	device = &Device{Backend: backend, Platform: c.Platform, Source: c.Source}
	if strings.HasPrefix(config, "xla:") {
		device.Path = c.Path
	}
	device.Description, device.Notice = describe(backend, c), notice
	return device, nil
}

// describe is one line for people.
func describe(backend compute.Backend, c Candidate) string {
	switch c.Platform {
	case "go":
		return "GoMLX's pure Go backend"
	case "cpu", "cuda":
		return fmt.Sprintf("XLA on %s (%s)", strings.ToUpper(c.Platform), c.Source)
	}
	return fmt.Sprintf("%s (%s=%s)", backend.Name(), c.Source, c.Path)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func toErrors(texts []string) []error {
	errs := make([]error, len(texts))
	for i, t := range texts {
		errs[i] = errors.New(t)
	}
	return errs
}
