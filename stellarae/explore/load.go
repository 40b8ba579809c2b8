package explore

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/linelist"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/stellarae"
)

// Load finds out what is known of the sources: which spectra, their codes and
// labels, and what the nodes are called. Spectra are encoded here where no
// codes are given, and nodes counted where no count is. progress, which may be
// nil, hears of what takes long.
//
// Codes of another number of nodes, or that the model does not give for their
// spectrum, and files that do not belong together are errors.
func Load(ctx context.Context, m *stellarae.Model, from Sources, progress func(stage string, done, total int)) (*Survey, error) {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	s := &Survey{name: filepath.Base(filepath.Clean(from.Run)), at: map[string]int{}, config: m.Config}
	if err := s.load(ctx, m, from, progress); err != nil {
		s.Close() // the first error counts
		return nil, err
	}
	return s, nil
}

func (s *Survey) load(ctx context.Context, m *stellarae.Model, from Sources, progress func(string, int, int)) error {
	if err := s.open(from.Data); err != nil {
		return err
	}
	if from.Codes != "" {
		if err := s.readCodes(from); err != nil {
			return err
		}
		if err := s.checkCodes(m, from.Codes); err != nil {
			return err
		}
	} else if err := s.encode(ctx, m, from.Most, progress); err != nil {
		return err
	}
	if err := s.readLabels(from.Labels); err != nil {
		return err
	}
	if from.Lines != "" {
		var err error
		if s.lines, err = linelist.Load(from.Lines); err != nil {
			return err
		}
		linelist.Sort(s.lines)
	}
	return s.nameNodes(ctx, from, progress)
}

// readCodes joins the rows of the codes to the spectra by dp_id, or where no
// ids are given in their order.
func (s *Survey) readCodes(from Sources) error {
	shape, flat, err := npy.ReadFloat32s(from.Codes)
	if err != nil {
		return err
	}
	if len(shape) != 2 || shape[1] != s.config.Nodes {
		return fmt.Errorf("%s: an array of shape %v: the network has %d nodes", from.Codes, shape, s.config.Nodes)
	}
	var ids []string
	if from.IDs != "" {
		if ids, err = readLines(from.IDs); err != nil {
			return err
		}
		if len(ids) != shape[0] {
			return fmt.Errorf("%s names %d spectra, %s has %d rows", from.IDs, len(ids), from.Codes, shape[0])
		}
	} else if len(s.spectra) != shape[0] {
		return fmt.Errorf("%s has %d rows for %d spectra: give --ids to join them by dp_id", from.Codes, shape[0], len(s.spectra))
	}
	for row := range shape[0] {
		code := flat[row*shape[1] : (row+1)*shape[1]]
		for _, v := range code {
			if v-v != 0 {
				return fmt.Errorf("%s: row %d: %v is not finite", from.Codes, row, v)
			}
		}
		i := row
		if ids != nil {
			i = s.add(known{id: datasets.FileID(ids[row]), row: -1, code: -1})
		}
		if s.spectra[i].code >= 0 {
			return fmt.Errorf("%s: %s stands in it twice", from.IDs, s.spectra[i].id)
		}
		s.keep(i, code)
	}
	s.note("%d codes from %s", len(s.coded), from.Codes)
	return nil
}

func (s *Survey) keep(i int, code []float32) {
	s.spectra[i].code = len(s.coded)
	s.coded = append(s.coded, i)
	s.codes = append(s.codes, code)
}

func (s *Survey) note(format string, args ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
}

// checkCodes encodes the first spectrum that has a code, to see that codes and
// model belong together.
func (s *Survey) checkCodes(m *stellarae.Model, file string) error {
	for at, i := range s.coded {
		row, err := s.Row(i)
		if err != nil || row == nil {
			continue // a bad file is told of when it is asked for
		}
		codes, err := m.Encode([][]float32{row})
		if err != nil {
			return err
		}
		for n, v := range codes[0] {
			if off := math.Abs(float64(v - s.codes[at][n])); off > 0.02*(1+math.Abs(float64(v))) {
				return fmt.Errorf("%s: node %d of %s is %.3f, this network encodes it as %.3f: they do not belong together",
					file, n, s.spectra[i].id, s.codes[at][n], v)
			}
		}
		return nil
	}
	return nil
}

// encode makes codes of at most so many spectra.
func (s *Survey) encode(ctx context.Context, m *stellarae.Model, most int, progress func(string, int, int)) error {
	if most == 0 {
		most = 1000
	}
	n := min(most, len(s.spectra))
	failed := 0
	var first error
	for k := range n {
		if err := ctx.Err(); err != nil {
			return err
		}
		i := k * len(s.spectra) / n
		row, err := s.Row(i)
		if err != nil {
			failed, first = failed+1, cmp.Or(first, err)
			continue
		}
		codes, err := m.Encode([][]float32{row})
		if err != nil {
			return err
		}
		s.keep(i, codes[0])
		progress("encoding", k+1, n)
	}
	if n > 0 {
		s.note("%d of %d spectra encoded", len(s.coded), len(s.spectra))
	}
	if failed > 0 {
		s.note("%d spectra gave no code, such as: %.300s", failed, first)
	}
	return nil
}

// readLabels joins a table to the spectra.
func (s *Survey) readLabels(file string) error {
	var table *catalog.Table
	var err error
	switch {
	case file != "":
		table, err = catalog.Read(file)
	case s.store != nil:
		table, err = s.store.Table()
	}
	if err != nil || table == nil || len(s.spectra) == 0 {
		return err
	}
	ids := make([]string, len(s.spectra))
	for i, k := range s.spectra {
		ids[i] = k.id
	}
	joined, missing, err := table.Join(ids)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if len(missing) == len(ids) {
		return fmt.Errorf("%s has none of the spectra, such as %s", file, ids[0])
	}
	s.labels = joined
	return nil
}

// readLines gives the lines of a file that are not blank.
func readLines(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var lines []string
	scan := bufio.NewScanner(f)
	for scan.Scan() {
		if line := strings.TrimSpace(scan.Text()); line != "" {
			lines = append(lines, line)
		}
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return lines, nil
}
