package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Version is the version of the messaging protocol spoken here.
const Version = "5.5"

// Header is a message header
// (https://jupyter-client.readthedocs.io/en/stable/messaging.html#message-header).
// One that was received keeps its text, so that as a parent_header it returns
// to its sender with every field, known here or not.
type Header struct {
	MsgID      string `json:"msg_id"`
	Session    string `json:"session"`
	Username   string `json:"username"`
	Date       string `json:"date"`
	MsgType    string `json:"msg_type"`
	Version    string `json:"version"`
	SubshellID string `json:"subshell_id,omitempty"`

	text json.RawMessage
}

// bare is Header without its methods.
type bare Header

// MarshalJSON writes the text that came, or else the fields; a zero header is {}.
func (h Header) MarshalJSON() ([]byte, error) {
	switch {
	case h.text != nil:
		return h.text, nil
	case h.MsgID == "" && h.MsgType == "":
		return []byte("{}"), nil
	}
	return json.Marshal(bare(h))
}

// UnmarshalJSON refuses what is not an object or has fields of a wrong type;
// null is no header.
func (h *Header) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var b bare
	if err := json.Unmarshal(data, &b); err != nil {
		return err
	}
	*h = Header(b)
	h.text = bytes.Clone(data)
	return nil
}

// Message is one message of the protocol.
type Message struct {
	Identities [][]byte // routing prefix: of a request, to be given back with its reply
	Header     Header
	Parent     Header // zero: no parent
	Metadata   map[string]any
	Content    any // any JSON object; json.RawMessage in a message received
	Buffers    [][]byte
}

// dateLayout is ISO 8601 with microseconds and zone.
const dateLayout = "2006-01-02T15:04:05.000000Z07:00"

// kernelSession names this process in the headers of what it sends.
var kernelSession = uuid.NewString()

// New makes a message of the kernel, dated now. A nil content becomes {}.
func New(msgType string, parent Header, content any) Message {
	if content == nil {
		content = struct{}{}
	}
	return Message{
		Header: Header{
			MsgID:    uuid.NewString(),
			Session:  kernelSession,
			Username: "kernel",
			Date:     time.Now().UTC().Format(dateLayout),
			MsgType:  msgType,
			Version:  Version,
		},
		Parent:  parent,
		Content: content,
	}
}

// Reply makes the answer to m, to go out where m came in.
func (m Message) Reply(msgType string, content any) Message {
	r := New(msgType, m.Header, content)
	r.Identities = m.Identities
	return r
}

// Decode reads the content of a received message into v, which keeps its
// values for fields that are missing.
func (m Message) Decode(v any) error {
	raw, ok := m.Content.(json.RawMessage)
	if !ok {
		return fmt.Errorf("%s: content was not received but made here", m.Header.MsgType)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("content of %s: %w", m.Header.MsgType, err)
	}
	return nil
}
