package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/store"
)

// shardBytes is about what a shard holds, as stellarae prepare makes them.
const shardBytes = 64 << 20

// write makes a store of float32 rows.
func write(dir string, flux []float32, samples int) (err error) {
	w, err := store.NewWriter(dir, store.Layout{Samples: samples, Type: store.Float32})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	rows := max(1, shardBytes/(4*samples))
	for at := 0; at*samples < len(flux); at += rows {
		part := flux[at*samples : min((at+rows)*samples, len(flux))]
		n := len(part) / samples
		t := &catalog.Table{IDs: make([]string, n), Stars: make([]string, n)}
		for i := range n {
			t.IDs[i] = fmt.Sprintf("ADP.%06d", at+i)
			t.Stars[i] = t.IDs[i]
		}
		if _, err := w.Add(store.Block{Flux: part, Table: t}); err != nil {
			return err
		}
	}
	return nil
}

// storeWrite writes a store anew in every pass, flushed to the disk.
func storeWrite(o options) (*work, error) {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	flux := spectra(o.spectra, o.samples)
	return &work{
		device: "disk", units: o.spectra,
		pass: func() error {
			dir := filepath.Join(folder, "store")
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
			return write(dir, flux, o.samples)
		},
		done: func() error { return os.RemoveAll(folder) },
	}, nil
}

// storeRead opens a store that is in the page cache and copies every row out.
func storeRead(o options) (*work, error) {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	dir, row := filepath.Join(folder, "store"), make([]float32, o.samples)
	if err := write(dir, spectra(o.spectra, o.samples), o.samples); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return &work{
		device: "page cache", units: o.spectra,
		pass: func() (err error) {
			s, err := store.Open(dir)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			for i := range s.Len() {
				if err := s.Row(i, row); err != nil {
					return err
				}
			}
			return nil
		},
		done: func() error { return os.RemoveAll(folder) },
	}, nil
}
