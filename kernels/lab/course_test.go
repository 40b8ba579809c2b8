package lab_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/stellarae/lab/kernels/lab"
)

var course = flag.Bool("course", false, "open notebooks of the course in JupyterLab and run them, which takes minutes")

// TestCourse runs notebooks of the course as a reader does, and moves a slider.
// Nothing is saved. GOKERNEL_SCREENSHOTS names a folder for pictures of them, as
// docs/images has.
func TestCourse(t *testing.T) {
	if !*course {
		t.Skip("without -course: running notebooks of the course takes minutes")
	}
	module, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(module, "runs", "course", "codes.ids.txt")); err != nil {
		t.Skip("there is no runs/course, which notebooks/00_start.ipynb makes: skipping the course")
	}
	d := startIn(t, gokernel, filepath.Join(module, "notebooks"))
	t.Run("00", func(t *testing.T) {
		n := d.read(t, "00_start.ipynb")
		must(t, n.Shows(cellWith(t, n, "informative := info.Informative("), "informative nodes: ["))
	})
	t.Run("05", func(t *testing.T) {
		n := d.read(t, "05_dimension_count.ipynb")
		count := cellWith(t, n, "figure.AssociationMapOf(")
		must(t, n.Shows(count, "informative nodes:"))
		must(t, n.Look(count, ".jp-OutputArea-output img"))
		d.keep(t, "notebook-05.png")
	})
	t.Run("07", func(t *testing.T) {
		n := d.read(t, "07_sliders.ipynb")
		sliders := cellWith(t, n, "widgets.Interact(star")
		before := drawn(t, n, sliders)
		if before == "" {
			t.Fatal("no spectrum below the sliders")
		}
		if got := get[string](t)(n.Slider(sliders, slices.Repeat([]string{kb.ArrowRight}, 12)...)); got != "1.20" {
			t.Errorf("0 and twelve keys to the right are %s", got)
		}
		last := before
		for end := time.Now().Add(d.browser.Patience); ; time.Sleep(time.Second) {
			must(t, n.Idle())
			now := drawn(t, n, sliders)
			if now != before && now == last { // the last key's, which may come after others
				break
			}
			if last = now; time.Now().After(end) {
				t.Fatal("the slider has moved, the spectrum has not")
			}
		}
		must(t, n.Look(sliders, ".jp-OutputArea"))
		d.keep(t, "notebook-07.png")
	})
}

// read opens a notebook of the course, runs all cells and sees that none failed.
func (d desk) read(t *testing.T, name string) *lab.Notebook {
	t.Helper()
	n, err := d.browser.Notebook(name)
	must(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			d.picture(t)
		}
		if err := n.Shutdown(); err != nil {
			t.Error(err)
		}
	})
	patience := d.browser.Patience
	d.browser.Patience = 8 * time.Minute
	began := time.Now()
	must(t, n.RunAll())
	d.browser.Patience = patience
	t.Logf("%s: all cells in %v", name, time.Since(began).Round(time.Second))
	for i, c := range get[lab.State](t)(n.State()).Cells {
		if c.Type != "code" {
			continue
		}
		for _, o := range get[[]lab.Output](t)(n.Outputs(i)) {
			if o.Type == "error" {
				t.Errorf("cell %d: %s: %s", i, o.EName, o.EValue)
			}
		}
		if c.Count == 0 {
			t.Errorf("cell %d has not run", i)
		}
	}
	return n
}

// keep keeps a picture where GOKERNEL_SCREENSHOTS says.
func (d desk) keep(t *testing.T, name string) {
	t.Helper()
	if dir := os.Getenv("GOKERNEL_SCREENSHOTS"); dir != "" {
		must(t, d.browser.Screenshot(filepath.Join(dir, name)))
	}
}

// cellWith finds the first cell of code with some text in it.
func cellWith(t *testing.T, n *lab.Notebook, text string) int {
	t.Helper()
	for i, c := range get[lab.State](t)(n.State()).Cells {
		if c.Type == "code" && strings.Contains(get[string](t)(n.Source(i)), text) {
			return i
		}
	}
	t.Fatalf("no cell with %q", text)
	return -1
}

// drawn is the SVG below a cell.
func drawn(t *testing.T, n *lab.Notebook, cell int) string {
	t.Helper()
	for _, o := range get[[]lab.Output](t)(n.Outputs(cell)) {
		if svg := o.MIME("image/svg+xml"); svg != "" {
			return svg
		}
	}
	return ""
}
