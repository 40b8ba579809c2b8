package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far a long job is: a bar with the time left on a
// terminal, a line every ten seconds elsewhere.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	label string
	bar   *progressbar.ProgressBar
	began time.Time
	said  time.Time
	last  int
}

func newProgress(w io.Writer, label string) *progress {
	return &progress{w: w, label: label, began: time.Now(), said: time.Now()}
}

// set says that done of total are done; note follows the count on a line of
// its own kind, such as the present loss.
func (p *progress) set(done, total int, note string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if done < p.last {
		return // reports of several goroutines may overtake each other
	}
	p.last = done
	if f, ok := p.w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.setBar(done, total, note)
		return
	}
	if time.Since(p.said) < 10*time.Second || done == 0 {
		return
	}
	p.said = time.Now()
	left := time.Duration(float64(time.Since(p.began)) / float64(done) * float64(total-done))
	fmt.Fprintf(p.w, "%s: %d of %d (%.0f%%), %s left%s\n", p.label, done, total, 100*float64(done)/float64(total), left.Round(time.Second), spaced(note))
}

func (p *progress) setBar(done, total int, note string) {
	if p.bar == nil {
		if time.Since(p.began) < 500*time.Millisecond && done < total {
			return // what is quick needs no bar
		}
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(p.w),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetWidth(24),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
	}
	p.bar.Describe(p.label + spaced(note))
	p.bar.Set(done) // what cannot be drawn is no error of the job's
}

// done clears the bar.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Finish()
	}
}

func spaced(note string) string {
	if note == "" {
		return ""
	}
	return ", " + note
}

// stages shows the progress of one stage of a job after the other.
type stages struct {
	mu   sync.Mutex
	w    io.Writer
	name string
	now  *progress
}

func (s *stages) set(name string, done, total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil || s.name != name {
		s.finish()
		s.name, s.now = name, newProgress(s.w, name)
	}
	s.now.set(done, total, "")
}

func (s *stages) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish()
}

func (s *stages) finish() {
	if s.now != nil {
		s.now.done()
	}
}
