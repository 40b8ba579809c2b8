package starname

import (
	"strings"
	"testing"
)

// Spellings of one star, by SIMBAD's query by identifier and by the usage of the
// HARPS archive's OBJECT; the first of each line is the full key.
func TestSpellings(t *testing.T) {
	for _, line := range []string{
		"HD 128621|HD128621|hd 128621|HD_128621|HD  0128621|HDE 128621|HD 128621 b|HD128621b|HD 128621.0",
		"HD 133131 A|HD133131A|HD 133131A|hd133131a|HD_133131_A",
		"HIP 14258|HIP14258|HIP 014258|hip_14258|HIC 14258|HIP 14258.0|HIP14258_S1D",
		"GJ 581|Gl581|Gl 581|GL581|Gliese 581|GJ 0581|gl_581|GJ581.0|NN 581|Gl 581 c|Gl581_S1D",
		"GJ 54.1|Gl54.1|GJ 54.10|Gliese 54.1 b",
		"GJ 105 B|Gl105B_S1D|GJ 105B|Gliese 105 B",
		"GJ 667 C|Gl667C|GJ 667 C c|GJ667Cc",
		"GJ 163|GJ163_sum_S1D|GJ 163|GJ163",
		"HR 8799|HR8799|BS 8799|HR 8799 b",
		"BD +06 2932|BD+062932|BD+06 2932|BD +6 2932|bd+06_2932|BD+06:2932|BD+06 02932",
		"BD -10 216|BD-100216|BD-10 216|BD\u221210 216",
		"CD -31 1415|CD-311415|CD-31 1415|CD -31 1415",
		"CPD -64 4333|CPD-64 4333|CP-644333",
		"LP 771-95 A|LP771-95A|LP 771-95 A|LP 771-0095A",
		"TYC 1422-614-1|TYC1422-614-1|TYC 1422-00614-1",
		"TIC 150428135|TIC150428135|TIC 150428135.0|TIC-150428135|TIC 150428135.01",
		"EPIC 246851721|EPIC246851721|EPIC 246851721 b",
		"Gaia DR3 6963761190199424|GAIA EDR3 6963761190199424|gaia dr3 6963761190199424",
		"alf Cen B|Alpha_Cen_B|alfCenB|ALF CEN B|* alf Cen B|\u03b1 Cen B|alpha Centauri B|alf.Cen B|alf cen b",
		"alf Cen AB|ALF CEN AB|alpha Cen AB",
		"psi1 Dra B|psi1 Dra B|psi01DraB|* psi01 Dra B|\u03c81 Dra B",
		"ksi Boo A|ksiBooA|xi Boo A|xi Bootis A",
		"tau Cet|tauCet|Tau_Ceti|tau Ceti|tau Cet e",
		"ups And|ups And b|upsilon Andromedae|upsAnd",
		"alf CMi|alpha Canis Minoris|alfCMi",
		"bet Com|beta Comae Berenices|beta Com",
		"55 Cnc|55 Cancri|55Cnc|55 Cnc e",
		"61 Cyg A|61 Cyg A|61CygA|61 Cygni A",
		"e Eri|e Eri|e Eridani|* e Eri",
		"b Aql|bAql|b Aql",
		"V4376 Sgr|V4376_Sgr|V* V4376 Sgr|V4376Sgr",
		"AO For|AO_For|V* AO For|AOFor|ao for",
		"WASP15|WASP-15|WASP-15b|WASP 15|wasp-15b|WASP-015",
		"TOI248|TOI-248|TOI 248|TOI-248.01|TOI-248b",
		"HATP45|HAT-P-45|HAT-P-45b|HATP-45",
		"K2-18|K2-18|K2-18 b|K2 18",
		"CORO T24|CORO T24", // a blank between letters says nothing
		"PROXIMA|Proxima|NAME Proxima|Proxima b|PROXIMA",
		"BARNARDSSTAR|Barnard's star|Barnards Star|Barnard's star b",
		"2MASSJ19091658+4939251|2MASS J19091658+4939251|2MASS_J19091658+4939251",
		"Sun|Sun|SUN|sun01|Sun-sky|Sun_sky|Solar spectrum|vesta20110929|VESTA|4 Vesta|(4) Vesta|Sun_Vesta|Ceres|Moon|MOON_2|Ganymede|Europa|vesta 2011-09-29|twilight sky",
	} {
		spellings := strings.Split(line, "|")
		want := Parse(spellings[0]).Full()
		if !strings.HasPrefix(spellings[0], "CORO") && want != spellings[0] {
			t.Errorf("the key %q reads as %q", spellings[0], want)
		}
		for _, s := range spellings {
			if got := Parse(s).Full(); got != want {
				t.Errorf("%q is %q, want %q", s, got, want)
			}
		}
	}
}

func TestDifferentStars(t *testing.T) {
	for _, line := range []string{
		"HD 128621|HD 128620|HIP 128621|HD 28621|HD 1286",
		"GJ 105 A|GJ 105 B|GJ 105|GJ 1050|GJ 10.5",
		"BD -10 216|BD +10 216|BD -1 216|BD -10 2160|CD -10 216",
		"alf Cen|bet Cen|alf Cen B|alf Cep|alf1 Cen",
		"K2-18|K21-8|K218|KOI-218",
		"WASP-15|WASP-150|HATS-15|WASP-1",
		"LP 771-95|LP 77-195",
		"W Cen|w Cen|omega Cen",
		"Sun|Sunflower|Vesta Rupes|Moon dust|Ion",
		"Gaia DR3 5|Gaia DR2 5|TIC 5",
	} {
		seen := map[string]string{}
		for s := range strings.SplitSeq(line, "|") {
			full := Parse(s).Full()
			if other, ok := seen[full]; ok {
				t.Errorf("%q and %q are both %q", s, other, full)
			}
			seen[full] = s
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want Name
	}{
		{"HD 128621 b", Name{Key: "HD 128621", Planet: "b"}},
		{"HD 128621 B", Name{Key: "HD 128621", Component: "B"}},
		{"hd 128621 b", Name{Key: "HD 128621", Component: "B"}},
		{"GJ 667 C c", Name{Key: "GJ 667", Component: "C", Planet: "c"}},
		{"alf Cen B", Name{Key: "alf Cen", Component: "B"}},
		{"alf Cen b", Name{Key: "alf Cen", Planet: "b"}},
		{"Kepler-16 AB", Name{Key: "KEPLER16", Component: "AB"}},
		{"vesta20110929", Name{Key: Sun, Solar: "VESTA"}},
		{"4 Vesta", Name{Key: Sun, Solar: "VESTA"}},
		{"SUN", Name{Key: Sun}},
		{"", Name{}},
		{" _ ", Name{}},
		{"---", Name{}},
		{"?", Name{}},
		{strings.Repeat("x", 300), Name{}},
	} {
		if got := Parse(c.text); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.text, got, c.want)
		}
	}
}

func TestOf(t *testing.T) {
	for _, c := range []struct{ catalogue, text, want string }{
		{"HD", "128621", "HD 128621"},
		{"HD", "HD128621", "HD 128621"},
		{"HIP", "14258.0", "HIP 14258"},
		{"HD", "132375A", "HD 132375 A"},
		{"GJ", "54.1", "GJ 54.1"},
		{"Gaia DR3", "6963761190199424", "Gaia DR3 6963761190199424"},
		{"HD", "", ""},
		{"HD", "0", "HD0"},
	} {
		if got := Of(c.catalogue, c.text).Full(); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.catalogue, c.text, got, c.want)
		}
	}
}

// Blanks do not matter, however many.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"HD128621", "* alf01 Cen B", "WASP-15b", "BD+062932", "(4) Vesta", "TOI-248.01", "GJ 667 C c", "V* AO For", "GJ 54.10", "CL005_14"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := Parse(text)
		if n.Key == "" && n != (Name{}) {
			t.Fatalf("%q: no key in %+v", text, n)
		}
		wide := " " + strings.ReplaceAll(text, " ", "_ ") + "\t"
		if len(clean(text)) <= maxLength && Parse(wide) != n {
			t.Fatalf("%q: %+v, with other blanks %+v", text, n, Parse(wide))
		}
		if strings.ContainsAny(n.Full(), "_\n") || strings.TrimSpace(n.Full()) != n.Full() {
			t.Fatalf("%q has the key %q", text, n.Full())
		}
	})
}

func BenchmarkParse(b *testing.B) {
	names := []string{"HD 128621", "HIP14258", "Gl581", "WASP-15b", "TOI-248", "alf Cen B", "BD-100216", "Gaia DR3 6963761190199424", "CL005_14"}
	for b.Loop() {
		for _, n := range names {
			Parse(n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(names)), "ns/name")
}
