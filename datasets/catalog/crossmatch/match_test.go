package crossmatch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/catalog/sky"
	"github.com/stellarae/lab/datasets/catalog/source"
	"github.com/stellarae/lab/datasets/catalog/starname"
)

func read(t testing.TB, name, text string) *source.Source {
	t.Helper()
	s, err := source.Read(strings.NewReader(text), source.Mapping{Name: name})
	if err != nil {
		t.Fatal(name, err)
	}
	return s
}

// observed is a spectrum with nothing but a target.
func observed(id string, names ...string) Spectrum {
	s := NewSpectrum(id, names...)
	s.Median = 100
	return s
}

func at(s Spectrum, ra, dec, epoch float64) Spectrum {
	s.Place.RA, s.Place.Dec, s.Place.Epoch = ra, dec, epoch
	return s
}

func match(t testing.TB, spectra []Spectrum, o Options, sources ...*source.Source) *Result {
	t.Helper()
	r, err := Match(spectra, sources, starname.NewStars(), o)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Report.Unmatched) + r.Report.Matched.Name + r.Report.Matched.Component + r.Report.Matched.Position; n != r.Report.Stars {
		t.Errorf("%d stars are accounted for, there are %d", n, r.Report.Stars)
	}
	return r
}

// cell is a cell of the table as text.
func cell(t testing.TB, table *catalog.Table, name string, row int) string {
	t.Helper()
	for _, c := range table.Texts {
		if c.Name == name {
			return c.Values[row]
		}
	}
	for _, c := range table.Columns {
		if c.Name == name {
			if math.IsNaN(c.Values[row]) {
				return ""
			}
			return fmt.Sprintf("%.6g", c.Values[row])
		}
	}
	return "no column"
}

func TestMatchByName(t *testing.T) {
	first := read(t, "first", "star,HIP,Teff,e_Teff,[Fe/H],sptype\nalf Cen B,71681,5200,20,0.2,K1V\nHD 133131,,5800,30,-0.3,\nGJ 581,,3400,90,,M3V\nSun,,5772,1,0,G2V\n")
	second := read(t, "second", "hd,teff,teff_err,mh,mass\n128621,5300,20,0.25,0.9\n10700,5344,50,-0.5,0.8\n")
	spectra := []Spectrum{
		observed("a", "HD128621"), observed("b", "Alpha_Cen_B"), observed("c", "HD 133131 A"), observed("d", "HD 133131 B"), observed("e", "Gliese 0581 c"),
		observed("f", "vesta20110929"), observed("g", "Sun-sky"), observed("h", "tauCet"), observed("i", "nothing known"), observed("j"), observed("k", "STAR", "HIP 71681"),
	}
	r := match(t, spectra, Options{}, first, second)
	for row, want := range []string{
		"HD128621|HD 128621|5200|20|first|0.2|first [Fe/H]|0.9|second|K1V|5|first",
		"HD128621|HD 128621|5200|20|first|0.2|first [Fe/H]|0.9|second|K1V|5|first",
		"HD 133131 A|HD 133131|5800|30|first|-0.3|first [Fe/H]|||||",
		"HD 133131 B|HD 133131 B||||||||||",
		"GJ 581|HIP 74995|3400|90|first|||||M3V|6|first",
		"Sun|Sun|5772|1|first|0|first [Fe/H]|||G2V|4|first",
		"Sun|Sun|5772|1|first|0|first [Fe/H]|||G2V|4|first",
		"tauCet|HD 10700|5344|50|second|-0.5|second|0.8|second|||",
		"nothing known|NOTHINGKNOWN||||||||||",
		"j|j||||||||||",
		"HD128621|HD 128621|5200|20|first|0.2|first [Fe/H]|0.9|second|K1V|5|first",
	} {
		got := r.Table.Stars[row]
		for _, name := range []string{"target_name_fixed", "Teff", "e_Teff", "source_Teff", "[M/H]", "source_[M/H]", "Mass", "source_Mass", "spec_type", "spec_type_no", "source_spec_type"} {
			got += "|" + cell(t, r.Table, name, row)
		}
		if got != want {
			t.Errorf("row %d: %s\nwant   %s", row, got, want)
		}
	}
	if want := (Matched{Name: 4, Component: 1, None: 3}); r.Report.Matched != want {
		t.Errorf("%+v, want %+v", r.Report.Matched, want)
	}
	var unmatched []string
	for _, u := range r.Report.Unmatched {
		unmatched = append(unmatched, u.Star)
	}
	if got := strings.Join(unmatched, "|"); got != "HD 133131 B|NOTHINGKNOWN|j" {
		t.Errorf("unmatched: %s", got)
	}
	// 5300 +- 20 is 100 above 5200 +- 20: 3.5 standard errors of the difference.
	if len(r.Report.Conflicts) != 1 {
		t.Fatalf("conflicts: %+v", r.Report.Conflicts)
	}
	c := r.Report.Conflicts[0]
	if c.Star != "HD 128621" || c.Quantity != "Teff" || c.Spectra != 3 || c.Difference != 100 || math.Abs(*c.Sigma-100/math.Hypot(20, 20)) > 1e-12 ||
		c.Taken.Catalogue != "first" || c.Other.Catalogue != "second" || c.Other.Row != 1 {
		t.Errorf("%+v", c)
	}
	// The order of the catalogues is that of precedence.
	r = match(t, spectra, Options{Sigma: 4}, second, first)
	if got := cell(t, r.Table, "Teff", 0) + cell(t, r.Table, "source_Teff", 0); got != "5300second" || len(r.Report.Conflicts) != 0 {
		t.Errorf("%s, %+v", got, r.Report.Conflicts)
	}
}

// Only by place, moved to the epoch of the spectrum: the star has gone 46 arcsec from
// where the catalogue has it, and another one stands there.
func TestMatchByPlace(t *testing.T) {
	places := read(t, "places", `name,ra,dec,pmra,pmdec,teff
HD 128621,219.8961,-60.8375,-3600.35,952.11,5200
decoy,219.8710,-60.8343,3600.35,-952.11,4000
north,10,89.9999,0,0,6000
pair A,50,10,0,0,6100
pair B,50.001,10,0,0,6200
`)
	names := read(t, "names", "name,logg\nHD 128621,4.5\n")
	star := sky.Position{RA: 219.8961, Dec: -60.8375, PMRA: -3600.35, PMDec: 952.11, Epoch: 2000}
	ra, dec := star.At(2012.2)
	spectra := []Spectrum{
		at(observed("a", "my target"), ra, dec, 2012.2),
		at(observed("b"), ra+2./3600, dec, 2012.2),
		at(observed("c", "far"), 219.8961, -60.8375+0.1, 2012.2),
		at(observed("d", "pole"), 190, 89.9999, 2010), // 0.7 arcsec, over the pole
		at(observed("e", "close"), 50.0002, 10, 2010),
		at(observed("f", "Vesta"), ra, dec, 2012.2),
		at(observed("g", "HD 128621"), 100, 0, 2012.2),
	}
	r := match(t, spectra, Options{Radius: 5}, places, names)
	for row, want := range []string{"HD 128621|5200|4.5|places", "HD 128621|5200|4.5|places", "FAR|||", "NORTH|6000||places", "CLOSE|6100||places", "Sun|||", "HD 128621|5200|4.5|places"} {
		got := cell(t, r.Table, "target_name_fixed", row) + "|" + cell(t, r.Table, "Teff", row) + "|" + cell(t, r.Table, "logg", row) + "|" + cell(t, r.Table, "source_Teff", row)
		if got != want {
			t.Errorf("row %d: %s, want %s", row, got, want)
		}
	}
	if len(r.Report.Ambiguous) != 1 || r.Report.Ambiguous[0].Star != "CLOSE" || r.Report.Ambiguous[0].Rivals != 1 || math.Abs(*r.Report.Ambiguous[0].Separation-0.0002*3600*math.Cos(10*math.Pi/180)) > 1e-6 {
		t.Errorf("ambiguous: %+v", r.Report.Ambiguous)
	}
	if len(r.Report.Elsewhere) != 0 { // of the star's spectra two lie where it is
		t.Errorf("elsewhere: %+v", r.Report.Elsewhere)
	}
	r = match(t, spectra[6:], Options{}, places)
	if len(r.Report.Elsewhere) != 1 || r.Report.Elsewhere[0].How != byName || *r.Report.Elsewhere[0].Separation < 1e5 {
		t.Errorf("elsewhere: %+v", r.Report.Elsewhere)
	}
	r = match(t, spectra[:1], Options{Radius: -1}, places)
	if len(r.Report.Unmatched) != 1 {
		t.Errorf("without places: %+v", r.Report.Matches)
	}
}

func TestDuplicatesAndRefusedNames(t *testing.T) {
	s := read(t, "s", "name,hd,teff,e_teff\nHD 5,,5000,10\nHD 6 A,6,5500,10\nHD 6 B,6,4500,10\nHD 5,,5100,10\nHD 5,,,\n")
	r := match(t, []Spectrum{observed("a", "HD 5"), observed("b", "HD 6B"), observed("c", "HD 6")}, Options{}, s)
	if got := cell(t, r.Table, "Teff", 0) + " " + cell(t, r.Table, "Teff", 1) + " " + cell(t, r.Table, "Teff", 2); got != "5000 4500 5500" {
		t.Errorf("Teff %s", got)
	}
	if len(r.Report.Duplicates) == 0 || fmt.Sprint(r.Report.Duplicates[0].Rows) != "[1 4 5]" {
		t.Errorf("duplicates %+v", r.Report.Duplicates)
	}
	if len(r.Report.Refused) != 1 || !strings.HasPrefix(r.Report.Refused[0], "s, row 3: ") {
		t.Errorf("refused %q", r.Report.Refused)
	}
	found := false
	for _, c := range r.Report.Conflicts {
		found = found || c.Star == "HD 5" && c.Taken.Row == 1 && c.Other.Row == 4 && c.Difference == 100
	}
	if !found {
		t.Errorf("conflicts %+v", r.Report.Conflicts)
	}
	if l := r.Report.Labels[0]; l.Quantity != "Teff" || l.Stars != 3 || l.From["s"] != 3 {
		t.Errorf("labels %+v", l)
	}
}

func TestDisagree(t *testing.T) {
	m := &matcher{o: Options{}.withDefaults()}
	nan := math.NaN()
	for _, c := range []struct {
		quantity     string
		a, ea, b, eb float64
		sigma        float64
		want         bool
	}{
		{"Teff", 5000, 30, 5150, 40, 3, false},
		{"Teff", 5000, 30, 5151, 40, 3.02, true},
		{"Teff", 5000, 50, 5220, nan, 220 / math.Hypot(50, 50), true},
		{"Teff", 5000, nan, 5100, 50, 100 / math.Hypot(50, 50), false},
		{"Teff", 5000, nan, 5201, nan, nan, true},
		{"Teff", 5000, nan, 5200, nan, nan, false},
		{"age", 1, nan, 9, nan, nan, false},
		{"age", 1, 1, 9, 1, 8 / math.Sqrt2, true},
	} {
		sigma, got := m.disagree(c.quantity, value{number: c.a, err: c.ea}, value{number: c.b, err: c.eb})
		if got != c.want || math.Abs(sigma-c.sigma) > 1e-9 || math.IsNaN(sigma) != math.IsNaN(c.sigma) {
			t.Errorf("%+v: %v, %v", c, sigma, got)
		}
	}
}

func TestUniqueSubset(t *testing.T) {
	s := read(t, "s", "name,teff\nHD 5,5000\n")
	spectra := []Spectrum{observed("d", "HD 5"), observed("b", "HD5"), observed("c", "hd_5"), observed("a", "HD 5 b"), observed("z", "HD 9")}
	spectra[1].SNR, spectra[3].SNR = 50, 50
	r := match(t, spectra, Options{}, s)
	if diff := cmp.Diff([]bool{false, false, false, true, true}, r.Table.Unique); diff != "" {
		t.Error(diff)
	}
	if got := r.Table.UniqueStars(); len(got) != r.Report.Stars {
		t.Errorf("%d unique spectra of %d stars", len(got), r.Report.Stars)
	}
}

// The table is one that package catalog writes and reads back, and two runs give
// the same bytes.
func TestResultIsATable(t *testing.T) {
	sources := func() []*source.Source {
		return []*source.Source{
			read(t, "one", "name,teff,e_teff,logg,e_logg,mass,e_mass,ebv,rv,vsini,feh,age,spt\nHD 5,5000,10,4.4,0.1,1,0.1,0.01,-5.5,3,0.1,7,G2V\n"),
			read(t, "two", "name,teff,e_teff,spt\nHD 5,5500,10,K0\nHD 6,4000,1,M0\n"),
		}
	}
	spectra := []Spectrum{observed("ADP.2014-09-16T11:03:31.127", "HD 5"), observed("b", "HD 6"), observed("c", "a \"b\", c")}
	var reports [2][]byte
	for i := range reports {
		r := match(t, spectra, Options{}, sources()...)
		path := filepath.Join(t.TempDir(), "labels.csv")
		if err := r.Table.Write(path); err != nil {
			t.Fatal(err)
		}
		back, err := catalog.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r.Table, back, cmpopts.EquateNaNs()); diff != "" {
			t.Error(diff)
		}
		for _, label := range []string{"Teff", "logg", "[M/H]", "Mass", "E(B-V)", "radvel", "vsini", "spec_type_no"} {
			if _, err := back.Column(label); err != nil {
				t.Error(err)
			}
		}
		text, err := json.Marshal(r.Report)
		if err != nil {
			t.Fatal(err)
		}
		var summary bytes.Buffer
		if err := r.Report.Summary(&summary); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"3 spectra of 3 stars: 2 found by name", "HD 5 Teff: 5000 +- 10 (one), but 5500 +- 10 (two): +500, 35.4 sigma", `in no catalogue: 1`, "HD 5 spec_type: G2V (one), but K0 (two): +1"} {
			if !strings.Contains(summary.String(), want) {
				t.Errorf("no %q in\n%s", want, summary.String())
			}
		}
		reports[i] = append(text, summary.Bytes()...)
	}
	if !bytes.Equal(reports[0], reports[1]) {
		t.Error("two runs differ")
	}
}

func TestMatchRefuses(t *testing.T) {
	s := read(t, "s", "name,teff\nHD 5,5000\n")
	if _, err := Match([]Spectrum{observed("a"), observed("a")}, nil, starname.NewStars(), Options{}); err == nil {
		t.Error("a dp_id stands twice")
	}
	if _, err := Match(nil, []*source.Source{s, s}, starname.NewStars(), Options{}); err == nil {
		t.Error("a catalogue stands twice")
	}
	if r, err := Match(nil, nil, starname.NewStars(), Options{}); err != nil || r.Table.Rows() != 0 {
		t.Errorf("nothing at all: %v", err)
	}
}

// archive is n spectra of a tenth as many stars, half named, against rows stars.
func archive(n, rows int) ([]Spectrum, *source.Source) {
	s := &source.Source{Name: "big", Rows: rows, Labels: []source.Label{{Quantity: "Teff", Column: "teff", Values: make([]float64, rows), Errors: make([]float64, rows)}}}
	state := uint64(1)
	random := func() float64 { // an LCG: speed is measured, not statistics
		state = state*6364136223846793005 + 1442695040888963407
		return float64(state>>11) / (1 << 53)
	}
	for i := range rows {
		s.Names = append(s.Names, []starname.Name{{Key: fmt.Sprintf("Gaia DR3 %d", i)}, {Key: fmt.Sprintf("TIC %d", i)}})
		s.Positions = append(s.Positions, sky.Position{RA: 360 * random(), Dec: math.Asin(2*random()-1) * 180 / math.Pi, PMRA: 40*random() - 20, PMDec: 40*random() - 20, Epoch: 2016})
		s.Labels[0].Values[i], s.Labels[0].Errors[i] = 3000+5000*random(), 50
	}
	spectra := make([]Spectrum, n)
	for i := range spectra {
		row := 1 + int(float64(n/10)*random())
		spectra[i] = observed(fmt.Sprintf("ADP.%d", i))
		if i%2 == 0 {
			spectra[i].Names = []string{fmt.Sprintf("TIC%d", row)}
			continue
		}
		ra, dec := s.Positions[row].At(2010)
		spectra[i] = at(spectra[i], ra, dec, 2010)
	}
	return spectra, s
}

func BenchmarkMatchArchive(b *testing.B) {
	spectra, s := archive(270_000, 1_000_000)
	for b.Loop() {
		r, err := Match(spectra, []*source.Source{s}, starname.NewStars(), Options{})
		if err != nil || r.Report.Matched.None > 0 {
			b.Fatal(err, r.Report.Matched)
		}
	}
}
