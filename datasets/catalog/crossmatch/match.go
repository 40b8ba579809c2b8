package crossmatch

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/catalog/sky"
	"github.com/stellarae/lab/datasets/catalog/source"
	"github.com/stellarae/lab/datasets/catalog/starname"
)

// Options say what counts as a match and as a disagreement. Zero values stand
// for the defaults.
type Options struct {
	Radius   float64 // arcsec, of a match by place; 0: 10; negative: no match by place
	Apart    float64 // arcsec, from which a star found by name is reported as elsewhere; 0: 60
	Sigma    float64 // from which two catalogues disagree, in standard errors of the difference; 0: 3
	Progress func(done, total int)
}

func (o Options) withDefaults() Options {
	o.Radius = cmp.Or(o.Radius, 10)
	o.Apart = cmp.Or(o.Apart, 60)
	o.Sigma = cmp.Or(o.Sigma, 3)
	return o
}

// Result is the label table with the account of how it came about.
type Result struct {
	Table  *catalog.Table
	Report *Report
}

// How a star was found in a catalogue.
const (
	byName      = "name"
	byComponent = "name, component aside" // HD 133131 as HD 133131 A
	byPlace     = "position"
)

// matcher is a run of Match.
type matcher struct {
	spectra []Spectrum
	sources []*source.Source
	names   *starname.Stars
	o       Options
	rows    []map[string][]int // of each source, by star
	indexes []*sky.Index       // of each source; nil without positions
	targets [][]starname.Name  // of each spectrum, its target's names
	placed  []string           // of each spectrum, the star found by its place alone
	stars   []*star
	report  *Report
}

// star is the spectra of one star and where it is found.
type star struct {
	key     string // as package starname has it
	spectra []int
	found   []found // at most one a source, in the order of the sources
}

// found is a star in a source.
type found struct {
	source     int
	rows       []int // the first is the one taken; more are duplicates
	how        string
	separation float64 // arcsec; NaN where not known
	rivals     int     // other stars of the catalogue within the radius
}

// Match finds the stars of spectra in catalogues, of which those before take
// precedence, and makes their table of labels.
//
// A star is found by the names of its target and their aliases; the names in one
// row of a catalogue are aliases of each other. Where no name is known to a
// catalogue, the star nearest to the target's place is taken if it lies within
// the radius. What reflects the Sun is not looked for by place. names is added to.
//
// The table has for each spectrum the columns of Sedaghat et al. 2021: dp_id,
// target_name (one for all spectra of a star), unique_subset (the spectrum of
// the star with the highest signal-to-noise ratio), median, labels; beside every
// label its error, where a catalogue gives one, and source_LABEL, the catalogue
// it is from. A catalogue's [Fe/H] stands for [M/H] where it has none, and source
// says so.
func Match(spectra []Spectrum, sources []*source.Source, names *starname.Stars, o Options) (*Result, error) {
	if err := check(spectra, sources); err != nil {
		return nil, err
	}
	m := &matcher{spectra: spectra, sources: sources, names: names, o: o.withDefaults(), report: newReport(spectra, sources)}
	for _, s := range spectra {
		var names []starname.Name
		for _, text := range s.Names {
			names = append(names, starname.Parse(text))
		}
		m.targets = append(m.targets, names)
	}
	m.link()
	m.index()
	m.place()
	m.group()
	for i, s := range m.stars {
		for k := range m.sources {
			if f, ok := m.find(s, k); ok {
				s.found = append(s.found, f)
			}
		}
		if o.Progress != nil && (i%1000 == 999 || i == len(m.stars)-1) {
			o.Progress(i+1, len(m.stars))
		}
	}
	table := m.table()
	m.report.account(m)
	return &Result{table, m.report}, nil
}

func check(spectra []Spectrum, sources []*source.Source) error {
	ids := map[string]bool{}
	for _, s := range spectra {
		if s.ID == "" || ids[s.ID] {
			return fmt.Errorf("crossmatch: the dp_id %q is empty or stands twice", s.ID)
		}
		ids[s.ID] = true
	}
	names := map[string]bool{}
	for _, s := range sources {
		if names[s.Name] {
			return fmt.Errorf("crossmatch: two catalogues are named %q", s.Name)
		}
		names[s.Name] = true
	}
	return nil
}

// link takes the names in one row of a catalogue for those of one star. Names
// that cannot be, such as the two components of a pair, stay apart.
func (m *matcher) link() {
	for _, s := range m.sources {
		for row, names := range s.Names {
			if len(names) < 2 {
				continue
			}
			if err := m.names.Link(names...); err != nil {
				m.report.refused(s.Name, row, err)
			}
		}
	}
}

// index sorts the catalogues by star and by place.
func (m *matcher) index() {
	m.rows = m.byStar()
	m.indexes = make([]*sky.Index, len(m.sources))
	var epochs []float64
	for _, s := range m.spectra {
		if s.Place.Known() {
			epochs = append(epochs, s.Place.Epoch)
		}
	}
	if len(epochs) == 0 || m.o.Radius < 0 {
		return
	}
	slices.Sort(epochs)
	for k, s := range m.sources {
		if s.Positions != nil {
			m.indexes[k] = sky.NewIndex(s.Positions, epochs[len(epochs)/2])
		}
	}
}

// byStar lists the rows of a star in each source.
func (m *matcher) byStar() []map[string][]int {
	all := make([]map[string][]int, len(m.sources))
	for k, s := range m.sources {
		all[k] = make(map[string][]int, s.Rows)
		for row, names := range s.Names {
			for _, n := range names {
				key := m.names.Star(n)
				if list := all[k][key]; len(list) == 0 || list[len(list)-1] != row {
					all[k][key] = append(list, row)
				}
			}
		}
	}
	return all
}

// known is the star of a target's first name that a catalogue has.
func (m *matcher) known(names []starname.Name) (key string, ok bool) {
	for _, n := range names {
		for _, key := range m.names.Candidates(n) {
			for _, rows := range m.rows {
				if len(rows[key]) > 0 {
					return key, true
				}
			}
		}
	}
	return "", false
}

// place finds targets that no catalogue knows by name: the star of the first
// catalogue that has just one where they are.
func (m *matcher) place() {
	m.placed = make([]string, len(m.spectra))
	for i := range m.spectra {
		s := &m.spectra[i]
		names := m.targets[i]
		if _, ok := m.known(names); ok || solar(names) {
			continue
		}
		for k, x := range m.indexes {
			if x == nil {
				continue
			}
			near := x.Near(s.Place, m.o.Radius)
			if len(near) == 1 && len(m.sources[k].Names[near[0].Star]) > 0 {
				m.placed[i] = m.names.Star(m.sources[k].Names[near[0].Star][0])
				break
			}
		}
	}
}

func solar(names []starname.Name) bool {
	return slices.ContainsFunc(names, func(n starname.Name) bool { return n.Key == starname.Sun })
}

// group puts the spectra of a star together, in the order of their first ones.
func (m *matcher) group() {
	at := map[string]*star{}
	for i := range m.spectra {
		key := m.keyOf(i)
		s := at[key]
		if s == nil {
			s = &star{key: key}
			at[key] = s
			m.stars = append(m.stars, s)
		}
		s.spectra = append(s.spectra, i)
	}
}

// keyOf is the star of a spectrum: by a name that a catalogue knows, by place,
// by a name, or else a star of its own.
func (m *matcher) keyOf(i int) string {
	names := m.targets[i]
	if key, ok := m.known(names); ok {
		return key
	}
	switch {
	case m.placed[i] != "":
		return m.placed[i]
	case len(names) > 0:
		return m.names.Star(names[0])
	}
	return m.spectra[i].ID
}

// find looks for a star in source k.
func (m *matcher) find(s *star, k int) (found, bool) {
	for _, i := range s.spectra {
		for _, n := range m.targets[i] {
			for _, key := range m.names.Candidates(n) {
				if rows := m.rows[k][key]; len(rows) > 0 {
					f := found{source: k, rows: rows, how: byName, separation: m.separation(s, k, rows[0])}
					if key != m.names.Star(n) {
						f.how = byComponent
					}
					return f, true
				}
			}
		}
	}
	for _, i := range s.spectra {
		if rows := m.rows[k][m.placed[i]]; len(rows) > 0 {
			return found{source: k, rows: rows, how: byPlace, separation: m.separation(s, k, rows[0])}, true
		}
	}
	return m.findPlace(s, k)
}

// findPlace looks for a star by the places of its spectra.
func (m *matcher) findPlace(s *star, k int) (found, bool) {
	x := m.indexes[k]
	if x == nil || s.key == starname.Sun {
		return found{}, false
	}
	best := found{separation: math.Inf(1)}
	for _, i := range s.spectra {
		near := x.Near(m.spectra[i].Place, m.o.Radius)
		if len(near) > 0 && near[0].Separation < best.separation {
			best = found{source: k, rows: []int{near[0].Star}, how: byPlace, separation: near[0].Separation, rivals: len(near) - 1}
		}
	}
	return best, best.rows != nil
}

// separation is the least between a row and the places of a star's spectra.
func (m *matcher) separation(s *star, k, row int) float64 {
	least := math.NaN()
	if m.indexes[k] == nil || s.key == starname.Sun {
		return least
	}
	for _, i := range s.spectra {
		if d := m.indexes[k].Separation(row, m.spectra[i].Place); !(d >= least) {
			least = d
		}
	}
	return least
}

// rowName is what a catalogue calls the star of a row.
func (m *matcher) rowName(k, row int) string {
	if names := m.sources[k].Names[row]; len(names) > 0 {
		return names[0].Full()
	}
	return "row " + strconv.Itoa(row+1)
}
