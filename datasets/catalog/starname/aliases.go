package starname

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Stars knows which names are those of one star. Names that have not been
// linked are stars of their own.
type Stars struct {
	number map[string]int32 // of a name, by its full key
	parent []int32
	facts  []facts // of the star a root stands for
}

// facts are what two names of one star must agree in.
type facts struct {
	key       string // what the star is called
	hd, hip   string
	component string
}

//go:embed wellknown.csv
var wellKnown string

// NewStars knows the bright and the near stars that HARPS looked at most, by
// their proper names, Bayer's, and numbers.
func NewStars() *Stars {
	s := &Stars{number: map[string]int32{}}
	if err := s.ReadAliases(strings.NewReader(wellKnown)); err != nil {
		panic(err)
	}
	return s
}

// ReadAliases links the names in each line of a table: CSV without a header,
// one star a line, # for comments. A line that says that two stars with
// different numbers are one (see Link) is an error that names it.
func (s *Stars) ReadAliases(r io.Reader) error {
	lines := csv.NewReader(r)
	lines.FieldsPerRecord = -1
	lines.Comment = '#'
	lines.TrimLeadingSpace = true
	lines.ReuseRecord = true
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("aliases: %w", err)
		}
		var names []Name
		for _, text := range record {
			if strings.TrimSpace(text) == "" {
				continue
			}
			n := Parse(text)
			if n.Key == "" {
				line, _ := lines.FieldPos(0)
				return fmt.Errorf("aliases: line %d: %.40q names nothing", line, text)
			}
			names = append(names, n)
		}
		if err := s.Link(names...); err != nil {
			line, _ := lines.FieldPos(0)
			return fmt.Errorf("aliases: line %d: %w", line, err)
		}
	}
}

// Link says that names are those of one star. Names with different HD or HIP
// numbers, or of different components, are not linked: the error says which,
// and the others are linked all the same. Names that stand for nothing are
// left out.
func (s *Stars) Link(names ...Name) error {
	first := int32(-1)
	var refused []error
	for _, n := range names {
		if n.Key == "" {
			continue
		}
		i := s.root(s.add(n))
		if first < 0 || i == first {
			first = i
			continue
		}
		both, err := agree(s.facts[first], s.facts[i])
		if err != nil {
			refused = append(refused, err)
			continue
		}
		s.parent[i] = first
		s.facts[first] = both
	}
	return errors.Join(refused...)
}

func agree(a, b facts) (facts, error) {
	for _, c := range []struct {
		what string
		of   func(f *facts) *string
	}{
		{"HD", func(f *facts) *string { return &f.hd }},
		{"HIP", func(f *facts) *string { return &f.hip }},
		{"component", func(f *facts) *string { return &f.component }},
	} {
		x, y := c.of(&a), *c.of(&b)
		if *x != "" && y != "" && *x != y {
			return a, fmt.Errorf("%s and %s are not one star: %s is %s and %s", a.key, b.key, c.what, *x, y)
		}
		if *x == "" {
			*x = y
		}
	}
	if rank(b.key) < rank(a.key) {
		a.key = b.key
	}
	return a, nil
}

// rank is the order in which a star's names are preferred.
func rank(key string) int {
	for i, catalogue := range []string{"HD ", "HIP ", "GJ "} {
		if strings.HasPrefix(key, catalogue) {
			return i
		}
	}
	return 3
}

// add makes a name known.
func (s *Stars) add(n Name) int32 {
	full := n.Full()
	if i, ok := s.number[full]; ok {
		return i
	}
	f := facts{key: full, component: n.Component}
	if f.component == "AB" {
		f.component = ""
	}
	if rest, ok := strings.CutPrefix(n.Key, "HD "); ok {
		f.hd = rest
	}
	if rest, ok := strings.CutPrefix(n.Key, "HIP "); ok {
		f.hip = rest
	}
	i := int32(len(s.parent))
	s.number[full] = i
	s.parent = append(s.parent, i)
	s.facts = append(s.facts, f)
	return i
}

func (s *Stars) root(i int32) int32 {
	for s.parent[i] != i {
		s.parent[i] = s.parent[s.parent[i]]
		i = s.parent[i]
	}
	return i
}

// Star is the star a name is known to be of, called by its HD, HIP or GJ number
// or else by the first of its names; for a name not linked to any it is the full key
// itself.
func (s *Stars) Star(n Name) string {
	if i, ok := s.number[n.Full()]; ok {
		for s.parent[i] != i { // not root, for several may read at once
			i = s.parent[i]
		}
		return s.facts[i].key
	}
	return n.Full()
}

// Candidates are the stars a name may be of, the surest first: with the
// component as given, and, where that is A, AB or none, with the others of
// these; for many tables leave out the letter of the brightest. B is never
// taken for A.
func (s *Stars) Candidates(n Name) []string {
	if n.Key == "" {
		return nil
	}
	stars := []string{s.Star(n)}
	if !slices.Contains(primary, n.Component) {
		return stars
	}
	for _, c := range primary {
		n.Component = c
		if star := s.Star(n); !slices.Contains(stars, star) {
			stars = append(stars, star)
		}
	}
	return stars
}

var primary = []string{"", "A", "AB"}
