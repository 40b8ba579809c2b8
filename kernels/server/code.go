package server

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/stellarae/lab/kernels/wire"
)

// answerLimit ends a completion or inspection that nobody waits for any more.
const answerLimit = 30 * time.Second

// byteOffset is where in s its n-th code point starts: 0 for a negative n, the
// end of s for one too large.
func byteOffset(s string, n int) int {
	for i := range s {
		if n <= 0 {
			return i
		}
		n--
	}
	return len(s)
}

// codePoints is how many code points start before byte i of s; i may lie outside s.
func codePoints(s string, i int) int {
	return utf8.RuneCountInString(s[:min(max(i, 0), len(s))])
}

// cursorRequest is the content of complete_request and inspect_request.
type cursorRequest struct {
	Code      string `json:"code"`
	CursorPos *int   `json:"cursor_pos"` // in code points; missing: the end
	Detail    int    `json:"detail_level"`
}

// cursor is the cursor's byte offset.
func (r cursorRequest) cursor() int {
	if r.CursorPos == nil {
		return len(r.Code)
	}
	return byteOffset(r.Code, *r.CursorPos)
}

// complete answers complete_request. JupyterLab reads types and signatures from
// the metadata, and fails where there is none.
func (k *kernel) complete(m wire.Message) content {
	var req cursorRequest
	if err := m.Decode(&req); err != nil {
		return failure("BadRequest", err)
	}
	ctx, cancel := context.WithTimeout(k.ctx, answerLimit)
	defer cancel()
	cursor := req.cursor()
	found, err := k.interp.Complete(ctx, req.Code, cursor)
	if err != nil {
		return failure("CompletionError", err)
	}
	if len(found.Items) == 0 {
		found.Start, found.End = cursor, cursor
	}
	start, end := codePoints(req.Code, found.Start), codePoints(req.Code, found.End)
	matches := make([]string, len(found.Items))
	types := make([]content, len(found.Items))
	for i, it := range found.Items {
		matches[i] = it.Text
		types[i] = content{"text": it.Text, "type": it.Type, "start": start, "end": end, "signature": it.Signature}
	}
	return content{
		"status": "ok", "matches": matches, "cursor_start": start, "cursor_end": end,
		"metadata": content{"_jupyter_types_experimental": types},
	}
}

func (k *kernel) inspect(m wire.Message) content {
	var req cursorRequest
	if err := m.Decode(&req); err != nil {
		return failure("BadRequest", err)
	}
	ctx, cancel := context.WithTimeout(k.ctx, answerLimit)
	defer cancel()
	found, err := k.interp.Inspect(ctx, req.Code, req.cursor(), req.Detail)
	if err != nil {
		return failure("InspectionError", err)
	}
	data := found.Data
	if data == nil {
		data = map[string]string{}
	}
	return content{"status": "ok", "found": found.Found, "data": data, "metadata": content{}}
}

func (k *kernel) isComplete(m wire.Message) content {
	var req struct {
		Code string `json:"code"`
	}
	if err := m.Decode(&req); err != nil {
		return failure("BadRequest", err)
	}
	status, indent := k.interp.IsComplete(req.Code)
	c := content{"status": status}
	if status == "incomplete" {
		c["indent"] = indent
	}
	return c
}
