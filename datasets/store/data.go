package store

import (
	"fmt"
	"reflect"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// Data is datasets.Open for paths one of which may be a store's folder: then it
// must be the only one, and its rows must be on the options' grid, preprocessed
// by their preset. The options' Star names stars as it does for files.
func Data(paths []string, o datasets.Options) (datasets.Dataset, []datasets.Failure, error) {
	for _, path := range paths {
		if !Is(path) {
			continue
		}
		if len(paths) > 1 {
			return nil, nil, fmt.Errorf("store: %s: a store is read alone, not with %d other paths", path, len(paths)-1)
		}
		s, err := Open(path)
		if err != nil {
			return nil, nil, err
		}
		if err := s.Fits(o.Grid, o.Preset); err != nil {
			return nil, nil, err
		}
		if s.Len() == 0 {
			return nil, nil, fmt.Errorf("store: %s: no spectra", path)
		}
		if o.Star != nil {
			return named{s, o.Star}, nil, nil
		}
		return s, nil, nil
	}
	return datasets.Open(paths, o)
}

// Fits is an error unless the rows are spectra on a grid, preprocessed by a
// preset.
func (s *Store) Fits(g spectrum.Grid, p spectrum.Preset) error {
	l := s.Layout()
	switch {
	case l.Grid == nil || l.Preset == nil:
		return fmt.Errorf("store: %s: the rows are not spectra", s.dir)
	case *l.Preset != p:
		return fmt.Errorf("store: %s: spectra are preprocessed as %q: want %q", s.dir, *l.Preset, p)
	case !reflect.DeepEqual(*l.Grid, g):
		return fmt.Errorf("store: %s: %d samples from %g A by %g A: want %d from %g A by %g A, padded and masked alike",
			s.dir, l.Grid.Samples, l.Grid.Start, l.Grid.Step, g.Samples, g.Start, g.Step)
	}
	return nil
}

// named is a store whose stars a table names.
type named struct {
	*Store
	star func(id string) string
}

// Star implements datasets.Dataset.
func (n named) Star(i int) string {
	if star := n.star(n.ID(i)); star != "" {
		return star
	}
	return n.Store.Star(i)
}
