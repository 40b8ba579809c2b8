package eso

import (
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Product is a file of the archive and what is known of it. Zero values mean
// that it is not known.
type Product struct {
	ID       string    // dp_id, "ADP.2014-09-23T11:01:38.230"; also the file's name
	URL      string    // "" is the archive's own place for the dp_id
	Size     int64     // bytes, exact
	Estimate int64     // bytes, as the archive estimates
	SHA256   string    // lower-case hexadecimal
	Target   string    // as the observer wrote it
	RA, Dec  float64   // ICRS, degrees
	Date     time.Time // start of the exposure, UTC
	Exposure float64   // s
	SNR      float64   // signal-to-noise ratio
}

// ids are names that are safe as file names as well: no separator, no leading
// dot or dash, nothing hidden.
var ids = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:+-]{0,119}$`)

func checkID(id string) error {
	if !ids.MatchString(id) || strings.Contains(id, "..") {
		return fmt.Errorf("dp_id %.40q is none", id)
	}
	return nil
}

// clip bounds free text and takes out what could trouble a terminal.
func clip(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, strings.TrimSpace(text))
	for len(text) > maxName {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

// listColumns are the columns of a list file. dp_id must be there; others may
// be missing, and unknown ones are left out.
var listColumns = []string{"dp_id", "url", "size", "estimate", "sha256", "target", "ra", "dec", "date", "exposure", "snr"}

// maxList bounds a list file, in bytes.
const maxList = 1 << 28

// WriteList writes products as CSV with a header; the file is there whole or
// not at all.
func WriteList(path string, list []Product) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		out := csv.NewWriter(w)
		out.Write(listColumns) // errors are kept until Flush
		for _, p := range list {
			out.Write(p.record())
		}
		out.Flush()
		return out.Error()
	})
}

func (p Product) record() []string {
	date := ""
	if !p.Date.IsZero() {
		date = p.Date.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return []string{
		p.ID, p.URL, whole(p.Size), whole(p.Estimate), p.SHA256, p.Target,
		decimal(p.RA), decimal(p.Dec), date, decimal(p.Exposure), decimal(p.SNR),
	}
}

func whole(v int64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatInt(v, 10)
}

func decimal(v float64) string {
	if v == 0 || math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// ReadList reads a list file. A product that is there twice counts once if
// both rows agree on the file, else it is an error; so is anything that makes
// no sense, with its row.
func ReadList(path string) ([]Product, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.Size() > maxList {
		return nil, fmt.Errorf("%s: longer than %d bytes", path, maxList)
	}
	list, err := readList(io.LimitReader(f, maxList))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list, nil
}

func readList(r io.Reader) ([]Product, error) {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	at := map[string]int{}
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if _, ok := at[name]; ok && name != "" {
			return nil, fmt.Errorf("header: column %.40q is there twice", name)
		}
		at[strings.Clone(name)] = i
	}
	if _, ok := at["dp_id"]; !ok {
		return nil, errors.New("header: no column dp_id")
	}
	var list []Product
	seen := map[string]int{}
	for {
		record, err := in.Read()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := in.FieldPos(0)
		p, err := productFrom(func(column string) string {
			if i, ok := at[column]; ok {
				return strings.TrimSpace(record[i])
			}
			return ""
		})
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if i, ok := seen[p.ID]; ok {
			if q := list[i]; q.URL != p.URL || q.Size != p.Size || q.SHA256 != p.SHA256 {
				return nil, fmt.Errorf("line %d: %s is there before, with another file", line, p.ID)
			}
			continue
		}
		if len(list) == MaxProducts {
			return nil, fmt.Errorf("line %d: more than %d products", line, MaxProducts)
		}
		seen[p.ID] = len(list)
		list = append(list, p)
	}
}

// productFrom reads a row of a list, cell by cell.
func productFrom(cell func(column string) string) (p Product, err error) {
	p.ID = strings.Clone(cell("dp_id"))
	if err := checkID(p.ID); err != nil {
		return p, err
	}
	p.URL = strings.Clone(cell("url"))
	if p.URL != "" {
		if _, err := address(p.URL); err != nil {
			return p, fmt.Errorf("url: %w", err)
		}
	}
	p.SHA256 = strings.ToLower(cell("sha256"))
	if b, err := hex.DecodeString(p.SHA256); err != nil || len(b) != 0 && len(b) != 32 {
		return p, fmt.Errorf("sha256 %.80q is none", p.SHA256)
	}
	for name, v := range map[string]*int64{"size": &p.Size, "estimate": &p.Estimate} {
		if text := cell(name); text != "" {
			if *v, err = strconv.ParseInt(text, 10, 64); err != nil || *v < 0 {
				return p, fmt.Errorf("%s %.40q; want bytes", name, text)
			}
		}
	}
	for name, v := range map[string]*float64{"ra": &p.RA, "dec": &p.Dec, "exposure": &p.Exposure, "snr": &p.SNR} {
		if text := cell(name); text != "" {
			if *v, err = strconv.ParseFloat(text, 64); err != nil || math.IsInf(*v, 0) || math.IsNaN(*v) {
				return p, fmt.Errorf("%s %.40q; want a number", name, text)
			}
		}
	}
	if text := cell("date"); text != "" {
		if p.Date, err = time.Parse(time.RFC3339, text); err != nil {
			return p, fmt.Errorf("date %.40q; want as 2014-09-23T11:01:38.230Z", text)
		}
		p.Date = p.Date.UTC()
	}
	p.Target = clip(cell("target"))
	return p, nil
}
