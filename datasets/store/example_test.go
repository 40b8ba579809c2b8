package store_test

import (
	"fmt"
	"log"
	"os"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/store"
)

func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	table := &catalog.Table{
		IDs: []string{"ADP.1", "ADP.2"}, Stars: []string{"HD 10700", "HD 128621"},
		Columns: []catalog.Column{{Name: "Teff", Unit: "K", Values: []float64{5344, 5260}}},
	}
	w, err := store.NewWriter(dir, store.Layout{Samples: 3, Type: store.Float32, Columns: store.ColumnsOf(table)})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := w.Add(store.Block{Flux: []float32{1, 2, 3, 4, 5, 6}, Table: table}); err != nil {
		log.Fatal(err)
	}
	w.Close()

	s, err := store.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	row, err := s.View(1) // the file's own bytes
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Len(), s.ID(1), s.Star(1), row)
	// Output: 2 ADP.2 HD 128621 [4 5 6]
}
