package stellarae

import (
	"math"
	"testing"
)

func TestTrainingDefaults(t *testing.T) {
	for _, name := range Presets() {
		c := preset(t, name)
		d := Training{}.Defaults(c)
		if err := d.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if again := d.Defaults(c); again != d {
			t.Errorf("%s: defaults of defaults are %+v", name, again)
		}
		mine := Training{Steps: 7, Batch: 3, Seed: 9, LearningRate: 0.5, WarmUp: 0.1, Beta: 2, BetaWarmUp: 0.3, ClipNorm: 4}
		if got := mine.Defaults(c); got != mine {
			t.Errorf("%s: what is set becomes %+v", name, got)
		}
	}
}

func TestTrainingValidate(t *testing.T) {
	good := Training{}.Defaults(tiny())
	for name, change := range map[string]func(*Training){
		"no steps":              func(t *Training) { t.Steps = 0 },
		"negative steps":        func(t *Training) { t.Steps = -5 },
		"negative batch":        func(t *Training) { t.Batch = -1 },
		"negative rate":         func(t *Training) { t.LearningRate = -1e-3 },
		"rate NaN":              func(t *Training) { t.LearningRate = math.NaN() },
		"rate infinite":         func(t *Training) { t.LearningRate = math.Inf(1) },
		"negative beta":         func(t *Training) { t.Beta = -1 },
		"beta NaN":              func(t *Training) { t.Beta = math.NaN() },
		"beta infinite":         func(t *Training) { t.Beta = math.Inf(1) },
		"warm-up to the end":    func(t *Training) { t.WarmUp = 1 },
		"negative warm-up":      func(t *Training) { t.WarmUp = -0.1 },
		"beta's warm-up beyond": func(t *Training) { t.BetaWarmUp = 1.1 },
		"beta's warm-up NaN":    func(t *Training) { t.BetaWarmUp = math.NaN() },
		"no norm":               func(t *Training) { t.ClipNorm = 0 },
		"norm NaN":              func(t *Training) { t.ClipNorm = math.NaN() },
	} {
		bad := good
		if bad.BetaWarmUp = 1; bad.Validate() != nil {
			t.Error("a warm-up of beta to the end is refused")
		}
		change(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s is taken", name)
		}
		if bad.Steps == 0 || bad.Batch == 0 || bad.LearningRate == 0 || bad.ClipNorm == 0 {
			continue // NewTrainer fills these in
		}
		if _, err := NewTrainer(newModel(t, tiny(), 1), bad); err == nil {
			t.Errorf("%s is trained with", name)
		}
	}
}

// The rate rises in equal steps to its highest and falls as a half cosine to
// zero; the weight of the divergence rises in equal steps and stays.
func TestSchedules(t *testing.T) {
	s := Training{Steps: 1000, LearningRate: 0.01, WarmUp: 0.1, Beta: 0.002, BetaWarmUp: 0.5}
	for _, c := range []struct {
		step       int
		rate, beta float64
	}{
		{0, 0.01 / 100, 0.002 / 500},
		{49, 0.005, 0.002 * 50 / 500},
		{98, 0.0099, 0.002 * 99 / 500},
		{100, 0.01, 0.002 * 101 / 500},
		{325, 0.01 * (1 + math.Sqrt2/2) / 2, 0.002 * 326 / 500}, // an eighth of a turn
		{550, 0.005, 0.002},
		{999, 0.01 * (1 + math.Cos(math.Pi*899/900)) / 2, 0.002},
		{5000, 0, 0.002}, // beyond the end
	} {
		if got := s.LearningRateAt(c.step); math.Abs(got-c.rate) > 1e-12 {
			t.Errorf("step %d: rate %v, want %v", c.step, got, c.rate)
		}
		if got := s.BetaAt(c.step); math.Abs(got-c.beta) > 1e-12 {
			t.Errorf("step %d: beta %v, want %v", c.step, got, c.beta)
		}
	}
	peak := 0
	for step := range s.Steps {
		rate, beta := s.LearningRateAt(step), s.BetaAt(step)
		if !(rate > 0 && rate <= s.LearningRate && beta > 0 && beta <= s.Beta) {
			t.Fatalf("step %d: rate %v, beta %v", step, rate, beta)
		}
		if step > 0 && beta < s.BetaAt(step-1) {
			t.Errorf("beta falls at step %d", step)
		}
		if rate > s.LearningRateAt(peak) {
			peak = step
		}
	}
	if peak != 99 && peak != 100 {
		t.Errorf("the rate is highest at step %d", peak)
	}
	// Without warm-up, and with one that is the whole training.
	sudden := Training{Steps: 10, LearningRate: 1, Beta: 1}
	if sudden.LearningRateAt(0) != 1 || sudden.BetaAt(0) != 1 {
		t.Errorf("without warm-up: %v, %v", sudden.LearningRateAt(0), sudden.BetaAt(0))
	}
	slow := Training{Steps: 10, Beta: 1, BetaWarmUp: 1}
	if slow.BetaAt(4) != 0.5 || slow.BetaAt(9) != 1 {
		t.Errorf("warm-up to the end: %v, %v", slow.BetaAt(4), slow.BetaAt(9))
	}
}
