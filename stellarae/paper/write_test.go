package paper

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stellarae/lab/stellarae/figure"
)

func made(t *testing.T) *Lane {
	t.Helper()
	l := &Lane{Name: "Made up", About: "Two rows."}
	claim := Claim{Part: "A part", What: "One | thing", Notebook: "00_start", Heading: "2. Train", Paper: "6", Criterion: "the numbers\nare equal"}
	l.Rows = append(l.Rows, Row{claim, Answer{Published: "6", Verdict: Reproduced, Figure: "mad"}})
	claim.What = "Another"
	l.Rows = append(l.Rows, Row{claim, Answer{Published: "5", Corrected: "4 to 7", Verdict: NotReproduced}})
	f, err := figure.MAD(figure.MADData{MAD: []float64{0.01, 0.5}, Threshold: 0.02, Informative: []int{1}})
	if err := l.draw("mad", "Deviations", f, err); err != nil {
		t.Fatal(err)
	}
	return l
}

var bar = regexp.MustCompile(`(^|[^\\])\|`)

func TestWrite(t *testing.T) {
	docs := t.TempDir()
	images := filepath.Join(docs, "images", "paper")
	if err := os.MkdirAll(images, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"old.png", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(images, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := made(t)
	if err := Write(docs, l, nil); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(docs, MapName))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "|") {
			rows++
			if n := len(bar.FindAllString(strings.TrimSpace(line), -1)); n != 7 {
				t.Errorf("%d bars for six columns: %s", n, line)
			}
		}
	}
	if rows != 4 { // a head of two lines, and two rows
		t.Errorf("%d lines of tables", rows)
	}
	for _, want := range []string{
		`| One \| thing ([picture](images/paper/mad.png)) | [00_start](../notebooks/00_start.ipynb): 2. Train | 6 | 6 | – | **reproduced**: the numbers are equal |`,
		"**not reproduced**", "![Deviations](images/paper/mad.png)", "git clone https://github.com/NimSed/astro-machines data/published",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if n := strings.Count(string(page), "```"); n != 2 {
		t.Errorf("%d fences", n)
	}
	if got, err := os.ReadFile(filepath.Join(images, "mad.png")); err != nil || !bytes.Equal(got, l.Drawings[0].PNG) {
		t.Errorf("mad.png: %d bytes, %v", len(got), err)
	}
	if _, err := os.Stat(filepath.Join(images, "old.png")); !os.IsNotExist(err) {
		t.Error("an old figure is left:", err)
	}
	if _, err := os.Stat(filepath.Join(images, "notes.txt")); err != nil {
		t.Error("a file that is no figure is gone:", err)
	}
	if failed := l.Failed(); len(failed) != 1 || failed[0].What != "Another" {
		t.Errorf("failed: %+v", failed)
	}
	var text bytes.Buffer
	if err := l.Text(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "not reproduced    Another (00_start: 2. Train)\n      paper      6\n      published  5\n      corrected  4 to 7\n") {
		t.Errorf("text\n%s", text.String())
	}
	if err := Write(docs, nil, l); err == nil {
		t.Error("a map without the simulated lane")
	}
}

func TestText(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 327680: "327,680", 7046997: "7,046,997"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	for want, values := range map[string][]int{"none": nil, "7": {7}, "7 and 8": {7, 8}, "7, 8 and 9": {7, 8, 9}} {
		if got := list(values); got != want {
			t.Errorf("%v: %q", values, got)
		}
	}
}
