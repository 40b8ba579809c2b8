package catalog

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func FuzzRead(f *testing.F) {
	stars, err := os.ReadFile("testdata/stars.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(stars)
	for _, text := range []string{
		"dp_id\na\n",
		"\xef\xbb\xbf# comment\r\nDP_ID,rv,unique,object,note\r\nx.fits,1e3,Y,\"a, b\",\"two\r\nlines\"\r\n",
		"dp_id,median,,Teff,t_eff\na,--,null,nan,Inf\n",
		"dp_id,b\n\"#a\",\"x\r\"\n",
		"dp_id,a\nb\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		table, err := read(bytes.NewReader(raw))
		if err != nil {
			return
		}
		if err := table.check(); err != nil {
			t.Fatalf("Read gave a table that Write refuses: %v", err)
		}
		for _, c := range table.Columns {
			if len(c.Values) != table.Rows() {
				t.Fatalf("column %q has %d values for %d rows", c.Name, len(c.Values), table.Rows())
			}
		}
		var out bytes.Buffer
		if err := table.write(&out); err != nil {
			t.Fatal(err)
		}
		again, err := read(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("wrote %q, which does not read: %v", out.Bytes(), err)
		}
		dropReturns(table)
		dropReturns(again)
		if diff := cmp.Diff(table, again, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("after a round trip:\n%s", diff)
		}
	})
}

// dropReturns takes out carriage returns: within quotes the CSV reader drops
// those before a line end.
func dropReturns(t *Table) {
	drop := func(values []string) {
		for i, v := range values {
			values[i] = strings.ReplaceAll(v, "\r", "")
		}
	}
	drop(t.IDs)
	drop(t.Stars)
	for i := range t.Texts {
		t.Texts[i].Name = strings.ReplaceAll(t.Texts[i].Name, "\r", "")
		drop(t.Texts[i].Values)
	}
	for i := range t.Columns {
		t.Columns[i].Name = strings.ReplaceAll(t.Columns[i].Name, "\r", "")
	}
}
