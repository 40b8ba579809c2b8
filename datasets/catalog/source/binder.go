package source

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// binder finds columns, each for one purpose.
type binder struct {
	columns []column
	used    map[int]bool
}

// named finds the column a user has named: in its case, or in any.
func (b *binder) named(name string) (column, error) {
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		for _, c := range b.columns {
			if same(c.name, name) {
				b.used[c.index] = true
				return c, nil
			}
		}
	}
	return column{}, fmt.Errorf("no column %.80q; the columns are %s", name, listed(b.columns))
}

// find gives the free columns that a test passes.
func (b *binder) find(test func(c column) bool) []column {
	var found []column
	for _, c := range b.columns {
		if !b.used[c.index] && test(c) {
			found = append(found, c)
		}
	}
	return found
}

// byName finds a free column by the first of the folded names that one has.
func (b *binder) byName(names ...string) (column, bool) {
	for _, name := range names {
		if found := b.find(func(c column) bool { return fold(c.name) == name }); len(found) > 0 {
			b.used[found[0].index] = true
			return found[0], true
		}
	}
	return column{}, false
}

// byUCD finds a free column by the beginning of its UCD, main ones first.
func (b *binder) byUCD(ucds ...string) (column, bool) {
	for _, ucd := range ucds {
		found := b.find(func(c column) bool { return ucdIs(c.ucd, ucd) })
		slices.SortStableFunc(found, func(x, y column) int {
			return strings.Count(y.ucd, "meta.main") - strings.Count(x.ucd, "meta.main")
		})
		if len(found) > 0 {
			b.used[found[0].index] = true
			return found[0], true
		}
	}
	return column{}, false
}

// ucdIs tells whether a UCD begins with words, whole ones.
func ucdIs(ucd, words string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(ucd), words)
	return ok && (rest == "" || rest[0] == ';')
}

// bindLabels finds the quantities: as mapped; by a column's name; by UCD; by the
// beginning of a name, as in teff_gspphot.
func (p *plan) bindLabels(m Mapping, b *binder) error {
	mapped := map[string]bool{}
	names := make([]string, 0, len(m.Labels))
	for name := range m.Labels {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		q, to := quantityNamed(name), m.Labels[name]
		isType := slices.Contains(typeNames, fold(name))
		if mapped[q.name] = true; isType {
			mapped["spec_type"] = true
		}
		if to.Name == "" {
			continue
		}
		c, err := b.named(to.Name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if isType {
			p.types = &c
			continue
		}
		if err := p.addLabel(b, q, c, to); err != nil {
			return err
		}
	}
	if m.Only {
		return nil
	}
	for i, q := range quantities {
		if mapped[q.name] || q.name == iron && p.has(metals) {
			continue
		}
		c, ok := b.byName(q.names...)
		if !ok {
			c, ok = b.byUCD(q.ucds...)
		}
		if !ok {
			if c, ok = b.byBeginning(q); ok {
				p.notes = append(p.notes, fmt.Sprintf("%s is taken from %q by the beginning of its name", q.name, c.name))
			}
		}
		if !ok {
			continue
		}
		if err := p.addLabel(b, quantities[i], c, Column{}); err != nil {
			b.used[c.index] = false
			p.notes = append(p.notes, fmt.Sprintf("%v: the column is not taken", err))
		}
	}
	if !mapped["spec_type"] {
		c, ok := b.byName(typeNames...)
		if !ok {
			c, ok = b.byUCD("src.sptype")
		}
		if ok {
			p.types = &c
		}
	}
	return nil
}

func (p *plan) has(name string) bool {
	return slices.ContainsFunc(p.labels, func(l labelPlan) bool { return l.quantity.name == name })
}

// notValues are parts of names of columns about a quantity that are not it.
var notValues = []string{"err", "error", "std", "sig", "sigma", "flag", "origin", "ref", "up", "low", "upper", "lower", "lerr", "uerr",
	"quality", "method", "model", "unc", "nobs", "bibcode", "b", "min", "max"}

// byBeginning finds a free column whose name begins with one of the quantity's
// and goes on in another word.
func (b *binder) byBeginning(q quantity) (column, bool) {
	found := b.find(func(c column) bool {
		words := strings.FieldsFunc(strings.ToLower(c.name), func(r rune) bool { return r == '_' || r == ' ' || r == '.' })
		return len(words) > 1 && slices.Contains(q.names[:min(4, len(q.names))], fold(words[0])) &&
			!slices.ContainsFunc(words[1:], func(w string) bool { return slices.Contains(notValues, w) })
	})
	if len(found) == 0 {
		return column{}, false
	}
	b.used[found[0].index] = true
	return found[0], true
}

// addLabel takes a quantity from a column.
func (p *plan) addLabel(b *binder, q quantity, c column, to Column) error {
	unit := to.Unit
	if unit == "" {
		unit = c.unit
	}
	s, err := scaleTo(q.kind, unit)
	if err != nil {
		return fmt.Errorf("%s from %q: %w", q.name, c.name, err)
	}
	if q.kind == anything {
		q.unit = unit
	}
	if s != (scale{1, 0}) {
		p.notes = append(p.notes, fmt.Sprintf("%q is brought from %s to %s", c.name, unit, q.unit))
	}
	l := labelPlan{quantity: q, column: c, scale: s}
	if to.Error != "" {
		e, err := b.named(to.Error)
		if err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
		l.errors = []column{e}
	} else {
		l.errors = b.errorsOf(c)
	}
	p.labels = append(p.labels, l)
	return nil
}

// errorsOf finds the column of standard errors, or the two of an error
// downwards and upwards.
func (b *binder) errorsOf(c column) []column {
	bare, _ := splitUnit(c.name)
	stems := []string{strings.ToLower(bare)}
	if mean, ok := strings.CutSuffix(stems[0], "_mean"); ok {
		stems = append(stems, mean)
	}
	exact := func(c column) string { n, _ := splitUnit(c.name); return strings.ToLower(n) }
	folded := func(c column) string { return fold(c.name) }
	for _, spelled := range []func(column) string{exact, folded} {
		for _, stem := range stems {
			one := []string{"e_" + stem, stem + "_err", stem + "_error", "err_" + stem, "e" + stem, stem + "_e", stem + "err", "sigma_" + stem,
				"sig_" + stem, "s_" + stem, stem + "_std", stem + "_sigma", stem + "_unc", "u_" + stem}
			for _, pattern := range one {
				if e, ok := b.spelled(pattern, spelled); ok {
					return []column{e}
				}
			}
			for _, pair := range [][2]string{{"_lerr", "_uerr"}, {"_err_low", "_err_up"}, {"_errm", "_errp"}} {
				low, okLow := b.spelled(stem+pair[0], spelled)
				if high, ok := b.spelled(stem+pair[1], spelled); ok && okLow {
					return []column{low, high}
				}
			}
		}
	}
	if e, ok := b.byUCD("stat.error;" + strings.ToLower(c.ucd)); ok && c.ucd != "" {
		return []column{e}
	}
	return nil
}

func (b *binder) spelled(name string, by func(column) string) (column, bool) {
	found := b.find(func(c column) bool { return by(c) == name || by(c) == fold(name) })
	if len(found) == 0 {
		return column{}, false
	}
	b.used[found[0].index] = true
	return found[0], true
}

// parseNumber reads a decimal number that is not NaN; infinities are read, so that they
// are found out of range.
func parseNumber(cell string) (float64, bool) {
	cell = strings.ReplaceAll(cell, "\u2212", "-")
	if strings.ContainsAny(cell, "xX_") { // Go's own notations
		return 0, false
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil && !math.IsInf(v, 0) || v != v {
		return 0, false
	}
	return v, true
}
