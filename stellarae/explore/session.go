package explore

import (
	"encoding/json"

	"github.com/stellarae/lab/datasets/catalog"
)

// session is what a page asks for first: all that is the same for every
// spectrum.
type session struct {
	Name    string `json:"name"`
	Network string `json:"network"`
	Grid    struct {
		Start   float64      `json:"start"` // Angstrom in air, of sample 0
		Step    float64      `json:"step"`
		Samples int          `json:"samples"` // without the padding
		Masked  [][2]float64 `json:"masked"`  // Angstrom
	} `json:"grid"`
	Nodes    []node       `json:"nodes"`
	Named    string       `json:"named"` // by what the nodes are
	Labels   []labelName  `json:"labels"`
	Spectra  int          `json:"spectra"`
	Coded    int          `json:"coded"`
	First    string       `json:"first"` // dp_id to begin with; empty without spectra
	Telluric []band       `json:"telluric"`
	Uploads  int64        `json:"uploads"` // bytes at most
	Lines    bool         `json:"lines"`   // more than the strong ones are known
	Strong   []identified `json:"strong"`
}

type labelName struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
}

func (e *Explorer) session() ([]byte, error) {
	g := e.config.Grid
	s := session{
		Name: e.survey.name, Network: e.config.Name, Nodes: e.survey.nodes, Named: e.survey.how,
		Labels: []labelName{}, Spectra: len(e.survey.spectra), Coded: len(e.survey.coded),
		Telluric: telluric, Uploads: mostUpload, Lines: len(e.survey.lines) > 0, Strong: strongLines(),
	}
	s.Grid.Start, s.Grid.Step, s.Grid.Samples = g.Start, g.Step, g.Samples
	s.Grid.Masked = [][2]float64{}
	for _, m := range g.Masked {
		s.Grid.Masked = append(s.Grid.Masked, [2]float64{g.Wave(m[0]), g.Wave(m[1])})
	}
	if t := e.survey.labels; t != nil {
		for _, c := range t.Columns {
			s.Labels = append(s.Labels, labelName{c.Name, catalog.Unit(c.Name)})
		}
	}
	for _, i := range e.survey.coded { // the first that can be shown and is on the map
		if k := e.survey.spectra[i]; k.file != "" || k.row >= 0 {
			s.First = k.id
			break
		}
	}
	if s.First == "" && len(e.survey.spectra) > 0 {
		s.First = e.survey.spectra[0].id
	}
	return json.Marshal(s)
}
