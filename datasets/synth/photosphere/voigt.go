package photosphere

import (
	"math"
	"math/cmplx"
	"sync"
)

// The Voigt function H(a, u) is tabulated for u below voigtEdge, in steps of
// voigtStep, and for damping parameters a at voigtRows equal steps of the
// logarithm; between them it is linear in both. Below the least a it is linear
// in a, a greater one than voigtMost, which only layers out of sight
// have, counts as that.
const (
	voigtEdge   = 12
	voigtPerU   = 64
	voigtCells  = voigtEdge*voigtPerU + 2
	voigtLeast  = 1e-3
	voigtPerDex = 24
	voigtMost   = 10.0
	voigtRows   = 4*voigtPerDex + 1 // to voigtMost
)

type voigtTable [voigtRows + 1][voigtCells]float32

var voigt = sync.OnceValue(func() *voigtTable {
	table := new(voigtTable)
	for k := range table {
		for i := range table[k] {
			table[k][i] = float32(real(faddeeva(complex(float64(i)/voigtPerU, voigtDamping[k]))))
		}
	}
	return table
})

// voigtDamping are the damping parameters of the rows.
var voigtDamping = func() (a [voigtRows + 1]float64) {
	for k := 1; k < len(a); k++ {
		a[k] = voigtLeast * math.Pow(10, float64(k-1)/voigtPerDex)
	}
	return a
}()

// voigtRow is where a damping parameter lies in the table: between a row and
// the next, and how far.
func voigtRow(a float64) (row int, part float64) {
	if a > voigtLeast {
		row = min(int(math.Log(a/voigtLeast)*(voigtPerDex/math.Ln10)+1), voigtRows-1)
	}
	low, high := voigtDamping[row], voigtDamping[row+1]
	return row, min((a-low)/(high-low), 1)
}

// A line is drawn in two parts. Its far wings, a / (sqrt(pi) (u^2 + c)), are
// smooth and come as every wingStride-th sample; what the Voigt function has
// beyond them falls off as u^-4. The half width sqrt(c) of the smooth part is
// wingWidth strides, which cubic interpolation follows to 1 per cent.
const (
	wingStride = 4
	wingWidth  = 2.5
)

// layerOpacity is the opacity of the lines in one layer while they are added.
type layerOpacity struct {
	fine []float32
	wing []float32 // the i-th at sample (i-1)*wingStride
}

func newLayerOpacity(fine []float32) *layerOpacity {
	return &layerOpacity{fine: fine, wing: make([]float32, len(fine)/wingStride+4)}
}

// add adds peak * H(a, u), where u = |i - centre| * width at sample i, as far
// as it stays above least.
func (o *layerOpacity) add(v *voigtTable, centre, width, a, peak, least float64) {
	a = min(a, voigtMost)
	cut := least / peak
	narrow := wingWidth * wingStride * width
	soft := max(narrow*narrow, a*a)
	amplitude := peak * a / math.SqrtPi
	// Beyond the Doppler core what is left is a (c + 3/2) / (sqrt(pi) u^4), or
	// a / (sqrt(pi) u^2) of a line without wings.
	reach := math.Sqrt(max(-math.Log(cut), 1))
	if far := amplitude/least - soft; far > 0 {
		reach = max(reach, math.Sqrt(math.Sqrt(amplitude*(soft+1.5)/least)))
		wings := max(math.Sqrt(far)/width, reach/width+2*wingStride)
		first := max(0, int(math.Ceil((centre-wings)/wingStride))+1)
		last := min(len(o.wing)-1, int(math.Floor((centre+wings)/wingStride))+1)
		u := (float64(first-1)*wingStride - centre) * width
		for i := first; i <= last; i++ {
			o.wing[i] += float32(amplitude / (u*u + soft))
			u += wingStride * width
		}
	} else {
		reach = max(reach, math.Sqrt(amplitude/least))
		amplitude = 0
	}
	reach /= width
	first := max(0, int(math.Ceil(centre-reach)))
	last := min(len(o.fine)-1, int(math.Floor(centre+reach)))
	if first > last {
		return
	}
	// Outside the table H is a Lorentzian, slightly raised.
	inner := voigtEdge / width
	from := min(max(first, int(math.Ceil(centre-inner))), last+1)
	to := max(min(last, int(math.Floor(centre+inner))), from-1)
	raised := func(first, last int) {
		for i := first; i <= last; i++ {
			u := (float64(i) - centre) * width
			u *= u
			o.fine[i] += float32(peak*a/math.SqrtPi*(1+1.5/u)/(u+a*a) - amplitude/(u+soft))
		}
	}
	raised(first, from-1)
	raised(to+1, last)
	row, part := voigtRow(a)
	low, high := &v[row], &v[row+1]
	p0, p1 := float32(peak*(1-part)), float32(peak*part)
	s, w, m := float32(soft), float32(width), float32(amplitude)
	fine := o.fine[from : to+1]
	at := float32(float64(from) - centre)
	for i := range fine {
		u := w * at
		at++
		if u < 0 {
			u = -u
		}
		x := u * voigtPerU
		k := int(x)
		t := x - float32(k)
		l0, l1, h0, h1 := low[k], low[k+1], high[k], high[k+1]
		fine[i] += p0*(l0+t*(l1-l0)) + p1*(h0+t*(h1-h0)) - m/(u*u+s)
	}
}

// finish adds the wings to the samples, by cubic interpolation.
func (o *layerOpacity) finish() {
	for i := range o.fine {
		k, w := i/wingStride, &wingShares[i%wingStride]
		p := o.wing[k : k+4 : k+4]
		o.fine[i] += w[0]*p[0] + w[1]*p[1] + w[2]*p[2] + w[3]*p[3]
	}
}

// wingShares are Lagrange's shares of the four samples around.
var wingShares = func() (w [wingStride][4]float32) {
	for i := range w {
		t := float64(i) / wingStride
		w[i] = [4]float32{
			float32(-t * (t - 1) * (t - 2) / 6), float32((t + 1) * (t - 1) * (t - 2) / 2),
			float32(-(t + 1) * t * (t - 2) / 2), float32((t + 1) * t * (t - 1) / 6),
		}
	}
	return w
}()

// faddeeva is w(z) for Im z >= 0, whose real part is H (Weideman 1994, SIAM J.
// Numer. Anal. 31, 1497).
func faddeeva(z complex128) complex128 {
	const n = len(weideman)
	l := complex(weidemanScale, 0)
	ratio := (l + 1i*z) / (l - 1i*z)
	sum := complex128(0)
	for k := n - 1; k >= 0; k-- {
		sum = sum*ratio + complex(weideman[k], 0)
	}
	d := l - 1i*z
	return 2*sum/(d*d) + complex(1/math.SqrtPi, 0)/d
}

var weidemanScale = math.Sqrt(32 / math.Sqrt2)

// weideman are the coefficients of the expansion, the lowest power first.
var weideman = func() (a [32]float64) {
	const m = 128
	for k := 1 - m; k < m; k++ {
		theta := float64(k) * math.Pi / m
		t := weidemanScale * math.Tan(theta/2)
		f := math.Exp(-t*t) * (weidemanScale*weidemanScale + t*t)
		for n := range a {
			a[n] += f * real(cmplx.Exp(complex(0, -float64(n+1)*theta))) / (2 * m)
		}
	}
	return a
}()
