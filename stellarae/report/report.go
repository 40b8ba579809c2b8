package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/stellarae/atomicfile"
	"github.com/stellarae/lab/stellarae/info"
)

// Report is what is known of a count.
type Report struct {
	Count *info.Published

	// Codes and Labels are what was counted, rows and labels in Count's order.
	// Both may be nil; then there are no scatters and no rank correlations.
	Codes  *mat.Dense // rows x nodes
	Labels []info.Label

	// Corrected is the same question asked with care, of all rows; nil where only
	// the paper's count is wanted. It has the nodes and the labels of Count.
	Corrected *info.Counted

	Provenance Provenance
}

// Provenance tells where the numbers come from. What is not known stays zero.
type Provenance struct {
	Codes     string    // file of the codes
	Labels    string    // file of the labels
	Selection string    // which rows of the files were counted, in words
	Stars     int       // distinct stars among the rows
	Date      time.Time // of the count
	Version   string    // of the program
}

// Names of what Write puts into its folder.
const (
	JSONName    = "report.json"
	HTMLName    = "report.html"
	FiguresName = "figures" // a folder
	TablesName  = "tables"  // a folder, with Corrected
)

// Write writes the report into dir, which is made if it is missing. Everything
// is drawn before the first file is written, and every file replaces its
// predecessor in one step; other files in dir stay. A report whose parts do not
// fit together is an error, and nothing is written.
func Write(dir string, r *Report) error {
	files, err := r.files()
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, f.name)), 0o755); err != nil {
			return fmt.Errorf("report: %w", err)
		}
		err := atomicfile.Write(filepath.Join(dir, f.name), func(w io.Writer) error {
			_, err := w.Write(f.data)
			return err
		})
		if err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	return nil
}

type file struct {
	name string
	data []byte
}

// files are the whole report, the page last.
func (r *Report) files() ([]file, error) {
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	found := r.findings()
	drawings, err := r.draw(found)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	var files []file
	for _, d := range drawings {
		files = append(files,
			file{filepath.Join(FiguresName, d.Name+".png"), d.png},
			file{filepath.Join(FiguresName, d.Name+".svg"), d.svg})
	}
	tables, err := r.tables()
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	files = append(files, tables...)
	text, err := r.json(found)
	if err != nil {
		return nil, fmt.Errorf("report: %s: %w", JSONName, err)
	}
	page, err := r.html(found, drawings)
	if err != nil {
		return nil, fmt.Errorf("report: %s: %w", HTMLName, err)
	}
	return append(files, file{JSONName, text}, file{HTMLName, page}), nil
}

// check sees that the parts fit together.
func (r *Report) check() error {
	c := r.Count
	if c == nil {
		return errors.New("no count")
	}
	nodes := len(c.MAD)
	if nodes == 0 || len(c.Median) != nodes {
		return fmt.Errorf("%d deviations and %d medians", nodes, len(c.Median))
	}
	for _, n := range c.Informative {
		if n < 0 || n >= nodes {
			return fmt.Errorf("informative node %d of %d", n, nodes)
		}
	}
	seen := map[string]bool{}
	for _, l := range c.Labels {
		if seen[l.Name] {
			return fmt.Errorf("two labels are called %q", l.Name)
		}
		seen[l.Name] = true
		if len(l.MI) != 0 && len(l.MI) != len(c.Bins) {
			return fmt.Errorf("label %q: %d rows for %d numbers of bins", l.Name, len(l.MI), len(c.Bins))
		}
		for _, row := range l.MI {
			if len(row) != nodes {
				return fmt.Errorf("label %q: a row has %d nodes, want %d", l.Name, len(row), nodes)
			}
		}
	}
	if err := r.checkCorrected(); err != nil {
		return err
	}
	if r.Codes == nil && r.Labels == nil {
		return nil
	}
	if r.Codes == nil || len(r.Labels) != len(c.Labels) {
		return fmt.Errorf("columns of %d labels, counted %d; codes given: %t", len(r.Labels), len(c.Labels), r.Codes != nil)
	}
	if rows, cols := r.Codes.Dims(); rows != c.Rows || cols != nodes {
		return fmt.Errorf("codes are %d x %d, counted %d x %d", rows, cols, c.Rows, nodes)
	}
	for i, l := range r.Labels {
		if l.Name != c.Labels[i].Name {
			return fmt.Errorf("label %d is %q, counted %q", i, l.Name, c.Labels[i].Name)
		}
		if len(l.Values) != c.Rows {
			return fmt.Errorf("label %q has %d values for %d rows", l.Name, len(l.Values), c.Rows)
		}
	}
	return nil
}
