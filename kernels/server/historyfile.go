package server

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// maxHistory is how large the file may be when a session begins; the newer
// half stays of one that is larger.
const maxHistory = 16 << 20

// historyFile is JSON lines of entries, one added after the other by all
// kernels of a user. A session begins with an entry of line 0. Every use takes
// a lock beside the file.
type historyFile struct{ path string }

// DefaultHistoryFile is where the user's data are kept for a program: under
// XDG_DATA_HOME or ~/.local/share, on macOS under ~/Library/Application
// Support. It fails where there is no home folder.
func DefaultHistoryFile(program string) (string, error) {
	base := os.Getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(base) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("history file: %w", err)
		}
		base = filepath.Join(home, ".local", "share")
		if runtime.GOOS == "darwin" {
			base = filepath.Join(home, "Library", "Application Support")
		}
	}
	return filepath.Join(base, program, "history.jsonl"), nil
}

// locked runs f while no other kernel uses the file.
func (h *historyFile) locked(f func() error) error {
	lock, err := os.OpenFile(h.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close() // which unlocks
	for {
		err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
		if err == nil {
			return f()
		}
		if err != syscall.EINTR {
			return fmt.Errorf("%s: %w", lock.Name(), err)
		}
	}
}

// begin makes room and starts a new session.
func (h *historyFile) begin() (session int, err error) {
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return 0, err
	}
	err = h.locked(func() error {
		entries, err := h.load()
		if err != nil {
			return err
		}
		if info, err := os.Stat(h.path); err == nil && info.Size() > maxHistory {
			if err := h.shorten(entries); err != nil {
				return err
			}
		}
		for _, e := range entries {
			session = max(session, e.Session)
		}
		session++
		return h.write(entry{Session: session})
	})
	return session, err
}

func (h *historyFile) append(e entry) error {
	return h.locked(func() error { return h.write(e) })
}

// write adds a line, and ends one that a crash left torn.
func (h *historyFile) write(e entry) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(h.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		var end [1]byte
		if _, err := f.ReadAt(end[:], info.Size()-1); err == nil && end[0] != '\n' {
			text = append([]byte{'\n'}, text...)
		}
	}
	if _, err := f.Write(append(text, '\n')); err != nil {
		return err
	}
	return f.Close()
}

// read returns the cells of the file, oldest first.
func (h *historyFile) read() (cells []entry, err error) {
	err = h.locked(func() error {
		entries, err := h.load()
		for _, e := range entries {
			if e.Line > 0 {
				cells = append(cells, e)
			}
		}
		return err
	})
	return cells, err
}

// load reads the lines and joins outputs with their cells. Lines that are no
// entry, or too long for one, are passed over.
func (h *historyFile) load() ([]entry, error) {
	f, err := os.Open(h.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var entries []entry
	at := map[[2]int]int{}
	r := bufio.NewReaderSize(f, 64<<10)
	for {
		line, err := readLine(r)
		var e entry
		if len(line) > 0 && json.Unmarshal(line, &e) == nil && e.Session > 0 && e.Session < 1<<31 && e.Line >= 0 {
			key := [2]int{e.Session, e.Line}
			if i, ok := at[key]; ok && e.Input == "" {
				entries[i].Output = e.Output
			} else {
				at[key] = len(entries)
				entries = append(entries, e)
			}
		}
		if err != nil {
			return entries, nil // the end, or what could be read before a fault
		}
	}
}

// readLine reads to the next newline; of a line that cannot be an entry it
// returns nothing.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line) <= 8*maxEntry { // JSON may write a byte as six
			line = append(line, part...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if len(line) > 8*maxEntry {
			line = nil
		}
		return line, err
	}
}

// shorten writes the newer half of the entries in place of the file.
func (h *historyFile) shorten(entries []entry) error {
	total := 0
	for _, e := range entries {
		total += len(e.Input) + len(e.Output) + 50
	}
	for total > maxHistory/2 && len(entries) > 1 {
		total -= len(entries[0].Input) + len(entries[0].Output) + 50
		entries = entries[1:]
	}
	// Not through package atomicfile, which makes files that others may read.
	f, err := os.CreateTemp(filepath.Dir(h.path), ".history.*.partial")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // there no more once it was renamed
	defer f.Close()
	w := bufio.NewWriter(f)
	for _, e := range entries {
		if err := json.NewEncoder(w).Encode(e); err != nil {
			return err
		}
	}
	if err := errors.Join(w.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), h.path)
}
