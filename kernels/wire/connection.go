package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
)

// Connection is a connection file
// (https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files).
type Connection struct {
	Transport       string `json:"transport"` // tcp or ipc
	IP              string `json:"ip"`        // ipc: the path before "-port"
	ShellPort       int    `json:"shell_port"`
	IOPubPort       int    `json:"iopub_port"`
	StdinPort       int    `json:"stdin_port"`
	ControlPort     int    `json:"control_port"`
	HBPort          int    `json:"hb_port"`
	Key             Key    `json:"key"`
	SignatureScheme string `json:"signature_scheme"`
	KernelName      string `json:"kernel_name,omitempty"`
}

// Key signs messages. It prints as a placeholder, so that it never reaches a
// log; JSON holds it as it is.
type Key string

const hidden = "[key hidden]"

func (Key) String() string       { return hidden }
func (Key) GoString() string     { return hidden }
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// maxConnectionFile is far above any real connection file.
const maxConnectionFile = 1 << 20

// ReadConnection reads and checks a connection file. It refuses what
// ParseConnection refuses, and files above 1 MiB.
func ReadConnection(path string, allowRemote bool) (Connection, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Connection{}, fmt.Errorf("connection file: %w", err)
	}
	if info.Size() > maxConnectionFile {
		return Connection{}, fmt.Errorf("connection file %s: %d bytes, more than %d", path, info.Size(), maxConnectionFile)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Connection{}, fmt.Errorf("connection file: %w", err)
	}
	c, err := ParseConnection(data, allowRemote)
	if err != nil {
		return Connection{}, fmt.Errorf("connection file %s: %w", path, err)
	}
	return c, nil
}

// ParseConnection reads the text of a connection file. It refuses an unknown
// transport or signature scheme, ports outside 1..65535 or used twice, an
// empty key over tcp, and, unless allowRemote, an address other than loopback.
func ParseConnection(data []byte, allowRemote bool) (Connection, error) {
	c := Connection{Transport: "tcp", SignatureScheme: "hmac-sha256"}
	if err := json.Unmarshal(data, &c); err != nil {
		// The cause may quote the text, and the text holds the key.
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return Connection{}, fmt.Errorf("not JSON at byte %d", syntax.Offset)
		}
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return Connection{}, fmt.Errorf("field %q holds a JSON %s", kind.Field, jsonKind(kind.Value))
		}
		return Connection{}, errors.New("not a JSON object")
	}
	if err := c.check(allowRemote); err != nil {
		return Connection{}, err
	}
	used := map[int]bool{}
	for _, port := range c.ports() {
		if *port < 1 || *port > 65535 {
			return Connection{}, fmt.Errorf("port %d is outside 1..65535", *port)
		}
		if used[*port] {
			return Connection{}, fmt.Errorf("port %d is given twice", *port)
		}
		used[*port] = true
	}
	return c, nil
}

// jsonKind is the first word of what encoding/json says it met: the rest may be a value.
func jsonKind(s string) string {
	for i, r := range s {
		if r == ' ' {
			return s[:i]
		}
	}
	return s
}

func (c Connection) check(allowRemote bool) error {
	if c.SignatureScheme != "hmac-sha256" {
		return fmt.Errorf("signature scheme %q, only hmac-sha256 is known", c.SignatureScheme)
	}
	switch c.Transport {
	case "ipc":
		if c.IP == "" {
			return errors.New("transport ipc without a path in ip")
		}
		return nil // the file system keeps others out
	case "tcp":
	default:
		return fmt.Errorf("transport %q, only tcp and ipc are known", c.Transport)
	}
	if c.Key == "" {
		return errors.New("empty key over tcp: anyone on this machine could run code")
	}
	if ip := net.ParseIP(c.IP); !allowRemote && c.IP != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("ip %q is not a loopback address", c.IP)
	}
	return nil
}

func (c *Connection) ports() []*int {
	return []*int{&c.ShellPort, &c.IOPubPort, &c.StdinPort, &c.ControlPort, &c.HBPort}
}

// Endpoint is the network and the address, as package net has them, of the
// socket with this port.
func (c Connection) Endpoint(port int) (network, address string) {
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + strconv.Itoa(port)
	}
	host := c.IP
	if host == "*" { // ZeroMQ's way to say every interface
		host = ""
	}
	return "tcp", net.JoinHostPort(host, strconv.Itoa(port))
}
