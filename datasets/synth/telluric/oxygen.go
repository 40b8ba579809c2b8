package telluric

import "math"

// Levels of the ground state X3Sigma- of O2, 1/cm: rotation, its centrifugal
// part, spin-spin and spin-rotation coupling (Zink & Mizushima 1987, J. Mol.
// Spectrosc. 125, 154, rounded).
const (
	groundB      = 1.437677
	groundD      = 4.84e-6
	groundLambda = 1.984751
	groundGamma  = -0.008425
)

// oxygenBand is a band from the ground state to a vibrational level of
// b1Sigma+. The constants of the upper levels are those of Babcock & Herzberg
// (1948, ApJ 108, 167), refined by least squares to the wavenumbers in
// HITRAN2020 (Gordon et al. 2022, JQSRT 277, 107949), which they give to 0.003
// 1/cm; the zero of origin is the ground state's without rotation and spin.
type oxygenBand struct {
	origin, b, d float64 // 1/cm
	total        float64 // intensity of all its lines at 296 K, cm/molecule, HITRAN2020
	broader      float64 // its lines' widths over those of the B band
}

var oxygenBands = []oxygenBand{
	{14526.98776, 1.3729698, 5.4108e-6, 1.490e-23, 1},    // B, (1,0)
	{15903.74906, 1.3546017, 5.4397e-6, 5.593e-25, 1.09}, // gamma, (2,0)
}

// spinLevel is a level of the ground state.
type spinLevel struct {
	n, j   int
	energy float64 // 1/cm, on the scale of oxygenBand.origin
	// The share of spin component 1 about the axis: the one that absorbs.
	share float64
}

// mostRotation is the greatest N of the lower levels.
const mostRotation = 41

// spinLevels are the levels with odd N, which alone exist in O-16, from the
// Hamiltonian B N2 - D N4 + (2/3) lambda (3 Sz2 - S2) + gamma N S (Hund's case
// b): N = J stands alone, N = J - 1 and N = J + 1 mix.
func spinLevels() (levels []spinLevel) {
	rotation := func(n float64) float64 { x := n * (n + 1); return groundB*x - groundD*x*x }
	const l, g = groundLambda, groundGamma
	levels = append(levels, spinLevel{1, 0, rotation(1) - 4*l/3 - 2*g, 0})
	for j := 1; j <= mostRotation+1; j++ {
		x := float64(j)
		if j%2 == 1 {
			levels = append(levels, spinLevel{j, j, rotation(x) + 2*l/3 - g, 1})
			continue
		}
		low := rotation(x-1) + g*(x-1) - 2*l/3*(x-1)/(2*x+1)
		high := rotation(x+1) - g*(x+2) - 2*l/3*(x+2)/(2*x+1)
		mix := 2 * l * math.Sqrt(x*(x+1)) / (2*x + 1)
		angle := math.Atan2(2*mix, low-high) / 2
		if angle > math.Pi/4 {
			angle -= math.Pi / 2 // the state that is mostly N = J - 1
		}
		sin, cos := math.Sincos(angle)
		mean, half := (low+high)/2, math.Hypot((low-high)/2, mix)
		one, three := math.Sqrt((x+1)/(2*x+1)), math.Sqrt(x/(2*x+1))
		levels = append(levels,
			spinLevel{j - 1, j, mean - half, math.Pow(cos*one+sin*three, 2)},
			spinLevel{j + 1, j, mean + half, math.Pow(cos*three-sin*one, 2)})
	}
	return levels
}

// oxygenLines are the magnetic dipole lines of the bands: branches PP, PQ, RR
// and RQ. Strengths are those of a transition from spin component 1 to 0
// (Watson 1968, Can. J. Phys. 46, 1637): J upwards, J + 1 downwards, 2 J + 1
// times the share for unchanged J.
func oxygenLines() (lines []Line) {
	levels := spinLevels()
	least := math.Inf(1)
	for _, l := range levels {
		least = math.Min(least, l.energy)
	}
	for _, b := range oxygenBands {
		first, sum := len(lines), 0.0
		for _, l := range levels {
			for j := max(0, l.n-1); j <= l.n+1; j += 2 { // upper levels: N = J, even
				strength := 0.0
				switch j - l.j {
				case 1:
					strength = float64(l.j) * l.share
				case -1:
					strength = float64(l.j+1) * l.share
				case 0:
					strength = float64(2*l.j+1) * l.share
				}
				if strength == 0 || (l.n != l.j) != (j == l.j) {
					continue
				}
				x := float64(j * (j + 1))
				line := Line{Number: b.origin + b.b*x - b.d*x*x - l.energy, Lower: l.energy - least}
				line.Intensity = strength * line.Number * math.Exp(-radiation*line.Lower/reference)
				sum += line.Intensity
				// Widths and shifts fall with rotation; straight lines through HITRAN2020's.
				n := float64(l.n)
				if j > l.n {
					n += 2
				}
				line.Width = (0.0590 - 0.00092*n) * b.broader
				line.Exponent = 0.71
				line.Shift = -0.0070 - 0.00015*n
				lines = append(lines, line)
			}
		}
		for i := first; i < len(lines); i++ {
			lines[i].Intensity *= b.total / sum
		}
	}
	return lines
}
