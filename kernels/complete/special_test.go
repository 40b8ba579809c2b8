package complete

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree makes files and folders, the latter with a slash at the end.
func tree(t *testing.T, paths ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, p := range paths {
		full := filepath.Join(dir, p)
		var err error
		if strings.HasSuffix(p, "/") {
			err = os.MkdirAll(full, 0o700)
		} else if err = os.MkdirAll(filepath.Dir(full), 0o700); err == nil {
			mode := os.FileMode(0o600)
			if strings.HasPrefix(p, "bin/") {
				mode = 0o700
			}
			err = os.WriteFile(full, nil, mode)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSpecial(t *testing.T) {
	dir := tree(t, "data/", "data/star.fits", "data/sky map.fits", "date.txt", ".hidden", `quo"te`, "bin/starfit", "bin/startrek")
	if err := os.WriteFile(filepath.Join(dir, "bin", "starnot"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mod := module(t)
	if err := os.WriteFile(filepath.Join(mod, "main.go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	e := startWith(t, "/nonexistent/gopls", mod)
	s := lab
	s.Dir = dir
	s.Env = []string{"HOME=" + dir, "HOST=h", "DATA=data", "PATH=" + filepath.Join(dir, "bin") + string(filepath.ListSeparator) + "/nonexistent"}
	e.SetSession(s)
	tests := []struct {
		name, text, want, no, replaced string
	}{
		{"command", "%en‸", "%env|magic|%env NAME=value", "", "%en"},
		{"command in a later line", "x := 1\n%mo‸", "%mode|magic", "", "%mo"},
		{"all commands", "%‸", "%cd\n%%\n%%bash\n%env", "!", "%"},
		{"cell magic", "%%wri‸", "%%writefile|magic|%%writefile [-a] path", "", "%%wri"},
		{"with a blank", "% en‸", "%env|magic", "", "% en"},
		{"within the word", "%e‸xec f", "%exec|magic\n%env", "", "%exec"},
		{"values", "%mode ‸", "process|keyword\nsession|keyword", "", ""},
		{"value begun", "%mode se‸", "session|keyword", "process", "se"},
		{"reset", "%reset g‸", "go.mod|keyword", "", "g"},
		{"folders", "%cd ‸", "data/|path\nbin/|path", "date.txt", ""},
		{"folder begun", "%cd da‸", "data/|path", "date.txt", "da"},
		{"home", "%cd ~/da‸", "~/data/|path", "", "~/da"},
		{"variable in a path", "%%writefile $DATA/st‸", "$DATA/star.fits|path", "", "$DATA/st"},
		{"files", "%track dat‸", "data/|path\ndate.txt|path", "", "dat"},
		{"file with a blank", "%track data/sk‸", `"data/sky map.fits"|path`, "", "data/sk"},
		{"within quotes", `%track "data/sky m‸"`, `"data/sky map.fits"|path`, "", `"data/sky m"`},
		{"file with a quote", "%track quo‸", `"quo\"te"|path`, "", "quo"},
		{"hidden files", "%track .‸", ".hidden|path", "date.txt", "."},
		{"no hidden files", "%track ‸", "date.txt|path", ".hidden", ""},
		{"no such folder", "%track nowhere/‸", "", "date.txt", ""},
		{"flag", "%%writefile -‸\n", "-a|keyword", "", "-"},
		{"path after it", "%%writefile -a dat‸\nbody", "data/|path\ndate.txt|path", "", "dat"},
		{"environment", "%env HO‸", "HOME|variable\nHOST|variable", "PATH", "HO"},
		{"its values are not known", "%env HOME ‸", "", "HOST", ""},
		{"keys", "%rm sta‸", "star|variable\nstars|variable", "load", "sta"},
		{"more keys", "%rm star Star~‸", "Star~Mean|variable", "", "Star~"},
		{"function", "%exec pl‸", "plot|function", "load", "pl"},
		{"its arguments", "%exec plot ‸", "", "plot", ""},
		{"help", "%help %mo‸", "%mode|magic", "", "%mo"},
		{"unknown command", "%nobody dat‸", "", "data/", ""},

		{"program", "!star‸", "starfit|function\nstartrek|function", "starnot", "star"},
		{"program after a pipe", "!ls | starf‸", "starfit|function", "", "starf"},
		{"file after a program", "!ls dat‸", "data/|path\ndate.txt|path", "starfit", "dat"},
		{"file with a blank in the shell", "!ls data/sk‸", `data/sky\ map.fits|path`, "", "data/sk"},
		{"program by its path", "!bin/star‸", "bin/starfit|path", "", "bin/star"},
		{"in the module's folder", "!*cat ma‸", "main.go|path", "", "ma"},
		{"continued line", "!ls \\\n dat‸", "date.txt|path", "", "dat"},
		{"body of a script", "%%bash\necho a\nstarf‸ x", "starfit|function", "", "starf"},
		{"file in a script", "%%sh\nls data/st‸", "data/star.fits|path", "", "data/st"},
		{"script after %%time", "%%time\n%%sh\nls data/st‸", "data/star.fits|path", "", "data/st"},
		{"script program", "%%script starf‸", "starfit|function", "", "starf"},
		{"body of another magic", "%%html\n<dat‸", "", "data/", ""},
		{"prefix for Jupytext", "//gonb:%en‸", "%env|magic", "", "%en"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, complete(t, e, tt.text), tt.text, tt.want, tt.no, tt.replaced, false)
		})
	}
}

// TestQuote reads back what is proposed: it is one word of the value meant.
func TestQuote(t *testing.T) {
	names := []string{"plain", "a b", `q"uote`, `back\slash`, "it's", "$money", "tab\tbed", "päth", "#x", "a#b", "<&;|>"}
	dir := tree(t, names...)
	e := startWith(t, "/nonexistent/gopls", module(t))
	e.SetSession(Session{Dir: dir})
	for _, line := range []string{"%track ", "!ls "} {
		c := complete(t, e, line+"‸")
		if len(c.Items) != len(names) {
			t.Fatalf("%s: %v", line, texts(c))
		}
		for _, it := range c.Items {
			code := line + it.Text
			again := complete(t, e, code+"‸")
			if len(again.Items) == 0 || again.Items[0].Text != it.Text || again.Start != len(line) {
				t.Errorf("%s is not read as a word of its own: %v from %d", code, texts(again), again.Start)
			}
		}
	}
}
