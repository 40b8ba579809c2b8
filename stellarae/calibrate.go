package stellarae

import (
	"time"

	"github.com/gomlx/compute"
)

// trial is how long StepsFor measures, beyond the first step, which compiles.
const trial = 4 * time.Second

// StepsFor is the number of training steps that take about the given time,
// found by training a network on so many devices for a few seconds and
// throwing it away.
func StepsFor(backend compute.Backend, c Config, t Training, devices int, source Source, length time.Duration) (int, error) {
	began := time.Now()
	m, err := New(backend, c, t.Seed)
	if err != nil {
		return 0, err
	}
	trainer, err := NewTrainer(m, t)
	if err != nil {
		return 0, err
	}
	if err := trainer.UseDevices(devices); err != nil {
		return 0, err
	}
	var measured time.Time
	steps := -2 // the first compiles, the second settles
	for steps < 1 || time.Since(measured) < trial {
		flux, err := source.Batch(trainer.Step())
		if err != nil {
			return 0, err
		}
		if _, err := trainer.Do(flux); err != nil {
			return 0, err
		}
		if steps++; steps == 0 {
			measured = time.Now()
		}
	}
	perStep := time.Since(measured) / time.Duration(steps)
	return max(1, int((length-time.Since(began))/perStep)), nil
}
