package lab_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/stellarae/lab/kernels/lab"
)

// live is a notebook in which a slider moves a chart that Go draws, while a cell
// with a progress bar runs; then a cell that does not compile.
var live = []string{
	`import (
	"github.com/stellarae/lab/kernels/display"
	"github.com/stellarae/lab/kernels/display/widgets"
)

line := func(width float64) *display.Chart {
	var x, y []float64
	for i := range 400 {
		v := float64(i-200) / 10
		x, y = append(x, 6562.8+v), append(y, 1-0.8*math.Exp(-v*v/(2*width*width)))
	}
	return display.Line(x, y).Title(fmt.Sprintf("H alpha, width %.1f", width)).X("wavelength in air [Å]").Y("flux").Size(520, 170)
}
width := widgets.FloatSlider("width [Å]", 0.5, 8, 0.5, 2)
width.Display()
figure := line(2).Show()
width.OnChange(func(w float64) { figure.Update(line(w)) })`,
	"for range display.Track(800, \"training\") {\n\ttime.Sleep(20 * time.Millisecond)\n}\nfmt.Println(\"trained at\", width.Value())",
	"depth := math.Sqrt(\"0.8\")\nwidht.Value()",
}

// A slider moves a chart drawn by Go while another cell runs, its progress bar
// goes on, and the cell then sees the value; an error has its caret.
func testLive(t *testing.T, d desk, k kernel) {
	if k.name != "gokernel" {
		t.Skip("for the project's kernel")
	}
	n := d.open(t, k, "live.ipynb", live...)
	must(t, n.Run(0))
	must(t, n.Idle())
	charted(t, n, "width 2.0")
	must(t, n.Run(1))
	must(t, n.Shows(1, "training"))
	if got := get[string](t)(n.Slider(0, kb.ArrowRight, kb.ArrowRight, kb.ArrowRight, kb.ArrowRight)); got != "4.00" && got != "4.0" && got != "4" {
		t.Errorf("2 and four keys to the right are %s", got)
	}
	charted(t, n, "width 4.0")
	if dir := os.Getenv("GOKERNEL_SCREENSHOTS"); dir != "" {
		must(t, d.browser.Screenshot(filepath.Join(dir, "live-busy.png")))
	}
	if state := get[lab.State](t)(n.State()); state.Status != "busy" {
		t.Errorf("the chart moved when the kernel was %s, not busy", state.Status)
	}
	must(t, n.Shows(1, "trained at 4"))
	must(t, n.Idle())
	must(t, n.Run(2))
	must(t, n.Shows(2, "undefined: widht"))
	must(t, n.Shows(2, "^"))
}

// charted waits until the chart of the first cell has a title with some text;
// the page draws it on a canvas.
func charted(t *testing.T, n *lab.Notebook, title string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		for _, o := range get[[]lab.Output](t)(n.Outputs(0)) {
			if strings.Contains(string(o.Data["application/vnd.vegalite.v5+json"]), title) {
				return
			}
		}
		if time.Now().After(end) {
			t.Fatalf("no chart with %q in its title", title)
		}
	}
}
