package explore

import (
	"cmp"
	"net/http"
	"slices"
	"sort"
	"strconv"

	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/stellarae/figure"
)

// band is a range of wavelengths in air where our own atmosphere absorbs.
type band struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
	Name string  `json:"name"`
}

// telluric are the ranges where HITRAN2020 (Gordon et al. 2022, JQSRT 277,
// 107949) has lines deeper than about 5 % at the zenith under 20 mm of
// precipitable water, to 10 A. HARPS stands above drier air than that.
var telluric = []band{
	{5020, 5110, "H\u2082O"}, {5400, 5480, "H\u2082O"}, {5670, 5780, "H\u2082O"}, {5850, 6020, "H\u2082O"},
	{6260, 6276, "H\u2082O"}, {6276, 6330, "O\u2082 \u03b3"}, {6330, 6380, "H\u2082O"}, {6420, 6620, "H\u2082O"},
	{6867, 6944, "O\u2082 B"},
}

// identified is a line with a name.
type identified struct {
	Name string  `json:"name"`
	Ion  string  `json:"ion"`
	Wave float64 `json:"wave"` // Angstrom, air, at rest
}

// strongLines are those that every spectrum is read by.
func strongLines() []identified {
	var lines []identified
	for _, l := range figure.Lines {
		lines = append(lines, identified{l.Name, l.Ion, l.Wave})
	}
	return lines
}

// mostLines fit over a plot.
const mostLines = 40

// lines answers /api/lines?from=&to= (Angstrom, at rest) with the deepest lines
// of the user's list in the range; without a list there are none.
func (e *Explorer) lines(w http.ResponseWriter, r *http.Request) error {
	from, err1 := strconv.ParseFloat(r.URL.Query().Get("from"), 64)
	to, err2 := strconv.ParseFloat(r.URL.Query().Get("to"), 64)
	if err := cmp.Or(err1, err2); err != nil || !(from < to) {
		return problemf(http.StatusBadRequest, "want two rising wavelengths from and to")
	}
	all := e.survey.lines
	lo := sort.Search(len(all), func(i int) bool { return all[i].Wave >= from })
	hi := sort.Search(len(all), func(i int) bool { return all[i].Wave > to })
	return writeJSON(w, http.StatusOK, deepest(all[lo:hi]))
}

// deepest picks lines by their depth; a list that has none goes by the strength
// at 5,040 K, log gf less the excitation energy in eV.
func deepest(lines []linelist.Line) []identified {
	strength := func(l linelist.Line) float64 {
		if l.Depth > 0 {
			return l.Depth
		}
		return l.LogGF - l.Excitation - 100 // after those of a known depth
	}
	chosen := slices.Clone(lines)
	slices.SortStableFunc(chosen, func(a, b linelist.Line) int { return cmp.Compare(strength(b), strength(a)) })
	chosen = chosen[:min(len(chosen), mostLines)]
	linelist.Sort(chosen)
	out := []identified{}
	for _, l := range chosen {
		out = append(out, identified{l.Species.String(), l.Species.String(), l.Wave})
	}
	return out
}
