package paper

import (
	"errors"
	"fmt"

	"github.com/stellarae/lab/stellarae/figure"
)

// Verdict is what became of a claim.
type Verdict string

const (
	Reproduced    Verdict = "reproduced"        // the same number comes out
	SameInKind    Verdict = "same in kind"      // what it says holds for other stars and another network
	NotReproduced Verdict = "not reproduced"    // it does not
	NotTestable   Verdict = "not testable here" // of this lane's data, for a reason
)

// Claim is a figure or a claim of the paper, and what the paper says.
type Claim struct {
	Part      string // of the paper
	What      string
	Notebook  string // that shows it, without extension
	Heading   string // in the notebook
	Paper     string // the paper's value
	Criterion string // of the verdict; why not, for what cannot be tested
}

// Answer is what comes out here.
type Answer struct {
	Published string // as published
	Corrected string // with the care of the corrected count; "" where there is no such thing
	Verdict   Verdict
	Figure    string // name of a drawing, "" for none
}

// Row is a line of the table.
type Row struct {
	Claim
	Answer
}

// Drawing is a figure of the map.
type Drawing struct {
	Name string // of its file, without extension
	Alt  string // what it shows
	PNG  []byte
}

// Lane is all rows on one set of data.
type Lane struct {
	Name     string
	About    string // the data
	Rows     []Row
	Drawings []Drawing
}

// Options of a lane. The zero value is usable.
type Options struct {
	Permutations int    // of the corrected count; 0 means 999
	Seed         uint64 // of everything random; 0 means 1

	// Progress, if not nil, is told what is being done and how much of it is.
	Progress func(stage string, done, total int)
}

func (o Options) complete() Options {
	if o.Permutations == 0 {
		o.Permutations = 999
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	return o
}

// asked is a claim with the way to answer it from data of type D.
type asked[D any] struct {
	Claim
	answer func(D) (Answer, error)
}

// ask answers all claims, in their order.
func ask[D any](l *Lane, data D, claims []asked[D]) error {
	for _, c := range claims {
		a, err := c.answer(data)
		if err != nil {
			return fmt.Errorf("paper: %s: %w", c.What, err)
		}
		l.Rows = append(l.Rows, Row{c.Claim, a})
	}
	return nil
}

// Failed lists the claims that were not reproduced.
func (l *Lane) Failed() (rows []Row) {
	for _, r := range l.Rows {
		if r.Verdict == NotReproduced {
			rows = append(rows, r)
		}
	}
	return rows
}

func verdict(holds bool, good Verdict) Verdict {
	if holds {
		return good
	}
	return NotReproduced
}

// notTestable answers a claim that this lane's data cannot.
func notTestable[D any](published func(D) string) func(D) (Answer, error) {
	return func(d D) (Answer, error) { return Answer{Published: published(d), Verdict: NotTestable}, nil }
}

// largestDrawing bounds a file of the documentation.
const largestDrawing = 150_000

// draw adds a figure in the finest of a few resolutions that keeps it small.
func (l *Lane) draw(name, alt string, f *figure.Figure, err error) error {
	if err != nil {
		return fmt.Errorf("figure %s: %w", name, err)
	}
	for _, f.DPI = range []int{110, 90, 70} {
		png, err := f.PNG()
		if err != nil {
			return fmt.Errorf("figure %s: %w", name, err)
		}
		if len(png) <= largestDrawing {
			l.Drawings = append(l.Drawings, Drawing{name, alt, png})
			return nil
		}
	}
	return errors.New("figure " + name + ": too large in every resolution")
}
