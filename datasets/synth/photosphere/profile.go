package photosphere

// Voigt is the Voigt function H(a, u) for a damping parameter a from 0 and an
// offset u in Doppler widths: the real part of w(u + ia), to 1e-5 of itself.
func Voigt(a, u float64) float64 { return real(faddeeva(complex(u, a))) }
