package eso_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/datasets/eso"
	"github.com/stellarae/lab/datasets/eso/esotest"
)

// The archive here is one on this machine; without Base it is ESO's.
func ExampleArchive_Download() {
	stub := esotest.New(100, 500)
	defer stub.Close()
	dir, err := os.MkdirTemp("", "eso")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	archive, err := eso.New(eso.Options{Base: stub.URL, Token: eso.TokenFromEnv()})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	list, err := archive.Find(ctx, eso.Query{Targets: []string{"HD10002"}, MinSNR: 45})
	if err != nil {
		log.Fatal(err)
	}
	report, err := archive.Download(ctx, list, filepath.Join(dir, "spectra"), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(list), "products,", report.Fetched, "fetched,", report.Bytes, "bytes")
	again, err := archive.Download(ctx, list, filepath.Join(dir, "spectra"), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.Present, "there,", again.Fetched, "fetched")
	// Output:
	// 5 products, 5 fetched, 72000 bytes
	// 5 there, 0 fetched
}

func ExampleQuery_ADQL() {
	adql, err := eso.Query{Targets: []string{"Barnard's star"}, MinSNR: 50, Limit: 3}.ADQL()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(adql)
	// Output:
	// SELECT TOP 3 dp_id, target_name, s_ra, s_dec, t_min, t_exptime, snr, access_estsize FROM ivoa.ObsCore WHERE obs_collection = 'HARPS' AND dataproduct_type = 'spectrum' AND (target_name = 'Barnard''s star') AND snr >= 50 ORDER BY dp_id
}
