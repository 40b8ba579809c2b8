package session

import (
	"context"
	"go/types"
	"slices"

	"github.com/stellarae/lab/kernels/session/build"
	"github.com/stellarae/lab/kernels/session/source"
)

// packages answers source's questions from the builder.
type packages struct {
	b     *build.Builder
	known []string // union of what was asked for in this session, so that one graph serves all
}

var _ source.Packages = (*packages)(nil)

func (p *packages) Load(ctx context.Context, paths []string) (types.Importer, map[string]error, error) {
	g, err := p.b.Packages(ctx, paths)
	if err != nil {
		return nil, nil, err
	}
	return p.b.Importer(g), g.Errors, nil
}

func (p *packages) Resolve(ctx context.Context, name string, symbols []string) (string, bool) {
	paths, err := p.b.Resolve(ctx, name, symbols)
	if err != nil || len(paths) == 0 {
		return "", false
	}
	return paths[0], true
}

// union adds paths that are new.
func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	slices.Sort(a)
	return a
}
