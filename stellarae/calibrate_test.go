package stellarae

import (
	"errors"
	"testing"
	"time"
)

// counting counts the batches that are asked for.
type counting struct {
	lines
	batches int
	began   time.Time // the third batch, with which the trial's measurement begins
	last    time.Time
}

func (c *counting) Batch(step int) ([]float32, error) {
	if c.batches++; c.batches == 3 {
		c.began = time.Now()
	}
	c.last = time.Now()
	return c.lines.Batch(step)
}

// The number of steps is what the trial's pace makes of the time that is left.
func TestStepsFor(t *testing.T) {
	if testing.Short() {
		t.Skip("the trial takes seconds")
	}
	training := Training{Steps: 1, Batch: 2}
	source := &counting{lines: linesFor(tiny(), training)}
	began := time.Now()
	steps, err := StepsFor(plain(t), tiny(), training, 1, source, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	pace := source.last.Sub(source.began).Seconds() / float64(source.batches-3)
	want := (time.Minute - took).Seconds() / pace
	if float64(steps) < want/2 || float64(steps) > 2*want {
		t.Errorf("%d steps, want about %.0f", steps, want)
	}
	if took < trial || source.batches < 10 {
		t.Errorf("a trial of %v and %d steps", took, source.batches)
	}
	t.Logf("%d steps of %.2g s", steps, pace)
}

func TestStepsForRefuses(t *testing.T) {
	cause := errors.New("the disk is gone")
	training := Training{Steps: 1, Batch: 2}
	source := linesFor(tiny(), training)
	source.fail = func(int) error { return cause }
	if _, err := StepsFor(plain(t), tiny(), training, 1, source, time.Minute); !errors.Is(err, cause) {
		t.Errorf("a source that fails: %v", err)
	}
	bad := tiny()
	bad.Nodes = 0
	if _, err := StepsFor(plain(t), bad, training, 1, source, time.Minute); err == nil {
		t.Error("a network without nodes")
	}
	if _, err := StepsFor(plain(t), tiny(), Training{Steps: 1, Batch: -1}, 1, source, time.Minute); err == nil {
		t.Error("batches of -1")
	}
}
