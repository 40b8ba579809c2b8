package photosphere

import "testing"

func BenchmarkAtmosphere(b *testing.B) {
	for range b.N {
		newAtmosphere(Star{5772, 4.44, 0})
	}
}

// 600 lines and 6,000 samples.
func BenchmarkFlux(b *testing.B) {
	s := New(crowd(), nil, 5150, 5200, 0.5)
	flux := make([]float32, s.Len())
	for range b.N {
		s.Flux(flux, Star{5772, 4.44, 0})
	}
}

func BenchmarkTable(b *testing.B) {
	s := New(crowd(), nil, 5150, 5200, 0.5)
	flux := make([]float32, s.Len())
	t := NewTable(s)
	t.Prepare([]Star{{5772, 4.44, 0}}, nil)
	for b.Loop() {
		t.Flux(flux, Star{5772, 4.44, 0})
	}
}
