package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/stellarae/lab/stellarae/atomicfile"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// ManifestFile is the manifest's name in a store's folder.
const ManifestFile = "manifest.json"

// Bounds on what a manifest or a shard may claim: far above any use, and low
// enough that no file can ask for an unreasonable amount of memory.
const (
	maxManifest = 256 << 20 // bytes
	maxColumns  = 4096
	maxRows     = 1 << 22 // of a shard
	maxShard    = 8 << 30 // bytes of a file
)

const (
	format  = "stellarae store"
	version = 1
)

// Type is how samples are kept.
type Type string

const (
	// Float32 keeps every bit.
	Float32 Type = "float32"
	// Float16 keeps a sample as an IEEE half, times a power of two for each row:
	// relative errors of at most 2^-11, but for samples below 2^-29 of the row's
	// largest, whose errors are at most 2^-39 of that.
	Float16 Type = "float16"
)

func (t Type) width() int {
	if t == Float16 {
		return 2
	}
	return 4
}

// Layout is what all rows of a store share.
type Layout struct {
	Samples int              `json:"samples"` // of a row
	Type    Type             `json:"type"`
	Grid    *spectrum.Grid   `json:"grid,omitempty"`   // the axis; nil where rows are not spectra
	Preset  *spectrum.Preset `json:"preset,omitempty"` // how they were preprocessed; nil where they were not
	Model   string           `json:"model,omitempty"`  // SHA-256 of the checkpoint, where rows are its codes
	Columns []Column         `json:"columns,omitempty"`
}

// Column is a column of the Parquet files besides dp_id and target_name.
type Column struct {
	Name string `json:"name"`
	Unit string `json:"unit,omitempty"`
	Kind Kind   `json:"kind"`
}

// Kind is what a column holds.
type Kind string

const (
	Number Kind = "number" // float64, null where missing
	Text   Kind = "text"   // null where missing
	Flag   Kind = "flag"   // the catalogue's unique_subset
)

// Manifest is what is committed.
type Manifest struct {
	Format  string  `json:"format"`
	Version int     `json:"version"`
	Layout  Layout  `json:"layout"`
	Shards  []Entry `json:"shards"` // by increasing number
	CRC32C  string  `json:"crc32c"` // of the compact JSON of all this, itself being ""
}

// Entry is one shard.
type Entry struct {
	Number  int       `json:"number"`
	Rows    int       `json:"rows"`
	Arrow   *File     `json:"arrow,omitempty"`    // nil where no source gave a row
	Parquet *File     `json:"parquet,omitempty"`  // likewise
	LeftOut []LeftOut `json:"left_out,omitempty"` // sources that gave no row
}

// File is one of a shard's files.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	CRC32C string `json:"crc32c"` // Castagnoli, eight hexadecimal digits
}

// LeftOut is a source that was tried and gave no row.
type LeftOut struct {
	Source string `json:"source"`
	Cause  string `json:"cause"`
}

// Rows is the number of rows in all shards.
func (m *Manifest) Rows() int {
	n := 0
	for _, e := range m.Shards {
		n += e.Rows
	}
	return n
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func hexadecimal(crc uint32) string { return fmt.Sprintf("%08x", crc) }

func arrowName(number int) string   { return fmt.Sprintf("shard-%06d.arrow", number) }
func parquetName(number int) string { return fmt.Sprintf("shard-%06d.parquet", number) }

// ReadManifest reads the manifest of a store's folder. One that is torn, whose
// checksum is wrong, or that claims what cannot be, is an error.
func ReadManifest(dir string) (*Manifest, error) {
	path := filepath.Join(dir, ManifestFile)
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	m, err := parseManifest(text)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	return m, nil
}

func parseManifest(text []byte) (*Manifest, error) {
	if len(text) > maxManifest {
		return nil, fmt.Errorf("more than %d bytes", maxManifest)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var m Manifest
	if err := d.Decode(&m); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("the manifest is torn")
		}
		return nil, err
	}
	if rest, err := io.ReadAll(d.Buffered()); err != nil || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("text after the manifest")
	}
	if m.Format != format || m.Version != version {
		return nil, fmt.Errorf("%.40q version %d: want %q version %d", m.Format, m.Version, format, version)
	}
	sum, err := m.checksum()
	if err != nil {
		return nil, err
	}
	if sum != m.CRC32C {
		return nil, fmt.Errorf("checksum %s, %.20q stated: the manifest is damaged", sum, m.CRC32C)
	}
	return &m, m.validate()
}

func (m *Manifest) checksum() (string, error) {
	bare := *m
	bare.CRC32C = ""
	text, err := json.Marshal(bare)
	if err != nil {
		return "", err
	}
	return hexadecimal(crc32.Checksum(text, castagnoli)), nil
}

func (m *Manifest) write(dir string) error {
	if err := m.validate(); err != nil {
		return fmt.Errorf("store: %s: %w", dir, err)
	}
	sum, err := m.checksum()
	if err != nil {
		return fmt.Errorf("store: %s: %w", dir, err)
	}
	m.CRC32C = sum
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("store: %s: %w", dir, err)
	}
	err = atomicfile.Write(filepath.Join(dir, ManifestFile), func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Validate reports what keeps l from being a layout.
func (l Layout) Validate() error {
	switch {
	case l.Samples < 1 || l.Samples > spectrum.MaxSamples:
		return fmt.Errorf("rows of %d samples: want 1 to %d", l.Samples, spectrum.MaxSamples)
	case l.Type != Float32 && l.Type != Float16:
		return fmt.Errorf("samples of type %.20q: want %s or %s", l.Type, Float32, Float16)
	case l.Grid != nil && l.Grid.Len() != l.Samples:
		return fmt.Errorf("rows of %d samples on a grid of %d", l.Samples, l.Grid.Len())
	case len(l.Columns) > maxColumns:
		return fmt.Errorf("%d columns: want at most %d", len(l.Columns), maxColumns)
	}
	if l.Grid != nil {
		if err := l.Grid.Validate(); err != nil {
			return err
		}
	}
	seen := map[string]bool{idColumn: true, starColumn: true}
	for _, c := range l.Columns {
		if c.Name == "" || seen[c.Name] {
			return fmt.Errorf("two columns are named %q, or one has no name", c.Name)
		}
		seen[c.Name] = true
		switch {
		case c.Kind != Number && c.Kind != Text && c.Kind != Flag:
			return fmt.Errorf("column %q of kind %.20q", c.Name, c.Kind)
		case (c.Kind == Flag) != (c.Name == uniqueColumn):
			return fmt.Errorf("column %q of kind %s: %s is the only flag", c.Name, c.Kind, uniqueColumn)
		}
	}
	return nil
}

func (m *Manifest) validate() error {
	if err := m.Layout.Validate(); err != nil {
		return err
	}
	last := -1
	for _, e := range m.Shards {
		if e.Number <= last || e.Number > maxRows {
			return fmt.Errorf("shard %d after shard %d", e.Number, last)
		}
		last = e.Number
		if e.Rows < 0 || e.Rows > maxRows {
			return fmt.Errorf("shard %d: %d rows", e.Number, e.Rows)
		}
		if (e.Rows == 0) != (e.Arrow == nil) || (e.Rows == 0) != (e.Parquet == nil) {
			return fmt.Errorf("shard %d: %d rows, and its files say otherwise", e.Number, e.Rows)
		}
		if e.Rows == 0 {
			continue
		}
		if err := e.Arrow.validate(arrowName(e.Number)); err != nil {
			return err
		}
		if err := e.Parquet.validate(parquetName(e.Number)); err != nil {
			return err
		}
		if need := int64(e.Rows) * int64(m.Layout.Samples) * int64(m.Layout.Type.width()); need > e.Arrow.Bytes {
			return fmt.Errorf("%s: %d rows of %d samples in %d bytes", e.Arrow.Name, e.Rows, m.Layout.Samples, e.Arrow.Bytes)
		}
	}
	return nil
}

// validate also keeps a name from leaving the folder: it can only be the one
// the number gives.
func (f *File) validate(name string) error {
	if f.Name != name {
		return fmt.Errorf("file %.60q where %s should be", f.Name, name)
	}
	if f.Bytes < 1 || f.Bytes > maxShard {
		return fmt.Errorf("%s: %d bytes", f.Name, f.Bytes)
	}
	if len(f.CRC32C) != 8 || strings.Trim(f.CRC32C, "0123456789abcdef") != "" {
		return fmt.Errorf("%s: checksum %.20q is not eight hexadecimal digits", f.Name, f.CRC32C)
	}
	return nil
}
