// Package esotest is an archive on this machine for the tests of what fetches
// spectra: it answers queries and serves files as the ESO archive does, and
// goes wrong as often and in the ways it is asked to.
//
// It is no ADQL engine: of a query it heeds the targets, the least
// signal-to-noise ratio and the limit.
//
//	a := esotest.New(2000, 4096)
//	defer a.Close()
//	a.FaultRate = 0.2
//	archive, err := eso.New(eso.Options{Base: a.URL})
package esotest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/stellarae/lab/stellarae/fits"
)

// Archive is the server. Its settings may be changed while it serves nothing,
// by another process' requests only within Change.
type Archive struct {
	URL       string
	FaultRate float64 // share of the requests for files that go wrong
	Faults    []Fault // the ways, chosen from by chance; nil is all but Stall
	Seed      uint64

	Token     string           // what a proprietary file wants
	Private   map[string]bool  // proprietary files, by dp_id
	NoLength  bool             // answer in chunks, without a length
	NoVersion bool             // answer without ETag and Last-Modified
	Elsewhere string           // redirect requests for files to this address
	Pace      time.Duration    // pause in the middle of every file
	MaxRows   int              // the archive's own limit on rows; 0 is none
	Phases    []string         // of a job, one a request; the last stays
	Refuse    string           // answer queries with this error
	Sizes     map[string]int64 // estimates in kbyte, where not of the file

	server *httptest.Server
	mu     sync.Mutex
	files  []*file
	byID   map[string]*file
	log    Log
	jobs   map[string]*job
	made   int
}

// Log is what the archive did.
type Log struct {
	Requests  int            // for files
	Faults    map[Fault]int  // that were played
	Delivered map[string]int // by dp_id: answers that brought a file to its end
	Bytes     int64          // of files that were sent
	Ranges    int            // answers with status 206
	Most      int            // requests for files at a time
	Agents    map[string]int // requests by user agent
	Tokens    map[string]int // requests by Authorization header, for files and queries
	Queries   []string       // the ADQL
	Deleted   int            // jobs

	now int
}

type file struct {
	id, target string
	snr        float64
	samples    int
	index      int
	version    int // goes up where the archive changes a file
	tries      int
	data       []byte // of the version
}

// New starts an archive with n spectra of so many samples.
func New(n, samples int) *Archive {
	a := &Archive{byID: map[string]*file{}, jobs: map[string]*job{}, Private: map[string]bool{}}
	a.log = Log{Faults: map[Fault]int{}, Delivered: map[string]int{}, Agents: map[string]int{}, Tokens: map[string]int{}}
	for i := range n {
		at := time.Date(2014, 9, 23, 11, 1, 38, 230e6, time.UTC).Add(time.Duration(i) * 61 * time.Second)
		f := &file{
			id: "ADP." + at.Format("2006-01-02T15:04:05.000"), index: i, samples: samples,
			target: fmt.Sprintf("HD%d", 10000+i/10), snr: 20 + float64(i%200),
		}
		a.files, a.byID[f.id] = append(a.files, f), f
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /dataPortal/file/{id}", a.serveFile)
	mux.HandleFunc("POST /tap_obs/sync", a.sync)
	mux.HandleFunc("POST /tap_obs/async", a.submit)
	mux.HandleFunc("/tap_obs/async/{job}/{rest...}", a.job)
	mux.HandleFunc("DELETE /tap_obs/async/{job}", a.remove)
	a.server = httptest.NewServer(mux)
	a.URL = a.server.URL
	return a
}

// Close stops the server.
func (a *Archive) Close() {
	a.server.CloseClientConnections()
	a.server.Close()
}

// Change changes settings between two requests.
func (a *Archive) Change(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

// IDs are the dp_ids of all files, in order.
func (a *Archive) IDs() []string {
	var ids []string
	for _, f := range a.files {
		ids = append(ids, f.id)
	}
	return ids
}

// Data is the present content of a file, nil where there is none.
func (a *Archive) Data(id string) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f := a.byID[id]; f != nil {
		return f.content()
	}
	return nil
}

// SHA256 is the checksum of a file's present content.
func (a *Archive) SHA256(id string) string {
	sum := sha256.Sum256(a.Data(id))
	return hex.EncodeToString(sum[:])
}

// Put replaces a file's content.
func (a *Archive) Put(id string, data []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f := a.byID[id]
	if f == nil {
		f = &file{id: id}
		a.files, a.byID[id] = append(a.files, f), f
	}
	f.version++
	f.data = data
}

// Log is what the archive did so far. It waits a while for requests under way,
// of which the client may have had all and the archive not yet made a note.
func (a *Archive) Log() Log {
	a.mu.Lock()
	defer a.mu.Unlock()
	for end := time.Now().Add(2 * time.Second); a.log.now > 0 && time.Now().Before(end); {
		a.mu.Unlock()
		time.Sleep(time.Millisecond)
		a.mu.Lock()
	}
	l := a.log
	l.Faults, l.Delivered = clone(l.Faults), clone(l.Delivered)
	l.Agents, l.Tokens = clone(l.Agents), clone(l.Tokens)
	l.Queries = append([]string(nil), l.Queries...)
	return l
}

func clone[K comparable](m map[K]int) map[K]int {
	c := make(map[K]int, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// content is the file as the archive's products are: a header, and a table of
// one row. The caller holds the lock.
func (f *file) content() []byte {
	if f.data != nil {
		return f.data
	}
	wave, flux, err := make([]float64, f.samples), make([]float32, f.samples), make([]float32, f.samples)
	for i := range wave {
		wave[i] = 3785 + 0.01*float64(i)
		flux[i] = float32(1000 + 100*math.Sin(float64(i*(f.index+1)+f.version)))
		err[i] = float32(math.Sqrt(float64(flux[i])))
	}
	var b bytes.Buffer
	fault := fits.Encode(&b,
		&fits.ImageHDU{Cards: []fits.Card{{Key: "OBJECT", Value: f.target}, {Key: "SNR", Value: f.snr}}},
		&fits.TableHDU{Name: "SPECTRUM", Columns: []fits.ColumnData{
			{Name: "WAVE", Unit: "angstrom", Data: [][]float64{wave}},
			{Name: "FLUX", Unit: "adu", Data: [][]float32{flux}},
			{Name: "ERR", Unit: "adu", Data: [][]float32{err}},
		}})
	if fault != nil {
		panic(fault) // what is encoded does not depend on any input
	}
	f.data = b.Bytes()
	return f.data
}

// chance is a number in [0, 1) that depends on the file and the try alone, not
// on the order in which requests come.
func (a *Archive) chance(f *file, salt string) float64 {
	h := fnv.New64a()
	fmt.Fprint(h, a.Seed, f.id, f.tries, salt)
	x := h.Sum64()
	x ^= x >> 31
	x *= 0x9e3779b97f4a7c15
	return float64(x>>11) / (1 << 53)
}

func estimate(f *file) int64 { return int64(len(f.content())+999) / 1000 }

func matches(f *file, targets []string, snr float64) bool {
	if f.snr < snr {
		return false
	}
	if len(targets) == 0 {
		return true
	}
	for _, t := range targets {
		if strings.EqualFold(t, f.target) {
			return true
		}
	}
	return false
}
