package source

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func fixture(t *testing.T, name string, v any) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		t.Fatal(err)
	}
}

func parse(t *testing.T, text string, m Mapping) *Source {
	t.Helper()
	s, err := Read(strings.NewReader(text), m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Source) label(t *testing.T, quantity string) Label {
	t.Helper()
	for _, l := range s.Labels {
		if l.Quantity == quantity {
			return l
		}
	}
	t.Fatalf("no label %s", quantity)
	return Label{}
}

// One catalogue in seven forms, written by testdata/make_fixtures.py, the
// VOTables by astropy, is one catalogue.
func TestFormats(t *testing.T) {
	var want struct {
		HD                   []int
		RA, Dec, PMRA, PMDec []float64
		Teff, Logg, Radvel   []*float64
		ETeff                []float64 `json:"e_Teff"`
		Types                []string
	}
	fixture(t, "catalogue.json", &want)
	for file, format := range map[string]string{
		"catalogue.csv": "csv", "catalogue.tsv": "tsv", "catalogue.rdb": "rdb", "vizier.tsv": "tsv", "semicolon.csv.gz": "csv",
		"tabledata.vot": "votable", "binary2.vot": "votable",
	} {
		s, err := Open("testdata/"+file, Mapping{})
		if err != nil {
			t.Error(err)
			continue
		}
		if s.Format != format || s.Rows != 12 || s.Name != strings.Split(file, ".")[0] {
			t.Errorf("%s: %s, %s, %d rows", file, s.Name, s.Format, s.Rows)
		}
		for i := range s.Rows {
			var keys []string
			for _, n := range s.Names[i] {
				keys = append(keys, n.Key)
			}
			if got, want := strings.Join(keys, "|"), fmt.Sprintf("GJ %d|HD %d", 3001+i, want.HD[i]); got != want {
				t.Errorf("%s: row %d: names %s, want %s", file, i, got, want)
			}
			p := s.Positions[i]
			for _, c := range [][2]float64{{p.RA, want.RA[i]}, {p.Dec, want.Dec[i]}, {p.PMRA, want.PMRA[i]}, {p.PMDec, want.PMDec[i]}, {p.Epoch, 2000}} {
				if math.Abs(c[0]-c[1]) > 1e-9 {
					t.Errorf("%s: row %d: position %+v", file, i, p)
				}
			}
			for name, values := range map[string][]*float64{"Teff": want.Teff, "logg": want.Logg, "radvel": want.Radvel} {
				got := s.label(t, name).Values[i]
				if values[i] == nil != math.IsNaN(got) || values[i] != nil && math.Abs(got-*values[i]) > 1e-12*math.Abs(got) {
					t.Errorf("%s: row %d: %s is %v", file, i, name, got)
				}
			}
			if got := s.label(t, "Teff").Errors[i]; got != want.ETeff[i] {
				t.Errorf("%s: row %d: error of Teff %v, want %v", file, i, got, want.ETeff[i])
			}
			if s.Types.Values[i] != want.Types[i] {
				t.Errorf("%s: row %d: type %q, want %q", file, i, s.Types.Values[i], want.Types[i])
			}
		}
	}
}

// Factors of astropy.units.
func TestUnitsAreAstropys(t *testing.T) {
	var want map[string]map[string]float64
	fixture(t, "units.json", &want)
	kinds := map[string]kind{"mass": mass, "speed": speed, "magnitude": magnitude, "angle": angle, "motion": motion}
	for name, units := range want {
		for unit, factor := range units {
			s, err := scaleTo(kinds[name], unit)
			if err != nil || math.Abs(s.factor/factor-1) > 1e-4 || s.add != 0 { // the Sun's mass is known to less
				t.Errorf("%s %q: %v, %v, want %g", name, unit, s, err, factor)
			}
			if tolerance := 1e-12; name != "mass" && math.Abs(s.factor/factor-1) > tolerance {
				t.Errorf("%s %q: %v, want %g", name, unit, s.factor, factor)
			}
		}
	}
	for _, c := range []struct {
		kind kind
		unit string
		want scale
	}{
		{gravity, "[cm/s2]", scale{1, 0}},
		{gravity, "log10(cm.s**-2)", scale{1, 0}},
		{gravity, "log(cm.s**-2)", scale{1, 0}},
		{gravity, "dex(cm s-2)", scale{1, 0}},
		{gravity, "[cm.s-2]", scale{1, 0}},
		{gravity, "log(m/s2)", scale{1, 2}},
		{gravity, "cgs", scale{1, 0}},
		{ratio, "[Sun]", scale{1, 0}},
		{ratio, "dex", scale{1, 0}},
		{speed, "km s\u207b\u00b9", scale{1, 0}},
		{mass, "M\u2609", scale{1, 0}},
		{temperature, "K", scale{1, 0}},
		{anything, "furlong", scale{1, 0}},
	} {
		if got, err := scaleTo(c.kind, c.unit); err != nil || got != c.want {
			t.Errorf("%q: %v, %v, want %v", c.unit, got, err, c.want)
		}
	}
	for _, c := range []struct {
		kind kind
		unit string
	}{{temperature, "mag"}, {mass, "Mjup"}, {speed, "K"}, {motion, "mas"}, {angle, "mas/yr"}, {gravity, "K"}} {
		if s, err := scaleTo(c.kind, c.unit); err == nil {
			t.Errorf("%q fits: %v", c.unit, s)
		}
	}
}

// By the paper's label table: G3V is 4, M3V 6, F7V 3, G6/8IV 4, K4/5V 5.
func TestTypeNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"O5": 0, "B8V": 1, "A0Vn": 2, "F7V": 3, "G3V": 4, "G6/8IV": 4, "K4/5V": 5, "M3V": 6, "dM4.5e": 6, "sdB2": 1, "esdM1": 6, "gK2": 5,
		"kA5hF0mF2": 2, "F8VFe-0.4": 3, "(G5)": 4, "K7/M0": 5,
	} {
		if got := TypeNumber(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"", "DA2", "L5", "C5,2", "WN5", "S4", "-", "?"} {
		if got := TypeNumber(text); !math.IsNaN(got) {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestMarksForMissingValues(t *testing.T) {
	s := parse(t, "star,Teff,eTeff,mass,[Fe/H],vsini,spt\nHD 1,5000,-1,-1,-1,2,G2V\nHD 2,-9999,50,inf,-1.0,<3,-\nHD 3,--,50,1.1,NaN,,\n", Mapping{})
	teff := s.label(t, "Teff")
	if want := (Count{Values: 1, Missing: 1, Outside: 1, FirstBad: `"-9999" in row 2`}); teff.Count != want {
		t.Errorf("Teff: %+v, want %+v", teff.Count, want)
	}
	if got := s.label(t, "Mass").Count; got.Values != 1 || got.Outside != 2 {
		t.Errorf("Mass: %+v", got)
	}
	if got := s.label(t, "vsini").Count; got.Unreadable != 1 || got.FirstBad != `"<3" in row 2` {
		t.Errorf("vsini: %+v", got)
	}
	if got := s.label(t, "[Fe/H]").Count; got.Values != 2 { // -1 may be one
		t.Errorf("[Fe/H]: %+v", got)
	}
	if s.Types.Count != (Count{Values: 1, Missing: 2}) {
		t.Errorf("types: %+v", s.Types.Count)
	}
	if len(s.Notes) != 3 {
		t.Errorf("notes: %q", s.Notes)
	}
	s = parse(t, "star,[Fe/H]\nHD 1,-1\nHD 2,0.1\n", Mapping{Missing: []string{"-1"}})
	if got := s.label(t, "[Fe/H]").Count; got.Values != 1 || got.Missing != 1 {
		t.Errorf("[Fe/H] with -1 as missing: %+v", got)
	}
}

func TestColumnsAreFound(t *testing.T) {
	for _, c := range []struct {
		header string
		m      Mapping
		want   string
	}{
		{"name,teff,e_teff,log g,feh", Mapping{}, "Teff=teff±e_teff logg=log g [Fe/H]=feh"},
		{"name,T_eff [K],sigma_T_eff,[M/H],[Fe/H]", Mapping{}, "Teff=T_eff [K]±sigma_T_eff [M/H]=[M/H]"},
		{"source_id,teff_gspphot,teff_gspphot_lower,mh_gspphot", Mapping{}, "Teff=teff_gspphot [M/H]=mh_gspphot"},
		{"name,teff_a,teff_b", Mapping{}, "Teff=teff_a"},
		{"name,mass_mp,mass_mean,mass_std", Mapping{}, "Mass=mass_mean±mass_std"},
		{"name,Ms,Ms_lerr,Ms_uerr", Mapping{}, "Mass=Ms±Ms_lerr±Ms_uerr"},
		{"name,E(B-V) [mag],err", Mapping{}, "E(B-V)=E(B-V) [mag]"},
		{"name,teff,T", Mapping{Labels: map[string]Column{"Teff": {Name: "T"}}}, "Teff=T"},
		{"name,teff,logg", Mapping{Labels: map[string]Column{"teff": {}}}, "logg=logg"},
		{"name,teff,age,s", Mapping{Labels: map[string]Column{"age": {Name: "AGE", Error: "s", Unit: "Gyr"}}}, "age=age±s Teff=teff"},
		{"name,teff,logg", Mapping{Only: true, Labels: map[string]Column{"logg": {Name: "logg"}}}, "logg=logg"},
		{"name,RV [m/s]", Mapping{}, "radvel=RV [m/s]"},
		{"name,mass [Mjup],teff", Mapping{}, "Teff=teff"},
	} {
		s, err := Read(strings.NewReader(c.header+"\n"), c.m)
		if err != nil {
			t.Errorf("%s: %v", c.header, err)
			continue
		}
		p, err := c.m.plan(headOf(c.header))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, l := range p.labels {
			text := s.Labels[i].Quantity + "=" + l.column.name
			for _, e := range l.errors {
				text += "±" + e.name
			}
			got = append(got, text)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %s, want %s", c.header, text, c.want)
		}
	}
}

func headOf(header string) []column {
	var head []column
	for i, name := range strings.Split(header, ",") {
		_, unit := splitUnit(name)
		head = append(head, column{index: i, name: name, unit: unit})
	}
	return head
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		m    Mapping
		want string
	}{
		"nothing":       {"", Mapping{}, "empty"},
		"comments":      {"# a\n# b\n", Mapping{}, "no header line"},
		"no star":       {"a,teff\n1,2\n", Mapping{}, `no column names or places a star; the columns are "a", "teff"`},
		"no label":      {"star,b\nHD 1,2\n", Mapping{}, "no column is a label"},
		"short row":     {"star,teff\nHD 1,2\nHD 2\n", Mapping{}, "row 2 has 1 fields, the header has 2"},
		"mapped":        {"star,teff\n", Mapping{Labels: map[string]Column{"logg": {Name: "g"}}}, `logg: no column "g"; the columns are "star", "teff"`},
		"mapped error":  {"star,teff\n", Mapping{Labels: map[string]Column{"Teff": {Name: "teff", Error: "x"}}}, `Teff: no column "x"`},
		"mapped name":   {"star,teff\n", Mapping{Names: []string{"x"}}, `no column "x"`},
		"mapped unit":   {"star,teff\n", Mapping{Labels: map[string]Column{"Teff": {Name: "teff", Unit: "mag"}}}, `Teff from "teff": the unit "mag" does not fit`},
		"ra alone":      {"star,teff,x\n", Mapping{RA: "x"}, "one of ra and dec"},
		"unit of ra":    {"star,teff,ra [K],dec\n", Mapping{}, `ra from "ra [K]": the unit "K" does not fit`},
		"utf-16":        {"\xff\xfes\x00", Mapping{}, "UTF-16"},
		"delimiter":     {"star,teff\n", Mapping{Delimiter: "ab"}, "want one character"},
		"a login page":  {"<html><head/></html>", Mapping{}, "is a html, not a VOTABLE"},
		"open quote":    {"star,teff\n\"" + strings.Repeat("x", maxRecord+1<<17), Mapping{}, "is a quote not closed?"},
		"no table":      {`<VOTABLE><TABLE name="a"><FIELD name="x" datatype="int"/><DATA><TABLEDATA/></DATA></TABLE></VOTABLE>`, Mapping{Table: "b"}, `no table "b"`},
		"broken gzip":   {"\x1f\x8b\x00", Mapping{}, "unexpected EOF"},
		"line too long": {strings.Repeat("x", maxRecord+1<<17), Mapping{}, "a line of more than"},
	} {
		if _, err := Read(strings.NewReader(c.text), c.m); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %.200v, want %q", name, err, c.want)
		}
	}
	if _, err := Open(t.TempDir(), Mapping{}); err == nil || !strings.Contains(err.Error(), "a folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Open("nowhere.csv", Mapping{}); err == nil || !strings.Contains(err.Error(), "nowhere.csv") {
		t.Errorf("nowhere: %v", err)
	}
}

func TestPositions(t *testing.T) {
	s := parse(t, "star,RA,DEC,pmRA [mas/yr],pmDE [mas/yr],epoch,teff\nHD 1,12 00 00,-30 30 00,5,6,2016.0,5\nHD 2,10.5,20,,,J1991.25,5\nHD 3,x,20,1,1,,5\nHD 4,,20,1,1,,5\nHD 5,10,20,1e9,1,2457389.0,5\n", Mapping{})
	var got []string
	for _, p := range s.Positions {
		got = append(got, fmt.Sprintf("%.4f %.4f %.0f %.0f %.2f", p.RA, p.Dec, p.PMRA, p.PMDec, p.Epoch))
	}
	want := []string{"180.0000 -30.5000 5 6 2016.00", "10.5000 20.0000 NaN NaN 1991.25", "NaN NaN NaN NaN 2000.00", "NaN NaN NaN NaN 2000.00", "10.0000 20.0000 NaN NaN 2016.00"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(s.Notes) == 0 || !strings.Contains(s.Notes[len(s.Notes)-1], "1 positions cannot be read: row 3") {
		t.Errorf("notes %q", s.Notes)
	}
	s = parse(t, "star,RA [h],DEC,teff\nHD 1,12,-30,5\n", Mapping{Epoch: 2016})
	if p := s.Positions[0]; p.RA != 180 || p.Epoch != 2016 {
		t.Errorf("hours: %+v", p)
	}
}

func TestMapping(t *testing.T) {
	path := filepath.Join(t.TempDir(), "map.json")
	text := `{"sweetcat": {"name": "SWEET-Cat", "missing": ["-1.0"], "epoch": 2016, "labels": {"Mass": "Mass_t", "logg": {"column": "Logg", "unit": "cgs", "error": "eLogg"}}}}`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	all, err := ReadMappings(path)
	if err != nil {
		t.Fatal(err)
	}
	want := Mapping{Name: "SWEET-Cat", Missing: []string{"-1.0"}, Epoch: 2016, Labels: map[string]Column{"Mass": {Name: "Mass_t"}, "logg": {"Logg", "cgs", "eLogg"}}}
	if diff := cmp.Diff(want, MappingFor(all, "/a/sweetcat.csv.gz")); diff != "" {
		t.Error(diff)
	}
	m := want
	for _, flag := range []string{"Teff=T:kK", "ra=x", "dec=y", "pmra=a", "pmdec=b", "epoch=2015.5", "name=star", "vsini="} {
		if err := m.Set(flag); err != nil {
			t.Error(err)
		}
	}
	wantSet := Mapping{Name: "SWEET-Cat", Missing: []string{"-1.0"}, Epoch: 2015.5, RA: "x", Dec: "y", PMRA: "a", PMDec: "b", Names: []string{"star"},
		Labels: map[string]Column{"Mass": {Name: "Mass_t"}, "logg": {"Logg", "cgs", "eLogg"}, "Teff": {Name: "T", Unit: "kK"}, "vsini": {}}}
	if diff := cmp.Diff(wantSet, m); diff != "" {
		t.Error(diff)
	}
	if len(want.Labels) != 2 {
		t.Error("Set changed another mapping")
	}
	for _, bad := range []string{"Teff", "=x", "epoch=soon"} {
		if err := m.Set(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, bad := range []string{`{"a": {"nam": "x"}}`, `{"a": {"labels": {"Teff": {"colum": "x"}}}}`, `[]`, ``} {
		if err := os.WriteFile(path, []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadMappings(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"catalogue.csv", "catalogue.rdb", "vizier.tsv", "tabledata.vot", "semicolon.csv.gz"} {
		raw, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := Read(strings.NewReader(string(raw)), Mapping{})
		if err != nil {
			return
		}
		if len(s.Names) != s.Rows || s.Positions != nil && len(s.Positions) != s.Rows || s.Types != nil && len(s.Types.Values) != s.Rows {
			t.Fatal("columns of unequal length")
		}
		for _, l := range s.Labels {
			c := l.Count
			if len(l.Values) != s.Rows || l.Errors != nil && len(l.Errors) != s.Rows || c.Values+c.Missing+c.Unreadable+c.Outside != s.Rows {
				t.Fatalf("%d rows, %+v", s.Rows, c)
			}
			for i, v := range l.Values {
				if math.IsInf(v, 0) || l.Errors != nil && !(l.Errors[i] > 0 || math.IsNaN(l.Errors[i])) {
					t.Fatalf("row %d: %v", i, v)
				}
			}
		}
	})
}
