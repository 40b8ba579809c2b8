package photosphere

import (
	"math"
	"math/cmplx"
	"sync"
)

// The Voigt function H(a, u) is tabulated for u below voigtEdge, in steps of
// 1/voigtPerU, and for damping parameters a from 2^voigtFrom to 2^voigtTo at
// voigtPerOctave places an octave, as the leading bits of a float32 count them;
// between them it is linear in both. Below the least a it is linear in a; a
// greater one than the most, which only layers out of sight have, counts as that.
const (
	voigtEdge      = 12
	voigtPerU      = 64
	voigtCells     = voigtEdge*voigtPerU + 2
	voigtFrom      = -10
	voigtTo        = 4
	voigtBits      = 3
	voigtPerOctave = 1 << voigtBits
	voigtRows      = (voigtTo-voigtFrom)*voigtPerOctave + 1
)

type voigtTable [voigtRows + 1][voigtCells]float32

var voigt = sync.OnceValue(func() *voigtTable {
	table := new(voigtTable)
	for k := range table {
		damping := 0.0
		if k > 0 {
			octave, part := (k-1)/voigtPerOctave, (k-1)%voigtPerOctave
			damping = math.Ldexp(1+float64(part)/voigtPerOctave, voigtFrom+octave)
		}
		for i := range table[k] {
			table[k][i] = float32(real(faddeeva(complex(float64(i)/voigtPerU, damping))))
		}
	}
	return table
})

// voigtRow is where a damping parameter lies in the table: between a row and
// the next, and how far.
func voigtRow(a float64) (row int, part float64) {
	const least = 1.0 / (1 << -voigtFrom)
	if a < least {
		return 0, a / least
	}
	const rest = 23 - voigtBits
	b := math.Float32bits(float32(min(a, 1<<voigtTo)))
	row = int(b>>rest) - (127+voigtFrom)*voigtPerOctave + 1
	return min(row, voigtRows-1), float64(b&(1<<rest-1)) / (1 << rest)
}

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
