package lab_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stellarae/lab/kernels/specs"
)

// kernel is what to type for a kernel, and what to expect.
type kernel struct {
	name    string
	install func(t *testing.T) []string // Jupyter data folders with its kernelspec

	print         string // prints "hello, lab"
	define, use   string // a variable, and its value, which says used
	used          string
	result        bool   // the value is an execute_result
	html          string // displays "drawn in bold" in bold
	fail, failure string // fails, and shows this
	loop          string // prints "looping" and goes on for minutes
	setup         string // run before completion
	many          string // Tab offers proposed, among others
	proposed      []string
	one, only     string // Tab and Enter make only of one
	ask, told     string // Shift-Tab after ask shows told
	goesOn        bool   // it runs the cells after one that failed
	slowTab       bool   // the first Tabs come too early for it
	slider        string // a slider from 0 to 100 at 10 whose callback shows "moved to N" below it; "" without ipywidgets
	read          string // prints "value N"
}

var kernels = map[string]kernel{"python3": python3, "gokernel": gokernel, "gonb": gonb}

var python3 = kernel{
	name:    "python3",
	install: func(*testing.T) []string { return nil },
	print:   `print("hello, lab")`,
	define:  "answer = 42",
	use:     "answer",
	used:    "42",
	result:  true,
	html:    "from IPython.display import HTML, display\ndisplay(HTML('<b>drawn in bold</b>'))",
	fail:    "1 / 0", failure: "ZeroDivisionError",
	loop:     "import time\nprint('looping', flush=True)\nfor i in range(6000):\n    time.sleep(0.01)",
	setup:    "import string",
	many:     "string.ascii_",
	proposed: []string{"ascii_letters", "ascii_lowercase", "ascii_uppercase"},
	one:      "string.hexd", only: "string.hexdigits",
	ask: "string.capwords(", told: "Split the argument into words",
	slider: `import ipywidgets
slider = ipywidgets.IntSlider(value=10, min=0, max=100)
out = ipywidgets.Output()
def moved(change):
    with out:
        print("moved to", change["new"])
slider.observe(moved, "value")
display(slider, out)`,
	read: `print("value", slider.value)`,
}

var gokernel = kernel{
	name:    "gokernel",
	install: installGokernel,
	print:   `fmt.Println("hello, lab")`,
	define:  "answer := 42",
	use:     "answer",
	used:    "42",
	result:  true,
	html:    "import \"github.com/stellarae/lab/kernels/display\"\n\ndisplay.HTML(\"<b>drawn in bold</b>\")",
	fail:    "var none []int\nnone[3]", failure: "index out of range",
	loop:     "fmt.Println(\"looping\")\nfor range 6000 {\n\ttime.Sleep(10 * time.Millisecond)\n}",
	setup:    `fmt.Println("hello, lab")`,
	many:     "fmt.Fpr",
	proposed: []string{"Fprint", "Fprintf", "Fprintln"},
	one:      "strings.EqualF", only: "strings.EqualFold",
	ask: "fmt.Println", told: "Println formats using the default formats",
	slider: `import "github.com/stellarae/lab/kernels/display/widgets"

slider := widgets.IntSlider("n", 0, 100, 1, 10)
label := widgets.Label("not moved")
slider.OnChange(func(v int) { label.Set(fmt.Sprint("moved to ", v)) })
slider.Display()
label.Display()`,
	read: `fmt.Println("value", slider.Value())`,
}

// GoNB keeps no variables: what is declared at the top is declared again in
// every cell. It neither answers with results nor knows ipywidgets.
var gonb = kernel{
	name:    "gonb",
	install: installGoNB,
	print:   "%%\nfmt.Println(\"hello, lab\")",
	define:  "var answer = 42",
	use:     "%%\nfmt.Println(answer)",
	used:    "42",
	html:    "!*go get github.com/janpfeifer/gonb@v0.11.4\nimport \"github.com/janpfeifer/gonb/gonbui\"\n%%\ngonbui.DisplayHTML(\"<b>drawn in bold</b>\")\ngonbui.Sync()",
	fail:    "%%\nvar none []int\nfmt.Println(none[3])", failure: "index out of range",
	loop:     "%%\nfmt.Println(\"looping\")\nfor range 6000 {\n\ttime.Sleep(10 * time.Millisecond)\n}",
	setup:    "%%\nfmt.Println(\"hello, lab\")",
	many:     "import \"fmt\"\n%%\nfmt.Fpr",
	proposed: []string{"Fprint", "Fprintf", "Fprintln"},
	one:      "import \"strings\"\n%%\nstrings.EqualF", only: "import \"strings\"\n%%\nstrings.EqualFold",
	ask: "import \"fmt\"\n%%\nfmt.Println", told: "Println formats using the default formats",
	goesOn:  true,
	slowTab: true,
}

// installGokernel builds the project's kernel and installs it in a folder.
func installGokernel(t *testing.T) []string {
	data := t.TempDir()
	program := filepath.Join(data, "gokernel")
	build := exec.Command("go", "build", "-o", program, "../cmd/gokernel")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		t.Fatal(err)
	}
	if _, err := specs.Install(specs.Go(program), filepath.Join(data, "kernels")); err != nil {
		t.Fatal(err)
	}
	return []string{data}
}

// installGoNB installs the gonb program on the PATH in a folder.
func installGoNB(t *testing.T) []string {
	program, err := exec.LookPath("gonb")
	if err != nil {
		t.Skip("no gonb on the PATH")
	}
	data := t.TempDir()
	if _, err := specs.Install(specs.GoNB(program), filepath.Join(data, "kernels")); err != nil {
		t.Fatal(err)
	}
	return []string{data}
}
