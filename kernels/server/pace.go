package server

import "time"

// burst is how many seconds' worth may go out at once. A server that counts
// over three seconds sees at most 3.7 seconds' worth in them.
const burst = 0.7

// pace bounds a rate: a bucket of tokens that fills with time.
type pace struct {
	rate  float64 // a second; negative: no bound
	spent float64 // tokens taken and not yet grown again
	at    time.Time
}

// take takes n tokens and returns how long to wait for them.
func (p *pace) take(n float64, now time.Time) time.Duration {
	if p.rate < 0 {
		return 0
	}
	if !p.at.IsZero() {
		p.spent = max(0, p.spent-now.Sub(p.at).Seconds()*p.rate)
	}
	p.at = now
	p.spent += n
	if over := p.spent - burst*p.rate; over > 0 {
		return time.Duration(over / p.rate * float64(time.Second))
	}
	return 0
}

// encoded is about how long a text is in JSON.
func encoded(text string) int {
	n := len(text)
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"', c == '\\', c == '\n', c == '\r', c == '\t':
			n++
		case c < ' ':
			n += 5
		}
	}
	return n
}
