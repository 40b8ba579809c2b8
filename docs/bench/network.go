package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/xla"
)

// config is a preset, with another length or other nodes if asked for. A
// network of another length has the same layers; what is left of the spectrum
// at the bottleneck grows with it.
func config(o options) (stellarae.Config, error) {
	c, err := stellarae.Preset(o.preset)
	if err != nil {
		return c, err
	}
	if o.samples > 0 {
		c.Name = fmt.Sprintf("%s, %d samples", c.Name, o.samples)
		c.Grid.Samples, c.Grid.PadLeft, c.Grid.PadRight, c.Grid.Masked = o.samples, 0, 0, nil
	}
	if o.nodes > 0 {
		c.Nodes = o.nodes
	}
	return c, c.Validate()
}

func network(o options) (*stellarae.Model, string, error) {
	c, err := config(o)
	if err != nil {
		return nil, "", err
	}
	device, err := xla.Open()
	if err != nil {
		return nil, "", err
	}
	m, err := stellarae.New(device.Backend, c, 1)
	if err != nil {
		return nil, "", err
	}
	return m, device.Description, m.UsePrecision(stellarae.Precision(o.precision))
}

// spectra are flat ones with noise, one after another.
func spectra(rows, samples int) []float32 {
	random := rand.New(rand.NewPCG(1, 2))
	flux := make([]float32, rows*samples)
	for i := range flux {
		flux[i] = 1 + 0.1*float32(random.NormFloat64())
	}
	return flux
}

// split cuts flat rows apart.
func split(flat []float32, width int) (rows [][]float32) {
	for at := 0; at < len(flat); at += width {
		rows = append(rows, flat[at:at+width])
	}
	return rows
}

// step is a step of training: losses, gradients, their norm clipped, Adam.
func step(o options) (*work, error) {
	m, device, err := network(o)
	if err != nil {
		return nil, err
	}
	trainer, err := stellarae.NewTrainer(m, stellarae.Training{Batch: o.batch, Precision: stellarae.Precision(o.precision)})
	if err != nil {
		return nil, err
	}
	flux := spectra(o.batch, m.Config.Samples())
	return &work{device: device, units: o.batch, pass: func() error {
		_, err := trainer.Do(flux)
		return err
	}}, nil
}

func encode(o options) (*work, error) {
	m, device, err := network(o)
	if err != nil {
		return nil, err
	}
	rows := split(spectra(o.batch, m.Config.Samples()), m.Config.Samples())
	return &work{device: device, units: o.batch, pass: func() error {
		_, err := m.Encode(rows)
		return err
	}}, nil
}

func decode(o options) (*work, error) {
	m, device, err := network(o)
	if err != nil {
		return nil, err
	}
	codes := split(spectra(o.batch, m.Config.Nodes), m.Config.Nodes)
	return &work{device: device, units: o.batch, pass: func() error {
		_, err := m.Decode(codes)
		return err
	}}, nil
}
