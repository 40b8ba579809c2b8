package starname

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestStars(t *testing.T) {
	s := NewStars()
	for _, line := range []string{
		"HD128621|alf Cen B|GJ 559B|HIP71681|Toliman|Alpha_Cen_B",
		"Proxima Centauri b|GJ 551|Proxima",
		"Procyon|HD 61421",
		"Aldebaran|alf Tau|HD29139",
		"38 Vir|HD111998",
		"Sun|vesta20110929",
		"WASP-15b|WASP-15",
	} {
		names := strings.Split(line, "|")
		for _, n := range names[1:] {
			if a, b := s.Star(Parse(names[0])), s.Star(Parse(n)); a != b {
				t.Errorf("%s is %s, %s is %s", names[0], a, n, b)
			}
		}
	}
	for _, pair := range [][2]string{{"alf Cen A", "alf Cen B"}, {"HD 1", "HD 2"}, {"61 Cyg A", "61 Cyg B"}} {
		if s.Star(Parse(pair[0])) == s.Star(Parse(pair[1])) {
			t.Errorf("%s is %s", pair[0], pair[1])
		}
	}
}

func TestLinkRefuses(t *testing.T) {
	link := func(s *Stars, names string) error {
		var all []Name
		for n := range strings.SplitSeq(names, ",") {
			all = append(all, Parse(n))
		}
		return s.Link(all...)
	}
	s := NewStars()
	for _, ok := range []string{"HD 1,HIP 422", "HIP 422,X1", "X1,Gaia DR3 55", "", "?,HD 5", "HD 7 A,HIP 9", "HD 7 AB,HIP 9", "HD 1,HD 1"} {
		if err := link(s, ok); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
	if a, b := s.Star(Parse("HD 1")), s.Star(Parse("Gaia DR3 55")); a != b || a != "HD 1" {
		t.Errorf("%s, %s", a, b)
	}
	for _, c := range [][2]string{
		{"Gaia DR3 55,HD 2", "HD is 1 and 2"},
		{"X1,HIP 423", "HIP is 422 and 423"},
		{"GJ 53 A,GJ 53 B", "component is A and B"},
		{"HD 128621,HD 128620", "not one star"},
	} {
		if err := link(s, c[0]); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %q", c[0], err, c[1])
		}
	}
	// what is refused does not keep the others apart
	if err := link(s, "HD 20,HD 21,HIP 22"); err == nil || s.Star(Parse("HIP 22")) != "HD 20" {
		t.Errorf("%v, HIP 22 is %s", err, s.Star(Parse("HIP 22")))
	}
}

func TestCandidates(t *testing.T) {
	s := NewStars()
	for _, c := range [][2]string{
		{"HD 133131 A", "HD 133131 A|HD 133131|HD 133131 AB"},
		{"HD 133131", "HD 133131|HD 133131 A|HD 133131 AB"},
		{"HD 133131 B", "HD 133131 B"},
		{"alf Cen", "alf Cen|HD 128620|alf Cen AB"},
		{"-", ""},
	} {
		if got := strings.Join(s.Candidates(Parse(c[0])), "|"); got != c[1] {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
}

func TestReadAliases(t *testing.T) {
	s := NewStars()
	if err := s.ReadAliases(strings.NewReader("# ours\nHD 5, our star ,GJ 4000\n\nTarget 7,HIP 8,\n")); err != nil {
		t.Fatal(err)
	}
	if s.Star(Parse("OUR_STAR")) != "HD 5" || s.Star(Parse("HIP 8")) != s.Star(Parse("target 7")) {
		t.Error("not linked")
	}
	for _, c := range [][2]string{
		{"HD 1,HD 2\n", "line 1: HD 1 and HD 2 are not one star"},
		{"HD 1\nHIP 5,???\n", `line 2: "???" names nothing`},
		{"HD \"1\n", "aliases: "},
	} {
		if err := NewStars().ReadAliases(strings.NewReader(c[0])); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%q: %v, want %q", c[0], err, c[1])
		}
	}
}

func TestStarsAreReadByMany(t *testing.T) {
	s := NewStars()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				s.Candidates(Parse("alf Cen B"))
			}
		})
	}
	wg.Wait()
}

// What the built-in table says of HD, HIP and GJ numbers is what catalogues say.
func TestWellKnownIsCatalogues(t *testing.T) {
	folder := os.Getenv("STELLARAE_REAL")
	if folder == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	stars := NewStars()
	ours := len(stars.parent)
	known := func(n Name) bool {
		i, ok := stars.number[n.Full()]
		return ok && int(i) < ours
	}
	agree := 0
	for file, columns := range map[string][]int{"tacs_stellar_atmos_parameters.csv": {3, 4, 5}, "gaia_benchmark_stars_v3.csv": {1, 0}} {
		f, err := os.Open(filepath.Join(folder, "catalogues", file))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.Comment = '#'
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			hd := Parse(row[columns[0]])
			for _, c := range columns[1:] {
				for other := range strings.SplitSeq(row[c], "+") {
					n := Parse(other)
					if !known(n) && !known(hd) || n.Key == "" || hd.Key == "" {
						continue // none of ours
					}
					if err := stars.Link(hd, n); err != nil {
						t.Errorf("%s: %v", file, err)
					}
					if known(n) && known(hd) {
						agree++
						if stars.Star(hd) != stars.Star(n) {
							t.Errorf("%s: %s is %s, %s is %s", file, hd.Full(), stars.Star(hd), n.Full(), stars.Star(n))
						}
					}
				}
			}
		}
	}
	t.Logf("%d names of stars in both", agree)
	if agree < 20 {
		t.Errorf("only %d names of stars in both", agree)
	}
}
