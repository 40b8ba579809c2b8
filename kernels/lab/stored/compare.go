package stored

import (
	"encoding/base64"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/stellarae/lab/kernels/lab"
)

// Tolerance of numbers in a text: of each other by a share, or absolutely.
const (
	share    = 0.02
	absolute = 0.02
	inSVG    = 2 // absolute, in units of a drawing: a pixel or two
)

// Compare tells how a rerun differs from what is stored, a line for each cell that
// does. The words are to be the same, numbers within 2 % or 0.02, drawings within
// two of their units, pictures of the same size and but for 2 % of their area alike.
// Not compared are a cell that shows progress in one of the two, since what it says
// depends on what has been done before; durations; and widgets, of which a stored
// notebook has only the names.
func Compare(old, rerun *Book) (differences []string) {
	if len(old.Cells) != len(rerun.Cells) {
		return []string{fmt.Sprintf("%s: %d cells, rerun %d", old.Name, len(old.Cells), len(rerun.Cells))}
	}
	for i, c := range old.Cells {
		again := rerun.Cells[i]
		if c.Source != again.Source {
			differences = append(differences, fmt.Sprintf("%s: cell %d: another source", old.Name, i))
			continue
		}
		a, b := joined(c.Outputs), joined(again.Outputs)
		if showsProgress(a) || showsProgress(b) {
			continue
		}
		if d := compareOutputs(a, b); d != "" {
			differences = append(differences, fmt.Sprintf("%s: cell %d: %s", old.Name, i, d))
		}
	}
	return differences
}

// joined puts texts of one stream that follow each other together.
func joined(outputs []lab.Output) (whole []lab.Output) {
	for _, o := range outputs {
		if n := len(whole); o.Type == "stream" && n > 0 && whole[n-1].Type == "stream" && whole[n-1].Name == o.Name {
			whole[n-1].Text += o.Text
			continue
		}
		whole = append(whole, o)
	}
	return whole
}

func showsProgress(outputs []lab.Output) bool {
	return slices.ContainsFunc(outputs, func(o lab.Output) bool { return strings.Contains(o.MIME("text/html"), "<progress") })
}

func compareOutputs(a, b []lab.Output) string {
	if len(a) != len(b) {
		return fmt.Sprintf("%d outputs, rerun %d", len(a), len(b))
	}
	for i := range a {
		if a[i].Type != b[i].Type || a[i].Name != b[i].Name || a[i].EName != b[i].EName {
			return fmt.Sprintf("output %d: %s %s, rerun %s %s", i, a[i].Type, a[i].Name, b[i].Type, b[i].Name)
		}
		if d := compareText(string(a[i].Text), string(b[i].Text), absolute); d != "" {
			return fmt.Sprintf("output %d: %s", i, d)
		}
		for kind := range a[i].Data {
			if strings.HasPrefix(kind, "application/vnd.jupyter.widget") || kind == "text/plain" && len(a[i].Data) > 1 {
				continue // the plain text beside a picture tells its size in bytes
			}
			if d := compareData(kind, a[i], b[i]); d != "" {
				return fmt.Sprintf("output %d, %s: %s", i, kind, d)
			}
		}
	}
	return ""
}

func compareData(kind string, a, b lab.Output) string {
	if b.Data[kind] == nil {
		return "rerun has none"
	}
	switch kind {
	case "image/png":
		x, errX := base64.StdEncoding.DecodeString(strings.ReplaceAll(a.MIME(kind), "\n", ""))
		y, errY := base64.StdEncoding.DecodeString(strings.ReplaceAll(b.MIME(kind), "\n", ""))
		if errX != nil || errY != nil {
			return "not base64"
		}
		return comparePNG(x, y)
	case "image/svg+xml":
		return compareText(a.MIME(kind), b.MIME(kind), inSVG)
	}
	x, y := a.MIME(kind), b.MIME(kind)
	if x == "" && y == "" { // JSON
		x, y = string(a.Data[kind]), string(b.Data[kind])
	}
	return compareText(x, y, absolute)
}

var (
	duration = regexp.MustCompile(`\b\d+(\.\d+)? ?(ns|µs|us|ms|s|min)\b`)
	numeral  = regexp.MustCompile(`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`)
	blank    = regexp.MustCompile(`\s+`)
)

// compareText tells the first word or number that differs.
func compareText(a, b string, within float64) string {
	a, b = duration.ReplaceAllString(a, "a moment"), duration.ReplaceAllString(b, "a moment")
	if a == b {
		return ""
	}
	wordsA, wordsB := numeral.Split(a, -1), numeral.Split(b, -1)
	if len(wordsA) != len(wordsB) {
		return fmt.Sprintf("%d numbers, rerun %d", len(wordsA)-1, len(wordsB)-1)
	}
	for i := range wordsA {
		if x, y := squeeze(wordsA[i]), squeeze(wordsB[i]); x != y {
			return fmt.Sprintf("%q, rerun %q", clip(x), clip(y))
		}
	}
	numbersA, numbersB := numeral.FindAllString(a, -1), numeral.FindAllString(b, -1)
	for i := range numbersA {
		x, errX := strconv.ParseFloat(numbersA[i], 64)
		y, errY := strconv.ParseFloat(numbersB[i], 64)
		if errX != nil || errY != nil || math.Abs(x-y) > max(within, share*max(math.Abs(x), math.Abs(y))) {
			return fmt.Sprintf("%s, rerun %s", numbersA[i], numbersB[i])
		}
	}
	return ""
}

// squeeze makes every run of blanks one: columns of a table are as wide as what
// stands in them.
func squeeze(s string) string { return strings.TrimSpace(blank.ReplaceAllString(s, " ")) }

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "..."
	}
	return s
}
