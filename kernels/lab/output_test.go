package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ json, want string }{
		{`"a\nb"`, "a\nb"},
		{`["a\n", "b"]`, "a\nb"},
		{`[]`, ""},
		{`null`, ""},
	} {
		var got Text
		if err := json.Unmarshal([]byte(c.json), &got); err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v, want %q", c.json, got, err, c.want)
		}
	}
	for _, bad := range []string{`3`, `{}`, `["a", 3]`, `[["a"]]`} {
		var got Text
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s: %q", bad, got)
		}
	}
}

func TestMIME(t *testing.T) {
	var o Output
	if err := json.Unmarshal([]byte(`{"data": {"text/plain": ["4", "2"], "application/json": {"a": 1}}}`), &o); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]string{"text/plain": "42", "application/json": "", "text/html": ""} {
		if got := o.MIME(kind); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

// FuzzText has what is read written again as one string.
func FuzzText(f *testing.F) {
	f.Add([]byte(`["a\n", "b"]`))
	f.Add([]byte(`"\ud800"`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, second Text
		if json.Unmarshal(data, &first) != nil {
			return
		}
		again, err := json.Marshal(string(first))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(again, &second); err != nil || first != second {
			t.Errorf("%q becomes %q, %v", first, second, err)
		}
	})
}

// An interpreter without JupyterLab, and none, are errors that say so.
func TestStartFails(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	silent := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(silent, []byte("#!/bin/sh\necho No module named jupyterlab >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for python, want := range map[string]string{silent: "No module named jupyterlab", silent + "3": "no such file"} {
		s, err := Start(ctx, Options{Python: python, Root: t.TempDir()})
		if err == nil {
			s.Stop()
			t.Fatalf("%s serves JupyterLab", python)
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// What hangs is given up when the context ends.
func TestStartGivesUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	hanging := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(hanging, []byte("#!/bin/sh\nexec sleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(ctx, Options{Python: hanging, Root: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("error %v", err)
	}
}

func ExampleNewNotebook() {
	text, err := NewNotebook("gokernel", "x := 6 * 7", "x")
	var saved struct {
		Cells    []Cell
		Metadata struct{ Kernelspec struct{ Name string } }
	}
	fmt.Println(err, json.Unmarshal(text, &saved))
	fmt.Println(saved.Metadata.Kernelspec.Name, len(saved.Cells), saved.Cells[0].Source)
	// Output:
	// <nil> <nil>
	// gokernel 2 x := 6 * 7
}
