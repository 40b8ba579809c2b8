package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodFile = `{"transport": "tcp", "ip": "127.0.0.1", "shell_port": 1, "iopub_port": 2, "stdin_port": 3,
	"control_port": 4, "hb_port": 5, "key": "s3cret", "signature_scheme": "hmac-sha256", "kernel_name": "go"}`

func TestParseConnection(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string // what is replaced in goodFile
		remote         bool
		want           string // part of the error; "" for none
	}{
		{name: "good"},
		{name: "localhost", old: "127.0.0.1", new: "localhost"},
		{name: "six", old: "127.0.0.1", new: "::1"},
		{name: "all of loopback", old: "127.0.0.1", new: "127.3.2.1"},
		{name: "everywhere", old: "127.0.0.1", new: "0.0.0.0", want: "not a loopback"},
		{name: "star", old: "127.0.0.1", new: "*", want: "not a loopback"},
		{name: "no address", old: "127.0.0.1", new: "", want: "not a loopback"},
		{name: "name", old: "127.0.0.1", new: "example.org", want: "not a loopback"},
		{name: "star allowed", old: "127.0.0.1", new: "*", remote: true},
		{name: "ipc", old: `"tcp", "ip": "127.0.0.1"`, new: `"ipc", "ip": "/run/x/kernel"`},
		{name: "ipc without path", old: `"tcp", "ip": "127.0.0.1"`, new: `"ipc", "ip": ""`, want: "without a path"},
		{name: "other transport", old: `"tcp"`, new: `"epgm"`, want: "transport"},
		{name: "default transport", old: `"transport": "tcp",`, new: ""},
		{name: "other scheme", old: "hmac-sha256", new: "hmac-md5", want: "scheme"},
		{name: "no key", old: "s3cret", new: "", want: "empty key"},
		{name: "no port", old: `"shell_port": 1`, new: `"shell_port": 0`, want: "outside"},
		{name: "large port", old: `"shell_port": 1`, new: `"shell_port": 65536`, want: "outside"},
		{name: "port twice", old: `"shell_port": 1`, new: `"shell_port": 2`, want: "twice"},
		{name: "port as text", old: `"shell_port": 1`, new: `"shell_port": "1"`, want: `"shell_port" holds a JSON string`},
		{name: "port too long", old: `"shell_port": 1`, new: `"shell_port": 1.5`, want: `holds a JSON number`},
		{name: "not JSON", old: `}`, new: ``, want: "not JSON"},
		{name: "list", old: goodFile, new: `[]`, want: "holds a JSON array"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseConnection([]byte(strings.Replace(goodFile, tt.old, tt.new, 1)), tt.remote)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the key is in the error: %v", err)
			}
		})
	}
}

func TestReadConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kernel.json")
	if _, err := ReadConnection(path, false); err == nil {
		t.Error("a file that is not there was read")
	}
	if err := os.WriteFile(path, []byte(goodFile), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := ReadConnection(path, false)
	if err != nil || c.Key != "s3cret" || c.ControlPort != 4 || c.KernelName != "go" {
		t.Errorf("got %+v, %v", c, err)
	}
	if err := os.Truncate(path, maxConnectionFile+1); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadConnection(path, false); err == nil {
		t.Error("a huge file was read")
	}
}

// The key must reach a connection file and nothing else.
func TestKeyStaysHidden(t *testing.T) {
	c, err := ParseConnection([]byte(goodFile), false)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "connection", c, "key", c.Key)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", c.Key)
	fmt.Fprintf(&log, "%v %+v %#v %s %q", c, c, c, c.Key, c.Key)
	if strings.Contains(log.String(), "s3cret") {
		t.Errorf("the key was printed: %s", log.String())
	}
	if text, err := json.Marshal(c); err != nil || !bytes.Contains(text, []byte("s3cret")) {
		t.Errorf("the key is not in the file: %s, %v", text, err)
	}
}

func TestEndpoint(t *testing.T) {
	for _, tt := range []struct{ transport, ip, network, address string }{
		{"tcp", "127.0.0.1", "tcp", "127.0.0.1:7"},
		{"tcp", "::1", "tcp", "[::1]:7"},
		{"tcp", "*", "tcp", ":7"},
		{"ipc", "/tmp/k", "unix", "/tmp/k-7"},
	} {
		network, address := Connection{Transport: tt.transport, IP: tt.ip}.Endpoint(7)
		if network != tt.network || address != tt.address {
			t.Errorf("%s %s: got %s %s", tt.transport, tt.ip, network, address)
		}
	}
}

func FuzzParseConnection(f *testing.F) {
	f.Add([]byte(goodFile))
	f.Add([]byte(`{"ip": "::1", "shell_port": 1e3}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConnection(data, false)
		if err != nil {
			return
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParseConnection(text, false); err != nil || again != c {
			t.Errorf("%s came back as %+v, %v", text, again, err)
		}
	})
}
