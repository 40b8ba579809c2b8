package sample

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mat"

	"github.com/stellarae/lab/datasets/npy"
)

// folder writes a sample of three spectra of two stars, the table in another
// order than the codes, with one row more and, of c, none.
func folder(t testing.TB, labels string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "codes.ids.txt"), "survey/b.fits\nsurvey/a.fits\r\n\nsurvey/c.fits\n")
	write(t, filepath.Join(dir, labels), "dp_id,target_name,radvel,Teff,note\nd,HD 4,4,7000,x\na,HD 1,1,5000,x\nb,hd_1,1.5,,x\n")
	codes := []float32{10, 20, 11, 21, 12, 22}
	if err := npy.WriteFloat32(filepath.Join(dir, "codes.npy"), []int{3, 2}, codes); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, dir string) *Sample {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOpen(t *testing.T) {
	for _, labels := range []string{"labels.csv", "survey/labels.csv"} {
		s := open(t, folder(t, labels))
		if diff := cmp.Diff([]string{"survey/b.fits", "survey/a.fits", "survey/c.fits"}, s.Names); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"survey/c.fits"}, s.Missing); diff != "" {
			t.Error(diff)
		}
		radvel, err := s.Label("rv")
		if err != nil {
			t.Fatal(err)
		}
		if radvel[0] != 1.5 || radvel[1] != 1 || radvel[2] == radvel[2] {
			t.Errorf("radvel %v, want 1.5, 1 and NaN", radvel)
		}
		if len(s.Labels) != 2 || s.Labels[0].Name != "radvel" || s.Labels[1].Name != "Teff" {
			t.Errorf("labels %v", s.Labels)
		}
		if s.Stars.Len() != 2 || s.Stars.Of(0) != s.Stars.Of(1) {
			t.Errorf("%d stars; HD 1 and hd_1 are one, and c is another", s.Stars.Len())
		}
		if diff := cmp.Diff([]float64{20, 21, 22}, s.Node(1)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestKeep(t *testing.T) {
	s := open(t, folder(t, "labels.csv"))
	last, err := s.Keep([]int{2, 1})
	if err != nil {
		t.Fatal(err)
	}
	if !mat.Equal(last.Codes, mat.NewDense(2, 2, []float64{12, 22, 11, 21})) {
		t.Errorf("codes %v", last.Codes)
	}
	if diff := cmp.Diff([]string{"survey/c.fits", "survey/a.fits"}, last.Names); diff != "" {
		t.Error(diff)
	}
	if last.Labels[1].Values[1] != 5000 || last.Table.Rows() != 2 || last.Stars.Rows() != 2 || len(last.Missing) != 1 {
		t.Errorf("%+v", last)
	}
	unique, err := s.OnePerStar()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"survey/b.fits", "survey/c.fits"}, unique.Names); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Keep([]int{3}); err == nil {
		t.Error("row 3 of 3")
	}
}

func TestReadWithoutNames(t *testing.T) {
	dir := folder(t, "labels.csv")
	f := Files{Codes: filepath.Join(dir, "codes.npy"), Labels: filepath.Join(dir, "labels.csv"), Choose: []string{"teff"}}
	s, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"d", "a", "b"}, s.Names); diff != "" || s.Labels[0].Name != "Teff" || s.Labels[0].Values[0] != 7000 {
		t.Errorf("%s%v", diff, s.Labels)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		file, text string
		choose     []string
		want       string
	}{
		"a name too few":      {"codes.ids.txt", "a\nb\n", nil, "names 2 spectra"},
		"other spectra":       {"codes.ids.txt", "x\ny\nz\n", nil, "has none of the spectra"},
		"a spectrum twice":    {"labels.csv", "dp_id,Teff\na,1\na,2\n", nil, "\"a\""},
		"no numbers":          {"labels.csv", "dp_id,note\na,x\n", nil, "no column of numbers"},
		"no such label":       {"", "", []string{"logg"}, "no column \"logg\""},
		"codes not of matrix": {"codes.npy", "x", nil, "codes.npy"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, "labels.csv")
			if test.file != "" {
				write(t, filepath.Join(dir, test.file), test.text)
			}
			_, err := Read(Files{
				Codes: filepath.Join(dir, "codes.npy"), Names: filepath.Join(dir, "codes.ids.txt"),
				Labels: filepath.Join(dir, "labels.csv"), Choose: test.choose,
			})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("an empty folder")
	}
	dir := folder(t, "labels.csv")
	if _, err := Read(Files{Codes: filepath.Join(dir, "codes.npy"), Labels: filepath.Join(dir, "none.csv")}); err == nil {
		t.Error("no labels")
	}
}
