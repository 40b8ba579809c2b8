package report

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// json is report.json: UTF-8, keys in a fixed order, objects indented, arrays
// on one line, and null for every number that is not finite or not known.
func (r *Report) json(f *findings) ([]byte, error) {
	c := r.Count
	var mi, labels object
	for _, l := range f.Labels {
		var rows object
		for i, row := range l.MI {
			rows.set(strconv.Itoa(c.Bins[i]), numbers(row))
		}
		mi.set(l.Name, &rows)

		var of object
		of.set("used", l.Used)
		of.set("missing", l.Missing)
		of.set("clipped", l.Clipped)
		of.set("best_node", orNull(l.Best, l.Best >= 0))
		of.set("unanimous", l.Unanimous)
		of.set("spearman", number(l.Spearman))
		if l.Reason != "" {
			of.set("reason", l.Reason)
		}
		labels.set(l.Name, &of)
	}
	p := r.Provenance
	var from object
	from.set("codes", orNull(p.Codes, p.Codes != ""))
	from.set("labels", orNull(p.Labels, p.Labels != ""))
	from.set("selection", orNull(p.Selection, p.Selection != ""))
	from.set("rows", c.Rows)
	from.set("stars", orNull(p.Stars, p.Stars > 0))
	from.set("date", orNull(p.Date.Format(time.RFC3339), !p.Date.IsZero()))
	from.set("version", orNull(p.Version, p.Version != ""))

	var all object
	all.set("informative", whole(c.Informative))
	if r.Corrected == nil {
		all.set("n_informative", len(c.Informative))
	}
	all.set("unexplained", whole(f.Unexplained))
	if r.Corrected != nil {
		r.correctedJSON(&all)
	}
	all.set("threshold", number(c.Threshold))
	all.set("median", numbers(c.Median))
	all.set("mad", numbers(c.MAD))
	all.set("bins", whole(c.Bins))
	all.set("mi", &mi)
	all.set("labels", &labels)
	all.set("provenance", &from)
	var b bytes.Buffer
	if err := all.write(&b, "\n"); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// An object is a JSON object whose keys keep the order they were set in. No
// key may be set twice.
type object struct {
	keys   []string
	values []any
}

func (o *object) set(key string, value any) {
	o.keys, o.values = append(o.keys, key), append(o.values, value)
}

// write indents the members after newline, which ends in the indent so far.
func (o *object) write(b *bytes.Buffer, newline string) error {
	if len(o.keys) == 0 {
		b.WriteString("{}")
		return nil
	}
	inner := newline + "  "
	for i, key := range o.keys {
		if i == 0 {
			b.WriteByte('{')
		} else {
			b.WriteByte(',')
		}
		name, err := marshal(key)
		if err != nil {
			return err
		}
		b.WriteString(inner)
		b.Write(name)
		b.WriteString(": ")
		if child, ok := o.values[i].(*object); ok {
			if err := child.write(b, inner); err != nil {
				return err
			}
			continue
		}
		value, err := marshal(o.values[i])
		if err != nil {
			return err
		}
		b.Write(value)
	}
	b.WriteString(newline)
	b.WriteByte('}')
	return nil
}

// marshal is json.Marshal without its care for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// number is null where it is not finite, which JSON cannot say.
type number float64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	if v := float64(n); math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

func numbers(v []float64) []number {
	out := make([]number, len(v))
	for i, x := range v {
		out[i] = number(x)
	}
	return out
}

// whole is [] for nil.
func whole(v []int) []int { return append([]int{}, v...) }

func orNull[T any](v T, known bool) *T {
	if known {
		return &v
	}
	return nil
}
