// Package eso finds and fetches the HARPS spectra of the ESO archive: a query
// of its Table Access Protocol service gives a list of Phase 3 products, and a
// list is downloaded into a folder, in parallel, resumably and politely.
//
// It does not read spectra, resolve names (an observer's spelling of a target
// is the archive's) or ask for passwords: a token comes from the environment.
//
//	a, err := eso.New(eso.Options{})
//	list, err := a.Find(ctx, eso.Query{Targets: []string{"HD128621"}, MinSNR: 50})
//	report, err := a.Download(ctx, list, "spectra", nil)
//
// # What is known of the archive, and from where
//
// From ESO's pages "Programmatic Access", "Authentication & Authorisation" and
// "TAP: Manage your Asynchronous Queries" (archive.eso.org/cms/eso-data and
// archive.eso.org/programmatic) and the descriptions in its TAP_SCHEMA:
// observations are queried in ADQL at archive.eso.org/tap_obs, at once or, for
// what takes over 60 s, as a job, which is kept for a day if nobody deletes it;
// ivoa.ObsCore has, beside the standard columns, dp_id and snr;
// access_estsize is an estimate in kbyte; access_url leads to a DataLink
// document, not to the file; a file is at
// dataportal.eso.org/dataPortal/file/<dp_id>, public ones for anybody and
// proprietary ones, usually for a year, with a token in the Authorization
// header, which www.eso.org/sso/oidc/token gives; authorised queries are slow
// and needed by few, so queries go without a token here.
// From ESO's client in astroquery: a file that may not be had answers 401.
//
// From the IVOA's Recommendations TAP 1.1, UWS 1.1, ObsCore 1.1 and DALI 1.1:
// the parameters, the course of a job, the columns and their units, and that
// an answer that was cut short says so, which only VOTable can: hence VOTable
// here, not CSV.
//
// Not known, and so not relied on: whether the file service gives an ETag or a
// Last-Modified date and answers range requests. Without them a file that was
// broken off begins anew. The archive gives no checksums in ObsCore; a list
// may have them all the same. Obs_collection 'HARPS' with dataproduct_type
// 'spectrum' was found in use, not described.
package eso

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Home is where ESO's services are.
const (
	homeTAP   = "https://archive.eso.org/tap_obs"
	homeFiles = "https://dataportal.eso.org/dataPortal/file/"
)

// TokenVariable is the environment variable that TokenFromEnv reads.
const TokenVariable = "STELLARAE_ESO_TOKEN"

// MaxConnections bounds Options.Connections.
const MaxConnections = 16

// Options say how an archive is used. Zero values mean the defaults.
type Options struct {
	// Base is the address of another archive of the same form, with its queries
	// at Base/tap_obs and its files at Base/dataPortal/file/; "" is ESO.
	Base  string
	Token Token // for proprietary files; sent to the file service alone

	Connections int           // at a time, at most MaxConnections; 4
	Attempts    int           // in a row that bring a request or file no further; 10
	Backoff     time.Duration // before the second attempt, doubled with each; 1 s
	MaxBackoff  time.Duration // 1 min
	MaxWait     time.Duration // the longest Retry-After that is waited for; 1 h
	Stall       time.Duration // without a byte, after which a connection is given up; 1 min
	JobTime     time.Duration // the longest that an asynchronous query is waited for; 1 h
	UserAgent   string
}

func (o *Options) fill() {
	set(&o.Connections, 4)
	set(&o.Attempts, 10)
	set(&o.Backoff, time.Second)
	set(&o.MaxBackoff, time.Minute)
	set(&o.MaxWait, time.Hour)
	set(&o.Stall, time.Minute)
	set(&o.JobTime, time.Hour)
	if o.UserAgent == "" {
		o.UserAgent = "stellarae (https://github.com/stellarae/lab)"
	}
}

func set[T int | time.Duration](v *T, standard T) {
	if *v == 0 {
		*v = standard
	}
}

// Archive is an archive's services. It may be used from several goroutines.
type Archive struct {
	o          Options
	tap, files *url.URL
	http       *http.Client
	gate       gate
	wait       waiter
	free       func(dir string) (int64, error)
}

// New gives access to an archive; nothing is sent yet.
func New(o Options) (*Archive, error) {
	o.fill()
	if o.Connections < 1 || o.Connections > MaxConnections {
		return nil, fmt.Errorf("%d connections; want 1 to %d", o.Connections, MaxConnections)
	}
	tap, files := homeTAP, homeFiles
	if o.Base != "" {
		base := strings.TrimRight(o.Base, "/")
		tap, files = base+"/tap_obs", base+"/dataPortal/file/"
	}
	a := &Archive{o: o, wait: sleep, free: freeSpace}
	var err error
	if a.tap, err = address(tap); err != nil {
		return nil, err
	}
	if a.files, err = address(files); err != nil {
		return nil, err
	}
	if o.Token != "" {
		if err := o.Token.check(); err != nil {
			return nil, err
		}
	}
	a.http = newClient(a)
	return a, nil
}

// address parses the address of a service or file. It must be one that has
// nothing to hide: no user, no query.
func address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("an address that is none") // the text may hold anything
	case u.User != nil:
		return nil, fmt.Errorf("%s: an address with a user or password", redact(u))
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("%s: an address with a query or fragment", redact(u))
	case u.Host == "":
		return nil, fmt.Errorf("%s: an address without a host", redact(u))
	}
	return u, secure(u, isLoopback(u))
}

// secure tells what is wrong with an address' scheme: https is wanted, but
// for this machine's own services.
func secure(u *url.URL, local bool) error {
	if u.Scheme == "https" || u.Scheme == "http" && local && isLoopback(u) {
		return nil
	}
	return fmt.Errorf("%s: want https", redact(u))
}

func isLoopback(u *url.URL) bool {
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// sameOrigin tells whether two addresses are of one server.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host)
}

// redact is an address without what may be secret.
func redact(u *url.URL) string {
	v := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return v.String()
}

// Token is a secret. However it is printed, it shows nothing of itself.
type Token string

// TokenFromEnv reads the token of the environment, "" without one.
func TokenFromEnv() Token { return Token(strings.TrimSpace(os.Getenv(TokenVariable))) }

// Format prints no token, whatever the verb.
func (t Token) Format(s fmt.State, _ rune) {
	if t == "" {
		fmt.Fprint(s, "no token")
		return
	}
	fmt.Fprint(s, "[token]")
}

// MarshalText keeps a token out of JSON and XML.
func (t Token) MarshalText() ([]byte, error) { return fmt.Append(nil, t), nil }

func (t Token) check() error {
	if len(t) > 1<<14 {
		return errors.New("the token is too long to be one")
	}
	for _, r := range t {
		if r <= ' ' || r > '~' {
			return errors.New("the token holds a character that no token has")
		}
	}
	return nil
}
