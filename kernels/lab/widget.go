package lab

import (
	"fmt"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// handle is what a person takes a slider of ipywidgets by.
const handle = ".jupyter-widgets .noUi-handle"

// Slider presses keys, one of package kb each, on a slider of ipywidgets in a
// cell's output, and gives what stands beside it then.
func (n *Notebook) Slider(cell int, keys ...string) (string, error) {
	if _, err := value[bool](n.Browser, fmt.Sprintf("lab.show(%d)", cell)); err != nil {
		return "", err
	}
	if err := n.click(cell, handle); err != nil {
		return "", err
	}
	for _, k := range keys {
		if err := n.press(k); err != nil {
			return "", err
		}
	}
	return n.readout(cell)
}

// Drag moves a slider's handle with the mouse to a part of its range, from 0
// to 1, over a number of steps, and gives what stands beside it then.
func (n *Notebook) Drag(cell int, to float64, steps int) (string, error) {
	if _, err := value[bool](n.Browser, fmt.Sprintf("lab.show(%d)", cell)); err != nil {
		return "", err
	}
	knob, err := n.find(cell, handle)
	if err != nil {
		return "", err
	}
	track, err := n.find(cell, ".noUi-base")
	if err != nil {
		return "", err
	}
	x0, y := knob.centre()
	x1 := track.X + to*track.Width
	path := []chromedp.Action[chromedp.Void]{
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x0, y),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x0, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
	}
	for i := 1; i <= steps; i++ {
		path = append(path, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x0+(x1-x0)*float64(i)/float64(steps), y, chromedp.ButtonLeft))
	}
	path = append(path, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x1, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	if err := n.do(path...); err != nil {
		return "", fmt.Errorf("drag: %w", err)
	}
	return n.readout(cell)
}

// readout is the number beside a slider.
func (n *Notebook) readout(cell int) (string, error) {
	return await[string](n.Browser, fmt.Sprintf("a slider's number in cell %d", cell),
		fmt.Sprintf("lab.cell(%d).node.querySelector('.widget-readout')?.innerText", cell))
}

// Press clicks the button of ipywidgets with some text on it in a cell's output.
func (n *Notebook) Press(cell int, label string) error {
	mark := fmt.Sprintf("[...lab.cell(%d).node.querySelectorAll('.widget-button')].some(b => b.innerText.trim() === %s && (b.dataset.label = %[2]s))", cell, quote(label))
	if _, err := await[bool](n.Browser, fmt.Sprintf("a button %q in cell %d", label, cell), mark); err != nil {
		return err
	}
	return n.click(cell, fmt.Sprintf(".widget-button[data-label=%s]", quote(label)))
}
