package lab

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Notebook is the notebook in front. Cells count from 0.
type Notebook struct {
	*Browser
	path string
}

// State is what JupyterLab knows of a notebook and its kernel.
type State struct {
	Path       string
	Kernel     string // name of its kernelspec
	ID         string // of the running kernel; a restart keeps it
	Status     string // "idle", "busy", "starting", "restarting", "dead", "unknown", ...
	Free       bool   // it takes work
	Connection string
	Cells      []CellState
	Unsaved    bool
}

// CellState is a cell's: Running from when it is queued until it has ended.
type CellState struct {
	Type    string // "code", "markdown", "raw"
	Running bool
	Count   int // the number beside it, 0 without
}

// State asks once.
func (n *Notebook) State() (State, error) { return value[State](n.Browser, "lab.state()") }

// Ready waits until the notebook is shown and its kernel takes work.
func (n *Notebook) Ready() error {
	_, err := await[bool](n.Browser, "the kernel of "+n.path+" to be ready",
		`lab.state()?.free`)
	return n.blame(err)
}

// Idle waits until no cell is running or queued and the kernel is idle.
func (n *Notebook) Idle() error {
	_, err := await[bool](n.Browser, "all cells of "+n.path+" to end",
		`lab.state()?.free && lab.state().cells.every(c => !c.running)`)
	return n.blame(err)
}

// Busy waits until a cell is running and the kernel is at work on it.
func (n *Notebook) Busy(cell int) error {
	_, err := await[bool](n.Browser, fmt.Sprintf("cell %d to run", cell),
		fmt.Sprintf(`lab.state()?.status === 'busy' && lab.state().cells[%d].running`, cell))
	return n.blame(err)
}

// blame adds to an error what the page's state was.
func (n *Notebook) blame(err error) error {
	if err == nil {
		return nil
	}
	state, stateErr := n.State()
	if stateErr != nil {
		return err
	}
	return fmt.Errorf("%w; at the end: %+v", err, state)
}

// RunAll runs every cell, as the menu's entry does, and waits for them.
func (n *Notebook) RunAll() error {
	before, err := n.State()
	if err != nil {
		return err
	}
	if err := n.command("notebook:run-all-cells"); err != nil {
		return err
	}
	// The cells are queued in the next turn of the page's loop, so that "no
	// cell is running" has to be seen after one has got a new number.
	for i, c := range before.Cells {
		if c.Type != "code" {
			continue
		}
		if source, err := n.Source(i); err != nil || strings.TrimSpace(source) == "" {
			continue // it gets no number
		}
		if err := n.started(i, c.Count); err != nil {
			return err
		}
		break
	}
	return n.Idle()
}

// started waits for a cell to be queued, to run, or to have a new number.
func (n *Notebook) started(cell, count int) error {
	_, err := await[bool](n.Browser, fmt.Sprintf("cell %d to start", cell),
		fmt.Sprintf(`(c => c.running || (c.count > 0 && c.count !== %d))(lab.state().cells[%d])`, count, cell))
	return n.blame(err)
}

// Run runs one cell by Shift-Enter. It waits until the cell has started; Idle
// waits for its end.
func (n *Notebook) Run(cell int) error {
	state, err := n.State()
	if err != nil {
		return err
	}
	if cell < 0 || cell >= len(state.Cells) {
		return fmt.Errorf("cell %d of %d: there is none", cell, len(state.Cells))
	}
	if err := n.edit(cell); err != nil {
		return err
	}
	if err := n.press(kb.Enter, chromedp.ModifierShift); err != nil {
		return err
	}
	return n.started(cell, state.Cells[cell].Count)
}

// Source is a cell's text.
func (n *Notebook) Source(cell int) (string, error) {
	return value[string](n.Browser, fmt.Sprintf("lab.source(%d)", cell))
}

// SetSource selects what is in a cell and types something else over it. The
// caret is at its end then.
func (n *Notebook) SetSource(cell int, text string) error {
	if err := n.edit(cell); err != nil {
		return err
	}
	if err := n.press("a", chromedp.ModifierCtrl); err != nil {
		return err
	}
	if err := n.press(kb.Delete); err != nil {
		return err
	}
	if err := n.insert(text); err != nil {
		return err
	}
	_, err := await[bool](n.Browser, fmt.Sprintf("cell %d to hold what was typed", cell), fmt.Sprintf("lab.source(%d) === %s", cell, quote(text)))
	return err
}

// edit puts the caret into a cell's editor.
func (n *Notebook) edit(cell int) error {
	if _, err := value[bool](n.Browser, fmt.Sprintf("lab.show(%d)", cell)); err != nil {
		return fmt.Errorf("cell %d: %w", cell, err)
	}
	if err := n.click(cell, ".cm-content"); err != nil {
		return err
	}
	_, err := await[bool](n.Browser, fmt.Sprintf("the caret in cell %d", cell),
		fmt.Sprintf("lab.cell(%d).node.contains(document.activeElement) && !!document.activeElement.closest('.cm-editor')", cell))
	return err
}

// command runs one of JupyterLab's commands and does not wait for its end.
func (n *Notebook) command(id string) error {
	_, err := value[bool](n.Browser, fmt.Sprintf("lab.command(%q)", id))
	return err
}

// toolbar selects in the toolbar of the notebook in front.
const toolbar = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Toolbar "

// Interrupt clicks the square in the toolbar.
func (n *Notebook) Interrupt() error {
	return n.click(-1, toolbar+`[data-command="notebook:interrupt-kernel"]`)
}

// Restart clicks the round arrow in the toolbar, agrees, and waits until the
// kernel is ready again.
func (n *Notebook) Restart() error {
	// Seen from the page a restart is: not idle, then idle. The first may be
	// over before it can be looked at, so a listener remembers it.
	const watch = `(() => {
		lab.restarted = false;
		lab.panel().sessionContext.statusChanged.connect((_, s) => { if (s === 'restarting') lab.restarted = true; });
		return true;
	})()`
	if _, err := value[bool](n.Browser, watch); err != nil {
		return err
	}
	if err := n.click(-1, toolbar+`[data-command="notebook:restart-kernel"]`); err != nil {
		return err
	}
	type dialog struct {
		Text    string
		Buttons []string
	}
	d, err := await[dialog](n.Browser, "the question whether to restart", "lab.dialog()")
	if err != nil {
		return err
	}
	if !slices.Contains(d.Buttons, "Restart") {
		return fmt.Errorf("restart: asked %q", d.Text)
	}
	if err := n.click(-1, ".jp-Dialog button.jp-mod-accept"); err != nil {
		return err
	}
	if _, err := await[bool](n.Browser, "the kernel to restart", "lab.restarted"); err != nil {
		return n.blame(err)
	}
	return n.Ready()
}

// Reload loads the page again, as a person does who has closed the laptop. It
// waits until the notebook and its kernel's connection are back. What the page
// knows of a kernel that runs a cell is the kernel's to tell: its status may be
// "unknown" until the cell ends.
func (n *Notebook) Reload() error {
	if err := n.do(chromedp.Reload()); err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	_, err := await[bool](n.Browser, n.path+" to be there again", `lab.state()?.connection === 'connected'`)
	return n.blame(err)
}

// Shutdown ends the kernel, as the menu's entry does.
func (n *Notebook) Shutdown() error {
	_, err := value[bool](n.Browser, "lab.panel().sessionContext.shutdown().then(() => true)")
	return err
}
