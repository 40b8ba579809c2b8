package gonb

import (
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// gobKernel is a kernel that uses encoding/gob, as GoNB does: it acknowledges
// syncs and hands on the rest.
func gobKernel(r io.Reader, w io.Writer) <-chan displayData {
	out := make(chan displayData, 100)
	go func() {
		defer close(out)
		d, e := gob.NewDecoder(r), gob.NewEncoder(w)
		for {
			var v displayData
			if d.Decode(&v) != nil {
				return
			}
			if c, ok := v.Data[keyComm].(commValue); ok && c.Address == addressSync {
				e.Encode(commValue{Address: addressAck, Value: c.Value})
				continue
			}
			out <- v
		}
	}()
	return out
}

func testClient(t *testing.T) (*Client, <-chan displayData, io.Closer) {
	r1, w1 := io.Pipe()
	r2, w2 := io.Pipe()
	got := gobKernel(r1, w2)
	t.Cleanup(func() { w1.Close(); w2.Close() })
	return newClient(r2, w1), got, w2
}

func TestClientAgainstGob(t *testing.T) {
	c, got, _ := testClient(t)
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	bundles := []pipe.Bundle{
		{Data: map[string]any{"text/html": "<b>ü</b>"}},
		{Data: map[string]any{"application/json": json.RawMessage(`{"a":[1,2.5,null,true,"x",{}],"b":-9007199254740993}`)},
			Metadata: map[string]any{"k": map[string]any{"n": 1}}, ID: "id"},
		{Data: map[string]any{"image/png": "iVBO"}},
	}
	for _, b := range bundles {
		if err := c.Display(b); err != nil {
			t.Fatal(err)
		}
		if err := c.Sync(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Ask("name? ", true); err != nil {
		t.Fatal(err)
	}
	want := []displayData{
		{Data: map[string]any{"text/html": "<b>ü</b>"}},
		{Data: map[string]any{"application/json": map[string]any{"a": []any{1, 2.5, nil, true, "x", map[string]any{}}, "b": -9007199254740993}},
			Metadata: map[string]any{"k": map[string]any{"n": 1}}, DisplayID: "id"},
		{Data: map[string]any{"image/png": "iVBO"}},
		{Data: map[string]any{keyInput: inputRequest{"name? ", true}}},
	}
	for i, w := range want {
		if d := cmp.Diff(w, <-got); d != "" {
			t.Errorf("message %d (-want +got):\n%s", i, d)
		}
	}
}

func TestClientFailures(t *testing.T) {
	c, _, back := testClient(t)
	if err := c.Display(pipe.Bundle{Data: map[string]any{"application/json": make(chan int)}}); err == nil {
		t.Error("a channel was sent as JSON")
	}
	back.Close()
	if err := c.Sync(context.Background()); err == nil {
		t.Error("a sync ended well though the kernel had gone")
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	c, _, _ = testClient(t)
	c.w = io.Discard
	if err := c.Sync(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled sync: %v", err)
	}
}
