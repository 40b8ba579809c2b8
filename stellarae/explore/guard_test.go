package explore

import (
	"net/http"
	"strings"
	"testing"
)

// Who is let in. A case changes a request that would be answered.
func TestGuard(t *testing.T) {
	_, s := serve(t)
	_, port, _ := strings.Cut(s.guard.hosts[0], ":")
	own := "http://127.0.0.1:" + port
	cookie := s.guard.cookie + "=" + s.guard.token
	for _, c := range []struct {
		name    string
		method  string
		path    string
		host    string
		headers map[string]string
		want    int
	}{
		{"the page with its cookie", "GET", "/", "", map[string]string{"Cookie": cookie}, 200},
		{"a program with the header", "GET", "/api/session", "", map[string]string{TokenHeader: s.guard.token}, 200},
		{"by the name localhost", "GET", "/api/session", "localhost:" + port, map[string]string{"Cookie": cookie}, 200},
		{"from the page itself", "GET", "/api/session", "", map[string]string{"Cookie": cookie, "Origin": own, "Sec-Fetch-Site": "same-origin"}, 200},
		{"a person who follows a link", "GET", "/", "", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200},

		{"no token", "GET", "/api/session", "", nil, 401},
		{"no token for the page", "GET", "/", "", nil, 401},
		{"no token for a file of it", "GET", "/page.css", "", nil, 401},
		{"a wrong cookie", "GET", "/", "", map[string]string{"Cookie": s.guard.cookie + "=" + s.guard.token[1:] + "A"}, 401},
		{"an empty cookie", "GET", "/", "", map[string]string{"Cookie": s.guard.cookie + "="}, 401},
		{"a wrong header beside the right cookie", "GET", "/", "", map[string]string{"Cookie": cookie, TokenHeader: "guess"}, 401},
		{"a wrong token in the address", "GET", "/?token=guess", "", nil, 401},
		{"an empty token in the address", "GET", "/?token=", "", nil, 401},
		{"the token in another address", "GET", "/api/session?token=" + s.guard.token, "", nil, 401},

		{"a name that was pointed here", "GET", "/", "evil.example:" + port, map[string]string{"Cookie": cookie}, 421},
		{"such a name without a port", "GET", "/", "evil.example", map[string]string{"Cookie": cookie}, 421},
		{"a name that ends like ours", "GET", "/", "127.0.0.1:" + port + ".evil.example", map[string]string{"Cookie": cookie}, 421},
		{"another port", "GET", "/", "127.0.0.1:1", map[string]string{"Cookie": cookie}, 421},
		{"the token by a foreign name", "GET", "/?token=" + s.guard.token, "evil.example:" + port, nil, 421},

		{"another site's script", "GET", "/api/session", "", map[string]string{"Cookie": cookie, "Origin": "http://evil.example"}, 403},
		{"another program on this machine", "POST", "/api/view", "", map[string]string{"Cookie": cookie, "Origin": "http://127.0.0.1:1"}, 403},
		{"a sandboxed frame", "POST", "/api/view", "", map[string]string{"Cookie": cookie, "Origin": "null"}, 403},
		{"our name over https", "GET", "/api/session", "", map[string]string{"Cookie": cookie, "Origin": "https://127.0.0.1:" + port}, 403},
		{"another site's picture", "GET", "/api/session", "", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403},
		{"another port's script", "GET", "/api/session", "", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, 403},
		{"another site's frame", "GET", "/", "", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403},
		{"a form of another site", "POST", "/", "", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 403},
		{"a post that says not whence", "POST", "/api/view", "", map[string]string{"Cookie": cookie}, 403},
	} {
		r := must[*http.Request](t)(http.NewRequest(c.method, s.at(c.path), nil))
		r.Host = c.host
		for name, value := range c.headers {
			r.Header.Set(name, value)
		}
		status, body := send(t, r)
		if status != c.want {
			t.Errorf("%s: status %d, want %d", c.name, status, c.want)
		}
		if status >= 400 && strings.Contains(string(body), s.guard.token) {
			t.Errorf("%s: the answer tells the token", c.name)
		}
	}
}

// Every answer, refusals too, tells the browser to load and run nothing else.
func TestHeaders(t *testing.T) {
	_, s := serve(t)
	for _, path := range []string{"/", "/nothing", "/api/session", "/?token=" + s.guard.token} {
		answer := must[*http.Response](t)(client.Get(s.at(path)))
		answer.Body.Close()
		csp := answer.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: the policy %q lacks %s", path, csp, part)
			}
		}
		if strings.Contains(csp, "unsafe") || answer.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: policy %q, shared with %q", path, csp, answer.Header.Get("Access-Control-Allow-Origin"))
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store"} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

// The token becomes a cookie that scripts cannot read and the address forgets
// it; the ticket does so once.
func TestEnter(t *testing.T) {
	_, s := serve(t)
	for i, c := range []struct {
		address string
		want    int
	}{{s.URL(), 303}, {s.URL(), 303}, {s.Once(), 303}, {s.Once(), 401}, {s.URL(), 303}} {
		answer := must[*http.Response](t)(client.Get(c.address))
		answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Fatalf("visit %d: status %d, want %d", i, answer.StatusCode, c.want)
		}
		if c.want != 303 {
			continue
		}
		if to := answer.Header.Get("Location"); to != "/" {
			t.Errorf("visit %d leads to %q", i, to)
		}
		cookies := answer.Cookies()
		if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].Value != s.guard.token {
			t.Errorf("visit %d: cookies %v", i, cookies)
		}
	}
	if s.guard.token == s.guard.ticket || len(s.guard.token) < 26 {
		t.Errorf("token %q, ticket %q", s.guard.token, s.guard.ticket)
	}
}

// Nothing but the page's own files is served, however the path is written.
func TestTraversal(t *testing.T) {
	_, s := serve(t)
	for _, path := range []string{
		"/../server.go", "/js/../../server.go", "/%2e%2e/server.go", "/..%2fserver.go", "/js/%2e%2e/%2e%2e/server.go", `/..\server.go`, "/%5c..%5cserver.go",
		"//etc/passwd", "/etc/passwd", "/vendor/../../../../etc/passwd", "/js/", "/js", "/vendor/", "/.", "/package.json", "/index.html/..%2f..%2fserver.go", "/index.html%00",
		"/api/", "/api/nothing", "/api/../server.go",
	} {
		r := must[*http.Request](t)(http.NewRequest("GET", s.at("/"), nil))
		r.URL.Opaque = "//" + s.guard.hosts[0] + path // as it is written, not cleaned
		r.Header.Set(TokenHeader, s.guard.token)
		status, body := send(t, r)
		if status < 300 || strings.Contains(string(body), "package explore") || strings.Contains(string(body), "root:") {
			t.Errorf("%s: status %d: %.80s", path, status, body)
		}
	}
	for path, kind := range map[string]string{"/": "text/html", "/js/main.js": "text/javascript", "/page.css": "text/css", "/icon.svg": "image/svg+xml"} {
		r := must[*http.Request](t)(http.NewRequest("GET", s.at(path), nil))
		r.Header.Set(TokenHeader, s.guard.token)
		answer := must[*http.Response](t)(client.Do(r))
		answer.Body.Close()
		if got := answer.Header.Get("Content-Type"); answer.StatusCode != 200 || !strings.HasPrefix(got, kind) {
			t.Errorf("%s: status %d, %s", path, answer.StatusCode, got)
		}
	}
}

// The server is on the loopback alone.
func TestLoopback(t *testing.T) {
	_, s := serve(t)
	if at := s.listener.Addr().String(); !strings.HasPrefix(at, "127.0.0.1:") {
		t.Errorf("it listens at %s", at)
	}
}
