package eso

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFind(t *testing.T) {
	s := stub(t, 100, 50)
	a, _ := client(t, s, Options{Token: "tap-must-not-see-this"})
	list, err := a.Find(t.Context(), Query{Targets: []string{"HD10001", "HD10002"}, MinSNR: 35})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 15 {
		t.Fatalf("%d products", len(list))
	}
	p := list[0]
	if p.ID != s.IDs()[15] || p.Target != "HD10001" || p.SNR != 35 || p.RA != 26.017 || p.Dec != -15.9375 || p.Exposure != 60 {
		t.Errorf("%+v", p)
	}
	if size := int64(len(s.Data(p.ID))); p.Estimate < size || p.Estimate >= size+1000 || p.Size != 0 {
		t.Errorf("estimate %d, size %d, where the file has %d", p.Estimate, p.Size, size)
	}
	if at := time.Date(2014, 9, 23, 11, 1, 38, 230e6, time.UTC).Add(15 * 61 * time.Second); math.Abs(p.Date.Sub(at).Seconds()) > 0.1 {
		t.Errorf("%s, want %s", p.Date, at)
	}
	l := s.Log()
	if len(l.Tokens) != 1 || l.Tokens[""] != 1 {
		t.Errorf("Authorization of a query: %d kinds", len(l.Tokens))
	}
	for agent := range l.Agents {
		if !strings.HasPrefix(agent, "stellarae (") {
			t.Errorf("user agent %q", agent)
		}
	}

	if list, err = a.Find(t.Context(), Query{Limit: 7}); err != nil || len(list) != 7 {
		t.Errorf("%d, %v", len(list), err)
	}
	if list, err = a.Find(t.Context(), Query{Targets: []string{"nobody"}}); err != nil || len(list) != 0 {
		t.Errorf("%d, %v", len(list), err)
	}
}

// An answer that is cut short, or a query that is refused, is an error.
func TestFindFails(t *testing.T) {
	s := stub(t, 30, 10)
	a, w := client(t, s, Options{})
	s.MaxRows = 20
	if _, err := a.Find(t.Context(), Query{Limit: 25}); err == nil || !strings.Contains(err.Error(), "cut the answer short at 20") {
		t.Errorf("%v", err)
	}
	if list, err := a.Find(t.Context(), Query{Limit: 20}); err != nil || len(list) != 20 {
		t.Errorf("%d, %v", len(list), err)
	}
	s.Refuse = "Unknown column \"dp_id\" <!> "
	if _, err := a.Find(t.Context(), Query{Limit: 1}); err == nil || !strings.Contains(err.Error(), `Unknown column "dp_id" <!>`) {
		t.Errorf("%v", err)
	}
	if len(w.all) > 0 {
		t.Errorf("waited %v for what time does not mend", w.all)
	}
}

func TestFindAsync(t *testing.T) {
	s := stub(t, 50, 10)
	a, w := client(t, s, Options{})
	s.Phases = []string{"QUEUED", "QUEUED", "EXECUTING", "EXECUTING", "EXECUTING", "COMPLETED"}
	var phases []string
	list, err := a.FindAsync(t.Context(), Query{}, func(p string) { phases = append(phases, p) })
	if err != nil || len(list) != 50 {
		t.Fatalf("%d, %v", len(list), err)
	}
	if got := strings.Join(phases, " "); got != "QUEUED EXECUTING COMPLETED" {
		t.Error(got)
	}
	for i := 1; i < len(w.all); i++ {
		if w.all[i] <= w.all[i-1] {
			t.Errorf("polls do not get rarer: %v", w.all)
		}
	}
	// Find takes a job for what is large
	if list, err = a.Find(t.Context(), Query{}); err != nil || len(list) != 50 {
		t.Errorf("%d, %v", len(list), err)
	}
	if l := s.Log(); s.Jobs() != 0 || l.Deleted != 2 {
		t.Errorf("%d jobs left, %d deleted", s.Jobs(), l.Deleted)
	}
}

// A job that fails, hangs or is given up says so and is deleted all the same.
func TestFindAsyncFails(t *testing.T) {
	s := stub(t, 5, 10)
	for _, c := range []struct {
		phases []string
		want   string
		o      Options
	}{
		{[]string{"QUEUED", "ERROR"}, "time limit of the query exceeded", Options{}},
		{[]string{"QUEUED", "ABORTED"}, "phase ABORTED", Options{}},
		{[]string{"QUEUED", "RUNNING"}, `phase "RUNNING"`, Options{}},
		{[]string{"EXECUTING"}, "still in phase EXECUTING after 1ms", Options{JobTime: time.Millisecond}},
	} {
		s.Phases = c.phases
		a, _ := client(t, s, c.o)
		if _, err := a.FindAsync(t.Context(), Query{}, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.phases, err)
		}
		if s.Jobs() != 0 {
			t.Errorf("%v: the job is left", c.phases)
		}
	}
	a, _ := client(t, s, Options{})
	s.Phases = []string{"EXECUTING"}
	ctx, stop := context.WithCancel(t.Context())
	if _, err := a.FindAsync(ctx, Query{}, func(string) { stop() }); err == nil {
		t.Error("no error after the context ended")
	}
	if s.Jobs() != 0 {
		t.Error("the job is left after the context ended")
	}
}

// serve answers every request with the same.
func serve(t *testing.T, h http.HandlerFunc) *Archive {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	a, err := New(Options{Base: server.URL, Attempts: 3})
	if err != nil {
		t.Fatal(err)
	}
	a.wait = (&waits{}).wait
	return a
}

// The description of a job instead of a redirection to it, as ESO's page on
// asynchronous queries shows it.
func TestJobDescription(t *testing.T) {
	for body, want := range map[string]string{
		`<job xmlns="http://www.ivoa.net/xml/UWS/v1.0"><jobId>TAP.17-a_b</jobId><phase>QUEUED</phase></job>`:       "/tap_obs/async/TAP.17-a_b",
		`<uws:job xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0"><uws:jobId>1416</uws:jobId></uws:job>`:              "/tap_obs/async/1416",
		`<job xmlns="http://www.ivoa.net/xml/UWS/v1.0"><jobId>../../dataPortal</jobId><phase>QUEUED</phase></job>`: "",
		`<job xmlns="http://www.ivoa.net/xml/UWS/v1.0"><jobId>..</jobId></job>`:                                    "",
		`<job/>`: "", `<html>login</html>`: "", "": "",
	} {
		asked := ""
		a := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				fmt.Fprint(w, body)
			} else if asked == "" {
				asked = r.URL.Path
				http.NotFound(w, r)
			}
		})
		if _, err := a.FindAsync(t.Context(), Query{}, nil); err == nil {
			t.Errorf("%s: no error", body)
		}
		if strings.TrimSuffix(asked, "/phase") != want {
			t.Errorf("%s: asked for %q, want %q", body, asked, want)
		}
	}
}

func TestHostileAnswers(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("testdata", "answer.vot"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(whole)
	for name, c := range map[string]struct{ body, want string }{
		"nothing":      {"", "EOF"},
		"web page":     {"<!DOCTYPE html>\n<html><body>login</body></html>", "not a VOTABLE"},
		"cut":          {text[:len(text)/2], "EOF"},
		"no column":    {strings.Replace(text, `name="snr"`, `name="sn"`, 1), "no column snr"},
		"path":         {strings.Replace(text, "ADP.2014-09-23", "../../etc/passwd", 1), "dp_id"},
		"hidden":       {strings.Replace(text, "ADP.2014-09-23", ".ssh", 1), "dp_id"},
		"twice":        {strings.Replace(text, "11:01:39.231", "11:01:38.230", 1), "is there twice"},
		"entities":     {"<!DOCTYPE v [<!ENTITY a 'aaaa'>]>" + text[strings.Index(text, "<VOTABLE"):], "entities"},
		"no dp_id":     {strings.Replace(text, "<TD>ADP.2014-09-23T11:01:38.230</TD>", "<TD/>", 1), "dp_id"},
		"overflow":     {strings.Replace(text, "</TABLE>", `</TABLE><INFO name="QUERY_STATUS" value="OVERFLOW"/>`, 1), "cut the answer short"},
		"service says": {`<VOTABLE><RESOURCE type="results"><INFO name="QUERY_STATUS" value="ERROR">too many</INFO></RESOURCE></VOTABLE>`, "too many"},
	} {
		a := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, c.body) })
		list, err := a.Find(t.Context(), Query{Targets: []string{"x"}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %d products, %v; want %q", name, len(list), err, c.want)
		}
	}
}

// A busy archive is asked again, not before it wants to be.
func TestFindRetries(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "answer.vot"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	a := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch n++; n {
		case 1:
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2: // breaks off
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			w.Write(body[:len(body)/2])
		default:
			w.Write(body)
		}
	})
	w := &waits{}
	a.wait = w.wait
	list, err := a.Find(t.Context(), Query{Targets: []string{"x"}})
	if err != nil || len(list) != 3 || n != 3 {
		t.Errorf("%d products after %d requests, %v", len(list), n, err)
	}
	if d := w.longest(); d < 118*time.Second || d > 121*time.Second {
		t.Errorf("waited at most %s", d)
	}
}

func FuzzAnswer(f *testing.F) {
	whole, err := os.ReadFile(filepath.Join("testdata", "answer.vot"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(whole))
	f.Add(`<VOTABLE><RESOURCE type="results"><INFO name="QUERY_STATUS" value="ERROR">no</INFO></RESOURCE></VOTABLE>`)
	f.Add("<html>")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := readProducts(strings.NewReader(text), 0)
		if err != nil {
			return
		}
		for _, p := range list {
			if filepath.Base(p.ID) != p.ID || strings.HasPrefix(p.ID, ".") || len(p.Target) > maxName || p.Estimate < 0 {
				t.Errorf("%+v", p)
			}
		}
	})
}
