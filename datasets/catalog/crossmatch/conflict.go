package crossmatch

import (
	"fmt"
	"math"
	"slices"
)

// Conflict is two catalogues, or two rows of one, that disagree.
type Conflict struct {
	Star       string   `json:"star"`
	Spectra    int      `json:"spectra"`
	Quantity   string   `json:"quantity"`
	Taken      Stated   `json:"taken"`
	Other      Stated   `json:"other"`
	Difference float64  `json:"difference"`      // other - taken; of spectral types in classes
	Sigma      *float64 `json:"sigma,omitempty"` // its size in standard errors; absent where those are not known
}

// Stated is what a catalogue says.
type Stated struct {
	Catalogue string   `json:"catalogue"`
	Row       int      `json:"row"` // from 1, without header and comments
	Value     any      `json:"value"`
	Error     *float64 `json:"error,omitempty"`
}

// Tolerance is from what difference two values disagree of which neither has a
// known error: about three times the usual spread between catalogues of FGK
// stars.
var Tolerance = map[string]float64{"Teff": 200, "logg": 0.3, metals: 0.2, "Mass": 0.15, "radvel": 2, "vsini": 3, "E(B-V)": 0.1}

// conflicts of a star: of every other value with the one taken.
func (m *matcher) conflicts(s *star, quantity string) []Conflict {
	values := m.values(s, quantity)
	var out []Conflict
	for _, v := range values[min(1, len(values)):] {
		if sigma, ok := m.disagree(quantity, values[0], v); ok {
			c := Conflict{
				Star: s.key, Spectra: len(s.spectra), Quantity: quantity,
				Taken: m.stated(values[0]), Other: m.stated(v), Difference: v.number - values[0].number,
			}
			if !math.IsNaN(sigma) {
				c.Sigma = &sigma
			}
			out = append(out, c)
		}
	}
	return out
}

// disagree compares two values. Sigma is NaN where neither has an error; where
// one has, the other is taken to have the same.
func (m *matcher) disagree(quantity string, a, b value) (sigma float64, yes bool) {
	difference := math.Abs(a.number - b.number)
	ea, eb := a.err, b.err
	switch {
	case math.IsNaN(ea) && math.IsNaN(eb):
		tolerance, ok := Tolerance[quantity]
		return math.NaN(), ok && difference > tolerance
	case math.IsNaN(ea):
		ea = eb
	case math.IsNaN(eb):
		eb = ea
	}
	sigma = difference / math.Hypot(ea, eb)
	return sigma, sigma > m.o.Sigma
}

// typeConflicts are spectral types of another class.
func (m *matcher) typeConflicts(s *star) []Conflict {
	types := m.types(s)
	var out []Conflict
	for _, v := range types[min(1, len(types)):] {
		if d := v.number - types[0].number; math.Abs(d) > 0 {
			out = append(out, Conflict{Star: s.key, Spectra: len(s.spectra), Quantity: typeText, Taken: m.stated(types[0]), Other: m.stated(v), Difference: d})
		}
	}
	return out
}

func (m *matcher) stated(v value) Stated {
	s := Stated{Catalogue: m.from(v), Row: v.row + 1, Value: v.number}
	if v.text != "" {
		s.Value = v.text
	}
	if !math.IsNaN(v.err) {
		s.Error = &v.err
	}
	return s
}

// size orders conflicts: the worst in standard errors first, those without last.
func (c *Conflict) size() float64 {
	if c.Sigma == nil {
		return -1 / (1 + math.Abs(c.Difference))
	}
	return *c.Sigma
}

func sortConflicts(all []Conflict) {
	slices.SortStableFunc(all, func(a, b Conflict) int {
		switch x, y := a.size(), b.size(); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
}

func (s Stated) String() string {
	text := fmt.Sprint(s.Value)
	if v, ok := s.Value.(float64); ok {
		text = fmt.Sprintf("%.6g", v)
	}
	if s.Error != nil {
		text += fmt.Sprintf(" +- %.4g", *s.Error)
	}
	return text + " (" + s.Catalogue + ")"
}
