package cell

import (
	"strings"
	"testing"
)

// All commands that GoNB has, and ours, are described.
func TestCommands(t *testing.T) {
	names := map[string]bool{}
	for _, c := range Commands() {
		if names[c.Name] {
			t.Errorf("%s is listed twice", c.Name)
		}
		names[c.Name] = true
		if !strings.HasPrefix(c.Usage, c.Name) || c.Help == "" || strings.Contains(c.Help, "\n") {
			t.Errorf("%+v", c)
		}
		if c.Body != (strings.HasPrefix(c.Name, "%%") && magics[c.Name[2:]].name != "") {
			t.Errorf("%s: a whole cell: %v", c.Name, c.Body)
		}
	}
	for name := range magics {
		if !names["%%"+name] {
			t.Errorf("%%%%%s is not listed", name)
		}
	}
	for _, name := range strings.Fields(`%% %main %args %exec %env %cd %goflags %autoget %noautoget %reset %ls %list
		%rm %remove %track %untrack %goworkfix %test %wasm %with_inputs %with_password %capture %widgets
		%widgets_hb %version %help ! !* %mode %time %%time %timeit %who`) {
		if !names[name] {
			t.Errorf("%s is not listed", name)
		}
	}
	list := Commands()
	list[0].Name = "changed"
	if Commands()[0].Name != "%%" {
		t.Error("the list is shared")
	}
}

func TestLookup(t *testing.T) {
	for name, want := range map[string]string{
		"%env": "%env", "env": "%env", "%%bash": "%%bash", "bash": "%%bash", "%bash": "%%bash", "%%": "%%", "!": "!",
		"%time": "%time", "time": "%time", "%%time": "%%time",
		"": "", "foo": "", "%": "", "Env": "",
	} {
		if c, ok := Lookup(name); c.Name != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", name, c.Name, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	for name, want := range map[string]string{
		"en": "%env", "%enb": "%env", "nev": "%env", "ENV": "%env", "%%bsh": "%%bash", "%bash": "%%bash", "%timit": "%timeit",
		"goflag": "%goflags", "%%writefil": "%%writefile", "witch_inputs": "%with_inputs", "%whos": "%who", "mod": "%mode",
		"matplotlib": "", "x": "", "": "", "%": "", "load_ext": "", strings.Repeat("a", 1<<20): "",
	} {
		if got := Suggest(name); got != want {
			t.Errorf("%.20q: %q, want %q", name, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"env", "env", 0}, {"evn", "env", 1}, {"env", "end", 1}, {"kitten", "sitting", 3}} {
		if got := distance(tc.a, tc.b); got != tc.want {
			t.Errorf("%s %s: %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}
