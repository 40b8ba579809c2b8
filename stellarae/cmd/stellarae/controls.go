package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/baseline"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/resample"
	"github.com/stellarae/lab/stellarae/intervene"
)

// Sizes of the controls: components of the principal component analysis at
// most, and spectra that are shifted.
const (
	mostComponents = 32
	mostShifted    = 1000
)

// addControls makes the controls that need the spectra: the same network before
// its training, principal components, and velocities put into the spectra. ids are
// the spectra counted, in the order of the codes.
func addControls(c *cobra.Command, run string, paths, ids []string, seed uint64, o *info.CountOptions, p *stages) error {
	device, err := openDevice(c)
	if err != nil {
		return err
	}
	m, err := stellarae.OpenRun(device.Backend, run)
	if err != nil {
		return err
	}
	data, err := openData(c, paths, m.Config)
	if err != nil {
		return err
	}
	rows, err := rowsOf(data, ids)
	if err != nil {
		return err
	}
	untrained, err := baseline.Untrained(device.Backend, m.Config, seed)
	if err != nil {
		return err
	}
	pca, err := baseline.FitPCA(data, rows, baseline.PCAOptions{Components: min(m.Config.Nodes, mostComponents, max(1, o.Clusters.Len()/4)), Seed: seed})
	if err != nil {
		return err
	}
	for _, control := range []struct {
		name   string
		encode func([][]float32) ([][]float32, error)
	}{{"untrained network", untrained.Encode}, {"principal components", pca.Encode}} {
		codes, err := baseline.Codes(data, rows, control.encode, func(done, total int) { p.set(control.name, done, total) })
		if err != nil {
			return fmt.Errorf("%s: %w", control.name, err)
		}
		o.Encoders = append(o.Encoders, info.Encoder{Name: control.name, Codes: stellarae.Matrix(codes)})
	}
	var some []int
	for _, r := range o.Clusters.OneOfEach(rand.New(rand.NewPCG(seed, 0x7368696674))) {
		if len(some) < mostShifted {
			some = append(some, rows[r])
		}
	}
	spectra, err := datasets.Rows(data, some)
	if err != nil {
		return err
	}
	in, err := intervene.InjectedVelocity(m.Encode, spectra, m.Config.Grid, intervene.InjectOptions{
		Seed: seed, Progress: func(done, total int) { p.set("shifted spectra", done, total) },
	})
	if err != nil {
		return err
	}
	o.Injected = append(o.Injected, info.Injection{
		Name: "a velocity", Codes: stellarae.Matrix(in.Codes), Values: in.Velocities, Clusters: resample.Singles(len(some)),
	})
	return nil
}

// rowsOf finds spectra in a dataset.
func rowsOf(d datasets.Dataset, ids []string) ([]int, error) {
	at := make(map[string]int, d.Len())
	for i := range d.Len() {
		at[datasets.FileID(d.ID(i))] = i
	}
	rows := make([]int, len(ids))
	for k, id := range ids {
		row, known := at[datasets.FileID(id)]
		if !known {
			return nil, fmt.Errorf("spectrum %s of the codes is not among the %d spectra given", id, d.Len())
		}
		rows[k] = row
	}
	return rows, nil
}
