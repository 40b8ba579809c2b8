package lab

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// Text is several lines: nbformat has them as one string or as many.
type Text string

func (t *Text) UnmarshalJSON(b []byte) error {
	var lines []string
	if err := json.Unmarshal(b, &lines); err == nil {
		*t = Text(strings.Join(lines, ""))
		return nil
	}
	var one string
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*t = Text(one)
	return nil
}

// Output is an output of a cell, as in nbformat 4.
type Output struct {
	Type      string                     `json:"output_type"` // stream, display_data, execute_result or error
	Name      string                     `json:"name"`        // stream: stdout or stderr
	Text      Text                       `json:"text"`        // stream
	Data      map[string]json.RawMessage `json:"data"`        // display_data and execute_result
	EName     string                     `json:"ename"`       // error
	EValue    string                     `json:"evalue"`
	Traceback []string                   `json:"traceback"`
}

// MIME is the text of one representation, or "".
func (o Output) MIME(kind string) string {
	var t Text
	if raw, ok := o.Data[kind]; !ok || t.UnmarshalJSON(raw) != nil {
		return ""
	}
	return string(t)
}

// Cell is a cell of a saved notebook.
type Cell struct {
	Type    string   `json:"cell_type"`
	Source  Text     `json:"source"`
	Count   int      `json:"execution_count"`
	Outputs []Output `json:"outputs"`
}

// Outputs are what a cell has produced, as JupyterLab keeps it.
func (n *Notebook) Outputs(cell int) ([]Output, error) {
	return value[[]Output](n.Browser, fmt.Sprintf("lab.outputs(%d)", cell))
}

// Shown is the text that a person reads below a cell, which is brought into view.
func (n *Notebook) Shown(cell int) (string, error) {
	if _, err := value[bool](n.Browser, fmt.Sprintf("lab.show(%d)", cell)); err != nil {
		return "", err
	}
	return value[string](n.Browser, fmt.Sprintf("lab.text(%d)", cell))
}

// Look brings the first element that a selector finds below a cell into the
// middle of the window, such as ".jp-OutputArea-output img".
func (n *Notebook) Look(cell int, selector string) error {
	if _, err := value[bool](n.Browser, fmt.Sprintf("lab.show(%d)", cell)); err != nil {
		return err
	}
	_, err := await[bool](n.Browser, fmt.Sprintf("%s in cell %d", selector, cell), fmt.Sprintf("lab.look(%d, %s)", cell, quote(selector)))
	if err != nil {
		return err
	}
	_, err = n.find(cell, selector)
	return err
}

// Shows waits until a person can read some text below a cell.
func (n *Notebook) Shows(cell int, text string) error {
	if _, err := value[bool](n.Browser, fmt.Sprintf("lab.show(%d)", cell)); err != nil {
		return err
	}
	_, err := await[bool](n.Browser, fmt.Sprintf("cell %d to show %q", cell, text), fmt.Sprintf("lab.text(%d).includes(%s)", cell, quote(text)))
	if err != nil {
		shown, _ := n.Shown(cell)
		return fmt.Errorf("%w; it shows %q", err, shown)
	}
	return nil
}

// Save presses Ctrl-S, waits until JupyterLab has saved, and reads the file.
func (n *Notebook) Save(root string) ([]Cell, error) {
	if err := n.press("s", chromedp.ModifierCtrl); err != nil {
		return nil, err
	}
	if _, err := await[bool](n.Browser, n.path+" to be saved", "lab.state()?.unsaved === false"); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, n.path))
	if err != nil {
		return nil, err
	}
	var saved struct{ Cells []Cell }
	if err := json.Unmarshal(text, &saved); err != nil {
		return nil, fmt.Errorf("%s: %w", n.path, err)
	}
	return saved.Cells, nil
}

// NewNotebook is a notebook for a kernel with cells of code, to be written to
// a file.
func NewNotebook(kernel string, cells ...string) ([]byte, error) {
	list := []map[string]any{}
	for i, text := range cells {
		list = append(list, map[string]any{
			"cell_type": "code", "id": fmt.Sprintf("cell-%d", i), "metadata": struct{}{}, "source": text, "outputs": []any{}, "execution_count": nil,
		})
	}
	return json.MarshalIndent(map[string]any{
		"nbformat": 4, "nbformat_minor": 5, "cells": list,
		"metadata": map[string]any{"kernelspec": map[string]any{"name": kernel, "display_name": kernel}},
	}, "", " ")
}

// quote is a Go string as a JavaScript one: JSON's strings are.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(b)
}
