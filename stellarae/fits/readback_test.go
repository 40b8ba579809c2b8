package fits

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestReadBack has astropy verify and read what was written. It needs a Python
// with astropy, named by STELLARAE_PYTHON.
func TestReadBack(t *testing.T) {
	python := os.Getenv("STELLARAE_PYTHON")
	if python == "" {
		t.Skip("STELLARAE_PYTHON is not set: skipping the check by astropy")
	}
	dir := t.TempDir()
	manifest := map[string][]any{}
	for name, hdus := range writtenFiles() {
		if err := WriteFile(filepath.Join(dir, name), hdus...); err != nil {
			t.Fatal(err)
		}
		for _, h := range hdus {
			manifest[name] = append(manifest[name], describeHDU(h))
		}
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "written.json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "testdata/read_back.py", dir).CombinedOutput()
	t.Logf("%s", bytes.TrimSpace(out))
	if err != nil {
		t.Fatal(err)
	}
}

func describeHDU(h Encoder) map[string]any {
	switch h := h.(type) {
	case *ImageHDU:
		d := map[string]any{"name": h.Name, "cards": describeCards(h.Cards), "shape": h.Shape}
		if h.Data != nil {
			d["type"] = fmt.Sprintf("%T", h.Data)[2:]
			d["data"] = rowTexts(parts(h.Data, 0, reflect.ValueOf(h.Data).Len()))[0]
		}
		return d
	case *TableHDU:
		columns := []any{}
		for _, c := range h.Columns {
			columns = append(columns, map[string]any{
				"name": c.Name, "unit": c.Unit, "dim": c.Dim, "null": c.Null,
				"type": strings.TrimLeft(fmt.Sprintf("%T", c.Data), "[]"), "cells": rowTexts(c.Data),
			})
		}
		return map[string]any{"name": h.Name, "cards": describeCards(h.Cards), "columns": columns}
	}
	panic("no such HDU")
}

// describeCards gives key, type and text of every card with a value.
func describeCards(cards []Card) [][3]string {
	out := [][3]string{}
	for _, c := range cards {
		if c.Value != nil && !commentary(c.Key) {
			out = append(out, [3]string{c.Key, fmt.Sprintf("%T", c.Value), elementText(c.Value)})
		}
	}
	return out
}
