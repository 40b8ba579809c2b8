package paper

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allClaims are those of both lanes.
func allClaims() map[string][]Claim {
	all := map[string][]Claim{}
	for _, claims := range [][]asked[*simulation]{dataClaims(), networkClaims(), countClaims(), labelClaims(), lookClaims()} {
		for _, c := range claims {
			all["simulated"] = append(all["simulated"], c.Claim)
		}
	}
	for _, c := range publishedClaims() {
		all["published"] = append(all["published"], c.Claim)
	}
	return all
}

func TestClaimsAreWhole(t *testing.T) {
	for lane, claims := range allClaims() {
		seen := map[string]bool{}
		for _, c := range claims {
			if c.Part == "" || c.What == "" || c.Notebook == "" || c.Heading == "" || c.Paper == "" || c.Criterion == "" {
				t.Errorf("%s: %+v: something is empty", lane, c)
			}
			if seen[c.What] {
				t.Errorf("%s: %q stands twice", lane, c.What)
			}
			seen[c.What] = true
		}
	}
}

// Where a claim is shown has to exist: the notebook, and the heading in it.
func TestNotebooksHaveTheHeadings(t *testing.T) {
	headings := map[string][]string{}
	for _, claims := range allClaims() {
		for _, c := range claims {
			if headings[c.Notebook] == nil {
				headings[c.Notebook] = headingsOf(t, c.Notebook)
			}
			if !slices.Contains(headings[c.Notebook], c.Heading) {
				t.Errorf("%q: notebook %s has no heading %q, but %q", c.What, c.Notebook, c.Heading, headings[c.Notebook])
			}
		}
	}
}

func headingsOf(t *testing.T, notebook string) (headings []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "notebooks", notebook+".ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	var book struct {
		Cells []struct {
			Type   string `json:"cell_type"`
			Source any
		}
	}
	if err := json.Unmarshal(text, &book); err != nil {
		t.Fatal(notebook, err)
	}
	for _, c := range book.Cells {
		var source strings.Builder
		switch s := c.Source.(type) { // one text, or a list of lines
		case string:
			source.WriteString(s)
		case []any:
			for _, line := range s {
				source.WriteString(line.(string))
			}
		}
		for line := range strings.Lines(source.String()) {
			if level := strings.TrimLeft(line, "#"); c.Type == "markdown" && level != line && strings.HasPrefix(level, " ") {
				headings = append(headings, strings.TrimSpace(level))
			}
		}
	}
	return headings
}
