package votable

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// read gives the cells of a table as text, "" for no value.
func read(text, table string) (*Reader, [][]string, error) {
	r, err := NewReader(strings.NewReader(text), table)
	if err != nil {
		return nil, nil, err
	}
	var rows [][]string
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r, rows, nil
		}
		if err != nil {
			return r, rows, err
		}
		var cells []string
		for _, c := range row {
			cells = append(cells, c.String())
		}
		rows = append(rows, cells)
	}
}

// What astropy.io.votable reads, see testdata/make_fixtures.py: integers and
// text exact, single precision to its last digit.
func TestReadIsAstropys(t *testing.T) {
	raw, err := os.ReadFile("testdata/catalogue.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]map[string]struct {
		Unit, UCD, Datatype string
		Values              []any
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for _, serialisation := range []string{"tabledata", "binary", "binary2"} {
		want := all[serialisation]
		text, err := os.ReadFile("testdata/" + serialisation + ".vot")
		if err != nil {
			t.Fatal(err)
		}
		r, rows, err := read(string(text), "stars")
		if err != nil {
			t.Fatal(serialisation, err)
		}
		if len(rows) != 37 || len(r.Fields) != len(want) || r.Table != "stars" {
			t.Fatalf("%s: %d rows, %d fields, table %q", serialisation, len(rows), len(r.Fields), r.Table)
		}
		for i, f := range r.Fields {
			w := want[f.Name]
			if f.Unit != w.Unit || f.UCD != w.UCD || f.Datatype != w.Datatype {
				t.Errorf("%s: field %+v, want %+v", serialisation, f, w)
			}
			for row, v := range w.Values {
				if got := rows[row][i]; !same(got, v, f.Datatype) {
					t.Errorf("%s: row %d, %s: %q, astropy reads %v", serialisation, row, f.Name, got, v)
				}
			}
		}
	}
}

func same(got string, want any, datatype string) bool {
	switch want := want.(type) {
	case nil:
		return got == ""
	case float64:
		v, err := strconv.ParseFloat(got, 64)
		if datatype == "float" {
			return err == nil && float32(v) == float32(want)
		}
		return err == nil && v == want
	case string:
		if datatype == "bit" { // no value in a bit is false to astropy
			return got == map[string]string{"T": "1", "F": "0"}[want] || got == "" && want == "F"
		}
		return got == want
	case []any:
		parts := strings.Fields(got)
		for i, p := range parts {
			if !same(p, want[i], datatype) {
				return false
			}
		}
		return len(parts) == len(want)
	}
	return false
}

const head = `<?xml version="1.0"?><VOTABLE version="1.4"><RESOURCE>`

func table(fields, data string) string {
	return head + `<TABLE name="t">` + fields + `<DATA>` + data + `</DATA></TABLE></RESOURCE></VOTABLE>`
}

func stream(kind string, data []byte) string {
	return "<" + kind + `><STREAM encoding="base64">` + base64.StdEncoding.EncodeToString(data) + "</STREAM></" + kind + ">"
}

const twoFields = `<FIELD name="a" datatype="int"><VALUES null="-9"/></FIELD><PARAM name="p" datatype="int" value="1"><VALUES null="5"/></PARAM><FIELD name="b" datatype="char" arraysize="*"/>`

func TestRead(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, "\x00\x00\x00\x05\x00\x00\x00\x02hi")
	z.Close()
	one := `<TABLEDATA><TR><TD>5</TD><TD>x</TD></TR></TABLEDATA>`
	for name, c := range map[string]struct{ text, table, want string }{
		"nulls, entities, comments": {table(twoFields, `<TABLEDATA><!-- c --><TR><TD>-9</TD><TD> a&lt;<![CDATA[<b>]]><!-- c --> </TD></TR><TR><TD>  </TD><TD/></TR><TR><TD>0x10</TD><TD>y</TD></TR></TABLEDATA>`), "", "[[ ` a<<b> `] [ ] [16 y]]"},
		"binary":                    {table(twoFields, stream("BINARY", []byte("\x00\x00\x00\x07\x00\x00\x00\x02hi\xff\xff\xff\xf7\x00\x00\x00\x00"))), "", "[[7 hi] [ ]]"},
		"binary2":                   {table(twoFields, stream("BINARY2", []byte("\x80\x00\x00\x00\x07\x00\x00\x00\x02hi\x40\x00\x00\x00\x07\x00\x00\x00\x02ho"))), "", "[[ hi] [7 ]]"},
		"binary, blanks":            {table(twoFields, "<BINARY> <STREAM encoding='base64'>\n AAA ABw\r\n\tAAAAJoaQ== \n</STREAM> </BINARY>"), "", "[[7 hi]]"},
		"gzip":                      {table(twoFields, `<BINARY><STREAM encoding="gzip">`+base64.StdEncoding.EncodeToString(zipped.Bytes())+`</STREAM></BINARY>`), "", "[[5 hi]]"},
		"no rows":                   {table(twoFields, `<TABLEDATA></TABLEDATA>`), "", "[]"},
		"no rows, short":            {table(twoFields, `<TABLEDATA/>`), "", "[]"},
		"no bytes":                  {table(twoFields, `<BINARY><STREAM encoding="base64"></STREAM></BINARY>`), "", "[]"},
		"no bytes, short":           {table(twoFields, `<BINARY><STREAM encoding="base64"/></BINARY>`), "", "[]"},
		"a table by name":           {strings.Replace(table(twoFields, one), `<TABLE name="t">`, `<TABLE name="first"><FIELD name="z" datatype="bit"/><DATA><BINARY><STREAM encoding="base64">`+strings.Repeat("AAAA", 1e6)+`</STREAM></BINARY></DATA></TABLE><TABLE ID="t">`, 1), "t", "[[5 x]]"},
		"doctype":                   {`<!DOCTYPE VOTABLE SYSTEM "http://us-vo.org/xml/VOTable.dtd">` + table(twoFields, one)[len(`<?xml version="1.0"?>`):], "", "[[5 x]]"},
		"latin 1":                   {strings.Replace(table(twoFields, "<TABLEDATA><TR><TD>5</TD><TD>\xe9\xff</TD></TR></TABLEDATA>"), `"1.0"?`, `"1.0" encoding="ISO-8859-1"?`, 1), "", "[[5 éÿ]]"},
		"latin 1, binary":           {strings.Replace(table(twoFields, stream("BINARY", []byte("\x00\x00\x00\x07\x00\x00\x00\x02hi"))), `"1.0"?`, `"1.0" encoding="latin1"?`, 1), "", "[[7 hi]]"},
		"prefixed":                  {`<v:VOTABLE xmlns:v="http://www.ivoa.net/xml/VOTable/v1.3"><v:TABLE><v:FIELD name="a" datatype="double"/><v:DATA><v:TABLEDATA><v:TR><v:TD>+Inf</v:TD></v:TR><v:TR><v:TD>NaN</v:TD></v:TR></v:TABLEDATA></v:DATA></v:TABLE></v:VOTABLE>`, "", "[[+Inf] []]"},
		"types": {table(`<FIELD name="a" datatype="boolean"/><FIELD name="b" datatype="bit" arraysize="10"/><FIELD name="c" datatype="floatComplex"/><FIELD name="d" datatype="unicodeChar" arraysize="2"/><FIELD name="e" datatype="short" arraysize="2x*"/><FIELD name="f" datatype="double"><VALUES null="-99"/></FIELD>`,
			stream("BINARY", []byte("T\xaa\x80\x3f\x80\x00\x00\x40\x00\x00\x00\x03\xb1\x00\x00\x00\x00\x00\x02\x00\x01\xff\xff\xc0\x58\xc0\x00\x00\x00\x00\x00"+
				"?\x00\x00\x3f\x80\x00\x00\x40\x00\x00\x00\x03\xb1\x03\xb2\x00\x00\x00\x00\x3f\xf0\x00\x00\x00\x00\x00\x00"))), "",
			"[[T `1 0 1 0 1 0 1 0 1 0` `1 2` α `1 -1` ] [ `0 0 0 0 0 0 0 0 0 0` `1 2` αβ  1]]"},
	} {
		_, rows, err := read(c.text, c.table)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		quoted := make([][]string, len(rows))
		for i, row := range rows {
			for _, cell := range row {
				if strings.Contains(cell, " ") {
					cell = "`" + cell + "`"
				}
				quoted[i] = append(quoted[i], cell)
			}
		}
		if got := fmt.Sprint(quoted); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	billion := `<!DOCTYPE VOTABLE [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>`
	for name, c := range map[string]struct{ text, want string }{
		"nothing":       {"", "unexpected EOF"},
		"html":          {"<html><body>Please log in</body></html>", "is a html, not a VOTABLE"},
		"text":          {"name,teff\n", "text where an element"},
		"no table":      {head + "</RESOURCE></VOTABLE>", "no table with data"},
		"no data":       {head + "<TABLE>" + twoFields + "</TABLE></RESOURCE></VOTABLE>", "no table with data"},
		"entities":      {billion + table(twoFields, "<TABLEDATA/>")[len(`<?xml version="1.0"?>`):], "entities"},
		"an entity":     {table(twoFields, "<TABLEDATA><TR><TD>&a;</TD></TR></TABLEDATA>"), "row 1: field \"a\": XML syntax error"},
		"fits":          {table(twoFields, "<FITS/>"), "FITS serialisation"},
		"elsewhere":     {table(twoFields, `<BINARY><STREAM href="file:///etc/passwd"/></BINARY>`), "href"},
		"encoding":      {table(twoFields, `<BINARY><STREAM encoding="dynamic"/></BINARY>`), `encoding "dynamic"`},
		"no stream":     {table(twoFields, `<BINARY><TR/></BINARY>`), "holds a TR"},
		"few cells":     {table(twoFields, "<TABLEDATA><TR><TD>1</TD></TR></TABLEDATA>"), "row 1: 1 cells, the table has 2 fields"},
		"many cells":    {table(twoFields, "<TABLEDATA><TR><TD>1</TD><TD/><TD/></TR></TABLEDATA>"), "row 1: more cells"},
		"not integer":   {table(twoFields, "<TABLEDATA><TR><TD>1.5</TD><TD/></TR></TABLEDATA>"), `row 1: field "a": "1.5" is not an integer`},
		"in a cell":     {table(twoFields, "<TABLEDATA><TR><TD><b>1</b></TD><TD/></TR></TABLEDATA>"), "a b stands within text"},
		"cut binary":    {table(twoFields, stream("BINARY", []byte("\x00\x00\x00\x07\x00\x00"))), `row 1: field "b": unexpected EOF`},
		"bad base64":    {table(twoFields, `<BINARY><STREAM encoding="base64">AA*A</STREAM></BINARY>`), "illegal base64"},
		"claims much":   {table(twoFields, stream("BINARY", []byte("\x00\x00\x00\x07\xff\xff\xff\xff"))), "a cell of 4294967295 elements"},
		"claims more":   {table(`<FIELD name="a" datatype="char" arraysize="999999999"/>`, "<TABLEDATA/>"), `arraysize "999999999"`},
		"claims cubes":  {table(`<FIELD name="a" datatype="char" arraysize="1000000x1000000"/>`, "<TABLEDATA/>"), "more than 1048576"},
		"empty rows":    {table(`<FIELD name="a" datatype="char" arraysize="0"/>`, stream("BINARY", []byte("x"))), "rows of no bytes"},
		"array size":    {table(`<FIELD name="a" datatype="char" arraysize="*x2"/>`, "<TABLEDATA/>"), `arraysize "*x2"`},
		"datatype":      {table(`<FIELD name="a" datatype="quad"/>`, "<TABLEDATA/>"), `datatype "quad"`},
		"service":       {head + `<INFO name="QUERY_STATUS" value="ERROR">column teff is unknown</INFO></RESOURCE></VOTABLE>`, "the service reports an error: column teff is unknown"},
		"cut":           {head + "<TABLE>" + twoFields + "<DATA><TABLEDATA><TR><TD>1</TD><TD>x", "row 1"},
		"late error":    {strings.Replace(table(twoFields, "<TABLEDATA/>"), "</RESOURCE>", `<INFO name="QUERY_STATUS" value="ERROR">timeout</INFO></RESOURCE>`, 1), "after row 0: the service reports an error: timeout"},
		"encoding name": {`<?xml version="1.0" encoding="utf-7"?><VOTABLE/>`, `encoding "utf-7"`},
	} {
		_, rows, err := read(c.text, "")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "votable: ") {
			t.Errorf("%s: %v, %v, want %q", name, rows, err, c.want)
		}
	}
	if _, _, err := read(table(twoFields, "<TABLEDATA/>"), "u"); err == nil || !strings.Contains(err.Error(), `no table "u"`) {
		t.Errorf("another table: %v", err)
	}
}

func TestStatus(t *testing.T) {
	text := strings.Replace(table(twoFields, "<TABLEDATA/>"), "</RESOURCE>", `<INFO name="QUERY_STATUS" value="OVERFLOW"/><TABLE><DATA><TABLEDATA/></DATA></TABLE></RESOURCE>`, 1)
	r, _, err := read(text, "")
	if err != nil || !r.Overflow || r.Others != 1 {
		t.Errorf("%v, %+v", err, r)
	}
}

// endless is a document that never ends.
type endless struct {
	head, again string
	sent        int64
	rest        string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.sent == 0 {
		e.rest = e.head
	}
	if e.rest == "" {
		e.rest = e.again
	}
	if e.sent > 64<<20 {
		return 0, io.EOF
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	e.sent += int64(n)
	return n, nil
}

// Neither a tag, a text, a comment nor depth without end makes the reader take
// more than a few MaxCell.
func TestReadIsBounded(t *testing.T) {
	start := head + `<TABLE>` + twoFields + `<DATA>`
	for name, e := range map[string]*endless{
		"cell":      {head: start + "<TABLEDATA><TR><TD>", again: "aaaaaaaa"},
		"cdata":     {head: start + "<TABLEDATA><TR><TD><![CDATA[", again: "aaaaaaaa"},
		"parts":     {head: start + "<TABLEDATA><TR><TD>", again: "<!-- -->aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
		"comment":   {head: start + "<!-- ", again: "aaaaaaaa"},
		"attribute": {head: start + `<STREAM a="`, again: "aaaaaaaa"},
		"many":      {head: start + `<STREAM `, again: `a="" `},
		"deep":      {head: head, again: "<GROUP>"},
		"fields":    {head: head + "<TABLE>", again: `<FIELD name="a" datatype="int"/>`},
		"directive": {head: "<!DOCTYPE ", again: "aaaaaaaa"},
	} {
		r, err := NewReader(e, "")
		for err == nil {
			_, err = r.Next()
		}
		if errors.Is(err, io.EOF) || e.sent > 8*MaxCell {
			t.Errorf("%s: %v after %d bytes", name, err, e.sent)
		}
	}
}

func TestCell(t *testing.T) {
	for _, c := range []struct {
		cell   Cell
		number float64
		ok     bool
		text   string
	}{
		{Cell{}, 0, false, ""},
		{Cell{kind: integer, whole: math.MaxInt64}, 1 << 63, true, "9223372036854775807"},
		{Cell{kind: real, number: 0.1}, 0.1, true, "0.1"},
		{Cell{kind: written, text: " 4.5 "}, 4.5, true, " 4.5 "},
		{Cell{kind: written, text: "G2V"}, 0, false, "G2V"},
		{Cell{kind: written, text: "nan"}, 0, false, "nan"},
	} {
		v, ok := c.cell.Float()
		if ok != c.ok || ok && v != c.number || c.cell.String() != c.text {
			t.Errorf("%+v: %v, %v, %q", c.cell, v, ok, c.cell.String())
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"tabledata", "binary", "binary2"} {
		raw, err := os.ReadFile("testdata/" + name + ".vot")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(table(twoFields, stream("BINARY2", []byte("\x80\x00\x00\x00\x07\x00\x00\x00\x02hi")))))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := NewReader(bytes.NewReader(raw), "")
		if err != nil {
			return
		}
		for {
			row, err := r.Next()
			if err != nil {
				return
			}
			if len(row) != len(r.Fields) {
				t.Fatalf("%d cells for %d fields", len(row), len(r.Fields))
			}
			for _, c := range row {
				if _, ok := c.Float(); ok && c.Null() {
					t.Fatal("no value has a number")
				}
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"tabledata", "binary2"} {
		raw, err := os.ReadFile("testdata/" + name + ".vot")
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if _, rows, err := read(string(raw), ""); err != nil || len(rows) != 37 {
					b.Fatal(err)
				}
			}
		})
	}
}
