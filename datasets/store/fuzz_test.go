package store

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// A manifest that is taken is consistent and says the same when written again;
// what it claims fits into the bounds whatever the text.
func FuzzManifest(f *testing.F) {
	dir := written(f, layout(20, Float16), 3, 0, 2)
	text, err := os.ReadFile(filepath.Join(dir, ManifestFile))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, false)
	f.Add(text[:len(text)/2], false)
	f.Add(bytes.Replace(text, []byte(`"rows": 3`), []byte(`"rows": 3000000000`), 1), true)
	f.Add(bytes.Replace(text, []byte(`shard-000000.arrow`), []byte(`../../etc/passwd`), 1), true)
	f.Fuzz(func(t *testing.T, text []byte, repair bool) {
		if repair { // a maker who knows the checksum
			var m Manifest
			if json.Unmarshal(text, &m) == nil {
				m.CRC32C, _ = m.checksum()
				text, _ = json.Marshal(m)
			}
		}
		m, err := parseManifest(text)
		if err != nil {
			return
		}
		for _, e := range m.Shards {
			if e.Rows == 0 {
				continue
			}
			if e.Arrow.Name != filepath.Base(e.Arrow.Name) || int64(e.Rows)*int64(m.Layout.Samples) > maxShard {
				t.Fatalf("%+v", e)
			}
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseManifest(again); err != nil {
			t.Fatal(err)
		}
	})
}

// Metadata of a shard that are taken lead to places inside the file.
func FuzzHeader(f *testing.F) {
	for _, typ := range []Type{Float32, Float16} {
		dir := written(f, layout(8, typ), 2)
		file, err := os.ReadFile(filepath.Join(dir, arrowName(0)))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file, typ == Float16)
		f.Add(file[:len(file)-1], typ == Float16)
	}
	f.Fuzz(func(t *testing.T, file []byte, half bool) {
		l := Layout{Samples: 8, Type: Float32}
		if half {
			l.Type = Float16
		}
		h, err := readHeader(bytes.NewReader(file), int64(len(file)), l)
		if err != nil {
			return
		}
		if need := int64(h.rows * l.Samples * l.Type.width()); h.rows < 1 || h.flux.bytes < need {
			t.Fatalf("%d rows in %d bytes", h.rows, h.flux.bytes)
		}
		for _, s := range []span{h.idOffsets, h.ids, h.starOffsets, h.starNames, h.scale, h.flux} {
			if s.at < 0 || s.bytes < 0 || s.at+s.bytes > int64(len(file)) {
				t.Fatalf("%+v of %d", s, len(file))
			}
		}
	})
}
