package lab

import (
	"fmt"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Proposal is a line of the completion box.
type Proposal struct{ Text, Type string }

// Complete types text into a cell, presses Tab at its end, and gives what the
// box offers, which stays open.
func (n *Notebook) Complete(cell int, text string) ([]Proposal, error) {
	if err := n.SetSource(cell, text); err != nil {
		return nil, err
	}
	if err := n.press(kb.Tab); err != nil {
		return nil, err
	}
	return await[[]Proposal](n.Browser, fmt.Sprintf("proposals for %q", text), "lab.completions()")
}

// Accept takes the proposal on top by Enter, and gives the cell's new text.
func (n *Notebook) Accept(cell int) (string, error) {
	before, err := n.Source(cell)
	if err != nil {
		return "", err
	}
	if err := n.press(kb.Enter); err != nil {
		return "", err
	}
	return await[string](n.Browser, fmt.Sprintf("cell %d to change", cell),
		fmt.Sprintf("lab.source(%d) !== %s && lab.source(%[1]d)", cell, quote(before)))
}

// Documentation types text into a cell, presses Shift-Tab at its end, and
// gives the text of the box that comes, which stays open.
func (n *Notebook) Documentation(cell int, text string) (string, error) {
	if err := n.SetSource(cell, text); err != nil {
		return "", err
	}
	if err := n.press(kb.Tab, chromedp.ModifierShift); err != nil {
		return "", err
	}
	return await[string](n.Browser, fmt.Sprintf("documentation for %q", text), "lab.tooltip()")
}

// Escape closes a box.
func (n *Notebook) Escape() error {
	if err := n.press(kb.Escape); err != nil {
		return err
	}
	_, err := await[bool](n.Browser, "boxes to close", "lab.completions() === null && lab.tooltip() === null")
	return err
}
