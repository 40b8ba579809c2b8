package eso

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Names of what a download keeps beside the files.
const (
	journalName = ".fetch-journal.jsonl"
	lockName    = ".fetch-lock"
	partSuffix  = ".part"      // a file that is not whole yet
	stateSuffix = ".part.json" // what its bytes are of
)

// entry is a line of the journal: a file that arrived and was checked.
type entry struct {
	ID     string `json:"dp_id"`
	File   string `json:"file"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// journal is the list of files that a folder has. It is only ever appended to,
// a line in one write, so that a killed program leaves at worst a broken last
// line, which is left out.
type journal struct {
	mu   sync.Mutex
	f    *os.File // nil for one that is only read
	done map[string]entry
}

// readJournal reads what the folder has; a folder without a journal has
// nothing. end is where the last whole line ends.
func readJournal(dir string) (j *journal, end int64, err error) {
	j = &journal{done: map[string]entry{}}
	b, err := os.ReadFile(filepath.Join(dir, journalName))
	if errors.Is(err, fs.ErrNotExist) {
		return j, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	for line := 1; ; line++ {
		text, rest, whole := bytes.Cut(b, []byte("\n"))
		if !whole {
			return j, end, nil
		}
		var e entry
		if err := json.Unmarshal(text, &e); err != nil || checkID(e.ID) != nil || e.File != filepath.Base(e.File) {
			return nil, 0, fmt.Errorf("%s: line %d is damaged: remove the file to have the folder checked anew", filepath.Join(dir, journalName), line)
		}
		j.done[e.ID] = e
		end += int64(len(text)) + 1
		b = rest
	}
}

func openJournal(dir string) (*journal, error) {
	j, end, err := readJournal(dir)
	if err != nil {
		return nil, err
	}
	j.f, err = os.OpenFile(filepath.Join(dir, journalName), os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	err = j.f.Truncate(end)
	if err == nil {
		_, err = j.f.Seek(end, io.SeekStart)
	}
	if err != nil {
		j.f.Close()
		return nil, err
	}
	return j, nil
}

func (j *journal) add(e entry) error {
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.f.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.done[e.ID] = e
	return nil
}

func (j *journal) close() error {
	err := j.f.Sync()
	return errors.Join(err, j.f.Close())
}

// has tells whether the journal and the folder agree that a product is there.
func (j *journal) has(dir string, p Product) (entry, bool) {
	j.mu.Lock()
	e, ok := j.done[p.ID]
	j.mu.Unlock()
	if !ok || p.Size != 0 && p.Size != e.Size || p.SHA256 != "" && p.SHA256 != e.SHA256 {
		return e, false
	}
	st, err := os.Lstat(filepath.Join(dir, e.File))
	return e, err == nil && st.Mode().IsRegular() && st.Size() == e.Size
}
