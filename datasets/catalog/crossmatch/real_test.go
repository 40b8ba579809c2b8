package crossmatch

import (
	"context"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stellarae/lab/datasets/catalog/source"
)

// The literature labels that the index of the real spectra gives, which were
// looked up by hand, come out of the catalogues. SWEET-Cat is read twice: its
// log g of the M dwarfs is in a column of its own.
func TestRealSpectra(t *testing.T) {
	folder := os.Getenv("STELLARAE_REAL")
	if folder == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	var sources []*source.Source
	for _, c := range []struct {
		file string
		m    source.Mapping
	}{
		{"gaia_benchmark_stars_v3.csv", source.Mapping{}},
		{"sweetcat_dataframe.csv", source.Mapping{}},
		{"sweetcat_dataframe.csv", source.Mapping{Name: "sweetcat_gaia", Only: true, Labels: map[string]source.Column{"logg": {Name: "Logg_gaia", Error: "eLogg_gaia"}}}},
		{"harps_solar_twins_parameters.csv", source.Mapping{}},
		{"gr8stars_freckelton2025.csv", source.Mapping{}},
		{"tacs_stellar_atmos_parameters.csv", source.Mapping{}},
		{"odusseas_mdwarf_reference.csv", source.Mapping{}},
		{"harps1111_adibekyan2012.rdb", source.Mapping{}},
	} {
		s, err := source.Open(filepath.Join(folder, "catalogues", c.file), c.m)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, s)
	}
	f, err := os.Open(filepath.Join(folder, "spectra_index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	index, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range index[0] {
		column[name] = i
	}
	var files []string
	for _, row := range index[1:] {
		files = append(files, filepath.Join(folder, row[0]))
	}
	spectra, failures, err := ReadSpectra(context.Background(), files, Reading{})
	if err != nil || len(failures) > 0 {
		t.Fatal(failures, err)
	}
	r := match(t, spectra, Options{}, sources...)
	if r.Report.Spectra != 9 || r.Report.Stars != 7 || r.Report.Matched.Name != 7 || len(r.Report.Elsewhere) > 0 {
		t.Errorf("%+v", r.Report)
	}
	for i, row := range index[1:] {
		for name, label := range map[string]struct {
			quantity string
			within   float64
		}{
			"teff_K": {"Teff", 6}, "logg": {"logg", 0.006}, "feh": {"[M/H]", 0.006}, "mass_Msun": {"Mass", 0.0006}, // the Sun's is 5777 in the twins' table, 5772 in the index
		} {
			want, err := strconv.ParseFloat(row[column[name]], 64)
			if err != nil || strings.HasPrefix(row[1], "Sun") && label.quantity == "Mass" {
				continue // no literature label, or the Sun's mass, which is 1 by definition
			}
			c, err := r.Table.Column(label.quantity)
			if err != nil {
				t.Fatal(err)
			}
			if !(math.Abs(c.Values[i]-want) <= label.within) {
				t.Errorf("%s: %s is %v (%s), want %v", row[1], label.quantity, c.Values[i], cell(t, r.Table, "source_"+label.quantity, i), want)
			}
		}
	}

	// Without names the places find Gl 581 and 38 Vir; SWEET-Cat has Gl 581 10 arcsec
	// from where the header and SIMBAD have it.
	tacs := sources[5:6]
	sweet := sources[1:2]
	var nameless []Spectrum
	for _, s := range spectra {
		if s.Place.Known() && !strings.Contains(s.object(), "vesta") {
			s.Names = nil
			nameless = append(nameless, s)
		}
	}
	if len(nameless) != 4 {
		t.Fatalf("%d spectra have a place", len(nameless))
	}
	r = match(t, nameless, Options{Radius: 15}, append(tacs, sweet...)...)
	got := map[string]bool{}
	for _, m := range r.Report.Matches {
		got[m.Star] = true
		if m.How != byPlace || *m.Separation > 11 {
			t.Errorf("%v", m)
		}
	}
	if !got["HIP 74995"] || !got["HD 111998"] || len(got) != 2 { // alpha Cen B is in neither catalogue
		t.Errorf("found %v", got)
	}
}

// The names of whole catalogues, as the targets of spectra, find the stars of the
// others: what share is known beforehand from numbers that both have.
func TestRealCataloguesAmongThemselves(t *testing.T) {
	folder := os.Getenv("STELLARAE_REAL")
	if folder == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	open := func(file string) *source.Source {
		s, err := source.Open(filepath.Join(folder, "catalogues", file), source.Mapping{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	// gr8stars and tacs hold the same 1418 stars
	gr8, tacs := open("gr8stars_freckelton2025.csv"), open("tacs_stellar_atmos_parameters.csv")
	var byNames, byPlaces []Spectrum
	for i, names := range gr8.Names {
		id := strconv.Itoa(i)
		byNames = append(byNames, observed(id, names[0].Full()))
		byPlaces = append(byPlaces, observed(id))
		byPlaces[i].Place = gr8.Positions[i]
	}
	// the one calls bright stars by Bayer's or Flamsteed's name where the other has
	// the HD number: they find each other through the numbers in the rows of both
	r := match(t, byNames, Options{}, tacs, gr8)
	if c := r.Report.Catalogues[0]; r.Report.Matched.None > 0 || c.ByName+c.ByComponent < 1410 {
		t.Errorf("by name: %d and %d of %d, %+v", c.ByName, c.ByComponent, r.Report.Stars, r.Report.Matched)
	} else {
		t.Logf("by name: %d, %d with the component aside, of %d", c.ByName, c.ByComponent, r.Report.Stars)
	}
	wrong := 0
	r = match(t, byPlaces, Options{Radius: 2}, tacs)
	if n := r.Report.Matched; n.None > 0 {
		t.Errorf("by place: %+v of %d", n, r.Report.Stars)
	}
	for i := range gr8.Rows { // the catalogues have their stars in one order
		if c, _ := r.Table.Column("Teff"); !math.IsNaN(tacs.Labels[0].Values[i]) && c.Values[i] != tacs.Labels[0].Values[i] {
			wrong++
		}
	}
	if wrong > 5 { // pairs closer than the radius
		t.Errorf("%d of %d stars have another one's temperature", wrong, gr8.Rows)
	}
	t.Logf("by place: %+v, %d of another row", r.Report.Matched, wrong)
}
