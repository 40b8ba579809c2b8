// Package sample brings the codes of spectra together with what is known of the
// spectra: whose they are, and the labels, row by row.
//
// It reads what encoders and catalogues wrote; it encodes and counts nothing.
//
//	s, err := sample.Open("runs/course")
//	counted, err := info.Count(s.Codes, s.Labels, info.CountOptions{Clusters: s.Stars})
package sample

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/resample"
)

// Sample is coded spectra. Everything in it has one row a spectrum, in the order
// of the codes.
type Sample struct {
	Codes  *mat.Dense         // spectra x nodes
	Names  []string           // of the spectra, files or dp_ids, as the file of names has them
	Table  *catalog.Table     // all that the label table says
	Labels []info.Label       // the labels chosen
	Stars  *resample.Clusters // the visits of a star belong together

	Missing []string // spectra of Names without a row in the label table
}

// Files say where a sample is.
type Files struct {
	Codes  string   // .npy, one row a spectrum, one column a node
	Names  string   // text, the file or dp_id of every row; "" where the table has the rows of the codes, in order
	Labels string   // label table, .csv
	Choose []string // labels to take; nil for those of the paper that the table has, or else all numbers in it
}

// Names of a sample's files in a folder.
const (
	CodesName  = "codes.npy"
	NamesName  = "codes.ids.txt"
	LabelsName = "labels.csv"
)

// Open reads the sample in a folder: codes.npy, codes.ids.txt, and labels.csv,
// there or in the subfolder survey, as the course and the command demo make it.
func Open(dir string) (*Sample, error) {
	f := Files{
		Codes: filepath.Join(dir, CodesName), Names: filepath.Join(dir, NamesName), Labels: filepath.Join(dir, LabelsName),
	}
	if _, err := os.Stat(f.Labels); errors.Is(err, fs.ErrNotExist) {
		f.Labels = filepath.Join(dir, "survey", LabelsName)
	}
	return Read(f)
}

// Read reads and joins the files. Numbers of rows that differ, a spectrum named
// twice in the table, a table that knows none of the spectra, and a label that it
// does not have are errors; single spectra that it does not know are Missing,
// and have no labels.
func Read(f Files) (*Sample, error) {
	s := &Sample{}
	var err error
	if s.Codes, err = npy.ReadMatrix(f.Codes); err != nil {
		return nil, err
	}
	if s.Table, err = catalog.Read(f.Labels); err != nil {
		return nil, err
	}
	if err := s.join(f); err != nil {
		return nil, err
	}
	if s.Labels, err = Labels(s.Table, f.Choose); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Labels, err)
	}
	if s.Stars, err = resample.By(s.Table.StarKeys()); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Labels, err)
	}
	return s, nil
}

// join brings the table into the order of the codes.
func (s *Sample) join(f Files) error {
	rows, _ := s.Codes.Dims()
	if f.Names == "" {
		if s.Table.Rows() != rows {
			return fmt.Errorf("%s has %d rows and %s %d: without names they must be the same spectra", f.Codes, rows, f.Labels, s.Table.Rows())
		}
		s.Names = s.Table.IDs
		return nil
	}
	text, err := os.ReadFile(f.Names)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if name := strings.TrimSpace(line); name != "" {
			s.Names = append(s.Names, name)
		}
	}
	if len(s.Names) != rows {
		return fmt.Errorf("%s names %d spectra, %s has %d rows", f.Names, len(s.Names), f.Codes, rows)
	}
	if s.Table, s.Missing, err = s.Table.Join(s.Names); err != nil {
		return fmt.Errorf("%s, %s: %w", f.Names, f.Labels, err)
	}
	if len(s.Missing) == rows {
		return fmt.Errorf("%s has none of the spectra of %s, such as %s", f.Labels, f.Names, s.Missing[0])
	}
	return nil
}

// Labels are the named columns of a table as labels; without names those of the
// paper (section 6.2) that the table has, else every number in it.
func Labels(t *catalog.Table, names []string) (labels []info.Label, err error) {
	for _, name := range names {
		c, err := t.Column(name)
		if err != nil {
			return nil, err
		}
		labels = append(labels, info.Label{Name: c.Name, Values: c.Values})
	}
	if len(names) > 0 {
		return labels, nil
	}
	for _, name := range catalog.PaperLabels() {
		if c, err := t.Column(name); err == nil {
			labels = append(labels, info.Label{Name: name, Values: c.Values})
		}
	}
	if labels == nil {
		for _, c := range t.Columns {
			labels = append(labels, info.Label{Name: c.Name, Values: c.Values})
		}
	}
	if labels == nil {
		return nil, errors.New("no column of numbers to use as a label")
	}
	return labels, nil
}

// Node is a column of the codes: a node's value for every spectrum.
func (s *Sample) Node(node int) []float64 { return mat.Col(nil, node, s.Codes) }

// Label is a column of the label table, found by any of its names (see
// catalog.Table.Column).
func (s *Sample) Label(name string) ([]float64, error) {
	c, err := s.Table.Column(name)
	return c.Values, err
}

// Keep is the sample of the given rows, in the order given, each once at most.
func (s *Sample) Keep(rows []int) (*Sample, error) {
	out := &Sample{}
	var err error
	if out.Codes, out.Labels, err = info.KeepRows(s.Codes, s.Labels, rows); err != nil {
		return nil, err
	}
	missing := map[string]bool{}
	for _, name := range s.Missing {
		missing[name] = true
	}
	for _, r := range rows {
		out.Names = append(out.Names, s.Names[r])
		if missing[s.Names[r]] {
			out.Missing = append(out.Missing, s.Names[r])
		}
	}
	out.Table = s.Table.Pick(rows)
	out.Stars, err = resample.By(out.Table.StarKeys())
	return out, err
}

// OnePerStar keeps one spectrum of each star, as the paper does (see
// catalog.Table.UniqueStars).
func (s *Sample) OnePerStar() (*Sample, error) { return s.Keep(s.Table.UniqueStars()) }
