package figure

import (
	"math"
	"testing"
)

var sixNodes = []int{11, 19, 58, 85, 99, 124}

// inferenceGoldens are the figures of a count, as goldens are the others.
var inferenceGoldens = map[string]func() (*Figure, error){
	"association": func() (*Figure, error) { return AssociationMap(madeMap(sixNodes, madeLabels, true)) },
	"association_all": func() (*Figure, error) {
		d := madeMap(sixNodes, longLabels(3), false)
		d.Nodes, d.Through = nil, nil
		return AssociationMap(d)
	},
	"intervals": func() (*Figure, error) {
		d := madeIntervals([]string{"radvel", "Teff"}, []int{124, 85}, 3)
		d.Pairs[3].Interval.Estimate = math.NaN()
		return MIIntervals(d)
	},
	"dimension":      func() (*Figure, error) { return DimensionScale(madeDimension(6, 5)) },
	"use_plane":      func() (*Figure, error) { return UsePlane(madePlane(128, sixNodes, 3)) },
	"dependency":     func() (*Figure, error) { return Dependency(madeGraph(sixNodes, madeLabels, true)) },
	"threshold":      func() (*Figure, error) { return ThresholdCurve(madeThresholds(1, true)) },
	"threshold_runs": func() (*Figure, error) { return ThresholdCurve(madeThresholds(5, false)) },
	"doppler":        func() (*Figure, error) { return DopplerResponse(madeResponse(128, []int{124, 7})) },
	"physics":        func() (*Figure, error) { return TraversalVsPhysics(madePhysics()) },
}

func TestInferenceGoldens(t *testing.T) { compareGoldens(t, inferenceGoldens) }
