package explore

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// mostUpload is the size of a file that is taken: an archive product of HARPS
// has 5 MB.
const mostUpload = 64 << 20

// uploads takes dropped files, two at a time, so that memory stays bounded
// however many pages drop some. A file is parsed in memory and forgotten.
type uploads struct {
	explorer *Explorer
	turns    chan struct{}
}

func newUploads(e *Explorer) *uploads { return &uploads{e, make(chan struct{}, 2)} }

// take answers /api/upload?name= for a file in the body. The answer is the
// length of a JSON text, the text (see shown) with blanks up to a whole word,
// and the samples of the axis without padding as the network takes them.
func (u *uploads) take(w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > mostUpload {
		return &http.MaxBytesError{Limit: mostUpload}
	}
	select {
	case u.turns <- struct{}{}:
		defer func() { <-u.turns }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	e := u.explorer
	name := fileName(r.URL.Query().Get("name"))
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostUpload))
	if err != nil {
		return err
	}
	if !readable(data) {
		return problemf(http.StatusUnprocessableEntity, "%s: neither FITS nor text of columns", name)
	}
	s, err := spectrum.Read(name, data)
	if err != nil {
		return problem{http.StatusUnprocessableEntity, err}
	}
	row, err := e.config.Preprocessing.Apply(s, e.config.Grid)
	if err != nil {
		return problem{http.StatusUnprocessableEntity, err}
	}
	code, err := e.coder.encode(r.Context(), row)
	if err != nil {
		return err
	}
	out := shown{
		listed:   listed{Index: -1, ID: datasets.FileID(name)},
		HasInput: true, Code: code, Labels: map[string]float64{}, Medium: s.Medium.String(),
	}
	out.describe(s.Info)
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	for len(text)%4 != 0 {
		text = append(text, ' ')
	}
	return append(words{}.ints(len(text)), text...).floats(e.unpadded(row)).send(w)
}

// readable tells what may be a spectrum from pictures, archives and the like,
// whose bytes as lines of text would give a reason nobody understands.
func readable(data []byte) bool {
	head := data[:min(len(data), 2880)]
	return bytes.HasPrefix(head, []byte("SIMPLE")) || bytes.HasPrefix(head, []byte("\x1f\x8b")) || !bytes.ContainsRune(head, 0)
}

// fileName is what errors call a file: the last part of what the browser says.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if r := []rune(name); len(r) > 120 {
		name = string(r[:120])
	}
	if name == "" || name == "." || name == "/" {
		return "dropped file"
	}
	return name
}
