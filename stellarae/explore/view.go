package explore

import (
	"context"
	"net/http"
)

// mostBins bounds what a page can ask for at once; 1<<20 covers every network
// sample by sample, for a table.
const mostBins = 1 << 20

// view answers /api/view?i=&from=&to=&bins= for samples from to before to of the
// axis without padding, in at most 2 x bins points. The body is one code, or
// two: that of the spectrum, and one with sliders moved; after them, where no i
// is given, the samples of a spectrum that was dropped, if there is one.
//
// The answer is eight words (from, to, samples a bin, points, series, three
// spare), and then for each series its points: input, reconstruction, input
// minus reconstruction; and with two codes moved, moved minus reconstruction.
// Of every bin there are its least and greatest value in the order in which
// they come; bins of one sample give it once. The input of a spectrum
// of which only the code is known is NaN.
func (e *Explorer) view(w http.ResponseWriter, r *http.Request) error {
	g := e.config.Grid
	i, err := integer(r, "i", -1, 0, len(e.survey.spectra)-1)
	if err != nil {
		return err
	}
	from, err := integer(r, "from", 0, 0, g.Samples-1)
	if err != nil {
		return err
	}
	to, err := integer(r, "to", g.Samples, from+1, g.Samples)
	if err != nil {
		return err
	}
	bins, err := integer(r, "bins", 1000, 1, mostBins)
	if err != nil {
		return err
	}
	nodes := e.config.Nodes
	body, err := readFloats(w, r, nodes, 2*nodes, nodes+g.Samples, 2*nodes+g.Samples)
	if err != nil {
		return err
	}
	var input []float32
	if n := len(body); n >= g.Samples && n > 2*nodes {
		body, input = body[:n-g.Samples], body[n-g.Samples:]
	}
	if i >= 0 {
		if input, err = e.row(i); err != nil {
			return problem{http.StatusUnprocessableEntity, err}
		}
		input = e.unpadded(input)
	}
	series, err := e.series(r.Context(), input, body)
	if err != nil {
		return err
	}
	b := binning(from, to, bins)
	out := words{}.ints(from, to, b.stride, b.points(), len(series), 0, 0, 0)
	for _, s := range series {
		out = out.floats(b.reduce(s))
	}
	return out.send(w)
}

// unpadded is the part of a row that stands for wavelengths.
func (e *Explorer) unpadded(row []float32) []float32 {
	if row == nil {
		return nil
	}
	g := e.config.Grid
	return row[g.PadLeft : g.PadLeft+g.Samples]
}

// series are the curves of a view, sample by sample.
func (e *Explorer) series(ctx context.Context, input, codes []float32) ([][]float32, error) {
	nodes := e.config.Nodes
	again, err := e.coder.decode(ctx, codes[:nodes])
	if err != nil {
		return nil, err
	}
	again = e.unpadded(again)
	series := [][]float32{input, again, difference(input, again)}
	if len(codes) == 2*nodes {
		moved, err := e.coder.decode(ctx, codes[nodes:])
		if err != nil {
			return nil, err
		}
		moved = e.unpadded(moved)
		series = append(series, moved, difference(moved, again))
	}
	return series, nil
}

// difference is nil where one side is not known.
func difference(a, b []float32) []float32 {
	if a == nil {
		return nil
	}
	d := make([]float32, len(a))
	for i := range d {
		d[i] = a[i] - b[i]
	}
	return d
}
