package paper

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Where Write puts the map, below the folder of the documentation.
const (
	MapName    = "paper-map.md"
	ImagesName = "images/paper"
)

// Write writes the map into the documentation folder: paper-map.md, and the figures
// under images/paper, from which earlier ones of the lanes given are removed. A lane
// that is nil is one without data: what to get for it stands in its place. The
// notebooks are looked for beside docs.
func Write(docs string, simulated, published *Lane) error {
	if simulated == nil {
		return errors.New("paper: no simulated lane")
	}
	images := filepath.Join(docs, filepath.FromSlash(ImagesName))
	if err := os.MkdirAll(images, 0o755); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	keep := map[string]bool{}
	for _, l := range []*Lane{simulated, published} {
		if l == nil {
			continue
		}
		for _, d := range l.Drawings {
			keep[d.Name+".png"] = true
			if err := put(filepath.Join(images, d.Name+".png"), d.PNG); err != nil {
				return err
			}
		}
	}
	old, err := os.ReadDir(images)
	if err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	for _, e := range old {
		if filepath.Ext(e.Name()) == ".png" && !keep[e.Name()] {
			if err := os.Remove(filepath.Join(images, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("paper: %w", err)
			}
		}
	}
	return put(filepath.Join(docs, MapName), markdown(simulated, published))
}

func put(path string, data []byte) error {
	err := atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	return nil
}

const preface = `# The paper, claim by claim

Every figure and numeric claim of Sedaghat, Romaniello, Carrick and Pineau 2021 (MNRAS 501, 6026; arXiv 2009.12872), where it is shown, and what comes out
here. ` + "`make paper`" + ` runs the notebooks and writes this page; ` + "`stellarae paper`" + ` writes the page alone. No number here is typed in: package
` + "`stellarae/paper`" + ` computes them, and each verdict by the criterion beside it.

- **reproduced**: the same number comes out.
- **same in kind**: what the claim says holds for other stars and another network, where the number itself cannot be the same.
- **not testable here**: not by these data; the reason stands beside it.
- **not reproduced**: it does not hold.

"As published" is the paper's own way of counting, "corrected" the one of [counting.md](counting.md).
`

// markdown is the page.
func markdown(simulated, published *Lane) []byte {
	var b bytes.Buffer
	b.WriteString(preface)
	simulated.markdown(&b)
	if published != nil {
		published.markdown(&b)
	} else {
		fmt.Fprintf(&b, "\n## The authors' codes and labels\n\nNot run: the files were not there.\n\n%s\n", fenced(Get))
	}
	return b.Bytes()
}

func fenced(text string) string {
	var b strings.Builder
	inside := false
	for _, line := range strings.Split(text, "\n") {
		code := strings.HasPrefix(line, "    ")
		if code != inside && (code || line == "" || inside) {
			if code != inside {
				b.WriteString("```\n")
				inside = code
			}
		}
		b.WriteString(strings.TrimPrefix(line, "    ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func (l *Lane) markdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n", l.Name, l.About)
	part := ""
	for _, r := range l.Rows {
		if r.Part != part {
			part = r.Part
			fmt.Fprintf(b, "\n### %s\n\n| figure or claim | notebook and cell | the paper | ours, as published | ours, corrected | verdict |\n|---|---|---|---|---|---|\n", part)
		}
		what := cell(r.What)
		if r.Figure != "" {
			what += fmt.Sprintf(" ([picture](%s/%s.png))", ImagesName, r.Figure)
		}
		fmt.Fprintf(b, "| %s | [%s](../notebooks/%s.ipynb): %s | %s | %s | %s | **%s**: %s |\n",
			what, r.Notebook, r.Notebook, cell(r.Heading), cell(r.Paper), cell(r.Published), cell(orDash(r.Corrected)), r.Verdict, cell(r.Criterion))
	}
	if len(l.Drawings) > 0 {
		b.WriteString("\n### Figures\n")
	}
	for _, d := range l.Drawings {
		fmt.Fprintf(b, "\n![%s](%s/%s.png)\n", d.Alt, ImagesName, d.Name)
	}
}

// cell is a text within a table.
func cell(s string) string { return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s) }

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// Text writes the lane's table for a terminal: a claim a line, its values below.
func (l *Lane) Text(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", l.Name)
	part := ""
	for _, r := range l.Rows {
		if r.Part != part {
			part = r.Part
			fmt.Fprintf(&b, "\n%s\n", part)
		}
		fmt.Fprintf(&b, "  %-17s %s (%s: %s)\n", r.Verdict, r.What, r.Notebook, r.Heading)
		for _, line := range []struct{ name, value string }{{"paper", r.Paper}, {"published", r.Published}, {"corrected", r.Corrected}} {
			if line.value != "" {
				fmt.Fprintf(&b, "      %-10s %s\n", line.name, line.value)
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
