package eso

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// maxFile is the longest file that is taken, in bytes.
const maxFile = 4 << 30

// someProgress is by how many bytes an attempt must bring a file further for
// the count of failures to begin anew. Each such attempt brings its end
// nearer, so that a file cannot be tried for ever.
const someProgress = 1 << 16

// place is a product's address. It must be one of the archive's file service,
// whatever a list says.
func (a *Archive) place(p Product) (*url.URL, error) {
	if p.URL == "" {
		return a.files.JoinPath(p.ID), nil
	}
	u, err := address(p.URL)
	if err != nil {
		return nil, err
	}
	if !a.isFile(u) {
		return nil, fmt.Errorf("%s: not a file of %s", redact(u), redact(a.files))
	}
	return u, nil
}

// fetch brings one product into a folder, checked and under its name.
func (a *Archive) fetch(ctx context.Context, dir string, p Product, grown func(int64)) (entry, error) {
	u, err := a.place(p)
	if err != nil {
		return entry{}, err
	}
	part, err := openPart(dir, p.ID, u.String(), grown)
	if err != nil {
		return entry{}, local{err}
	}
	var e entry
	most := part.size
	err = a.retry(ctx, func() (bool, error) {
		if err := a.attempt(ctx, u, p, part); err != nil {
			further := part.size >= most+someProgress
			most = max(most, part.size)
			return further, err
		}
		e, err = finish(dir, p, part)
		return false, err
	})
	return e, err
}

// attempt asks once for what is missing of a file.
func (a *Archive) attempt(ctx context.Context, u *url.URL, p Product, part *part) error {
	if part.whole() {
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return permanent{err}
	}
	if part.size > 0 && part.state.validator() != "" {
		r.Header.Set("Range", "bytes="+strconv.FormatInt(part.size, 10)+"-")
		r.Header.Set("If-Range", part.state.validator())
	}
	return a.exchange(r, func(resp *http.Response) error {
		switch resp.StatusCode {
		case http.StatusOK: // from the first byte, asked for or not
			if err := acceptable(resp, p); err != nil {
				return err // what is there of the file stays
			}
			if err := part.begin(stateOf(u.String(), resp)); err != nil {
				return err
			}
		case http.StatusPartialContent:
			if err := continues(resp, part); err != nil {
				return errors.Join(err, part.discard())
			}
		case http.StatusRequestedRangeNotSatisfiable:
			return errors.Join(errors.New("the range asked for is not there (status 416)"), part.discard())
		default:
			return status(resp)
		}
		return part.fill(resp.Body)
	})
}

// acceptable tells what speaks against an answer before its body is read.
func acceptable(resp *http.Response, p Product) error {
	if kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";"); strings.EqualFold(strings.TrimSpace(kind), "text/html") {
		return fmt.Errorf("a web page instead of a FITS file: to log in, perhaps (see %s)", TokenVariable)
	}
	length := resp.ContentLength
	switch {
	case length > maxFile:
		return permanent{fmt.Errorf("%d bytes, more than the %d that are taken", length, int64(maxFile))}
	case length >= 0 && p.Size != 0 && length != p.Size:
		return fmt.Errorf("%d bytes announced, where the list has %d", length, p.Size)
	case length < 0 && resp.ProtoMajor < 2 && len(resp.TransferEncoding) == 0:
		return errors.New("an answer without a length, whose end could not be told from a broken connection")
	}
	return nil
}

// continues tells whether an answer goes on where a part ends.
func continues(resp *http.Response, part *part) error {
	if part.size == 0 {
		return errors.New("a range that was not asked for")
	}
	var from, to, size int64
	text := resp.Header.Get("Content-Range")
	n, err := fmt.Sscanf(text, "bytes %d-%d/%d", &from, &to, &size)
	if part.state.Size == 0 && err == nil {
		part.state.Size = size // the first answer did not say
	}
	if n != 3 || err != nil || from != part.size || to != size-1 || size != part.state.Size || size > maxFile {
		return fmt.Errorf("range %.60q, where byte %d of %d should begin it", text, part.size, part.state.Size)
	}
	if tag := resp.Header.Get("ETag"); tag != "" && part.state.ETag != "" && tag != part.state.ETag {
		return errors.New("a range of another version of the file")
	}
	return nil
}

// finish checks a file that is all there and gives it its name. A file that
// is not right is thrown away, to be fetched anew.
func finish(dir string, p Product, part *part) (entry, error) {
	extension, sum, err := verify(part.path, p)
	if err != nil {
		return entry{}, errors.Join(err, part.discard())
	}
	e := entry{p.ID, p.ID + extension, part.size, sum}
	if err := os.Rename(part.path, filepath.Join(dir, e.File)); err != nil {
		return entry{}, local{err}
	}
	if err := os.Remove(strings.TrimSuffix(part.path, partSuffix) + stateSuffix); err != nil {
		return entry{}, local{err}
	}
	return e, syncFolder(dir)
}

// syncFolder makes a new name last.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return local{err}
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return local{err}
	}
	return nil
}
