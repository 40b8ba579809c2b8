package conformance

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what cells say into the scripts")

// Each script is a notebook with what its cells have to say. Its parts:
//
//	cell [silent] [nohistory] [goon] [stdin=a,b] [name=expression] [brief]
//	out [mode]   what the last cell says, in one mode only where that is named;
//	             a brief one's without the traceback
//	file NAME    is written into the notebook's folder, before the kernel starts
//	             where no cell stands above
//
// A cell without out has to say nothing. A line "modes: process" in the comment
// says in which modes the script runs; without it, in both.
func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			modes := []string{"session", "process"}
			for line := range strings.Lines(string(ar.Comment)) {
				if m, ok := strings.CutPrefix(line, "modes:"); ok {
					modes = strings.Fields(m)
				}
			}
			before := txtar.Format(ar)
			for _, mode := range modes {
				t.Run(mode, func(t *testing.T) { script(t, ar, mode) })
			}
			if after := txtar.Format(ar); *update && string(after) != string(before) {
				if err := os.WriteFile(path, after, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func script(t *testing.T, ar *txtar.Archive, mode string) {
	dir := t.TempDir()
	first := 0
	for first < len(ar.Files) && writeFile(t, dir, ar.Files[first]) {
		first++
	}
	k := startIn(t, Options{Dir: dir, Args: []string{"--mode", mode}})
	tidy := tidier(k)
	for i := first; i < len(ar.Files); i++ {
		f := ar.Files[i]
		words := strings.Fields(f.Name)
		switch {
		case words[0] == "out" || writeFile(t, dir, f):
			continue
		case words[0] != "cell":
			t.Fatalf("a part called %q", f.Name)
		}
		brief := slices.Index(words, "brief")
		if brief > 0 {
			words = slices.Delete(words, brief, brief+1)
		}
		r, err := request(words[1:], f.Data)
		if err != nil {
			t.Fatal(err)
		}
		o, err := k.Execute(r, patience)
		if err != nil {
			t.Fatalf("%s\n%v; so far it said\n%s", r.Code, err, o.Text(tidy))
		}
		got := o.Text(tidy)
		if brief > 0 {
			got = traces.ReplaceAllString(got, "")
		}
		at := expected(ar, i, mode)
		if *update {
			ar.Files = record(ar.Files, i, at, mode, got)
			continue
		}
		text := ""
		if at >= 0 {
			text = string(ar.Files[at].Data)
		}
		if got != text {
			t.Errorf("%s\nsays\n%snot\n%s", r.Code, got, text)
		}
	}
}

var traces = regexp.MustCompile(`(?m)^trace\|.*\n`)

// writeFile writes a part that is a file; it reports whether it is one.
func writeFile(t *testing.T, dir string, f txtar.File) bool {
	name, ok := strings.CutPrefix(f.Name, "file ")
	if !ok {
		return false
	}
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, f.Data, 0o644); err != nil {
		t.Fatal(err)
	}
	return true
}

func request(options []string, code []byte) (Request, error) {
	r := Request{Code: strings.TrimSuffix(string(code), "\n"), Expressions: map[string]string{}}
	for _, o := range options {
		name, value, has := strings.Cut(o, "=")
		switch {
		case o == "silent":
			r.Silent = true
		case o == "nohistory":
			r.NoHistory = true
		case o == "goon":
			r.GoOn = true
		case name == "stdin" && has:
			r.Answers = strings.Split(value, ",")
		case has:
			r.Expressions[name] = value
		default:
			return r, fmt.Errorf("a cell cannot be %q", o)
		}
	}
	return r, nil
}

// expected is the part that says what cell i says in a mode; -1 if none does.
func expected(ar *txtar.Archive, i int, mode string) int {
	both := -1
	for j := i + 1; j < len(ar.Files) && strings.HasPrefix(ar.Files[j].Name, "out"); j++ {
		switch ar.Files[j].Name {
		case "out " + mode:
			return j
		case "out":
			both = j
		}
	}
	return both
}

// record puts what cell i says into the script. The first mode writes for both;
// where another says otherwise, it gets its own part.
func record(files []txtar.File, i, at int, mode, got string) []txtar.File {
	text := ""
	if at >= 0 {
		text = string(files[at].Data)
	}
	switch {
	case got == text:
		return files
	case at < 0:
		name := "out"
		if mode == "process" {
			name = "out process"
		}
		return slices.Insert(files, i+1, txtar.File{Name: name, Data: []byte(got)})
	case files[at].Name == "out" && mode == "process":
		return slices.Insert(files, at+1, txtar.File{Name: "out process", Data: []byte(got)})
	}
	files[at].Data = []byte(got)
	return files
}

// tidier replaces what differs from run to run: folders, times, addresses.
func tidier(k *Kernel) func(string) string {
	replace := []struct {
		re *regexp.Regexp
		by string
	}{
		{regexp.MustCompile(regexp.QuoteMeta(k.Dir)), "$$DIR"},
		{regexp.MustCompile(`(\.\./)+` + regexp.QuoteMeta(filepath.Base(filepath.Dir(k.Dir))+"/"+filepath.Base(k.Dir))), "$$DIR"},
		{regexp.MustCompile(`[\w/.-]*/gonb_[0-9]+`), "$$TMP"},
		{regexp.MustCompile(`gonb_[0-9]+`), "gonb_N"},
		{regexp.MustCompile(`\b\d+(\.\d+)?(ns|µs|ms|s)\b`), "TIME"},
		{regexp.MustCompile(`\(\d+\.\d\ds\)|\b\d\.\d{2,3}s\b`), "(TIME)"},
		{regexp.MustCompile(`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d`), "DATE"},
		{regexp.MustCompile(`0x[0-9a-f]{6,}`), "0xADDRESS"},
		{regexp.MustCompile(`go1\.\d+(\.\d+)?|Go 1\.\d+(\.\d+)?`), "goVERSION"},
		{regexp.MustCompile(`goroutine \d+`), "goroutine N"},
	}
	return func(s string) string {
		for _, r := range replace {
			s = r.re.ReplaceAllString(s, r.by)
		}
		return s
	}
}
