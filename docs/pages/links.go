package pages

import (
	"fmt"
	"net/url"
	"os/exec"
	"path"
	"slices"
	"strings"
	"unicode"
)

// anchor is the fragment by which GitHub and JupyterLab know a heading; taken
// counts those given out on the page.
func anchor(heading string, taken map[string]int) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(heading)) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('-')
		}
	}
	name := b.String()
	n := taken[name]
	taken[name]++
	if n > 0 {
		return fmt.Sprintf("%s-%d", name, n)
	}
	return name
}

// Files are the files of the project below root, and their folders: what git
// keeps or would keep, not what is built or downloaded.
func Files(root string) (map[string]bool, error) {
	c := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	c.Dir = root
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files in %s: %w", root, err)
	}
	files := map[string]bool{".": true}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		for ; !files[name]; name = path.Dir(name) {
			files[name] = true
		}
	}
	return files, nil
}

// Broken lists the links of the pages that lead to no file, no heading, or by no
// safe way to another site.
func Broken(all []Page, files map[string]bool) []string {
	anchors := map[string][]string{}
	for _, p := range all {
		anchors[p.Path] = p.Anchors
	}
	var broken []string
	for _, p := range all {
		for _, link := range p.Links {
			if why := p.leads(link, files, anchors); why != "" {
				broken = append(broken, fmt.Sprintf("%s: link to %s: %s", p.Path, link, why))
			}
		}
	}
	return broken
}

// leads says why a link leads nowhere, or nothing.
func (p Page) leads(link string, files map[string]bool, anchors map[string][]string) string {
	u, err := url.Parse(link)
	switch {
	case err != nil:
		return err.Error()
	case u.Scheme == "attachment": // a picture inside a notebook's cell
		return ""
	case u.Scheme != "" && (u.Scheme != "https" || u.Host == ""):
		return "links to other sites begin with https://"
	case u.Scheme != "":
		return ""
	}
	target := p.Path
	if u.Path != "" {
		target = path.Join(path.Dir(p.Path), u.Path)
	}
	if !files[target] {
		return "no such file in the project"
	}
	if known, isPage := anchors[target]; u.Fragment != "" && isPage && !slices.Contains(known, u.Fragment) {
		return "no such heading; there are " + strings.Join(known, ", ")
	}
	return ""
}
