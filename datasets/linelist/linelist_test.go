package linelist

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func atom(z, charge uint8) Species { return Species{B: z, Charge: charge} }

func TestFormats(t *testing.T) {
	for _, tt := range []struct {
		file string
		want []Line
	}{
		{"stellar_short.txt", []Line{
			{Species: Species{A: 8, B: 22}, Wave: 5166.8, Excitation: 0.05, LogGF: -0.5, Depth: 0.01},
			{Species: atom(12, 0), Wave: 5183.6042, Excitation: 2.7166, LogGF: -0.167, Rad: 7.99, Stark: -5.14, Waals: -7.27, Depth: 0.939},
			{Species: atom(26, 1), Wave: 5197.576, Excitation: 3.2306, LogGF: -2.22, Rad: 8.48, Stark: -6.6, Waals: -7.89, Depth: 0.72},
			{Species: atom(26, 0), Wave: 5250.2089, Excitation: 0.1213, LogGF: -4.938, Rad: 3.61, Stark: -6.3, Waals: 207.253, Depth: 0.79},
			{Species: Species{A: 6, B: 6}, Wave: 5635, Excitation: 0.1, LogGF: -1, Depth: 0.02},
		}},
		// The D lines in air, NIST: 5889.950 and 5895.924; 16956.17 / cm is the
		// energy of the upper level of D1, 2.102297 eV.
		{"all_short_vacuum.txt", []Line{
			{Species: atom(11, 0), Wave: 5889.950, LogGF: 0.108, Rad: 7.8, Stark: -5.64, Waals: -7.526},
			{Species: atom(11, 0), Wave: 5895.924, Excitation: 2.102297, LogGF: -0.194, Rad: 7.8, Stark: -5.64, Waals: -7.526},
		}},
		{"long.txt", []Line{
			{Species: atom(20, 1), Wave: 3933.6614, LogGF: 0.135, Rad: 8.2, Stark: -5.73, Waals: -7.76, Depth: 0.98},
			{Species: atom(20, 1), Wave: 3968.4673, LogGF: -0.18, Rad: 8.2, Stark: -5.73, Waals: -7.76, Depth: 0.97},
		}},
		{"moog.txt", []Line{
			{Species: atom(12, 0), Wave: 5183.604, Excitation: 2.717, LogGF: -0.167},
			{Species: atom(26, 1), Wave: 5197.576, Excitation: 3.231, LogGF: -2.22, Waals: -7.89},
			{Species: atom(26, 0), Wave: 5250.209, Excitation: 0.121, LogGF: -4.938},
			{Species: Species{A: 1, B: 6}, Wave: 4314, Excitation: 0.5, LogGF: -1.3},
			{Species: Species{A: 8, B: 22}, Wave: 5166.8, Excitation: 0.05, LogGF: -0.5},
			{Species: atom(3, 0), Wave: 6707.749, LogGF: -0.804},
		}},
	} {
		got, err := Load(filepath.Join("testdata", tt.file))
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateApprox(0, 1e-3)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.file, diff)
		}
	}
}

func TestSpecies(t *testing.T) {
	for _, tt := range []struct{ vald, code, name string }{
		{"Fe 1", "26.0", "Fe I"}, {"Fe 2", "26.1", "Fe II"}, {"U 1", "92.0", "U I"}, {"Co 1", "27", "Co I"},
		{"CO 1", "608.0", "CO"}, {"CN 1", "607.00123", "CN"}, {"CH 1", "106.0", "CH"}, {"MgH 1", "112.0", "MgH"},
		{"OH 1", "108.0", "OH"}, {"TiO 1", "822.0", "TiO"}, {"C2 1", "606.0", "C2"}, {"H2 1", "101.0", "H2"},
		{"SiO 1", "814.0", "SiO"}, {"ZrO 1", "840.0", "ZrO"}, {"CH 2", "106.1", "CH+"}, {"Fe 12", "", "Fe 12"},
	} {
		a, err := ParseSpecies(tt.vald)
		if err != nil || a.String() != tt.name {
			t.Errorf("%s: %s, %v; want %s", tt.vald, a, err, tt.name)
		}
		if tt.code == "" {
			continue
		}
		if b, err := parseCode(tt.code); err != nil || b != a {
			t.Errorf("%s: %s, %v; want %s", tt.code, b, err, a)
		}
	}
	for _, name := range []string{"", "Fe", "Fe 0", "Fe -1", "Fe x", "Fe 99", "Xx 1", "fe 1", "TiOx 1", "2 1", "É 1"} {
		if s, err := ParseSpecies(name); err == nil {
			t.Errorf("%q gave %s", name, s)
		}
	}
	for _, code := range []string{"", "Fe", "0.0", "-26.0", "100.0", "126.x", "10108.0", "26.-1"} {
		if s, err := parseCode(code); err == nil {
			t.Errorf("%q gave %s", code, s)
		}
	}
}

const vald = " 1, 2, 1, 9, 0, Wavelength region, lines selected\nSpec Ion WL_air(A) Excit(eV) Vmic log gf* Rad. Stark Waals factor depth Reference\n"

func TestErrorsNameTheLine(t *testing.T) {
	row := "'Fe 1', 5250.2, 0.1, 1.1, -4.9, 3.6, -6.3, -7.9, 3.0, 0.7, 'x'\n"
	if _, err := Read("good", strings.NewReader(vald+row)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ text, says string }{
		{"", "list: no transition"},
		{"title only\n", "list: no transition"},
		{"5000 26.0 1.0 -1.0\n5001 26.0 1.0\n", "line 2: 3 columns"},
		{"5000 26.0 1.0 -1.0\n5001 26.0 1.0 x\n", `line 2: log gf "x" is not a number`},
		{"5000 26.0 1.0 NaN\n", "line 1: log gf NaN"},
		{"5000 226.0 1.0 -1 ok\n0 26.0 1 1\n", "line 2: wavelength 0"},
		{"t\n5000 Fe 1.0 -1\n", `line 2: species code "Fe"`},
		{strings.Repeat("x", 5000), "line 1: " + "bufio.Scanner: token too long"},
		{vald, "ends after 0 of the 1 transitions"},
		{vald + "Fe\n", `line 3: want transition 1 of 1, have "Fe"`},
		{vald + strings.Replace(row, "Fe 1", "Qq 1", 1), `line 3: species "Qq 1"`},
		{vald + strings.Replace(row, "-4.9", "--", 1), `line 3: log gf "--" is not a number`},
		{vald + "'Fe 1', 5250.2, 0.1\n", "line 3: 2 values: want log gf as the 4th"},
		{vald + strings.Replace(row, "5250.2", "-3", 1), "line 3: wavelength -3"},
		{strings.Replace(vald, ", 1, 9", ", 99999999, 9", 1) + row, `line 1: number of lines selected "99999999"`},
		{strings.Replace(vald, ", 1, 9", ", x, 9", 1) + row, `line 1: number of lines selected "x"`},
		{strings.Replace(vald, ", 1, 9", ", 0, 9", 1), "no transition"},
		{strings.Replace(vald, "WL_air(A)", "WL_air(nm)", 1) + row, "line 2: wavelengths are not in Angstrom"},
		{"Wavelength region\n", "line 1: want VALD's wavelength region"},
		{"1, 2, 3, Wavelength region\n\n", "ends before the heads"},
		{"1, 2, 3, Wavelength region\n\n\n\n\n\n", "line 5: want the heads of the columns"},
	} {
		lines, err := Read("list", strings.NewReader(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.HasPrefix(err.Error(), "linelist: list: ") {
			t.Errorf("%.60q: %d lines, error %v; want one with %q", tt.text, len(lines), err, tt.says)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.txt")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	broken := errors.New("the disk is gone")
	for _, text := range []string{"5000 26.0 1.0 -1.0\n", vald} {
		if _, err := Read("list", io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Errorf("a broken disk: %v", err)
		}
	}
}

func TestTooManyLines(t *testing.T) {
	tx := newText("list", strings.NewReader("x"))
	if _, err := tx.add(make([]Line, MaxLines), Line{Wave: 5000}); err == nil {
		t.Errorf("line %d was taken", MaxLines+1)
	}
}

func TestSort(t *testing.T) {
	lines := []Line{{Wave: 3, LogGF: 1}, {Wave: 1}, {Wave: 3, LogGF: 2}, {Wave: 2}}
	Sort(lines)
	if diff := cmp.Diff([]Line{{Wave: 1}, {Wave: 2}, {Wave: 3, LogGF: 1}, {Wave: 3, LogGF: 2}}, lines); diff != "" {
		t.Error(diff)
	}
}

// The real lists: their counts, by counting rows, and one line of each by eye.
func TestRealLists(t *testing.T) {
	folder := os.Getenv("STELLARAE_REAL")
	if folder == "" {
		t.Skip("STELLARAE_REAL is not set: skipping the check against real lists")
	}
	for _, tt := range []struct {
		file   string
		n      int
		window int // in 3785 to 6910 A
		one    Line
	}{
		{"VALD-Solar.txt", 21941, 10647, Line{Species: atom(26, 0), Wave: 9980.4629, Excitation: 5.0331, LogGF: -1.379, Rad: 8.87, Stark: -5.11, Waals: -7.54, Depth: 0.112}},
		{"VALD-AlphaCenB.txt", 11989, 10096, Line{Species: atom(26, 0), Wave: 3600.4732, Excitation: 3.111, LogGF: -1.843, Rad: 8.19, Stark: -5.71, Waals: -7.71, Depth: 0.887}},
		{"VALD-T27000G35.dat", 2703, 2125, Line{Species: atom(2, 0), Wave: 3700.806, Excitation: 21.218, LogGF: -3.215, Depth: 0.034}},
		{"linemake_moogatom05000.txt", -1, -1, Line{Species: atom(66, 1), Wave: 5272.249, Excitation: 0.543, LogGF: -2.143}},
	} {
		lines, err := Load(filepath.Join(folder, "linelists", tt.file))
		if err != nil {
			t.Error(err)
			continue
		}
		window, found := 0, false
		for _, l := range lines {
			if l.Wave >= 3785 && l.Wave <= 6910 {
				window++
			}
			found = found || l == tt.one || tt.n < 0 && math.Abs(l.Wave-tt.one.Wave) < 1e-6 && l.Species == tt.one.Species
		}
		if tt.n >= 0 && (len(lines) != tt.n || window != tt.window) || !found {
			t.Errorf("%s: %d lines, %d of them in the window, want %d and %d; found %v: %t", tt.file, len(lines), window, tt.n, tt.window, tt.one, found)
		}
	}
}

func fuzz(f *testing.F, read func(string, io.Reader) ([]Line, error), files ...string) {
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := read("list", strings.NewReader(text))
		if err != nil {
			if lines != nil || !strings.HasPrefix(err.Error(), "linelist: list: ") {
				t.Fatalf("%d lines and error %v", len(lines), err)
			}
			return
		}
		if len(lines) == 0 || len(lines) > strings.Count(text, "\n")+1 {
			t.Fatalf("%d transitions of %d lines of text", len(lines), strings.Count(text, "\n")+1)
		}
		for _, l := range lines {
			if err := l.check(); err != nil || strings.Contains(l.Species.String(), "(") {
				t.Fatalf("%+v: %v", l, err)
			}
		}
	})
}

func FuzzVALD(f *testing.F) {
	fuzz(f, ReadVALD, "stellar_short.txt", "all_short_vacuum.txt", "long.txt")
}
func FuzzMOOG(f *testing.F) { fuzz(f, ReadMOOG, "moog.txt") }

func ExampleLoad() {
	lines, err := Load("testdata/moog.txt")
	if err != nil {
		panic(err)
	}
	for _, l := range lines[:2] {
		fmt.Printf("%s %.3f A, %.3f eV, log gf %.3f\n", l.Species, l.Wave, l.Excitation, l.LogGF)
	}
	// Output:
	// Mg I 5183.604 A, 2.717 eV, log gf -0.167
	// Fe II 5197.576 A, 3.231 eV, log gf -2.220
}
