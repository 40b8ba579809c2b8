package stellarae

import "fmt"

// Read reads spectra from files as the network takes them: on its grid, prepared
// as in its training. The first file that cannot be used is an error.
func (m *Model) Read(files ...string) ([][]float32, error) {
	p := m.prepare(files)
	if len(p.failures) > 0 {
		return nil, fmt.Errorf("%s: %w", p.failures[0].Path, p.failures[0].Err)
	}
	return p.rows, nil
}
