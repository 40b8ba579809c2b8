package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/figure"
)

// finish draws the history and measures the held-out spectra, of which those
// that cannot be read are left out.
func (f trainFlags) finish(c *cobra.Command, m *stellarae.Model, data datasets.Dataset, held []int, r *trained) error {
	history, err := stellarae.ReadHistory(filepath.Join(f.out, stellarae.HistoryFile))
	if err != nil {
		return err
	}
	if len(history) > 0 {
		if err := drawHistory(history, filepath.Join(f.out, "training.png")); err != nil {
			return err
		}
		r.record(history[len(history)-1])
	}
	sum, n := 0.0, 0
	for start := 0; start < len(held); start += 256 {
		var rows [][]float32
		for _, i := range held[start:min(start+256, len(held))] {
			row := make([]float32, data.Samples())
			if err := data.Row(i, row); err != nil {
				fmt.Fprintln(c.ErrOrStderr(), "left out:", err)
				continue
			}
			rows = append(rows, row)
		}
		again, err := m.Reconstruct(rows)
		if err != nil {
			return err
		}
		for i, row := range rows {
			for k, v := range row {
				sum += float64(v-again[i][k]) * float64(v-again[i][k])
				n++
			}
		}
	}
	if n > 0 {
		r.HeldReconstruction = sum / float64(n)
	}
	return nil
}

func drawHistory(history []stellarae.Moment, path string) error {
	d := figure.TrainingData{Title: "Training"}
	for _, m := range history {
		kl := 0.0
		for _, v := range m.KL {
			kl += v
		}
		d.Step = append(d.Step, m.Step)
		d.Loss = append(d.Loss, m.Total)
		d.Reconstruction = append(d.Reconstruction, m.Reconstruction)
		d.KL = append(d.KL, kl)
		d.Beta = append(d.Beta, m.Beta)
		d.NodeKL = append(d.NodeKL, m.KL)
	}
	f, err := figure.Training(d)
	if err != nil {
		return err
	}
	return f.Save(path)
}
