package paper

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The page that is stored is of this package's claims, and its figures are there
// and small.
func TestStoredMap(t *testing.T) {
	docs := filepath.Join("..", "..", "docs")
	page, err := os.ReadFile(filepath.Join(docs, MapName))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range allClaims()["simulated"] {
		if row := "| " + cell(c.What); !strings.Contains(string(page), row) || !strings.Contains(string(page), "): "+cell(c.Heading)+" | "+cell(c.Paper)+" |") {
			t.Errorf("the stored map lacks %q as it is now: run make paper", c.What)
		}
	}
	links := regexp.MustCompile(`\((images/paper/[^)]*\.png)\)`).FindAllStringSubmatch(string(page), -1)
	if len(links) == 0 {
		t.Error("no figures")
	}
	for _, link := range links {
		if info, err := os.Stat(filepath.Join(docs, filepath.FromSlash(link[1]))); err != nil || info.Size() > largestDrawing {
			t.Errorf("%s: %v, %v", link[1], info, err)
		}
	}
	all, err := filepath.Glob(filepath.Join(docs, "images", "paper", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, path := range all {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > 1_500_000 {
		t.Errorf("%d bytes of figures", total)
	}
	if strings.Contains(string(page), "| **"+string(NotReproduced)) {
		t.Error("the stored map has a claim that was not reproduced")
	}
}
