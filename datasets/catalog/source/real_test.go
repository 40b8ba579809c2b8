package source

import (
	"os"
	"path/filepath"
	"testing"
)

// Counts by Python's csv module: cells that are not empty, "-" or nan.
func TestRealCatalogues(t *testing.T) {
	folder := os.Getenv("STELLARAE_REAL")
	if folder == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	for file, want := range map[string]struct {
		format    string
		rows      int
		positions bool
		values    map[string]int
		errors    map[string]int
	}{
		"gaia_benchmark_stars_v3.csv": {"csv", 192, false, map[string]int{"Teff": 192, "logg": 192, "[Fe/H]": 192, "radvel": 141}, map[string]int{"Teff": 192}},
		"gr8stars_freckelton2025.csv": {"csv", 1418, true, map[string]int{"Teff": 986, "logg": 986, "[Fe/H]": 986, "radvel": 1299, "vsini": 971}, map[string]int{"Teff": 986, "[Fe/H]": 986}},
		"tacs_stellar_atmos_parameters.csv": {"csv", 1418, true, map[string]int{"Teff": 1411, "logg": 1411, "[Fe/H]": 1411, "Mass": 1413, "vsini": 807, "spec_type": 1383},
			map[string]int{"Teff": 1411}},
		// of 4191 masses 127 are -1 or infinite
		"sweetcat_dataframe.csv":            {"csv", 4201, true, map[string]int{"Teff": 4157, "logg": 3851, "[Fe/H]": 3974, "Mass": 4191 - 127}, map[string]int{"Teff": 4111}},
		"harps1111_adibekyan2012.rdb":       {"tsv", 1112, false, map[string]int{"Teff": 1111, "logg": 1111, "[Fe/H]": 1111}, nil},
		"harps_solar_twins_parameters.csv":  {"csv", 80, false, map[string]int{"Teff": 80, "logg": 80, "[Fe/H]": 80}, map[string]int{"Teff": 79}},
		"harps_solar_twins_ages_masses.csv": {"csv", 79, false, map[string]int{"Mass": 79}, map[string]int{"Mass": 78}},
		"odusseas_mdwarf_reference.csv":     {"csv", 75, false, map[string]int{"Teff": 65, "[Fe/H]": 65}, nil},
	} {
		s, err := Open(filepath.Join(folder, "catalogues", file), Mapping{})
		if err != nil {
			t.Error(err)
			continue
		}
		if s.Format != want.format || s.Rows != want.rows || (s.Positions != nil) != want.positions {
			t.Errorf("%s: %s, %d rows, positions %v", file, s.Format, s.Rows, s.Place)
		}
		got, errors := map[string]int{}, map[string]int{}
		for _, l := range s.Labels {
			got[l.Quantity], errors[l.Quantity] = l.Count.Values, l.Count.Errors
			if l.Quantity == "Teff" && l.Unit != "K" || l.Quantity == "radvel" && l.Unit != "km/s" {
				t.Errorf("%s: %s in %s", file, l.Quantity, l.Unit)
			}
		}
		if s.Types != nil {
			got["spec_type"] = s.Types.Count.Values
		}
		for q, n := range want.values {
			if got[q] != n {
				t.Errorf("%s: %d values of %s, want %d", file, got[q], q, n)
			}
		}
		if len(got) != len(want.values) {
			t.Errorf("%s: labels %v, want %v", file, got, want.values)
		}
		for q, n := range want.errors {
			if errors[q] != n {
				t.Errorf("%s: %d errors of %s, want %d", file, errors[q], q, n)
			}
		}
		named := 0
		for _, names := range s.Names {
			if len(names) > 0 {
				named++
			}
		}
		if named != s.Rows {
			t.Errorf("%s: %d of %d rows have a name", file, named, s.Rows)
		}
	}
}
