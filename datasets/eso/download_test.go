package eso

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stellarae/lab/datasets/eso/esotest"
	"github.com/stellarae/lab/stellarae/fits"
)

// Two thousand files from an archive that fails one request in five, in all
// its ways, come whole and once each.
func TestDownloadWithFaults(t *testing.T) {
	s := stub(t, 2000, 512)
	s.FaultRate, s.Seed = 0.2, 1
	a, w := client(t, s, Options{Connections: 8})
	dir := t.TempDir()
	report, err := a.Download(t.Context(), products(s), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.Fetched != 2000 || len(report.Failures) > 0 || report.Present != 0 {
		t.Fatalf("%d fetched, %d present, %d failures: %v", report.Fetched, report.Present, len(report.Failures), report.Failures)
	}
	holdsAll(t, s, dir)
	once(t, s)
	l := s.Log()
	for _, fault := range []esotest.Fault{
		esotest.Drop, esotest.Unavailable, esotest.AfterSeconds, esotest.AfterDate, esotest.TooMany, esotest.WrongLength,
		esotest.Slow, esotest.LoginPage, esotest.NoRange, esotest.WholeAgain, esotest.Changed,
	} {
		if l.Faults[fault] == 0 {
			t.Errorf("never played: %s", fault)
		}
	}
	if l.Ranges == 0 {
		t.Error("nothing was resumed")
	}
	if l.Most > 8 {
		t.Errorf("%d requests at a time", l.Most)
	}
	if d := w.longest(); d < 700*time.Millisecond {
		t.Errorf("Retry-After was not waited for: at most %s", d)
	}
	t.Logf("%d requests, %d ranges, faults %v", l.Requests, l.Ranges, l.Faults)

	again, err := a.Download(t.Context(), products(s), dir, nil)
	if err != nil || again.Present != 2000 || again.Fetched != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	if r := s.Log().Requests; r != l.Requests {
		t.Errorf("again: %d more requests", r-l.Requests)
	}
}

// Each fault alone, at every first request: what is resumed and what is not.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault  esotest.Fault
		ranges bool
	}{
		{esotest.Drop, true},
		{esotest.Unavailable, false},
		{esotest.AfterSeconds, false},
		{esotest.AfterDate, false},
		{esotest.TooMany, false},
		{esotest.WrongLength, false},
		{esotest.Slow, false},
		{esotest.LoginPage, false},
		{esotest.NoRange, true},
		{esotest.WholeAgain, false},
		{esotest.Changed, false},
		{esotest.Stall, true},
	} {
		t.Run(string(c.fault), func(t *testing.T) {
			s := stub(t, 30, 4000)
			s.Faults, s.FaultRate, s.Seed = []esotest.Fault{c.fault}, 0.5, 3
			o := Options{Attempts: 20, Connections: 16}
			if c.fault == esotest.Stall {
				o.Stall = 100 * time.Millisecond
			}
			a, _ := client(t, s, o)
			dir := t.TempDir()
			report, err := a.Download(t.Context(), products(s), dir, nil)
			if err != nil || len(report.Failures) > 0 {
				t.Fatalf("%v, %v", err, report.Failures)
			}
			holdsAll(t, s, dir)
			l := s.Log()
			if l.Faults[c.fault] == 0 {
				t.Error("was not played")
			}
			if (l.Ranges > 0) != c.ranges {
				t.Errorf("%d ranges", l.Ranges)
			}
		})
	}
}

// Files come whole from servers that do not say how long they are, and from
// those that give nothing to tell one version from another by, which cannot be
// asked for a range.
func TestPoorServers(t *testing.T) {
	for _, c := range []struct {
		name                string
		noLength, noVersion bool
	}{{"no length", true, false}, {"no version", false, true}, {"neither", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			s := stub(t, 20, 2000)
			s.NoLength, s.NoVersion = c.noLength, c.noVersion
			s.Faults, s.FaultRate = []esotest.Fault{esotest.Drop}, 0.4
			a, _ := client(t, s, Options{})
			dir := t.TempDir()
			report, err := a.Download(t.Context(), products(s), dir, nil)
			if err != nil || len(report.Failures) > 0 {
				t.Fatalf("%v, %v", err, report.Failures)
			}
			holdsAll(t, s, dir)
			if l := s.Log(); (l.Ranges > 0) == c.noVersion || l.Faults[esotest.Drop] == 0 {
				t.Errorf("%d ranges, %d drops", l.Ranges, l.Faults[esotest.Drop])
			}
		})
	}
}

// What cannot be had is told by product, with its cause, and leaves nothing
// behind; the rest comes.
func TestFailures(t *testing.T) {
	s := stub(t, 6, 100)
	ids := s.IDs()
	s.Token = "right"
	s.Private[ids[0]] = true
	s.Put(ids[1], []byte("<html>not found</html>"))
	s.Put(ids[2], bytes.Repeat([]byte("SIMPLE  =                    T  "), 90)) // a block without END
	list := append(products(s), Product{ID: "ADP.nowhere"})
	list[3].Size = 2880
	list[4].SHA256 = strings.Repeat("0", 64)
	a, _ := client(t, s, Options{Attempts: 2, Token: "wrong-token"})
	dir := t.TempDir()
	report, err := a.Download(t.Context(), list, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		ids[0]: "status 401: not public", ids[1]: "a web page instead", ids[2]: "END", ids[3]: "where the list has 2880",
		ids[4]: "where the list has 00000", "ADP.nowhere": "status 404",
	}
	for _, f := range report.Failures {
		if w, ok := want[f.ID]; !ok || !strings.Contains(f.Err.Error(), w) {
			t.Errorf("%s: %v, want %q", f.ID, f.Err, w)
		}
		if strings.Contains(f.Err.Error(), "wrong-token") || strings.Contains(f.Err.Error(), dir) {
			t.Errorf("%v tells too much", f.Err)
		}
		delete(want, f.ID)
	}
	if len(want) > 0 || report.Fetched != 1 {
		t.Errorf("%d fetched; no failure of %v", report.Fetched, want)
	}
	parts, _ := filepath.Glob(filepath.Join(dir, "*.part*"))
	if len(parts) > 0 {
		t.Errorf("left: %v", parts)
	}

	// with the right token the proprietary file comes
	a, _ = client(t, s, Options{Token: "right"})
	if report, err := a.Download(t.Context(), list[:1], dir, nil); err != nil || report.Fetched != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}

// An archive that is down is left alone after a few files.
func TestDown(t *testing.T) {
	s := stub(t, 100, 10)
	s.Faults, s.FaultRate = []esotest.Fault{esotest.Unavailable}, 1
	a, _ := client(t, s, Options{Attempts: 3})
	report, err := a.Download(t.Context(), products(s), t.TempDir(), nil)
	if err == nil || !strings.Contains(err.Error(), "in a row") || !strings.Contains(err.Error(), "503") {
		t.Errorf("%v", err)
	}
	if n := s.Log().Requests; n > 3*(8+4) || len(report.Failures) < 8 {
		t.Errorf("%d requests, %d failures", n, len(report.Failures))
	}
}

// Compressed files get the extension of what they are.
func TestCompressed(t *testing.T) {
	s := stub(t, 1, 100)
	path := filepath.Join(t.TempDir(), "x.fits.gz")
	if err := fits.WriteFile(path, &fits.ImageHDU{Data: make([]float32, 5000)}); err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s.Put("ADP.packed", packed)
	s.Put("ADP.broken", packed[:len(packed)-3])
	a, _ := client(t, s, Options{Attempts: 2})
	dir := t.TempDir()
	report, err := a.Download(t.Context(), products(s), dir, nil)
	if err != nil || report.Fetched != 2 || len(report.Failures) != 1 || report.Failures[0].ID != "ADP.broken" {
		t.Fatalf("%+v, %v", report, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "ADP.packed.fits.gz")); err != nil || !bytes.Equal(b, packed) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

// One download at a time uses a folder.
func TestLocked(t *testing.T) {
	s := stub(t, 1, 10)
	a, _ := client(t, s, Options{})
	dir := t.TempDir()
	held, err := lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Download(t.Context(), products(s), dir, nil); err == nil || !strings.Contains(err.Error(), "another download") {
		t.Errorf("%v", err)
	}
	held.Close()
	if _, err := a.Download(t.Context(), products(s), dir, nil); err != nil {
		t.Error(err)
	}
}

// With too little room nothing is asked for.
func TestDiskSpace(t *testing.T) {
	s := stub(t, 3, 10)
	a, _ := client(t, s, Options{})
	a.free = func(string) (int64, error) { return 1000, nil }
	list := products(s)
	for i := range list {
		list[i].Estimate = 400
	}
	_, err := a.Download(t.Context(), list, t.TempDir(), nil)
	if err == nil || !strings.Contains(err.Error(), "1200 bytes are to be fetched and 1000 are free") {
		t.Errorf("%v", err)
	}
	if n := s.Log().Requests; n > 0 {
		t.Errorf("%d requests", n)
	}
}

// An interrupted download ends at once, tells so, and can go on.
func TestInterrupted(t *testing.T) {
	s := stub(t, 40, 20000)
	s.Pace = 20 * time.Millisecond
	a, _ := client(t, s, Options{})
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	var last Progress
	report, err := a.Download(ctx, products(s), dir, func(p Progress) {
		if p.Done < last.Done || p.Bytes < last.Bytes || p.Total < p.Bytes || p.Files != 40 {
			t.Errorf("%+v after %+v", p, last)
		}
		if last = p; p.Done >= 10 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || report.Fetched < 10 || report.Fetched > 14 || len(report.Failures) > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	begun := 0
	for _, id := range s.IDs() {
		if n := partSize(dir, Product{ID: id}); n > 0 && n < int64(len(s.Data(id))) {
			begun++
		}
	}
	report, err = a.Download(t.Context(), products(s), dir, nil)
	if err != nil || report.Present+report.Fetched != 40 {
		t.Fatalf("%+v, %v", report, err)
	}
	holdsAll(t, s, dir)
	if n := s.Log().Ranges; n != begun {
		t.Errorf("%d files were resumed of the %d begun", n, begun)
	}
}

// Files that somebody put there, or whose line in the journal was lost, are
// taken if they are right, else fetched anew.
func TestFound(t *testing.T) {
	s := stub(t, 3, 300)
	ids := s.IDs()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ids[0]+".fits"), s.Data(ids[0]), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ids[1]+".fits"), s.Data(ids[1])[:2880*2], 0o644); err != nil {
		t.Fatal(err)
	}
	a, _ := client(t, s, Options{})
	report, err := a.Download(t.Context(), products(s), dir, nil)
	if err != nil || report.Present != 1 || report.Fetched != 2 {
		t.Fatalf("%+v, %v", report, err)
	}
	holdsAll(t, s, dir)

	// a broken last line of the journal is left out, and mended
	path := filepath.Join(dir, journalName)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b[:len(b)-20], 0o644); err != nil {
		t.Fatal(err)
	}
	if report, err = a.Download(t.Context(), products(s), dir, nil); err != nil || report.Present != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	if mended, err := os.ReadFile(path); err != nil || len(mended) != len(b) {
		t.Errorf("%d bytes, %v; want %d", len(mended), err, len(b))
	}

	// a broken line within is an error that says what to do
	if err := os.WriteFile(path, append([]byte("{}\n"), b...), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err = a.Download(t.Context(), products(s), dir, nil); err == nil || !strings.Contains(err.Error(), "line 1 is damaged") {
		t.Errorf("%v", err)
	}
}

// A file that was removed is fetched anew, whatever the journal has.
func TestRemoved(t *testing.T) {
	s := stub(t, 2, 10)
	a, _ := client(t, s, Options{})
	dir := t.TempDir()
	if _, err := a.Download(t.Context(), products(s), dir, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, s.IDs()[1]+".fits")); err != nil {
		t.Fatal(err)
	}
	report, err := a.Download(t.Context(), products(s), dir, nil)
	if err != nil || report.Present != 1 || report.Fetched != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}

// A part of another version, or from before the machine was started, is not
// gone on with.
func TestPartNotTrusted(t *testing.T) {
	s := stub(t, 1, 3000)
	id := s.IDs()[0]
	url := s.URL + "/dataPortal/file/" + id
	size := len(s.Data(id))
	good := fmt.Sprintf(`{"url":%q,"size":%d,"etag":"\"%s-0\"","boot":%q}`, url, size, id, bootID())
	for _, c := range []struct {
		name, state string
		ranges      int
	}{
		{"as it should be", good, 1},
		{"another version", strings.Replace(good, "-0", "-7", 1), 0},
		{"another address", strings.Replace(good, "dataPortal", "x", 1), 0},
		{"before a restart", strings.Replace(good, bootID(), "0", 1), 0},
		{"no version", strings.Replace(good, `"etag"`, `"-"`, 1), 0},
		{"another size", strings.Replace(good, fmt.Sprint(size), fmt.Sprint(size+1), 1), 0},
		{"nonsense", "{", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			half := s.Data(id)[:size/2]
			if c.ranges == 0 {
				half = bytes.Repeat([]byte("x"), size/2) // would show
			}
			if err := errors.Join(
				os.WriteFile(filepath.Join(dir, id+partSuffix), half, 0o644),
				os.WriteFile(filepath.Join(dir, id+stateSuffix), []byte(c.state), 0o644)); err != nil {
				t.Fatal(err)
			}
			before := s.Log().Ranges
			a, _ := client(t, s, Options{})
			if _, err := a.Download(t.Context(), products(s), dir, nil); err != nil {
				t.Fatal(err)
			}
			holdsAll(t, s, dir)
			if n := s.Log().Ranges - before; n != c.ranges && c.name != "another size" {
				t.Errorf("%d ranges, want %d", n, c.ranges)
			}
		})
	}
}
