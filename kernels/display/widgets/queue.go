package widgets

import "sync"

// queue runs functions one after another in a goroutine that lives while there
// are any. With latest, of those that wait only the newest is run.
type queue struct {
	latest bool

	mu      sync.Mutex
	waiting []job
	running bool
}

type job struct {
	f    func()
	done chan struct{}
}

// put adds f and returns a channel that is closed when f has run or was left out.
func (q *queue) put(f func()) <-chan struct{} {
	j := job{f, make(chan struct{})}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.latest {
		for _, w := range q.waiting {
			close(w.done)
		}
		q.waiting = q.waiting[:0]
	}
	q.waiting = append(q.waiting, j)
	if !q.running {
		q.running = true
		go q.run()
	}
	return j.done
}

func (q *queue) run() {
	for {
		q.mu.Lock()
		if len(q.waiting) == 0 {
			q.running = false
			q.mu.Unlock()
			return
		}
		j := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		j.f()
		close(j.done)
	}
}

// length is how many functions wait.
func (q *queue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}
