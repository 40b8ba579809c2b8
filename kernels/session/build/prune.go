package build

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// How long things stay in the cache after their last use.
const (
	keepFor     = 30 * 24 * time.Hour
	pruneEvery  = 24 * time.Hour
	settleFor   = time.Hour // archives and unfinished files younger than this are left alone
	pruneMarker = "pruned"
)

// Prune removes from the cache what has not been used for 30 days, and archives
// that nothing there refers to. "" is the default folder. It is safe while
// kernels run, and done by every builder once a day.
func Prune(dir string) error {
	dir, err := cacheDir(dir)
	if err != nil {
		return err
	}
	now := time.Now()
	old := func(path string, age time.Duration) bool {
		info, err := os.Stat(path)
		return err == nil && now.Sub(info.ModTime()) > age
	}
	var archives []string // listed before the tables are read, so that no new one is missed there
	err = filepath.WalkDir(filepath.Join(dir, "archives"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			archives = append(archives, path)
		}
		return nil
	})
	used := map[string]bool{}
	for _, pattern := range []string{"packages/*", "workers/*", "names/*", "linker-*", "lab-*", "*.partial"} {
		paths, _ := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern))) // the patterns are good
		for _, path := range paths {
			switch partial := strings.HasSuffix(path, ".partial"); {
			case old(path, keepFor), partial && old(path, settleFor):
				err = errors.Join(err, os.RemoveAll(path))
			case strings.HasPrefix(pattern, "packages") && !partial:
				var list []*Package
				if data, err := os.ReadFile(path); err == nil && json.Unmarshal(data, &list) == nil {
					for _, p := range list {
						used[p.Export] = true
					}
				}
			}
		}
	}
	for _, path := range archives {
		if !used[path] && old(path, settleFor) {
			err = errors.Join(err, os.Remove(path))
		}
	}
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return nil
}

// pruneDaily prunes unless that has been done today.
func (b *Builder) pruneDaily() {
	marker := filepath.Join(b.cache, pruneMarker)
	if info, err := os.Stat(marker); err == nil && time.Since(info.ModTime()) < pruneEvery {
		return
	}
	if err := writeFile(marker, nil); err != nil {
		b.log("%v", err)
		return
	}
	if err := Prune(b.cache); err != nil {
		b.log("%v", err)
	}
}
