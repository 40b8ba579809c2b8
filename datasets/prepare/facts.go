package prepare

import (
	"fmt"
	"sync"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// fact is what is known of one spectrum without labels.
type fact struct {
	id     string
	info   spectrum.Info
	median float64 // of the file's flux, before preprocessing
}

type facts []fact

// table is the labels of the spectra, if any, and beside them what the headers
// say: header_object and header_date, header_snr, header_airmass, and in km/s
// header_berv and header_rv. The median is that of the flux; the target's name
// is the label's, or else the header's.
func (fs facts) table(l *labels) (*catalog.Table, error) {
	ids := make([]string, len(fs))
	for i, f := range fs {
		ids[i] = f.id
	}
	t := &catalog.Table{IDs: ids}
	if l != nil {
		joined, _, err := l.table.Join(ids)
		if err != nil {
			return nil, err
		}
		t, t.IDs = joined, ids
	}
	if t.Stars == nil {
		t.Stars = make([]string, len(fs))
	}
	t.Median = make([]float64, len(fs))
	for i, f := range fs {
		t.Median[i] = f.median
		if t.Stars[i] == "" {
			t.Stars[i] = f.info.Object
		}
	}
	text := func(name string, of func(spectrum.Info) string) {
		values := make([]string, len(fs))
		for i, f := range fs {
			values[i] = of(f.info)
		}
		t.Texts = append(t.Texts, catalog.Text{Name: name, Values: values})
	}
	number := func(name, unit string, of func(spectrum.Info) float64) {
		values := make([]float64, len(fs))
		for i, f := range fs {
			values[i] = of(f.info)
		}
		t.Columns = append(t.Columns, catalog.Column{Name: name, Unit: unit, Values: values})
	}
	text("header_object", func(i spectrum.Info) string { return i.Object })
	text("header_date", func(i spectrum.Info) string { return i.Date })
	number("header_snr", "", func(i spectrum.Info) float64 { return i.SNR })
	number("header_airmass", "", func(i spectrum.Info) float64 { return i.Airmass })
	number("header_berv", "km/s", func(i spectrum.Info) float64 { return i.BERV })
	number("header_rv", "km/s", func(i spectrum.Info) float64 { return i.RV })
	return t, nil
}

// labels is a label table that was read.
type labels struct{ table *catalog.Table }

var (
	readLabels   = map[string]func() (*labels, error){}
	readLabelsMu sync.Mutex
)

// labels reads the recipe's label table, once a process.
func (r Recipe) labels() (*labels, error) {
	if r.Labels == "" {
		return nil, nil
	}
	readLabelsMu.Lock()
	read, ok := readLabels[r.Labels]
	if !ok {
		read = sync.OnceValues(func() (*labels, error) {
			t, err := catalog.Read(r.Labels)
			if err != nil {
				return nil, fmt.Errorf("labels: %w", err)
			}
			return &labels{t}, nil
		})
		readLabels[r.Labels] = read
	}
	readLabelsMu.Unlock()
	return read()
}
