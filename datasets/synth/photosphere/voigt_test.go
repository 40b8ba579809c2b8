package photosphere

import (
	"math"
	"testing"
)

func TestFaddeeva(t *testing.T) {
	us := []float64{0, 0.7, 2, 3.3, 6, 11.9, 20, 60}
	// scipy 1.17.1: wofz(u + 1j a).real
	for _, tt := range []struct {
		a    float64
		want []float64
	}{
		{0.0001, []float64{0.999887, 0.612594, 0.0183388, 2.48052e-05, 1.63753e-06, 4.02707e-07, 1.4158e-07, 1.56785e-08}},
		{0.003, []float64{0.996624, 0.611661, 0.0190097, 0.000203484, 4.9126e-05, 1.20812e-05, 4.24739e-06, 4.70354e-07}},
		{0.05, []float64{0.94599, 0.59658, 0.0295805, 0.00309722, 0.000818704, 0.00020135, 7.07894e-05, 7.83923e-06}},
		{0.3, []float64{0.734599, 0.520192, 0.076396, 0.0182221, 0.00489897, 0.00120734, 0.000424643, 4.70342e-05}},
		{2, []float64{0.255396, 0.236152, 0.147953, 0.0808108, 0.0291701, 0.00782748, 0.00280331, 0.000313221}},
		{9, []float64{0.0623077, 0.061944, 0.0594554, 0.0550995, 0.0434392, 0.0228889, 0.0105822, 0.00137998}},
	} {
		for i, want := range tt.want {
			if got := real(faddeeva(complex(us[i], tt.a))); math.Abs(got/want-1) > 1e-5 {
				t.Errorf("H(%g, %g) = %g, want %g", tt.a, us[i], got, want)
			}
		}
	}
}

// A line drawn in two parts is the Voigt function, down to where it is cut off.
func TestLayerOpacity(t *testing.T) {
	const n, centre, least = 20001, 9876.54, 1e-4
	for _, width := range []float64{0.15, 0.25, 0.6, 1.6} {
		for _, a := range []float64{1e-4, 0.005, 0.05, 0.4, 3} {
			for _, peak := range []float64{1e-3, 0.3, 10, 1e4} {
				o := &newOpacities(n).layers[depths-1]
				o.least, o.most = least, 1/least
				var p profile
				p.set(o, width, a, peak)
				draw(voigt(), centre, []profile{p})
				o.finish()
				o.near.between(o.fine, nearShares[:])
				for i, got := range o.fine {
					want := peak * real(faddeeva(complex(math.Abs(float64(i)-centre)*width, a)))
					// What matters is opacity beside the continuum's 1, or beside itself.
					if math.Abs(float64(got)-want) > 2*least+0.005*want {
						t.Fatalf("step %g, a %g, peak %g: %g at %.2f widths, want %g", width, a, peak, got, (float64(i)-centre)*width, want)
					}
				}
			}
		}
	}
}
