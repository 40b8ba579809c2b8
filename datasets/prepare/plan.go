package prepare

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/store"
)

// Job is a shard to make.
type Job struct {
	Number int      `json:"number"`
	Files  []string `json:"files"`
}

// planned is what is left to do.
type planned struct {
	jobs    []Job
	before  int                // files that are done
	doubles []datasets.Failure // files that have another one's dp_id
}

// plan deals the files that the store does not know into jobs: sorted by dp_id,
// a shard's rows at a time, for the numbers that are free. A run that was stopped left the
// rest of the same deal, whatever the order in which its shards were committed:
// all but the last job have the same number of files.
func plan(dir string, files []string, r Recipe) (planned, error) {
	s, err := store.Open(dir)
	if err != nil {
		return planned{}, err
	}
	defer s.Close()
	done := map[string]bool{}
	for i := range s.Len() {
		done[s.ID(i)] = true
	}
	used := map[int]bool{}
	for _, e := range s.Manifest().Shards {
		used[e.Number] = true
		if !r.Retry {
			for _, x := range e.LeftOut {
				done[datasets.FileID(x.Source)] = true
			}
		}
	}
	files = slices.Clone(files)
	for i := range files {
		if files[i], err = filepath.Abs(files[i]); err != nil { // a worker has another working folder
			return planned{}, err
		}
	}
	slices.SortFunc(files, func(a, b string) int {
		if c := strings.Compare(datasets.FileID(a), datasets.FileID(b)); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	var (
		p    planned
		todo []string
		last string
	)
	for _, file := range files {
		id := datasets.FileID(file)
		switch {
		case last != "" && datasets.FileID(last) == id:
			if file != last { // one named twice is no fault
				p.doubles = append(p.doubles, datasets.Failure{Path: file, Err: fmt.Errorf("%s: has the dp_id of %s, which was taken", file, last)})
			}
			continue
		case done[id]:
			p.before++
		default:
			todo = append(todo, file)
		}
		last = file
	}
	number := 0
	for part := range slices.Chunk(todo, r.shardRows()) {
		for used[number] {
			number++
		}
		p.jobs = append(p.jobs, Job{number, part})
		number++
	}
	return p, nil
}
