// Package explore is a page on this machine to look into a trained network
// with: a spectrum, what the decoder makes of its code, one slider a node that
// carries information, the spectra nearest in the latent space, and a map of it.
//
// It serves one person's browser, over the loopback alone. It trains nothing,
// writes no file and keeps nothing that is dropped onto the page.
//
//	survey, err := explore.Load(ctx, model, explore.Sources{Run: "run"}.Beside(), nil)
//	explorer, err := explore.New(model, survey)
//	server, err := explorer.Listen(0)
//	fmt.Println(server.URL())
//	err = server.Serve(ctx)
package explore

import (
	"context"
	"fmt"

	"github.com/stellarae/lab/stellarae"
)

// Explorer answers what the page asks. It never changes, but for what it
// remembers of rows read and codes decoded, which are functions of the question
// alone: every request stands for itself, and any number of pages may ask.
type Explorer struct {
	config stellarae.Config
	survey *Survey
	coder  *coder
	rows   *cache[int, []float32]
	space  *space
	assets assets
	about  []byte // JSON of /api/session
}

// New makes an explorer of a model and the spectra known of. The model is the
// explorer's from then on. Check tells whether there is a page to show it on.
// Both directions of the network are compiled here, so
// that no page waits for that.
func New(m *stellarae.Model, s *Survey) (*Explorer, error) {
	e := &Explorer{config: m.Config, survey: s, coder: newCoder(m), assets: embedded()}
	e.rows = newCache[int, []float32](remembered(m.Config))
	var err error
	if e.space, err = newSpace(s); err != nil {
		return nil, err
	}
	ctx := context.Background()
	if _, err := e.coder.encode(ctx, make([]float32, m.Config.Samples())); err != nil {
		return nil, fmt.Errorf("compile the encoder: %w", err)
	}
	if _, err := e.coder.decode(ctx, make([]float32, m.Config.Nodes)); err != nil {
		return nil, fmt.Errorf("compile the decoder: %w", err)
	}
	e.about, err = e.session()
	return e, err
}

// remembered is how many rows are kept: 64 MiB of them.
func remembered(c stellarae.Config) int {
	return max(4, min(1024, 64<<20/(4*c.Samples())))
}

// row is a spectrum of the survey as the network takes it; nil where only its
// code is known.
func (e *Explorer) row(i int) ([]float32, error) {
	if row, ok := e.rows.get(i); ok {
		return row, nil
	}
	row, err := e.survey.Row(i)
	if err == nil && row != nil {
		e.rows.put(i, row)
	}
	return row, err
}
