package stellarae

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Moment is a row of a training's history: means over the steps since the row
// before, and the schedule at its last step.
type Moment struct {
	Step           int // steps taken
	Total          float64
	Reconstruction float64
	KL             []float64 // nats, of each node
	Beta           float64
	LearningRate   float64
}

func historyHeader(nodes int) []string {
	header := []string{"step", "loss", "reconstruction", "beta", "learning_rate"}
	for k := range nodes {
		header = append(header, fmt.Sprintf("kl_%d", k))
	}
	return header
}

func (m Moment) record() []string {
	record := []string{strconv.Itoa(m.Step)}
	for _, v := range append([]float64{m.Total, m.Reconstruction, m.Beta, m.LearningRate}, m.KL...) {
		record = append(record, strconv.FormatFloat(v, 'g', 7, 64))
	}
	return record
}

// ReadHistory reads the history of a run, oldest first. A last line that a
// killed program left half-written is not a row.
func ReadHistory(path string) ([]Moment, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	r := csv.NewReader(bytes.NewReader(text))
	r.ReuseRecord = true
	header, err := r.Read()
	if err == io.EOF {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	nodes := len(header) - len(historyHeader(0))
	if nodes < 0 {
		return nil, fmt.Errorf("%s: line 1: %d columns: not a history", path, len(header))
	}
	var history []Moment
	for {
		record, err := r.Read()
		if err == io.EOF {
			return history, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		m := Moment{KL: make([]float64, nodes)}
		var bad error
		m.Step, bad = strconv.Atoi(record[0])
		number := func(s string) float64 {
			v, err := strconv.ParseFloat(s, 64)
			bad = cmp.Or(bad, err)
			return v
		}
		m.Total, m.Reconstruction, m.Beta, m.LearningRate = number(record[1]), number(record[2]), number(record[3]), number(record[4])
		for k := range m.KL {
			m.KL[k] = number(record[5+k])
		}
		if bad != nil {
			line, _ := r.FieldPos(0)
			return nil, fmt.Errorf("%s: line %d: %w", path, line, bad)
		}
		history = append(history, m)
	}
}

// startHistory makes the history of a training that stands at a step: new, or
// the old one without the rows that came after that step's checkpoint.
func startHistory(path string, nodes, step int) (*os.File, error) {
	var kept []Moment
	if step > 0 {
		all, err := ReadHistory(path)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		for _, m := range all {
			if m.Step <= step && len(m.KL) == nodes {
				kept = append(kept, m)
			}
		}
	}
	err := atomicfile.Write(path, func(w io.Writer) error {
		out := csv.NewWriter(w)
		out.Write(historyHeader(nodes)) // errors are kept until Flush
		for _, m := range kept {
			out.Write(m.record())
		}
		out.Flush()
		return out.Error()
	})
	if err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o644)
}

func appendHistory(f *os.File, m Moment) error {
	out := csv.NewWriter(f)
	out.Write(m.record()) // errors are kept until Flush
	out.Flush()
	return out.Error()
}
