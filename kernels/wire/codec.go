package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// delimiter ends the identities
// (https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol).
const delimiter = "<IDS|MSG>"

// parts is the number of signed frames: header, parent, metadata, content.
const parts = 4

// ErrSignature is returned for a message whose signature does not fit the key.
var ErrSignature = errors.New("wrong signature")

// sign is the signature of the four parts: nothing under an empty key.
func sign(key Key, frames [][]byte) []byte {
	if key == "" {
		return nil
	}
	mac := hmac.New(sha256.New, []byte(key))
	for _, f := range frames {
		mac.Write(f)
	}
	sum := mac.Sum(nil)
	return hex.AppendEncode(make([]byte, 0, 2*len(sum)), sum)
}

// Encode turns a message into signed frames, identities first. It fails where
// content or metadata are not JSON objects.
func Encode(m Message, key Key) ([][]byte, error) {
	metadata := m.Metadata
	if metadata == nil {
		metadata = map[string]any{}
	}
	frames := make([][]byte, 0, len(m.Identities)+2+parts+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, []byte(delimiter), nil)
	first := len(frames)
	for i, v := range [parts]any{m.Header, m.Parent, metadata, m.Content} {
		text, err := marshal(v)
		if err != nil {
			return nil, fmt.Errorf("%s, part %d: %w", m.Header.MsgType, i+1, err)
		}
		frames = append(frames, text)
	}
	frames[first-1] = sign(key, frames[first:])
	return append(frames, m.Buffers...), nil
}

// marshal writes an object, without the escapes that JSON inside HTML needs.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if text[0] != '{' {
		return nil, errors.New("not a JSON object")
	}
	return text, nil
}

// Decode checks the signature of frames and reads them into a message. It
// refuses frames without delimiter or with too few parts, a signature that
// does not fit (ErrSignature), parts that are not JSON objects, and a header
// without id or type. Content is left as json.RawMessage. Frames are kept, not copied.
func Decode(frames [][]byte, key Key) (Message, error) {
	at := 0
	for at < len(frames) && string(frames[at]) != delimiter {
		at++
	}
	if at == len(frames) {
		return Message{}, errors.New("no delimiter among the frames")
	}
	rest := frames[at+1:]
	if len(rest) < 1+parts {
		return Message{}, fmt.Errorf("%d frames after the delimiter, at least %d are needed", len(rest), 1+parts)
	}
	signed := rest[1 : 1+parts]
	if key != "" && !hmac.Equal(rest[0], sign(key, signed)) {
		return Message{}, ErrSignature
	}
	m := Message{Identities: frames[:at:at], Buffers: rest[1+parts:]}
	for i, v := range []any{&m.Header, &m.Parent, &m.Metadata} {
		if err := json.Unmarshal(signed[i], v); err != nil {
			return Message{}, fmt.Errorf("part %d: %w", i+1, err)
		}
	}
	if m.Header.MsgID == "" || m.Header.MsgType == "" {
		return Message{}, errors.New("header without msg_id or msg_type")
	}
	content := bytes.TrimSpace(signed[3])
	if len(content) == 0 || content[0] != '{' || !json.Valid(content) {
		return Message{}, fmt.Errorf("%s: content is not a JSON object", m.Header.MsgType)
	}
	m.Content = json.RawMessage(content)
	return m, nil
}
