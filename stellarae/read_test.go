package stellarae

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Rows read from files are those that EncodeFiles encodes.
func TestRead(t *testing.T) {
	m := newModel(t, tiny(), 1)
	var files []string
	for i, row := range rows(m.Config, 3, 4) {
		files = append(files, filepath.Join(t.TempDir(), "s.fits"))
		product(t, files[i], row[2:62])
	}
	spectra, err := m.Read(files...)
	if err != nil {
		t.Fatal(err)
	}
	codes := encoded(t, m, spectra)
	coded, err := m.EncodeFiles(t.Context(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(coded.Codes, codes); diff != "" {
		t.Errorf("codes (-EncodeFiles +Read):\n%s", diff)
	}
	if _, err := m.Read(files[0], "none.fits"); err == nil || !strings.Contains(err.Error(), "none.fits") {
		t.Errorf("a missing file: %v", err)
	}
}
