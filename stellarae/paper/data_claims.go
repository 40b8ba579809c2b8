package paper

import (
	"fmt"
	"math"
	"slices"

	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// dataClaims are about the spectra and how they are prepared. The preprocessing
// is applied to a simulated spectrum of the archive's format.
func dataClaims() []asked[*simulation] {
	claim := func(what, notebook, heading, paper, criterion string) Claim {
		return Claim{Part: "Data and preprocessing (section 2)", What: what, Notebook: notebook, Heading: heading, Paper: paper, Criterion: criterion}
	}
	grid := spectrum.PaperGrid()
	return []asked[*simulation]{
		{claim("Spectra and objects", "00_start", "1. A survey of stars that do not exist",
			"about 270,000 spectra of about 7,000 objects", "the archive's spectra are not ours to give out; `stellarae fetch` gets them, and what 270,000 cost is in [scale.md](scale.md)"),
			notTestable(func(s *simulation) string {
				return fmt.Sprintf("%s simulated spectra of %s stars", thousands(s.truth.Len()), thousands(s.stars))
			})},
		{claim("Wavelengths kept", "01_spectra", "What the network sees",
			"3785 to 6910 Å, a sample every 0.01 Å: 312,501", "the numbers are equal"),
			func(s *simulation) (Answer, error) {
				return Answer{
					Published: fmt.Sprintf("%.0f to %.0f Å, a sample every %g Å: %s", grid.Start, grid.End(), grid.Step, thousands(grid.Samples)),
					Verdict:   verdict(grid.Samples == 312501 && grid.Start == 3785 && grid.Step == 0.01, Reproduced),
				}, nil
			}},
		{claim("Length and padding", "01_spectra", "What the network sees",
			"7,589 zeros + 312,501 + 7,590 zeros = 327,680 = 20 × 2^14", "the prepared row has this length, and zeros there"),
			func(s *simulation) (Answer, error) {
				row, err := s.fullRow()
				if err != nil {
					return Answer{}, err
				}
				left, right := zeros(slices.All(row)), zeros(slices.Backward(row))
				ok := left == 7589 && right == 7590 && len(row) == 20<<14
				return Answer{
					Published: fmt.Sprintf("%s zeros, %s zeros, %s = %d × 2^14", thousands(left), thousands(right), thousands(len(row)), len(row)>>14),
					Verdict:   verdict(ok, Reproduced),
				}, nil
			}},
		{claim("Masked samples", "01_spectra", "What the network sees",
			"up to 7588, from 320090, and 159453 to 162893 (the gap)", "the numbers are equal"),
			func(s *simulation) (Answer, error) {
				want := [][2]int{{0, 7588}, {159453, 162893}, {320090, 327679}}
				return Answer{
					Published: ranges(grid.Masked),
					Verdict:   verdict(slices.Equal(grid.Masked, want), Reproduced),
				}, nil
			}},
		{claim("Scale", "01_spectra", "What the network sees",
			"the median over all 327,680 samples of flux × mask; the zeros take part", "that median is 1 after preprocessing, but for the rounding of float32"),
			func(s *simulation) (Answer, error) { return s.scale() }},
		{claim("Labels", "04_mutual_information", "Step 6: the nodes, in nats",
			"missing ones dropped, clipped at 5 sigma; 4,061 radial velocities left", "the number is one of real stars; the authors' labels give it below. The clip equals astropy's to the last bit, by a test of package info"),
			notTestable(func(s *simulation) string {
				l := labelOf(s.published, "radvel")
				if l == nil {
					return "no radial velocities"
				}
				return fmt.Sprintf("%s radial velocities left, %d clipped, %d missing", thousands(l.Used), l.Clipped, l.Missing)
			})},
	}
}

// scale prepares a spectrum in both ways and takes its medians.
func (s *simulation) scale() (Answer, error) {
	grid := s.full.Grid
	row, err := s.fullRow()
	if err != nil {
		return Answer{}, err
	}
	masked, observed := make([]float64, len(row)), []float64(nil)
	for i, v := range row {
		masked[i] = float64(v)
	}
	for _, m := range grid.Masked {
		clear(masked[m[0] : m[1]+1])
	}
	for _, v := range masked {
		if v != 0 {
			observed = append(observed, v)
		}
	}
	clean, err := spectrum.Clean.Apply(s.star(), grid)
	if err != nil {
		return Answer{}, err
	}
	var continuum []float64
	for _, v := range clean[grid.PadLeft : grid.PadLeft+grid.Samples] {
		continuum = append(continuum, float64(v))
	}
	all := info.Median(masked)
	return Answer{
		Published: fmt.Sprintf("%.6f; over what was observed %.4f", all, info.Median(observed)),
		Corrected: fmt.Sprintf("`spectrum.Clean` divides by the continuum: median %.4f", info.Median(continuum)),
		Verdict:   verdict(math.Abs(all-1) <= 1.0/(1<<23), Reproduced),
	}, nil
}
