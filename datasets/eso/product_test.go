package eso

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestList(t *testing.T) {
	list := []Product{
		{
			ID: "ADP.2014-09-23T11:01:38.230", URL: "https://dataportal.eso.org/dataPortal/file/ADP.2014-09-23T11:01:38.230",
			Size: 5014080, Estimate: 5015000, SHA256: strings.Repeat("0a", 32), Target: `"Barnard's", star`,
			RA: 269.452, Dec: 4.6934, Date: time.Date(2008, 4, 12, 6, 0, 0, 5e6, time.UTC), Exposure: 900, SNR: 60.25,
		},
		{ID: "ADP.2014-09-23T11:01:39.231"},
	}
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := WriteList(path, list); err != nil {
		t.Fatal(err)
	}
	back, err := ReadList(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(list, back); d != "" {
		t.Error(d)
	}
	b, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(b), "dp_id,url,size,estimate,sha256,target,ra,dec,date,exposure,snr\n") {
		t.Errorf("%.80s, %v", b, err)
	}
}

func TestReadList(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		n    int
		want string // in the error
	}{
		"names alone":       {"dp_id\nA\nB\n", 2, ""},
		"order and others":  {"\ufeffseeing,Target, DP_ID\n1,x,A\n", 1, ""},
		"empty":             {"dp_id\n", 0, ""},
		"twice the same":    {"dp_id,size\nA,1\nA,1\n", 1, ""},
		"twice another":     {"dp_id,size\nA,1\nA,2\n", 0, "line 3: A is there before"},
		"no header":         {"", 0, "header"},
		"no dp_id":          {"id\nA\n", 0, "no column dp_id"},
		"column twice":      {"dp_id,dp_id\nA,B\n", 0, "twice"},
		"path":              {"dp_id\n../A\n", 0, "line 2: dp_id"},
		"size":              {"dp_id,size\nA,x\n", 0, `line 2: size "x"`},
		"negative":          {"dp_id,estimate\nA,-1\n", 0, "line 2: estimate"},
		"checksum":          {"dp_id,sha256\nA,12\n", 0, "line 2: sha256"},
		"number":            {"dp_id,snr\nA,NaN\n", 0, "line 2: snr"},
		"date":              {"dp_id,date\nA,yesterday\n", 0, "line 2: date"},
		"http":              {"dp_id,url\nA,http://example.org/A\n", 0, "want https"},
		"secret in address": {"dp_id,url\nA,https://example.org/A?token=s3cret\n", 0, "https://example.org/A: an address with a query"},
		"cells":             {"dp_id,size\nA\n", 0, "wrong number of fields"},
		"quote":             {"dp_id\n\"A\n", 0, "quote"},
	} {
		list, err := readList(strings.NewReader(c.text))
		if len(list) != c.n && err == nil || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %d products, %v; want %d, %q", name, len(list), err, c.n, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Error(err)
		}
	}
}

func FuzzList(f *testing.F) {
	f.Add("dp_id,url,size,estimate,sha256,target,ra,dec,date,exposure,snr\nADP.x,,1,2,,\"a,b\",1,2,2008-04-12T06:00:00.005Z,900,60\n")
	f.Add("dp_id\n../x\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := readList(strings.NewReader(text))
		if err != nil {
			return
		}
		path := filepath.Join(t.TempDir(), "list.csv")
		if err := WriteList(path, list); err != nil {
			t.Fatal(err)
		}
		back, err := ReadList(path)
		if err != nil || len(back) != len(list) {
			t.Fatalf("%d products read back as %d, %v", len(list), len(back), err)
		}
		for i, p := range list {
			if back[i].ID != p.ID || back[i].Size != p.Size || back[i].Target != p.Target {
				t.Errorf("%+v reads back as %+v", p, back[i])
			}
		}
	})
}
