package catalog

import (
	"errors"
	"fmt"
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

func TestKey(t *testing.T) {
	const id = "ADP.2014-09-16T11:03:31.127"
	for _, spelled := range []string{
		id, " " + id + " ", id + ".fits", id + ".FITS", id + ".fits.gz", id + ".fits.fz", id + ".fit",
		"/data/2014/" + id + ".fits", `D:\data\ADP.2014-09-16T11_03_31.127.fits`, "ADP.2014-09-16T11-03-31.127",
	} {
		if got := Key(spelled); got != id {
			t.Errorf("Key(%q) = %q", spelled, got)
		}
	}
	for spelled, want := range map[string]string{"": "", "/": "", ".fits": "", "HD1.spec": "HD1.spec", "a.gz": "a.gz"} {
		if got := Key(spelled); got != want {
			t.Errorf("Key(%q) = %q, want %q", spelled, got, want)
		}
	}
}

func TestUniqueStars(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []int
	}{
		{"marked", "dp_id,target_name,unique_subset\na,x,\nb,x,Y\nc,y,Y\nd,z,N\n", []int{1, 2}},
		{"by name", "dp_id,target_name\na,HD 1\nb,hd_1\nc,\nd,HD 2\ne,HD1\nf,\n", []int{0, 2, 3, 5}},
		{"signs count", "dp_id,target_name\na,BD-10 216\nb,BD+10 216\n", []int{0, 1}},
		{"neither", "dp_id,Teff\na,1\nb,2\n", []int{0, 1}},
		{"no rows", "dp_id\n", nil},
	} {
		if got := parse(t, c.text).UniqueStars(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestColumn(t *testing.T) {
	table := parse(t, "dp_id,radvel,rv,note,spec_type\na,1,2,3,\nb,3,4,bad,\n")
	for name, want := range map[string]float64{"radvel": 1, "rv": 2, "RADVEL": 1, "vrad": 1} {
		if c, err := table.Column(name); err != nil || c.Values[0] != want {
			t.Errorf("%s: %v, %v, want %v", name, c, err, want)
		}
	}
	for name, cause := range map[string]string{
		"Teff": `no column "Teff"`, "note": `column "note" is text: row 1 is "bad"`, "spec_type": "is text", "dp_id": "no column",
	} {
		if _, err := table.Column(name); err == nil || !strings.Contains(err.Error(), cause) {
			t.Errorf("%s: error %v, want one that says %q", name, err, cause)
		}
	}
}

func TestJoin(t *testing.T) {
	table := parse(t, "dp_id,target_name,unique_subset,median,Teff,note\na,x,Y,60,5000,p\nb,y,Y,70,6000,q\n")
	joined, missing, err := table.Join([]string{"spectra/b.fits", "c.fits", "a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	want := &Table{
		IDs: []string{"b", "c", "a", "b"}, Stars: []string{"y", "", "x", "y"},
		Unique: []bool{true, false, true, true}, Median: []float64{70, nan, 60, 70},
		Columns: []Column{{"Teff", "K", []float64{6000, nan, 5000, 6000}}},
		Texts:   []Text{{"note", []string{"q", "", "p", "q"}}},
	}
	if diff := cmp.Diff(want, joined, cmpopts.EquateNaNs()); diff != "" || !slices.Equal(missing, []string{"c.fits"}) {
		t.Errorf("missing %v, rows:\n%s", missing, diff)
	}
	joined.Columns[0].Values[2] = 1
	if table.Columns[0].Values[0] != 5000 {
		t.Error("the table changed with the rows taken from it")
	}

	empty, missing, err := (&Table{}).Join([]string{"a"})
	if err != nil || empty.Rows() != 1 || len(missing) != 1 {
		t.Errorf("from an empty table: %+v, %v, %v", empty, missing, err)
	}
	twice := &Table{IDs: []string{"a", "b", "x/a.fits"}}
	if _, _, err := twice.Join(nil); err == nil || !strings.Contains(err.Error(), "row 0 and in row 2") {
		t.Errorf("doubled dp_id: %v", err)
	}
}

func TestPickOutsidePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("row -1 was picked")
		}
	}()
	parse(t, "dp_id\na\n").Pick([]int{-1})
}

func TestStarOf(t *testing.T) {
	star := parse(t, "dp_id,object\na,HD 1\n").StarOf()
	if star("x/a.fits") != "HD 1" || star("b") != "" {
		t.Errorf("stars %q, %q", star("x/a.fits"), star("b"))
	}
	if star := parse(t, "dp_id\na\n").StarOf(); star("a") != "" {
		t.Errorf("a star from nowhere: %q", star("a"))
	}
}

func TestUnits(t *testing.T) {
	want := []string{"km/s", "K", "Msun", "mag", "dex", "log10(cm/s2)", "", "", "km/s"}
	for i, name := range PaperLabels() {
		if q := quantityOf(name); q == nil || q.name != name || q.text {
			t.Errorf("%s is not a known quantity", name)
		}
		if got := Unit(name); got != want[i] {
			t.Errorf("unit of %s is %q, want %q", name, got, want[i])
		}
	}
	if Unit("RV") != "km/s" || Unit("colour of the sky") != "" {
		t.Error("units of other names")
	}
}

func TestWriteComesBack(t *testing.T) {
	table, err := Read("testdata/stars.csv")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "out.csv")
	if err := table.Write(path); err != nil {
		t.Fatal(err)
	}
	again, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(table, again, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
}

func TestWriteRefusesAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "labels.csv")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	for cause, table := range map[string]*Table{
		"row 1 has no dp_id":        {IDs: []string{"a", " "}},
		"row 0 and in row 1":        {IDs: []string{"a", "a.fits"}},
		`"Teff" has 1 values for 2`: {IDs: []string{"a", "b"}, Columns: []Column{{"Teff", "K", []float64{1}}}},
		`named "x"`:                 {IDs: []string{"a"}, Columns: []Column{{"x", "", []float64{1}}}, Texts: []Text{{"x", []string{""}}}},
		`named "dp_id"`:             {IDs: []string{"a"}, Texts: []Text{{"dp_id", []string{"a"}}}},
		"has no name":               {IDs: []string{"a"}, Texts: []Text{{"", []string{"a"}}}},
	} {
		if err := table.Write(path); err == nil || !strings.Contains(err.Error(), cause) {
			t.Errorf("error %v, want one that says %q", err, cause)
		}
	}
	if err := (&Table{}).Write(filepath.Join(dir, "no", "labels.csv")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("the old file holds %q", got)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func ExampleTable_Join() {
	dir, err := os.MkdirTemp("", "catalog")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "labels.csv")
	text := `dp_id,target_name,RV,Teff
ADP.2014-09-16T11:03:31.413,Star A,-8.8,6249
ADP.2014-09-16T11:03:31.947,Star B,-22.5,
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}

	table, err := Read(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	table, missing, err := table.Join([]string{
		"spectra/ADP.2014-09-16T11:03:31.947.fits",
		"spectra/ADP.2014-09-16T11:03:31.413.fits",
		"spectra/ADP.2018-07-26T01:02:10.221.fits",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range table.Columns {
		fmt.Printf("%s [%s] %v\n", c.Name, c.Unit, c.Values)
	}
	fmt.Println("without labels:", missing)
	// Output:
	// radvel [km/s] [-22.5 -8.8 NaN]
	// Teff [K] [NaN 6249 NaN]
	// without labels: [spectra/ADP.2018-07-26T01:02:10.221.fits]
}

// The whole survey: 270,000 spectra, 21 columns.
func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString("dp_id,target_name,median,unique_subset,spec_type,spec_type_no,s_ra,s_dec,Teff,logg,s_logg,[M/H],e_[M/H],Mass,s_Mass,radvel,airmass,snr,vsini,E(B-V),x\n")
	for i := range 270000 {
		fmt.Fprintf(&text, "ADP.%012d,HD %d,%d.123456,,G2V,4.0,235.229570,-9.00081,5777.1,4.4,,,,1.0,,%d.785,1.2535,22.10,,,\n", i, i/40, i, i%60)
	}
	path := filepath.Join(b.TempDir(), "labels.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, err := Read(path); err != nil {
			b.Fatal(err)
		}
	}
}
