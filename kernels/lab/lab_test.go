package lab_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/stellarae/lab/kernels/lab"
)

// python finds the interpreter of an environment with JupyterLab: that of the
// folder GOKERNEL_VENV, else of the nearest .venv above.
func python(t *testing.T) string {
	t.Helper()
	var venvs []string
	if v := os.Getenv("GOKERNEL_VENV"); v != "" {
		venvs = append(venvs, v)
	} else if dir, err := os.Getwd(); err == nil {
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			venvs = append(venvs, filepath.Join(dir, ".venv"))
		}
	}
	for _, venv := range venvs {
		p := filepath.Join(venv, "bin", "python")
		if exec.Command(p, "-c", "import jupyterlab, ipywidgets").Run() == nil {
			return p
		}
	}
	t.Skipf("no JupyterLab with ipywidgets in %v; set GOKERNEL_VENV to an environment with kernels/requirements.txt", venvs)
	return ""
}

// desk is a running JupyterLab with a browser in front of it.
type desk struct {
	browser *lab.Browser
	root    string
}

// start starts JupyterLab and a browser for a kernel, in a folder of its own.
func start(t *testing.T, k kernel) desk { return startIn(t, k, t.TempDir()) }

// startIn starts them in the given folder.
func startIn(t *testing.T, k kernel, root string) desk {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: driving JupyterLab takes a minute")
	}
	interpreter := python(t)
	if _, err := exec.LookPath("chromium"); err != nil {
		if _, err := exec.LookPath("google-chrome"); err != nil {
			t.Skip("no chromium on the PATH")
		}
	}
	d := desk{root: root}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	server, err := lab.Start(ctx, lab.Options{Python: interpreter, Root: d.root, Kernels: k.install(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	d.browser, err = lab.Open(context.Background(), server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.browser.Close)
	return d
}

// open writes a notebook and opens it.
func (d desk) open(t *testing.T, k kernel, name string, cells ...string) *lab.Notebook {
	t.Helper()
	text, err := lab.NewNotebook(k.name, cells...)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.root, name), text, 0o644); err != nil {
		t.Fatal(err)
	}
	var n *lab.Notebook
	t.Cleanup(func() {
		d.picture(t)
		if n == nil {
			return
		}
		if err := n.Shutdown(); err != nil {
			t.Error(err)
		}
	})
	n, err = d.browser.Notebook(name)
	must(t, err)
	return n
}

// picture keeps a screenshot where GOKERNEL_SCREENSHOTS says, or of a failure.
func (d desk) picture(t *testing.T) {
	dir := os.Getenv("GOKERNEL_SCREENSHOTS")
	if dir == "" && !t.Failed() {
		return
	}
	if dir == "" {
		dir = os.TempDir()
	}
	path := filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+".png")
	if err := d.browser.Screenshot(path); err != nil {
		t.Log(err)
		return
	}
	t.Log("screenshot:", path)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// get is for calls of which a value is wanted.
func get[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// TestLab does with every kernel what people do in JupyterLab.
// GOKERNEL_LAB names the kernels, with commas between: gokernel, gonb, or
// python3, on which everything here is known to work.
func TestLab(t *testing.T) {
	names := strings.FieldsFunc(os.Getenv("GOKERNEL_LAB"), func(r rune) bool { return r == ',' })
	if len(names) == 0 {
		names = []string{"gokernel"}
	}
	for _, name := range names {
		k, ok := kernels[name]
		if !ok {
			t.Fatalf("GOKERNEL_LAB: no cells are known for the kernel %q", name)
		}
		t.Run(name, func(t *testing.T) {
			d := start(t, k)
			t.Run("cells", func(t *testing.T) { testCells(t, d, k) })
			t.Run("keys", func(t *testing.T) { testKeys(t, d, k) })
			t.Run("interrupt", func(t *testing.T) { testInterrupt(t, d, k) })
			t.Run("restart", func(t *testing.T) { testRestart(t, d, k) })
			t.Run("reload", func(t *testing.T) { testReload(t, d, k) })
			t.Run("complete", func(t *testing.T) { testComplete(t, d, k) })
			t.Run("slider", func(t *testing.T) { testSlider(t, d, k) })
			t.Run("live", func(t *testing.T) { testLive(t, d, k) })
		})
	}
}

// Run all, stop at the error, read what is shown, save, read the file.
func testCells(t *testing.T, d desk, k kernel) {
	n := d.open(t, k, "cells.ipynb", k.print, k.define, k.use, k.html, k.fail, k.print)
	must(t, n.RunAll())
	must(t, n.Shows(0, "hello, lab"))
	must(t, n.Shows(2, k.used))
	must(t, n.Shows(3, "drawn in bold"))
	must(t, n.Shows(4, k.failure))
	state := get[lab.State](t)(n.State())
	if state.Kernel != k.name {
		t.Errorf("the kernel is %q", state.Kernel)
	}
	if !state.Unsaved {
		t.Error("after a run the notebook counts as saved")
	}
	for i, c := range state.Cells {
		want := i + 1
		if i == 5 && !k.goesOn {
			want = 0 // the error before it stopped the run
		}
		if c.Count != want {
			t.Errorf("cell %d has number %d, want %d", i, c.Count, want)
		}
	}
	saved := get[[]lab.Cell](t)(n.Save(d.root))
	if len(saved) != 6 {
		t.Fatalf("%d cells are saved", len(saved))
	}
	if out := saved[0].Outputs; len(out) != 1 || out[0].Type != "stream" || out[0].Name != "stdout" || out[0].Text != "hello, lab\n" {
		t.Errorf("saved for cell 0: %+v", out)
	}
	if k.result {
		if out := saved[2].Outputs; len(out) != 1 || out[0].Type != "execute_result" || out[0].MIME("text/plain") != k.used {
			t.Errorf("saved for cell 2: %+v", out)
		}
	}
	if !slices.ContainsFunc(saved[3].Outputs, func(o lab.Output) bool {
		return o.Type == "display_data" && strings.Contains(o.MIME("text/html"), "<b>drawn in bold</b>")
	}) {
		t.Errorf("saved for cell 3: %+v", saved[3].Outputs)
	}
	if !slices.ContainsFunc(saved[4].Outputs, func(o lab.Output) bool { return o.Type == "error" && o.EName != "" && len(o.Traceback) > 0 }) {
		t.Errorf("saved for cell 4: %+v", saved[4].Outputs)
	}
	if !k.goesOn && (saved[5].Count != 0 || len(saved[5].Outputs) != 0) {
		t.Errorf("the cell after the error ran: %+v", saved[5])
	}
	get[string](t)(n.Shown(0))
}

// A cell is typed and run by Shift-Enter.
func testKeys(t *testing.T, d desk, k kernel) {
	n := d.open(t, k, "keys.ipynb", "")
	must(t, n.SetSource(0, k.print))
	must(t, n.Run(0))
	must(t, n.Idle())
	must(t, n.Shows(0, "hello, lab"))
	if err := n.Run(7); err == nil {
		t.Error("a cell that is not there runs")
	}
}

// A running cell is stopped by the toolbar's square; the kernel lives on and
// knows what it knew.
func testInterrupt(t *testing.T, d desk, k kernel) {
	n := d.open(t, k, "interrupt.ipynb", k.define, k.loop, k.use)
	must(t, n.Run(0))
	must(t, n.Idle())
	must(t, n.Run(1))
	must(t, n.Busy(1))
	must(t, n.Shows(1, "looping"))
	began := time.Now()
	must(t, n.Interrupt())
	must(t, n.Idle())
	t.Logf("interrupted within %v", time.Since(began).Round(10*time.Millisecond))
	outputs := get[[]lab.Output](t)(n.Outputs(1))
	if !slices.ContainsFunc(outputs, func(o lab.Output) bool { return o.Type == "error" }) {
		t.Errorf("an interrupted cell ends with %+v", outputs)
	}
	must(t, n.Run(2))
	must(t, n.Idle())
	must(t, n.Shows(2, k.used))
}

// After a restart the numbers begin again and variables are gone.
func testRestart(t *testing.T, d desk, k kernel) {
	n := d.open(t, k, "restart.ipynb", k.define, k.use)
	must(t, n.RunAll())
	must(t, n.Shows(1, k.used))
	id := get[lab.State](t)(n.State()).ID
	must(t, n.Restart())
	must(t, n.Run(1))
	must(t, n.Idle())
	state := get[lab.State](t)(n.State())
	if state.ID != id || state.Cells[1].Count != 1 {
		t.Errorf("after a restart: kernel %s, was %s, first number %d", state.ID, id, state.Cells[1].Count)
	}
	outputs := get[[]lab.Output](t)(n.Outputs(1))
	if !slices.ContainsFunc(outputs, func(o lab.Output) bool { return o.Type == "error" }) {
		t.Errorf("a variable has survived a restart: %+v", outputs)
	}
}

// The page is loaded again while a cell runs; the kernel answers the page and
// goes on with the cell.
func testReload(t *testing.T, d desk, k kernel) {
	n := d.open(t, k, "reload.ipynb", k.define, k.loop, k.use)
	must(t, n.Run(0))
	must(t, n.Idle())
	must(t, n.Run(1))
	must(t, n.Shows(1, "looping"))
	get[[]lab.Cell](t)(n.Save(d.root))
	must(t, n.Reload())
	if outputs := get[[]lab.Output](t)(n.Outputs(1)); len(outputs) == 0 || !strings.Contains(string(outputs[0].Text), "looping") {
		t.Errorf("what was saved before the page was loaded again is not there: %+v", outputs)
	}
	must(t, n.Interrupt())
	must(t, n.Ready())
	must(t, n.Run(2))
	must(t, n.Idle())
	must(t, n.Shows(2, k.used))
}

func testComplete(t *testing.T, d desk, k kernel) {
	n := d.open(t, k, "complete.ipynb", k.setup, "")
	must(t, n.Run(0))
	must(t, n.Idle())
	if k.slowTab {
		patience := n.Patience
		n.Patience = 2 * time.Second
		for end := time.Now().Add(patience); time.Now().Before(end); {
			if _, err := n.Complete(1, k.many); err == nil {
				break
			}
		}
		n.Patience = patience
		must(t, n.Escape())
	}
	proposals := get[[]lab.Proposal](t)(n.Complete(1, k.many))
	for _, want := range k.proposed {
		if !slices.ContainsFunc(proposals, func(p lab.Proposal) bool { return p.Text == want }) {
			t.Errorf("for %q %q is not proposed, only %v", k.many, want, proposals)
		}
	}
	must(t, n.Escape())
	get[[]lab.Proposal](t)(n.Complete(1, k.one))
	if got := get[string](t)(n.Accept(1)); got != k.only {
		t.Errorf("%q becomes %q, want %q", k.one, got, k.only)
	}
	doc := get[string](t)(n.Documentation(1, k.ask))
	if !strings.Contains(doc, k.told) {
		t.Errorf("documentation for %q is %q, which says nothing of %q", k.ask, doc, k.told)
	}
}

// A slider is moved by keys and by the mouse, and the kernel hears of it.
func testSlider(t *testing.T, d desk, k kernel) {
	if k.slider == "" {
		t.Skipf("%s has no ipywidgets", k.name)
	}
	n := d.open(t, k, "slider.ipynb", k.slider, k.read)
	must(t, n.RunAll())
	if got := get[string](t)(n.Slider(0, kb.ArrowRight, kb.ArrowRight, kb.ArrowRight)); got != "13" {
		t.Errorf("10 and three keys to the right are %s", got)
	}
	must(t, n.Run(1))
	must(t, n.Idle())
	must(t, n.Shows(1, "value 13"))
	must(t, n.Shows(0, "moved to 13"))
	dragged := get[string](t)(n.Drag(0, 0.75, 10))
	if v, err := strconv.Atoi(dragged); err != nil || v < 70 || v > 80 {
		t.Errorf("dragged to three quarters of 0 to 100 it is at %s", dragged)
	}
	must(t, n.Shows(0, fmt.Sprintf("moved to %s", dragged)))
}
