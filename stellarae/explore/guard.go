package explore

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
)

// guard lets in the browser of the person who started the program, and nobody
// else: neither other users of the machine nor other pages in that browser.
//
// The token proves the person. It comes once in the printed address and from
// then on in a cookie, which other sites' pages cannot send along
// (SameSite=Lax), or in a header, from programs. Host keeps out pages whose
// name was pointed at this machine (DNS rebinding), Origin and Sec-Fetch-Site
// those of other sites.
type guard struct {
	hosts  []string // that a request may name
	cookie string   // its name; cookies do not tell ports apart
	token  string
	next   http.Handler

	// ticket works once: it is for the address that a browser is started with,
	// which other users see in the list of processes.
	ticket string
	used   atomic.Bool
}

// TokenHeader carries the token of requests that have no cookie.
const TokenHeader = "X-Stellarae-Token"

func newGuard(port int, next http.Handler) *guard {
	return &guard{
		hosts:  []string{fmt.Sprintf("127.0.0.1:%d", port), fmt.Sprintf("localhost:%d", port)},
		cookie: fmt.Sprintf("stellarae-%d", port),
		token:  rand.Text(), ticket: rand.Text(), // 130 bits each
		next: next,
	}
}

// policy lets the page load its own files and nothing else, run no inline
// script or style, and be framed by nobody.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP implements http.Handler.
func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if !slices.Contains(g.hosts, r.Host) {
		refuse(w, http.StatusMisdirectedRequest, "this address is not served here")
		return
	}
	if !g.ownPage(r) {
		refuse(w, http.StatusForbidden, "pages of other sites are not answered")
		return
	}
	if r.URL.Path == "/" && r.URL.Query().Has("token") {
		g.enter(w, r)
		return
	}
	if !g.knows(r) {
		refuse(w, http.StatusUnauthorized, "open the address that stellarae explore printed: it holds the key to this page")
		return
	}
	g.next.ServeHTTP(w, r)
}

// ownPage tells requests of our page, of a program, and of a person who
// follows a link here from those of other sites' pages.
func (g *guard) ownPage(r *http.Request) bool {
	if origin := r.Header.Values("Origin"); len(origin) > 0 {
		return len(origin) == 1 && origin[0] == "http://"+r.Host
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "": // no browser of today, or none at all
		return r.Method == http.MethodGet || r.Method == http.MethodHead || r.Header.Get(TokenHeader) != ""
	}
	return r.Method == http.MethodGet && r.URL.Path == "/" &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// enter exchanges the token of the address for a cookie. The page's address
// after that holds no token; what follows the # stays.
func (g *guard) enter(w http.ResponseWriter, r *http.Request) {
	given := r.URL.Query().Get("token")
	if !equal(given, g.token) && !(equal(given, g.ticket) && g.used.CompareAndSwap(false, true)) {
		refuse(w, http.StatusUnauthorized, "the token of this address is not that of the running program, or was used up")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: g.cookie, Value: g.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (g *guard) knows(r *http.Request) bool {
	if given := r.Header.Get(TokenHeader); given != "" {
		return equal(given, g.token)
	}
	c, err := r.Cookie(g.cookie)
	return err == nil && equal(c.Value, g.token)
}

// equal takes as long for a token that is nearly right as for any other.
func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
