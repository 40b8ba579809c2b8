// Package baseline makes codes that a trained autoencoder has to be held
// against: those of the same network with random weights (Untrained), and the
// principal components of the same spectra (PCA). What a statistic finds in them
// it would have found without any learning.
//
// It makes codes and judges none. Principal components are no negative control
// for a label that shows in the spectra, which they carry too, only more
// entangled.
//
//	pca, err := baseline.FitPCA(data, rows, baseline.PCAOptions{Components: 16, Seed: 1})
//	codes, err := baseline.Codes(data, rows, pca.Encode, nil)
//
//	network, err := baseline.Untrained(device.Backend, config, 1)
//	codes, err = baseline.Codes(data, rows, network.Encode, nil)
package baseline

import (
	"fmt"

	"github.com/gomlx/compute"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/stellarae"
)

// Untrained is a network of the configuration with random weights, the ones
// from which a training with that seed starts. Its codes are functions of the
// spectra all the same, and most of them answer to whatever changes a spectrum
// most.
func Untrained(backend compute.Backend, c stellarae.Config, seed uint64) (*stellarae.Model, error) {
	m, err := stellarae.New(backend, c, seed)
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	return m, nil
}

// Codes encodes rows of a dataset, read in batches of bounded memory: one code
// for each of rows, in their order. encode is the method of a PCA or a Model;
// progress, which may be nil, hears of every batch. A row that cannot be read is
// an error.
func Codes(d datasets.Dataset, rows []int, encode func(rows [][]float32) ([][]float32, error), progress func(done, total int)) ([][]float32, error) {
	size := max(1, min(256, 1<<23/max(1, d.Samples())))
	codes := make([][]float32, 0, len(rows))
	for start := 0; start < len(rows); start += size {
		batch, err := read(d, rows[start:min(start+size, len(rows))])
		if err != nil {
			return nil, err
		}
		part, err := encode(batch)
		if err != nil {
			return nil, fmt.Errorf("baseline: rows from %s: %w", d.ID(rows[start]), err)
		}
		if len(part) != len(batch) {
			return nil, fmt.Errorf("baseline: rows from %s: %d codes of %d rows", d.ID(rows[start]), len(part), len(batch))
		}
		codes = append(codes, part...)
		if progress != nil {
			progress(len(codes), len(rows))
		}
	}
	return codes, nil
}

func read(d datasets.Dataset, rows []int) ([][]float32, error) {
	batch := make([][]float32, len(rows))
	for i, row := range rows {
		if row < 0 || row >= d.Len() {
			return nil, fmt.Errorf("baseline: row %d: the dataset has %d", row, d.Len())
		}
		batch[i] = make([]float32, d.Samples())
		if err := d.Row(row, batch[i]); err != nil {
			return nil, fmt.Errorf("baseline: %s: %w", d.ID(row), err)
		}
		for k, v := range batch[i] {
			if v-v != 0 {
				return nil, fmt.Errorf("baseline: %s: sample %d is %v", d.ID(row), k, v)
			}
		}
	}
	return batch, nil
}
