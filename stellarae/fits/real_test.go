package fits

import (
	"os"
	"path/filepath"
	"testing"
)

// realFiles lists the real files that match a pattern, or skips the test.
func realFiles(t *testing.T, pattern string) []string {
	t.Helper()
	dir := os.Getenv("STELLARAE_REAL")
	if dir == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no real files like %s: %v", pattern, err)
	}
	return paths
}

func TestRealSpectraOpen(t *testing.T) {
	for _, path := range append(realFiles(t, "spectra/*.fits"), realFiles(t, "spectra_partial/*.fits")...) {
		f, err := Open(path)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, h := range f.HDUs {
			berv, ok := h.Header.Float("ESO DRS BERV")
			t.Log(filepath.Base(path), h.Index, h.Name, h.Kind, len(h.Header.Cards()), berv, ok)
		}
		im, err := f.HDUs[0].Image()
		if err != nil {
			t.Error(err)
			continue
		}
		t.Log(im.Shape, im.Bitpix, im.Float64s()[im.Len()/2])
	}
}
