package spectrum

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"sync"
	"testing"
)

// golden is testdata/golden.json, what numpy, scipy and astropy give: see
// testdata/make_fixtures.py.
type golden struct {
	Presets []struct {
		Name            string
		Grid            Grid
		Start           float64
		Seed, Samples   int
		Gap, Divisor    int
		Single          bool
		SHA256          string
		Scale           float64
		ScaleOfUnmasked float64 `json:"scale_of_unmasked"`
	}
	Medians []struct {
		Seed, N int
		Median  float64
	}
	Refraction []struct{ Vacuum, Morton, Ciddor float64 }
	Resample   struct {
		Wave    []float64
		Flux    []float32
		Err     []float32
		Target  []float64
		Want    []float64
		WantErr []float64 `json:"want_err"`
	}
	Broaden struct {
		ResolvingPower float64 `json:"resolving_power"`
		Want           []float64
		WantErr        []float64 `json:"want_err"`
	}
	Rotate struct {
		Vsini, Epsilon float64
		Want           []float64
	}
	Files map[string]struct {
		N           int
		First, Last float64
		Flux, Err   string // SHA-256
	}
}

var readGolden = sync.OnceValues(func() (*golden, error) {
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		return nil, err
	}
	g := new(golden)
	return g, json.Unmarshal(text, g)
})

func peers(t *testing.T) *golden {
	t.Helper()
	g, err := readGolden()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// hash is the SHA-256 of the values as little-endian float32.
func hash(values []float32) string {
	raw := make([]byte, 4*len(values))
	for i, v := range values {
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(v))
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// synthetic is the twin of synthetic in testdata/make_fixtures.py.
func synthetic(seed, n, gap int) []float32 {
	flux := make([]float32, n)
	first := n * 486 / 1000
	for i := range flux {
		h := uint32(i)*2654435761 + uint32(seed)*40503
		h ^= h >> 15
		h *= 2246822519
		h ^= h >> 13
		f := 20000 + i/64 - int(h>>20)
		if i%997 < 60 {
			f /= 4
		}
		if i < n/20 {
			f = int(h>>18) - 4000
		}
		if i >= first && i < first+n/95 {
			f = gap
		}
		flux[i] = float32(f)
	}
	return flux
}

// made is a spectrum of n samples from start in equal steps.
func made(start, step float64, flux []float32) *Spectrum {
	s := &Spectrum{Flux: flux, Wave: make([]float64, len(flux))}
	for i := range s.Wave {
		s.Wave[i] = start + float64(float64(i)*step)
	}
	s.Info.File = "made.fits"
	return s
}

// near fails the test where got and want differ by more than tolerance of want.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s: got %.15g, want %.15g within %g of it", what, got, want, tolerance)
	}
}
