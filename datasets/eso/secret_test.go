package eso

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stellarae/lab/datasets/eso/esotest"
)

const secret = "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl"

// However a token is printed, it does not show.
func TestTokenPrints(t *testing.T) {
	token := Token(secret)
	o := Options{Token: token}
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(token), fmt.Sprintf("%s %v %q %#v %x %d", token, token, token, token, token, token),
		fmt.Sprintf("%v %+v %#v", o, o, o), fmt.Sprintf("%+v", &o), string(b),
	} {
		if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
			t.Error(text)
		}
	}
	if got := fmt.Sprint(Token("")); got != "no token" {
		t.Error(got)
	}
}

func TestTokenRefused(t *testing.T) {
	for _, bad := range []string{"a b", "a\r\nX-Evil: 1", "\x00", "tökén", strings.Repeat("x", 1<<15)} {
		_, err := New(Options{Token: Token(bad)})
		if err == nil || strings.Contains(err.Error(), bad) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	t.Setenv(TokenVariable, " "+secret+"\n")
	if TokenFromEnv() != secret {
		t.Error("the environment's token is not trimmed")
	}
}

// The token goes to the file service, and nowhere else: not to another host
// that a file is redirected to, nor to queries.
func TestTokenAndRedirection(t *testing.T) {
	s, other := stub(t, 3, 100), stub(t, 3, 100)
	// the other archive on another host: 127.0.0.1 and localhost are two
	u, err := url.Parse(other.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.Elsewhere = "http://localhost:" + u.Port()
	s.Token = secret
	a, _ := client(t, s, Options{Token: secret})
	dir := t.TempDir()
	report, err := a.Download(t.Context(), products(s), dir, nil)
	if err != nil || report.Fetched != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	if l := s.Log(); l.Tokens["Bearer "+secret] != l.Requests {
		t.Error("the archive did not get the token")
	}
	if l := other.Log(); l.Requests != 3 || l.Tokens[""] != 3 {
		t.Errorf("the other host: %d requests, %d without Authorization", l.Requests, l.Tokens[""])
	}
	noSecretIn(t, dir)

	// that host then refuses: the error shows neither token nor signed address
	for _, id := range other.IDs() {
		other.Private[id] = true
	}
	report, err = a.Download(t.Context(), products(s), t.TempDir(), nil)
	if err != nil || len(report.Failures) != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, f := range report.Failures {
		if text := f.Err.Error(); strings.Contains(text, secret) || strings.Contains(text, "s3cret") || !strings.Contains(text, "401") {
			t.Error(text)
		}
	}
}

// With every fault there is, the token gets into no file and no error.
func TestTokenInNoFile(t *testing.T) {
	s := stub(t, 60, 300)
	s.FaultRate, s.Token = 0.6, secret
	for _, id := range s.IDs() {
		s.Private[id] = true
	}
	a, _ := client(t, s, Options{Token: secret, Attempts: 3, Connections: 16})
	dir := t.TempDir()
	report, err := a.Download(t.Context(), products(s), dir, nil)
	if report.Fetched == 0 || len(report.Failures) == 0 {
		t.Fatalf("%d fetched, %d failures, %v", report.Fetched, len(report.Failures), err)
	}
	for _, f := range report.Failures {
		if strings.Contains(f.Err.Error(), secret) || strings.Contains(f.Err.Error(), "http://") {
			t.Error(f.Err)
		}
	}
	noSecretIn(t, dir)
}

func noSecretIn(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), secret) || strings.Contains(string(b), "s3cret") {
			t.Errorf("%s holds the secret", e.Name())
		}
	}
}

// Redirections that lead to http, round in circles or from a query to
// elsewhere end in an error.
func TestRedirections(t *testing.T) {
	var to string
	a := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
	for _, c := range []struct{ to, want string }{
		{"http://example.org/file?token=s3cret", "http://example.org/file: want https"},
		{"ftp://example.org/file", "want https"},
		{"file:///etc/passwd", "want https"},
		{a.files.String() + "again", "more than 5 redirections"},
	} {
		to = c.to
		report, err := a.Download(t.Context(), []Product{{ID: "ADP.x"}}, t.TempDir(), nil)
		if err != nil || len(report.Failures) != 1 || !strings.Contains(report.Failures[0].Err.Error(), c.want) {
			t.Errorf("%s: %+v, %v", c.to, report.Failures, err)
		} else if strings.Contains(report.Failures[0].Err.Error(), "s3cret") {
			t.Error(report.Failures[0].Err)
		}
	}
	to = "https://example.org/tap_obs/async/17"
	if _, err := a.FindAsync(t.Context(), Query{}, nil); err == nil || !strings.Contains(err.Error(), "another host") {
		t.Errorf("%v", err)
	}
}

func TestAddresses(t *testing.T) {
	for _, base := range []string{
		"http://archive.eso.org", "ftp://127.0.0.1", "//archive.eso.org", "archive.eso.org", "https://", "https://u:p@example.org",
		"https://example.org/?token=" + secret, "https://example.org/#x", "http://localhost.example.org", "http://127.0.0.1.nip.io", "https://exa mple",
	} {
		if _, err := New(Options{Base: base}); err == nil || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "u:p") {
			t.Errorf("%s: %v", base, err)
		}
	}
	for _, base := range []string{"https://archive.example.org/", "http://localhost:80", "http://[::1]:8080", "http://127.8.9.1/x"} {
		if _, err := New(Options{Base: base}); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
	a, err := New(Options{})
	if err != nil || a.tap.String() != homeTAP || a.files.String() != homeFiles {
		t.Fatalf("%v, %v", a, err)
	}
	for address, ok := range map[string]bool{
		"https://dataportal.eso.org/dataPortal/file/ADP.x": true, "https://dataportal.eso.org/dataPortal/file/": false,
		"http://dataportal.eso.org/dataPortal/file/ADP.x": false, "https://dataportal.eso.org.evil.org/dataPortal/file/ADP.x": false,
		"https://archive.eso.org/tap_obs/sync": false, "https://u@dataportal.eso.org/dataPortal/file/ADP.x": false,
		"https://dataportal.eso.org:8443/dataPortal/file/ADP.x": false, "file:///etc/passwd": false,
	} {
		if _, err := a.Plan([]Product{{ID: "ADP.x", URL: address}}, t.TempDir()); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// Names that a list or an answer gives cannot leave the folder.
func TestNames(t *testing.T) {
	s := esotest.New(1, 1)
	defer s.Close()
	a, _ := client(t, s, Options{})
	for _, id := range []string{"", ".", "..", "../x", "a/b", `a\b`, "/etc/passwd", ".hidden", "-rf", "a..b", "a\x00", "a\n", "é", strings.Repeat("x", 121)} {
		if _, err := a.Download(t.Context(), []Product{{ID: id}}, t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "dp_id") {
			t.Errorf("%q: %v", id, err)
		}
	}
	// the answer's own name for the file, ../../..., is not heeded
	dir := filepath.Join(t.TempDir(), "a", "b")
	if _, err := a.Download(t.Context(), products(s), dir, nil); err != nil {
		t.Fatal(err)
	}
	holdsAll(t, s, dir)
}
