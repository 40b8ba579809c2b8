package catalog

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func parse(t *testing.T, text string) *Table {
	t.Helper()
	table, err := read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// testdata/make_fixtures.py writes stars.csv, and in stars.json what astropy
// reads from it.
func TestReadIsAstropys(t *testing.T) {
	raw, err := os.ReadFile("testdata/stars.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][]any
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	table, err := Read("testdata/stars.csv")
	if err != nil {
		t.Fatal(err)
	}
	if table.Rows() != 40 {
		t.Fatalf("%d rows, want 40", table.Rows())
	}
	texts := map[string][]string{nameID: table.IDs, nameStar: table.Stars}
	for _, c := range table.Texts {
		texts[c.Name] = c.Values
	}
	numbers := map[string][]float64{nameMedian: table.Median}
	for _, c := range table.Columns {
		numbers[c.Name] = c.Values
	}
	if n := len(texts) + len(numbers) + 1; n != len(want) {
		t.Errorf("%d columns, astropy has %d", n, len(want))
	}
	for name, values := range want {
		for row, v := range values {
			var ok bool
			switch v := v.(type) {
			case nil:
				ok = name == nameUnique && !table.Unique[row] ||
					texts[name] != nil && texts[name][row] == "" ||
					numbers[name] != nil && math.IsNaN(numbers[name][row])
			case string:
				ok = name == nameUnique && v == "Y" && table.Unique[row] ||
					texts[name] != nil && texts[name][row] == v
			case float64:
				ok = numbers[name] != nil && numbers[name][row] == v
			}
			if !ok {
				t.Errorf("column %s, row %d: astropy reads %v", name, row, v)
			}
		}
	}
	var order []string
	for _, c := range table.Columns {
		order = append(order, c.Name)
	}
	if want := "spec_type_no Teff logg [M/H] E(B-V) Mass radvel vsini airmass snr activity"; strings.Join(order, " ") != want {
		t.Errorf("columns %v, want %s", order, want)
	}
}

// The same table with another encoding of line ends and a byte order mark, and
// with comments before the header.
func TestReadTakesAnyLineEnd(t *testing.T) {
	raw, err := os.ReadFile("testdata/stars.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := parse(t, string(raw))
	crlf := strings.ReplaceAll(string(raw), "\n", "\r\n")
	for name, text := range map[string]string{
		"crlf":                crlf,
		"byte order mark":     "\xef\xbb\xbf" + string(raw),
		"mark, crlf, comment": "\xef\xbb\xbf# of 2021, \"unbalanced\r\n#\r\n" + crlf,
		"no last line end":    strings.TrimSuffix(string(raw), "\n"),
		"blank lines":         "\n\n" + string(raw) + "\n\n",
	} {
		if diff := cmp.Diff(want, parse(t, text), cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestReadNames(t *testing.T) {
	for _, c := range []struct {
		header string
		want   string // of the columns of numbers
	}{
		{"DP_ID,TEFF,Radvel,e(b-v),[m/h],LOGG", "Teff radvel E(B-V) [M/H] logg"},
		{"dp.id,t_eff,RV,ebv,M/H,log g", "Teff radvel E(B-V) [M/H] logg"},
		{"dp_id,rv,radvel,[Fe/H]", "rv radvel [Fe/H]"},
		{"dp_id,,S/N,v sin i", "unnamed_2 snr vsini"},
		{"dp_id,EW Li (mA)", "EW Li (mA)"},
	} {
		table := parse(t, c.header+"\n")
		var names []string
		for _, column := range table.Columns {
			names = append(names, column.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.header, got, c.want)
		}
	}
}

func TestReadKinds(t *testing.T) {
	table := parse(t, strings.Join([]string{
		"dp_id,object,unique,Teff,s_index,grade,spec_type,empty",
		"a, HD 1 ,Y,5000,0.15,1,,",
		"b,--,,nan,,2,NaN,--",
		"c,\"HD 2\",false,NULL,-inf,B,null,",
		"d,,1,4e3,--,null,,nan",
	}, "\n"))
	want := &Table{
		IDs:    []string{"a", "b", "c", "d"},
		Stars:  []string{"HD 1", "", "HD 2", ""},
		Unique: []bool{true, false, false, true},
		Columns: []Column{
			{"Teff", "K", []float64{5000, math.NaN(), math.NaN(), 4000}},
			{"s_index", "", []float64{0.15, math.NaN(), math.Inf(-1), math.NaN()}},
			{"empty", "", []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}},
		},
		Texts: []Text{
			{"grade", []string{"1", "2", "B", ""}},
			{"spec_type", []string{"", "", "", ""}},
		},
	}
	if diff := cmp.Diff(want, table, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, cause string }{
		{"nothing", "", "no header line"},
		{"only comments", "# a\n# b\n", "no header line"},
		{"no dp_id", "name,Teff\nx,1\n", "no column dp_id"},
		{"semicolons", "dp_id;Teff\nx;1\n", "no column dp_id"},
		{"too few fields", "# c\ndp_id,Teff,logg\na,1,2\nb,1\n", "line 4 has 2 fields, the header has 3"},
		{"too many fields", "dp_id,Teff\na,1\n\nb,1,2\n", "line 4 has 3 fields"},
		{"after a cell of two lines", "dp_id,note\na,\"x\ny\"\nb,1,2\n", "line 4 has 3 fields"},
		{"not a number", "dp_id,Teff\na,1\nb,hot\n", `line 3, column "Teff": "hot" is not a number`},
		{"an alias", "dp_id,RV\na,?\n", `line 2, column "radvel": "?"`},
		{"too large a number", "dp_id,Teff\na,1e999\n", "is not a number"},
		{"a number as Go writes it", "dp_id,Teff\na,0x10\n", "is not a number"},
		{"a median", "dp_id,median\na,bright\n", `column "median"`},
		{"a mark", "dp_id,unique_subset\na,maybe\n", `line 2, column "unique_subset": "maybe" is neither`},
		{"no id", "dp_id,Teff\na,1\n--,2\n", `line 3, column "dp_id": the cell is empty`},
		{"an id that is only a suffix", "dp_id,Teff\n.fits,2\n", "the cell is empty"},
		{"doubled id", "dp_id,Teff\na,1\nb,1\na,1\n", `line 4: dp_id "a" stands in line 2 already`},
		{"doubled id, spelled otherwise", "dp_id\nADP.2014-09-16T11:03:31.127\nx/ADP.2014-09-16T11_03_31.127.fits\n", "line 3: dp_id"},
		{"doubled column", "dp_id,Teff,flag,flag\n", `columns 3 and 4 are both named "flag"`},
		{"doubled but for the case", "dp_id,TEFF,flag,teff\n", `columns 2 and 4 are both named "Teff"`},
		{"doubled name", "dp_id,target_name,target_name\n", "columns 2 and 3 are both named"},
		{"open quote", "dp_id,note\na,\"x\n", "quote"},
		{"UTF-16", "\xff\xfed\x00p\x00", "UTF-16"},
		{"too many columns", "dp_id" + strings.Repeat(",x", 5000), "more than 4096"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "labels.csv")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Read(path)
			if err == nil || !strings.Contains(err.Error(), c.cause) || !strings.Contains(err.Error(), "labels.csv: ") {
				t.Errorf("error %v, want one that says %q and the file", err, c.cause)
			}
		})
	}
	if _, err := Read("testdata/absent.csv"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
	if _, err := Read("testdata"); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("folder: %v", err)
	}
	large := filepath.Join(t.TempDir(), "large.csv") // sparse: takes no room
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, maxBytes+1); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(large); err == nil || !strings.Contains(err.Error(), "are more than") {
		t.Errorf("large file: %v", err)
	}
}

// The printed rows of the paper's own table.
func TestReferenceLabels(t *testing.T) {
	folder := os.Getenv("STELLARAE_REAL")
	if folder == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real spectra")
	}
	table, err := Read(filepath.Join(folder, "reference", "sedaghat_labels_sample.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if table.Rows() != 11 || len(table.UniqueStars()) != 11 {
		t.Errorf("%d rows, %d unique stars, want 11 and 11", table.Rows(), len(table.UniqueStars()))
	}
	for name, want := range map[string][2]float64{ // values there are, their sum
		"Teff": {5, 6248.9 + 5261 + 5229 + 4215 + 5711.7}, "radvel": {4, -8.803 - 22.460 - 0.785 + 7.410},
		"[M/H]": {1, 0.3}, "spec_type_no": {5, 6 + 4 + 3 + 4 + 5}, "vsini": {0, 0},
	} {
		c, err := table.Column(name)
		if err != nil {
			t.Error(err)
			continue
		}
		n, sum := 0.0, 0.0
		for _, v := range c.Values {
			if !math.IsNaN(v) {
				n++
				sum += v
			}
		}
		if n != want[0] || math.Abs(sum-want[1]) > 1e-9 {
			t.Errorf("%s: %v values with the sum %v, want %v", name, n, sum, want)
		}
	}
	// The codes of the same spectra are in another file, one row fewer.
	codes, err := Read(filepath.Join(folder, "reference", "sedaghat_codes_sample.csv"))
	if err != nil {
		t.Fatal(err)
	}
	joined, missing, err := table.Join(codes.IDs)
	if err != nil || len(missing) != 0 || !slices.Equal(joined.IDs, codes.IDs) {
		t.Errorf("joined %d rows, missing %v, %v", joined.Rows(), missing, err)
	}
	if w := slices.Index(joined.Stars, "Wcen"); w < 0 || joined.Median[w] >= 50 {
		t.Error("the one spectrum with a median below 50 is that of Wcen")
	}
}
