package server

import (
	"context"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/wire"
)

const (
	maxText       = 64 << 10 // bytes of text in one stream message, about
	maxHeld       = 512      // events
	maxHeldBytes  = 8 << 20
	streamMessage = 1000 // bytes around the text of a stream message, about
)

// output sends what one request's code shows. Stream text and updates of
// displays are held for a moment: text to be joined, updates to be passed over
// by later ones. They leave in the order in which they came, and before
// anything that comes later. It may be used after its cell has ended, by
// goroutines the cell left behind.
type output struct {
	k          *kernel
	request    wire.Message
	count      int
	silent     bool
	allowStdin bool

	mu       sync.Mutex
	streams  map[string]*stream
	held     []*event
	bytes    int // in held
	crowded  int // so many events are held before compact looks at them
	updates  map[string]*event
	updated  map[string]time.Time // when a display was last updated
	timer    *time.Timer
	armed    bool
	messages pace
	text     pace
	result   string // text/plain of the value
}

// event is stream text, or the update of a display; nothing once passed over.
type event struct {
	due    time.Time
	stream string
	text   strings.Builder
	id     string
	bundle *pipe.Bundle
	size   int
}

func (e *event) empty() bool { return e.bundle == nil && e.text.Len() == 0 }

// joins reports whether the text of next can be part of e.
func (e *event) joins(next *event) bool {
	return e.bundle == nil && e.stream == next.stream && e.text.Len()+next.text.Len() <= maxText
}

func (k *kernel) newOutput(request wire.Message) *output {
	o := &output{
		k: k, request: request,
		streams:  map[string]*stream{},
		updates:  map[string]*event{},
		updated:  map[string]time.Time{},
		messages: pace{rate: k.opts.MessageRate},
		text:     pace{rate: k.opts.StreamRate},
	}
	for _, name := range []string{"stdout", "stderr"} {
		o.streams[name] = &stream{limit: k.opts.StreamLimit}
	}
	return o
}

// Stream shows text; a name other than stderr counts as stdout.
func (o *output) Stream(name, text string) {
	if name != "stderr" {
		name = "stdout"
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.write(name, o.streams[name].take(text))
	o.flush(time.Now(), false)
}

// write holds text, in pieces that make a message each.
func (o *output) write(name, text string) {
	for text != "" {
		e := o.last()
		if e == nil || e.stream != name || e.text.Len() >= maxText {
			e = &event{stream: name, due: time.Now().Add(o.k.opts.StreamDelay)}
			o.held = append(o.held, e)
		}
		// At least one character goes in, however little room there is.
		n := max(boundary(text, maxText-e.text.Len()), boundary(text, 4))
		e.text.WriteString(text[:n])
		o.bytes += n
		text = text[n:]
		if e.text.Len() >= maxText {
			e.due = time.Time{}
			o.flush(time.Now(), false)
		}
	}
}

// last is the last event held, those passed over taken away.
func (o *output) last() *event {
	for n := len(o.held); n > 0; n-- {
		if e := o.held[n-1]; !e.empty() {
			return e
		}
		o.held = o.held[:n-1]
	}
	return nil
}

// Update shows a display anew. Of those that come faster than
// Options.UpdateInterval only the latest is sent.
func (o *output) Update(b pipe.Bundle) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	if old := o.updates[b.ID]; old != nil {
		o.bytes -= old.size
		old.bundle = nil
		o.last()
	}
	e := &event{id: b.ID, bundle: &b, due: o.updated[b.ID].Add(o.k.opts.UpdateInterval), size: bundleSize(b)}
	o.updates[b.ID] = e
	o.held = append(o.held, e)
	o.bytes += e.size
	o.flush(now, false)
}

// bundleSize is about what a bundle takes in memory.
func bundleSize(b pipe.Bundle) (n int) {
	for _, v := range b.Data {
		if s, ok := v.(string); ok {
			n += len(s)
		}
	}
	return n + 100
}

// flush sends what is held and due, or all of it. It keeps the order: what is
// due waits for what came before.
func (o *output) flush(now time.Time, all bool) {
	if len(o.held) > o.crowded {
		o.compact()
		o.crowded = max(64, 2*len(o.held))
	}
	all = all || len(o.held) > maxHeld || o.bytes > maxHeldBytes
	if len(o.held) > 0 && (all || !o.held[0].due.After(now)) {
		o.compact()
	}
	for len(o.held) > 0 {
		e := o.held[0]
		if wait := e.due.Sub(now); wait > 0 && !all {
			o.arm(wait)
			return
		}
		o.held[0] = nil
		o.held = o.held[1:]
		if e.bundle != nil {
			o.bytes -= e.size
			delete(o.updates, e.id)
			o.updated[e.id] = now
			o.forget(now)
			o.send("update_display_data", bundleContent(*e.bundle), nil)
		} else {
			text := e.text.String()
			o.bytes -= len(text)
			o.sleep(o.text.take(float64(encoded(text)+streamMessage), time.Now()))
			o.send("stream", content{"name": e.stream, "text": text}, nil)
		}
	}
	o.held = nil
}

// compact takes away the updates passed over and joins the text around them.
func (o *output) compact() {
	kept := o.held[:0]
	for _, e := range o.held {
		if e.empty() {
			continue
		}
		if n := len(kept); n > 0 && e.bundle == nil && kept[n-1].joins(e) {
			kept[n-1].text.WriteString(e.text.String())
			continue
		}
		kept = append(kept, e)
	}
	clear(o.held[len(kept):])
	o.held = kept
}

// forget lets go of displays whose next update may be sent at once.
func (o *output) forget(now time.Time) {
	if len(o.updated) > maxHeld {
		maps.DeleteFunc(o.updated, func(_ string, at time.Time) bool { return now.Sub(at) > o.k.opts.UpdateInterval })
	}
}

// arm makes flush be called again after a while.
func (o *output) arm(wait time.Duration) {
	if o.armed {
		return
	}
	o.armed = true
	again := func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.armed = false
		o.flush(time.Now(), false)
	}
	if o.timer == nil {
		o.timer = time.AfterFunc(wait, again)
	} else {
		o.timer.Reset(wait)
	}
}

// send publishes a message, at a pace front ends can follow.
func (o *output) send(msgType string, body any, edit func(*wire.Message)) {
	o.sleep(o.messages.take(1, time.Now()))
	m := wire.New(msgType, o.request.Header, body)
	if edit != nil {
		edit(&m)
	}
	o.k.publish(m)
}

func (o *output) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-o.k.ctx.Done():
	}
}

// now sends a message behind everything that is held.
func (o *output) now(msgType string, body any, edit func(*wire.Message)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush(time.Now(), true)
	o.send(msgType, body, edit)
}

// bundleContent is the content of the three messages that hold a MIME bundle.
func bundleContent(b pipe.Bundle) content {
	transient := content{}
	if b.ID != "" {
		transient["display_id"] = b.ID
	}
	return content{"data": orEmpty(b.Data), "metadata": orEmpty(b.Metadata), "transient": transient}
}

// Display shows a bundle.
func (o *output) Display(b pipe.Bundle) { o.now("display_data", bundleContent(b), nil) }

// Result shows the value of the cell, unless the cell is silent.
func (o *output) Result(b pipe.Bundle) {
	if text, ok := b.Data["text/plain"].(string); ok {
		o.mu.Lock()
		o.result = text
		o.mu.Unlock()
	}
	if o.silent {
		return
	}
	c := bundleContent(b)
	c["execution_count"] = o.count
	o.now("execute_result", c, nil)
}

func (o *output) resultText() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.result
}

// Clear takes away what the cell has shown.
func (o *output) Clear(wait bool) { o.now("clear_output", content{"wait": wait}, nil) }

// Input asks the user for a line. It fails with ErrNoStdin where the front end
// does not allow it, and with ErrInterrupted or ErrFrontEnd.
func (o *output) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if !o.allowStdin {
		return "", ErrNoStdin
	}
	o.mu.Lock()
	o.flush(time.Now(), true)
	o.mu.Unlock()
	return o.k.ask(ctx, o.request, prompt, password)
}

// Comm sends a comm message and keeps the register of open comms.
func (o *output) Comm(c pipe.Comm) {
	switch c.Kind {
	case pipe.CommOpen:
		o.k.comms.add(c.ID, c.Target)
	case pipe.CommClose:
		o.k.comms.remove(c.ID)
	}
	body := commContent{ID: c.ID, Target: c.Target, Data: orEmpty(c.Data)}
	o.now(c.Kind, body, func(m *wire.Message) { m.Metadata, m.Buffers = c.Metadata, c.Buffers })
}

// finish sends what is left when the cell has ended, and says what was dropped.
func (o *output) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, name := range []string{"stdout", "stderr"} {
		s := o.streams[name]
		o.write(name, s.rest())
		o.write(name, s.notice(name, o.k.opts.StreamAdvice))
		s.dropped = min(s.dropped, 1) // told; but it stays shut
	}
	o.flush(time.Now(), true)
}
