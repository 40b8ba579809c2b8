package eso

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Plan is what a download would do.
type Plan struct {
	Files   int           // products of the list
	Present int           // of them, that the folder has
	Bytes   int64         // to be fetched, by the list's sizes and estimates
	Guessed int           // files of unknown size, taken as of TypicalSize
	Free    int64         // bytes free on the folder's disk
	Time    time.Duration // at TypicalRate on every connection
}

const (
	// TypicalSize of a HARPS product: 313,000 samples of 16 bytes (WAVE as
	// double, FLUX and ERR as float).
	TypicalSize = 5_008_000

	// TypicalRate of a connection, bytes a second: 8 Mbit/s, within the 6 to 12
	// that ADACS reported of the archive (2023).
	TypicalRate = 1_000_000
)

// Plan looks at a list and a folder without changing or fetching anything. A
// product counts as present by the journal, or by its name and size. The
// folder need not be there.
func (a *Archive) Plan(list []Product, dir string) (Plan, error) {
	if err := a.checkList(list); err != nil {
		return Plan{}, err
	}
	j, _, err := readJournal(dir)
	if err != nil {
		return Plan{}, err
	}
	var left []Product
	for _, p := range list {
		if _, ok := j.has(dir, p); !ok && !named(dir, p) {
			left = append(left, p)
		}
	}
	plan := a.planFor(left, dir)
	plan.Files, plan.Present = len(list), len(list)-len(left)
	plan.Free, err = a.free(existing(dir))
	return plan, err
}

// planFor sums up what is left to fetch.
func (a *Archive) planFor(left []Product, dir string) Plan {
	var plan Plan
	for _, p := range left {
		if p.Size == 0 && p.Estimate == 0 {
			plan.Guessed++
		}
		plan.Bytes += max(expected(p)-partSize(dir, p), 0)
	}
	seconds := float64(plan.Bytes) / float64(TypicalRate*a.o.Connections)
	plan.Time = time.Duration(seconds * float64(time.Second)).Round(time.Second)
	return plan
}

// expected is about how long a file is.
func expected(p Product) int64 {
	switch {
	case p.Size != 0:
		return p.Size
	case p.Estimate != 0:
		return p.Estimate
	}
	return TypicalSize
}

func partSize(dir string, p Product) int64 {
	st, err := os.Lstat(filepath.Join(dir, p.ID+partSuffix))
	if err != nil {
		return 0
	}
	return st.Size()
}

func named(dir string, p Product) bool {
	for _, extension := range []string{".fits", ".fits.gz", ".fits.Z"} {
		st, err := os.Lstat(filepath.Join(dir, p.ID+extension))
		if err == nil && st.Mode().IsRegular() && (p.Size == 0 || p.Size == st.Size()) {
			return true
		}
	}
	return false
}

// existing is the folder, or the nearest above it that is there.
func existing(dir string) string {
	for {
		_, err := os.Stat(dir)
		up := filepath.Dir(dir)
		if !errors.Is(err, fs.ErrNotExist) || up == dir {
			return dir
		}
		dir = up
	}
}

// checkList refuses a list that could not be fetched as it is: products with
// bad names or addresses, and the same one twice.
func (a *Archive) checkList(list []Product) error {
	if len(list) == 0 {
		return errors.New("a list without products")
	}
	seen := make(map[string]bool, len(list))
	for _, p := range list {
		if err := checkID(p.ID); err != nil {
			return err
		}
		if seen[p.ID] {
			return fmt.Errorf("%s is in the list twice", p.ID)
		}
		seen[p.ID] = true
		if _, err := a.place(p); err != nil {
			return fmt.Errorf("%s: %w", p.ID, err)
		}
	}
	return nil
}
