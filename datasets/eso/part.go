package eso

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// part is a file on its way: NAME.part, and beside it NAME.part.json, which
// says what the bytes are the beginning of. It is written before the first of
// them, so that bytes are never taken for the beginning of another file.
type part struct {
	path  string
	state partState
	size  int64         // bytes that are there and can be trusted
	grown func(n int64) // told how size changes
}

// partState is what a later request needs to go on.
type partState struct {
	URL      string `json:"url"`
	Size     int64  `json:"size"`                    // of the whole file, 0 if it is not known
	ETag     string `json:"etag,omitempty"`          // strong
	Modified string `json:"last_modified,omitempty"` // as the server wrote it
	Boot     string `json:"boot,omitempty"`          // of the system that wrote the bytes
}

// validator is what a range request is bound to (RFC 9110, section 13.1.5), ""
// where the server gave nothing that tells one version from another.
func (s partState) validator() string {
	if s.ETag != "" {
		return s.ETag
	}
	return s.Modified
}

// stateOf reads the headers of an answer with the whole file.
func stateOf(url string, resp *http.Response) partState {
	s := partState{URL: url, Size: max(resp.ContentLength, 0), Boot: bootID()}
	if tag := resp.Header.Get("ETag"); strings.HasPrefix(tag, `"`) && len(tag) <= 256 {
		s.ETag = tag // a weak one, W/"...", does not promise the same bytes
	}
	if m := resp.Header.Get("Last-Modified"); s.ETag == "" {
		if _, err := http.ParseTime(m); err == nil {
			s.Modified = m
		}
	}
	return s
}

// openPart looks for the beginning of a file. A part that says of itself
// nothing that can be trusted counts as empty: its bytes may be of another
// version, or, written before the machine was last started, may never have
// reached the disk.
func openPart(dir, id, url string, grown func(int64)) (*part, error) {
	p := &part{path: filepath.Join(dir, id+partSuffix), grown: grown}
	b, err := os.ReadFile(filepath.Join(dir, id+stateSuffix))
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	var s partState
	if json.Unmarshal(b, &s) != nil || s.URL != url || s.Size <= 0 || s.Boot == "" || s.Boot != bootID() {
		return p, nil
	}
	st, err := os.Lstat(p.path)
	if err != nil || !st.Mode().IsRegular() || st.Size() > s.Size {
		return p, nil
	}
	if st.Size() < s.Size && s.validator() == "" {
		return p, nil
	}
	p.state, p.size = s, st.Size()
	return p, nil
}

// whole tells whether all bytes are there.
func (p *part) whole() bool { return p.state.Size > 0 && p.size == p.state.Size }

// begin makes the part empty, the beginning of the file that s describes.
func (p *part) begin(s partState) error {
	if err := p.discard(); err != nil {
		return err
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	err = atomicfile.WriteUnsynced(strings.TrimSuffix(p.path, partSuffix)+stateSuffix, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
	if err != nil {
		return local{err}
	}
	p.state = s
	return nil
}

// fill appends a body. What was written counts, whatever ended it.
func (p *part) fill(body io.Reader) error {
	f, err := os.OpenFile(p.path, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return local{err}
	}
	defer f.Close()
	if err := f.Truncate(p.size); err != nil {
		return local{err}
	}
	most := p.state.Size
	if most == 0 {
		most = maxFile
	}
	buffer := make([]byte, 1<<16)
	for {
		n, err := body.Read(buffer)
		if p.size+int64(n) > most {
			return fmt.Errorf("more bytes than %d", most)
		}
		m, fault := f.WriteAt(buffer[:n], p.size)
		p.size += int64(m)
		p.grown(int64(m))
		if fault != nil {
			return local{fault} // the disk is full, say
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if p.size < p.state.Size {
		return io.ErrUnexpectedEOF
	}
	p.state.Size = p.size
	if err := f.Sync(); err != nil {
		return local{err}
	}
	return nil
}

// discard removes the part and what belongs to it; the bytes go first.
func (p *part) discard() error {
	p.grown(-p.size)
	p.size, p.state = 0, partState{}
	for _, path := range []string{p.path, strings.TrimSuffix(p.path, partSuffix) + stateSuffix} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return local{err}
		}
	}
	return nil
}

// bootID tells one run of the system from the next; "" where it does not say.
var bootID = sync.OnceValue(func() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
})
