package stellarae

import (
	"flag"
	"math"
	"testing"
)

var paperCurves = flag.Bool("paper-curves", false, "train the published network too, for ten minutes")

// paperCurveBar is how far curves of the published network may be from others,
// in standard deviations among the starts. Adam's first steps follow the signs
// of derivatives, of which this network has millions near zero, so rounding
// grows: two orders of summing a batch are 0.02 apart in the loss, 0.8 in the
// divergence, which weighs a thousandth.
const paperCurveBar = 0.1

// TestPaperCurves: the published network's 200 steps by our graph and by the
// plain one are the same training. The highest rate is a tenth of the default,
// as after 4,500 steps of the 45,000 in which a full training's rises; with the
// whole of it at once, two orders of summing a batch are soon 0.1 of a loss
// apart.
func TestPaperCurves(t *testing.T) {
	if !*paperCurves {
		t.Skip("-paper-curves is not given: ten minutes of training are left out")
	}
	const batch, starts = 2, 3
	c, err := Preset("paper")
	if err != nil {
		t.Fatal(err)
	}
	train := func(takes func(tr *Trainer) stepGraph) []curve {
		tr := curveTrainerOf(t, c, batch, takes)
		tr.Training.LearningRate = 1e-4
		return curvesFrom(t, tr, starts)
	}
	ours := train(nil)
	for _, c := range ours {
		if first, last := c[0][1], c[curveSteps-1][1]; !(last < first/4) {
			t.Errorf("an error of %.3g became %.3g: where nothing is learned, curves say little", first, last)
		}
	}
	for name, takes := range map[string]func(tr *Trainer) stepGraph{"the plain graph": plainStep, "ours, batches turned round": turnedStep} {
		with := train(takes)
		off := 0.0
		for i := range with {
			off = math.Max(off, furthest(ours[i], with[i]))
		}
		last, worst := driftOf(t, ours, with, 2)
		_, divergence := drift(t, ours, with)
		t.Logf("%s: losses at most %.1e deviations among %d starts (%.1e at step %d), %.1e of themselves; with the divergence %.1e deviations", name, worst, starts, last, curveSteps, off, divergence)
		if !(worst <= paperCurveBar) {
			t.Errorf("%s: a drift of %.2g deviations, the bar is %g", name, worst, paperCurveBar)
		}
	}
}
