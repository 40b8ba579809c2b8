package explore

import (
	"net/http"
	"strings"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// listed is a spectrum in a list.
type listed struct {
	Index int    `json:"index"`
	ID    string `json:"id"`
	Star  string `json:"star"`
	Coded bool   `json:"coded"`
}

// mostListed is how many spectra a list has.
const mostListed = 50

// list answers /api/spectra?q=&from=: the spectra whose dp_id or star has all
// words of q, from a number on.
func (e *Explorer) list(w http.ResponseWriter, r *http.Request) error {
	s := e.survey
	from, err := integer(r, "from", 0, 0, len(s.spectra))
	if err != nil {
		return err
	}
	words := strings.Fields(strings.ToLower(r.URL.Query().Get("q")))
	found := []listed{}
	for i := from; i < len(s.spectra) && len(found) < mostListed; i++ {
		text := strings.ToLower(s.spectra[i].id + " " + s.star(i))
		if hasAll(text, words) {
			found = append(found, e.listed(i))
		}
	}
	return writeJSON(w, http.StatusOK, found)
}

func hasAll(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

func (e *Explorer) listed(i int) listed {
	k := e.survey.spectra[i]
	return listed{i, k.id, e.survey.star(i), k.code >= 0}
}

// shown is a spectrum that was asked for, or dropped.
type shown struct {
	listed
	HasInput bool               `json:"has_input"`
	Code     []float32          `json:"code"` // as the network encodes it
	Object   string             `json:"object"`
	Date     string             `json:"date"`
	SNR      *float64           `json:"snr"`
	BERV     *float64           `json:"berv"` // km/s
	RV       *float64           `json:"rv"`   // km/s, of the header
	Labels   map[string]float64 `json:"labels"`
	Medium   string             `json:"medium,omitempty"` // of the file; the grid is in air
}

// spectrum answers /api/spectrum?id=DP_ID or ?i=NUMBER.
func (e *Explorer) spectrum(w http.ResponseWriter, r *http.Request) error {
	s := e.survey
	i, err := integer(r, "i", -1, 0, len(s.spectra)-1)
	if err != nil {
		return err
	}
	if i < 0 {
		id := r.URL.Query().Get("id")
		var ok bool
		if i, ok = s.at[catalog.Key(id)]; !ok {
			return problemf(http.StatusNotFound, "no spectrum %.80q here", id)
		}
	}
	row, about, err := s.read(i)
	if err != nil {
		return problem{http.StatusUnprocessableEntity, err}
	}
	out := shown{listed: e.listed(i), HasInput: row != nil, Code: s.code(i), Labels: s.labelsOf(i)}
	if row != nil {
		e.rows.put(i, row)
		if out.Code, err = e.coder.encode(r.Context(), row); err != nil {
			return err
		}
	}
	out.describe(about)
	return writeJSON(w, http.StatusOK, out)
}

func (s *shown) describe(about spectrum.Info) {
	s.Object, s.Date = about.Object, about.Date
	if s.Object == "" {
		s.Object = s.Star
	}
	s.SNR, s.BERV, s.RV = finite(about.SNR), finite(about.BERV), finite(about.RV)
}

// finite is nil for what JSON cannot say.
func finite(v float64) *float64 {
	if v-v != 0 {
		return nil
	}
	return &v
}
