package display

import (
	"fmt"
	"html"
	"iter"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/stellarae/lab/kernels/display/pipe"
)

// interval is the least time between two drawings of a bar.
const interval = 100 * time.Millisecond

// memory is over what time the rate of a bar is averaged.
const memory = 5 * time.Second

// Progress is a bar that overwrites itself, with count, rate and the time left.
// It is drawn ten times a second at most, however often it is told of progress.
// Its methods may be called from several goroutines.
type Progress struct {
	mu    sync.Mutex
	out   *Output[bar]
	bar   bar
	start time.Time
	drawn time.Time
	count int         // when drawn
	later *time.Timer // draws what came too soon after the last drawing
	now   func() time.Time
}

// bar is what is drawn.
type bar struct {
	title, note string
	done, total int
	rate        float64 // a second
	elapsed     time.Duration
	ended       bool
}

// NewProgress shows a bar for total steps, 0 where the number is not known.
func NewProgress(total int, title string) *Progress {
	p := &Progress{bar: bar{title: title, total: max(0, total)}, now: time.Now}
	p.start = p.now()
	p.drawn = p.start
	if t, ok := current().(*terminal); ok {
		t.progress(p.bar.line(), false)
	} else {
		p.out = show(p.bar, drawBar)
	}
	return p
}

// Add tells that n more steps are done.
func (p *Progress) Add(n int) { p.change(func(b *bar) { b.done += n }) }

// Set tells how many steps are done.
func (p *Progress) Set(done int) { p.change(func(b *bar) { b.done = done }) }

// Note writes something beside the bar, such as the loss.
func (p *Progress) Note(note string) { p.change(func(b *bar) { b.note = note }) }

// Done ends the bar at the count it has. What comes later is not shown.
func (p *Progress) Done() { p.change(func(b *bar) { b.ended = true }) }

// Callback is the bar as a function, for libraries that report to one: done and
// total replace the bar's, and it ends when they are equal.
func (p *Progress) Callback() func(done, total int, note string) {
	return func(done, total int, note string) {
		p.change(func(b *bar) {
			b.done, b.total, b.note = done, max(0, total), note
			b.ended = total > 0 && done >= total
		})
	}
}

// shown marks what needs no showing as the value of a cell's last expression.
func (p *Progress) shown() {}

// Track counts from 0 to n-1 and shows a bar meanwhile. It stops early when the
// cell is interrupted, and the bar then says how far it came.
//
//	for i := range display.Track(len(files), "reading") {
func Track(n int, title string) iter.Seq[int] {
	return func(yield func(int) bool) {
		p := NewProgress(n, title)
		defer p.Done()
		ctx := Context()
		for i := range n {
			if ctx.Err() != nil || !yield(i) {
				return
			}
			p.Add(1)
		}
	}
}

func (p *Progress) change(f func(*bar)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar.ended {
		return
	}
	f(&p.bar)
	if wait := interval - p.now().Sub(p.drawn); wait > 0 && !p.bar.ended {
		if p.later == nil {
			var timer *time.Timer
			timer = time.AfterFunc(wait, func() {
				p.mu.Lock()
				defer p.mu.Unlock()
				if p.later == timer { // not drawn meanwhile
					p.draw()
				}
			})
			p.later = timer
		}
		return
	}
	p.draw()
}

// draw shows the bar as it is; the caller holds the lock.
func (p *Progress) draw() {
	if p.later != nil {
		p.later.Stop()
		p.later = nil
	}
	now := p.now()
	b := &p.bar
	b.elapsed = now.Sub(p.start)
	switch step := now.Sub(p.drawn); {
	case b.ended && b.elapsed > 0:
		b.rate = float64(b.done) / b.elapsed.Seconds()
	case b.rate == 0 && b.elapsed > 0:
		b.rate = float64(b.done) / b.elapsed.Seconds()
	case step > 0:
		weight := 1 - math.Exp(-float64(step)/float64(memory))
		b.rate += weight * (float64(b.done-p.count)/step.Seconds() - b.rate)
	}
	p.drawn, p.count = now, b.done
	if p.out == nil {
		if t, ok := current().(*terminal); ok {
			t.progress(b.line(), b.ended)
		}
		return
	}
	p.out.Update(*b)
}

// part is how much is done, from 0 to 1.
func (b bar) part() float64 {
	if b.total == 0 {
		if b.ended {
			return 1
		}
		return 0
	}
	return min(1, max(0, float64(b.done)/float64(b.total)))
}

// words are what stands beside the bar.
func (b bar) words() string {
	var parts []string
	if b.total > 0 {
		parts = append(parts, fmt.Sprintf("%d/%d", b.done, b.total), fmt.Sprintf("%.0f %%", 100*b.part()))
	} else {
		parts = append(parts, fmt.Sprint(b.done))
	}
	if b.rate > 0 {
		parts = append(parts, rateText(b.rate))
	}
	switch {
	case b.ended && b.total > 0 && b.done < b.total:
		parts = append(parts, "stopped after "+clock(b.elapsed))
	case b.ended:
		parts = append(parts, "done in "+clock(b.elapsed))
	case b.rate > 0 && b.total > 0:
		left := float64(b.total-b.done) / b.rate
		parts = append(parts, clock(time.Duration(min(left, 1e6)*float64(time.Second)))+" left")
	}
	if b.note != "" {
		parts = append(parts, b.note)
	}
	return strings.Join(parts, ", ")
}

func rateText(r float64) string {
	switch {
	case r >= 100:
		return fmt.Sprintf("%.0f/s", r)
	case r >= 1:
		return fmt.Sprintf("%.1f/s", r)
	}
	return fmt.Sprintf("%.1f s each", 1/r)
}

// clock is 0:07, 12:30 or 3:05:00.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// line is the bar as text.
func (b bar) line() string {
	const width = 24
	full := int(b.part() * width)
	title := b.title
	if title != "" {
		title += " "
	}
	return fmt.Sprintf("%s[%s%s] %s", title, strings.Repeat("#", full), strings.Repeat(".", width-full), b.words())
}

func drawBar(b bar) (pipe.Bundle, error) {
	value := fmt.Sprintf(` value="%.4f"`, b.part())
	if b.total == 0 && !b.ended {
		value = "" // it moves to and fro
	}
	return pipe.Bundle{Data: map[string]any{
		"text/html": fmt.Sprintf(`<div style="font-variant-numeric:tabular-nums"><span>%s</span> <progress max="1"%s style="width:240px;vertical-align:middle"></progress> <span>%s</span></div>`,
			html.EscapeString(b.title), value, html.EscapeString(b.words())),
		"text/plain": b.line(),
	}}, nil
}
