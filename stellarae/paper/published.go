package paper

import (
	"fmt"
	"slices"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/pytorch"
)

// publication is the authors' files, and what is asked of them.
type publication struct {
	*sample
	files      Files
	checkpoint *pytorch.Checkpoint // nil where missing
	everything *info.Published     // of all rows, faint ones too, as section 6.1 takes them
}

// Published answers the claims from the authors' own files in a folder: there the
// published numbers must come out. Codes belong to the rows of the label table
// that are marked as the unique subset, in their order. A folder without codes or
// labels gives a MissingError; Get says what to do then. With 128 nodes and 7,007
// spectra the corrected count takes two minutes on two cores.
func Published(folder string, o Options) (*Lane, error) {
	o = o.complete()
	files, err := Find(folder)
	if err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	if missing := files.Missing(); len(missing) > 0 {
		return nil, &MissingError{folder, missing}
	}
	p := &publication{files: files}
	if p.sample, err = readPublished(files); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	if files.Checkpoint != "" {
		if p.checkpoint, err = pytorch.Load(files.Checkpoint); err != nil {
			return nil, fmt.Errorf("paper: %w", err)
		}
	}
	all := make([]int, p.table.Rows())
	for i := range all {
		all[i] = i
	}
	if p.everything, err = p.asPublished(all, p.labels()); err != nil {
		return nil, fmt.Errorf("paper: %s: %w", files.Codes, err)
	}
	if err := p.count(o); err != nil {
		return nil, fmt.Errorf("paper: %s: %w", files.Codes, err)
	}
	l := &Lane{
		Name:  "The authors' codes and labels",
		About: fmt.Sprintf("%s spectra, %d nodes; without %d whose median flux is below %d, %s.", thousands(p.table.Rows()), len(p.published.MAD), p.table.Rows()-len(p.bright), faintest, thousands(len(p.bright))),
	}
	claims := publishedClaims()
	if p.checkpoint == nil {
		claims = slices.DeleteFunc(claims, func(c asked[*publication]) bool { return c.Part == checkpointPart })
	}
	if err := ask(l, p, claims); err != nil {
		return nil, err
	}
	return l, p.draw(l)
}

// readPublished brings codes and labels together.
func readPublished(f Files) (*sample, error) {
	codes, err := npy.ReadMatrix(f.Codes)
	if err != nil {
		return nil, err
	}
	table, err := catalog.Read(f.Labels)
	if err != nil {
		return nil, err
	}
	if table.Unique == nil {
		return nil, fmt.Errorf("%s: no column unique_subset, by which the codes have been chosen", f.Labels)
	}
	var rows []int
	for i, unique := range table.Unique {
		if unique {
			rows = append(rows, i)
		}
	}
	table = table.Pick(rows)
	if n, _ := codes.Dims(); n != len(rows) {
		return nil, fmt.Errorf("%s has %d rows, %s a unique subset of %d spectra", f.Codes, n, f.Labels, len(rows))
	}
	return newSample(codes, table)
}

// draw draws the authors' figures anew. Their names begin with "published".
func (p *publication) draw(l *Lane) error {
	if err := p.drawCount(l, "the authors' codes"); err != nil {
		return err
	}
	for _, d := range []struct{ name, label string }{{"radvel", "radvel"}, {"teff", "Teff"}} {
		if node, _ := best(p.published, d.label); node >= 0 {
			if err := p.drawScatter(l, d.name, node, d.label); err != nil {
				return err
			}
		}
	}
	if err := p.drawKiel(l, "kiel"); err != nil {
		return err
	}
	for i := range l.Drawings {
		l.Drawings[i].Name = "published-" + l.Drawings[i].Name
	}
	for i := range l.Rows {
		if l.Rows[i].Figure != "" {
			l.Rows[i].Figure = "published-" + l.Rows[i].Figure
		}
	}
	return nil
}

// config is the network that the checkpoint's shapes tell.
func (p *publication) config() (stellarae.Config, error) {
	shapes := make([]stellarae.Shape, len(p.checkpoint.Tensors))
	for i, t := range p.checkpoint.Tensors {
		shapes[i] = stellarae.Shape{Name: t.Name, Dims: t.Shape}
	}
	return stellarae.ConfigOf(shapes)
}
