package eso

import (
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkDownload brings files of a HARPS product's size, 5 MB, over
// loopback: what checking and keeping them costs beside the network.
func BenchmarkDownload(b *testing.B) {
	s := stub(b, 8, 313000)
	list := products(s)
	var bytes int64
	for _, p := range list {
		bytes += int64(len(s.Data(p.ID)))
	}
	a, _ := client(b, s, Options{})
	b.SetBytes(bytes)
	for b.Loop() {
		dir := b.TempDir()
		if report, err := a.Download(b.Context(), list, dir, nil); err != nil || report.Fetched != len(list) {
			b.Fatalf("%+v, %v", report, err)
		}
	}
}

// BenchmarkVerify checks one such file.
func BenchmarkVerify(b *testing.B) {
	s := stub(b, 1, 313000)
	id := s.IDs()[0]
	path := filepath.Join(b.TempDir(), id+".fits")
	if err := os.WriteFile(path, s.Data(id), 0o644); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(s.Data(id))))
	for b.Loop() {
		if _, _, err := verify(path, Product{ID: id}); err != nil {
			b.Fatal(err)
		}
	}
}
