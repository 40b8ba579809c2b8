package pages

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func projectFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// The image is built rarely and by others: what it copies has to be there, and
// what it installs has to be what the project is tested with.
func TestDockerfileAgreesWithTheProject(t *testing.T) {
	dockerfile := projectFile(t, "Dockerfile")
	ignored := strings.Fields(projectFile(t, ".dockerignore"))
	copies := regexp.MustCompile(`(?m)^COPY (.*)$`).FindAllStringSubmatch(dockerfile, -1)
	if len(copies) < 5 {
		t.Errorf("%d COPY lines", len(copies))
	}
	for _, c := range copies {
		words := strings.Fields(c[1])
		if strings.HasPrefix(words[0], "--from") {
			continue
		}
		words = slices.DeleteFunc(words, func(w string) bool { return strings.HasPrefix(w, "--") })
		for _, source := range words[:len(words)-1] {
			if _, err := os.Stat(filepath.Join(root, source)); err != nil || slices.Contains(ignored, source) {
				t.Errorf("COPY %s: not in the build's context", source)
			}
		}
	}
	gopls := regexp.MustCompile(`gopls@(v[0-9.]+)`)
	inImage := gopls.FindStringSubmatch(dockerfile)
	inTests := gopls.FindStringSubmatch(projectFile(t, "kernels/lab/programs.py"))
	inMake := regexp.MustCompile(`(?m)^GOPLS := (v[0-9.]+)`).FindStringSubmatch(projectFile(t, "Makefile"))
	if inImage == nil || inTests == nil || inMake == nil || inImage[1] != inTests[1] || inImage[1] != inMake[1] {
		t.Errorf("gopls: image %q, tests %q, Makefile %q", inImage, inTests, inMake)
	}
	language := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(projectFile(t, "go.mod"))
	if language == nil || !strings.Contains(dockerfile, "FROM golang:"+language[1]+"-") {
		t.Errorf("go.mod wants Go %q", language)
	}
}
