package synth

import "math"

// broadening is the velocity kernel of rotation and macroturbulence in steps
// of step km/s, odd in length, of unit sum; limb is the coefficient of linear
// limb darkening.
func broadening(star Star, limb, step float64) []float64 {
	return fold(rotation(star.VSini, limb, step), gaussian(macroturbulence(star.Teff), step))
}

// bandLimited is broadening by its transform, for samples so far apart that the
// values of a narrow profile are a poor copy of it: what lines have no use for,
// close to the highest frequency, fades out. The samples are every so many steps
// apart; there is a kernel for what is to lie at each of the steps from one on.
func bandLimited(star Star, limb, step float64, every int) [][]float64 {
	const (
		fade  = 0.9 // of the highest frequency
		rings = 12  // samples over which what has faded shows
	)
	apart := step * float64(every)
	sigma := macroturbulence(star.Teff) / apart
	half := int(math.Ceil(star.VSini/apart+4.5*sigma)) + rings
	n := 2 * (half + 64)
	fine := make([]float64, half*every+1) // from the middle on
	for k := range n {
		part := (float64(k) + 0.5) / float64(n)
		theta := math.Pi * part
		t := rotationTransform(theta*star.VSini/apart, limb) * math.Exp(-theta*theta*sigma*sigma/2)
		if part > fade {
			t *= (1 + math.Cos(math.Pi*(part-fade)/(1-fade))) / 2
		}
		for j := range fine {
			fine[j] += t * math.Cos(theta*float64(j)/float64(every))
		}
	}
	kernels := make([][]float64, every)
	for k := range kernels {
		kernel := make([]float64, 2*half+1)
		for j := range kernel {
			if at := max((j-half)*every-k, k-(j-half)*every); at < len(fine) {
				kernel[j] = fine[at]
			}
		}
		kernels[k] = unit(kernel)
	}
	return kernels
}

// rotationTransform is the transform of the profile of rotation, at a = 2 pi
// vsini times the frequency.
func rotationTransform(a, limb float64) float64 {
	if a < 1e-3 {
		return 1
	}
	disc := math.Pi * math.J1(a) / a
	dark := 4 * (math.Sin(a) - a*math.Cos(a)) / (a * a * a)
	return (2*(1-limb)*disc + math.Pi/2*limb*dark) / (math.Pi * (1 - limb/3))
}

// macroturbulence is the standard deviation in km/s of the large-scale motion
// in a photosphere, growing with temperature (after Valenti & Fischer 2005,
// ApJS 159, 141, equation 1, a radial-tangential width divided by 2).
func macroturbulence(teff float64) float64 {
	return math.Max(1, 3.98+(teff-5770)/650) / 2
}

// rotation is the profile of a rotating sphere with linear limb darkening
// (Gray 2005, equation 18.14), the mean over each step.
func rotation(vsini, limb, step float64) []float64 {
	if vsini <= 0 {
		return []float64{1}
	}
	const sub = 16
	half := int(math.Ceil(vsini/step + 0.5))
	kernel := make([]float64, 2*half+1)
	for i := range kernel {
		for j := range sub {
			v := (float64(i-half) + (float64(j)+0.5)/sub - 0.5) * step / vsini
			if y := 1 - v*v; y > 0 {
				kernel[i] += 2*(1-limb)*math.Sqrt(y) + math.Pi/2*limb*y
			}
		}
	}
	return unit(kernel)
}

// gaussian is a Gaussian of standard deviation sigma km/s, cut at 4.5 sigma.
func gaussian(sigma, step float64) []float64 {
	half := int(math.Ceil(4.5 * sigma / step))
	kernel := make([]float64, 2*half+1)
	for i := range kernel {
		v := float64(i-half) * step / sigma
		kernel[i] = math.Exp(-v * v / 2)
	}
	return unit(kernel)
}

func unit(kernel []float64) []float64 {
	sum := 0.0
	for _, k := range kernel {
		sum += k
	}
	for i := range kernel {
		kernel[i] /= sum
	}
	return kernel
}

// fold is the convolution of two kernels, at its full length.
func fold(a, b []float64) []float64 {
	out := make([]float64, len(a)+len(b)-1)
	for i, x := range a {
		for j, y := range b {
			out[i+j] += x * y
		}
	}
	return out
}

// convolve sets dst to src smoothed with an odd, unit kernel; beyond its ends
// src goes on at its last value.
func convolve(dst, src, kernel []float64) { convolveInto(dst, 1, src, kernel) }

// convolveInto is convolve with one in so many samples of dst to one of src.
func convolveInto(dst []float64, every int, src, kernel []float64) {
	half, n := len(kernel)/2, len(src)
	edge := func(first, last int) {
		for i := first; i < last; i++ {
			sum := 0.0
			for j, k := range kernel {
				sum += k * src[min(max(i+j-half, 0), n-1)]
			}
			dst[i*every] = sum
		}
	}
	first := min(half, n)
	last := max(n-half, first)
	edge(0, first)
	var sums [8]float64
	i := first
	for ; i+8 <= last; i += 8 {
		dots(kernel, src[i-half:], &sums)
		for k, x := range sums {
			dst[(i+k)*every] = x
		}
	}
	for ; i < last; i++ {
		dst[i*every] = dot(kernel, src[i-half:])
	}
	edge(last, n)
}
