package crossmatch

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

func rowText(catalogue string, row int, err error) string {
	return fmt.Sprintf("%s, row %d: %s", catalogue, row+1, strings.ReplaceAll(err.Error(), "\n", "; "))
}

// Summary writes the report for people: the counts, the worst ten of what wants a
// look, and how many more there are.
func (r *Report) Summary(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%d spectra of %d stars: %d found by name, %d by name with the component's letter aside, %d by position, %d in no catalogue\n\n",
		r.Spectra, r.Stars, r.Matched.Name, r.Matched.Component, r.Matched.Position, r.Matched.None)
	fmt.Fprintln(t, "catalogue\trows\tby name\tcomponent aside\tby position")
	for _, c := range r.Catalogues {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\n", c.Name, c.Rows, c.ByName, c.ByComponent, c.ByPosition)
	}
	fmt.Fprintln(t, "\nlabel\tunit\tstars\tspectra\tconflicts\tfrom")
	for _, l := range r.Labels {
		var from []string
		for _, name := range slices.Sorted(maps.Keys(l.From)) {
			from = append(from, fmt.Sprintf("%s %d", name, l.From[name]))
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%s\n", l.Quantity, l.Unit, l.Stars, l.Spectra, l.Conflicts, strings.Join(from, ", "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	p := &printer{w: w}
	list(p, "catalogues disagree", r.Conflicts, func(c Conflict) string {
		text := fmt.Sprintf("%s %s: %v, but %v: %+.4g", c.Star, c.Quantity, c.Taken, c.Other, c.Difference)
		if c.Sigma != nil {
			text += fmt.Sprintf(", %.1f sigma", *c.Sigma)
		}
		return text
	})
	list(p, "found by name, but not where the spectrum was taken", r.Elsewhere, MatchReport.String)
	list(p, "found by position with another star near", r.Ambiguous, MatchReport.String)
	list(p, "in several rows of a catalogue", r.Duplicates, MatchReport.String)
	list(p, "names in one row that are not those of one star", r.Refused, func(s string) string { return s })
	list(p, "in no catalogue", r.Unmatched, func(u Unmatched) string {
		return fmt.Sprintf("%s (%q), %d spectra, the first is %s", u.Star, u.Object, len(u.Spectra), u.Spectra[0])
	})
	for _, c := range r.Catalogues {
		list(p, "notes on "+c.Name, c.Notes, func(s string) string { return s })
	}
	return p.err
}

func (m MatchReport) String() string {
	text := fmt.Sprintf("%s (%q) is %s in %s, row %d, by %s", m.Star, m.Object, m.As, m.Catalogue, m.Rows[0], m.How)
	if m.Separation != nil {
		text += fmt.Sprintf(", %.1f arcsec apart", *m.Separation)
	}
	if m.Rivals > 0 {
		text += fmt.Sprintf(", %d others near", m.Rivals)
	}
	if len(m.Rows) > 1 {
		text += fmt.Sprintf(", also in rows %s", strings.Trim(fmt.Sprint(m.Rows[1:]), "[]"))
	}
	return text
}

// printer keeps the first error of writing.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// list writes the first ten under a title; nothing where there are none.
func list[T any](p *printer, title string, all []T, text func(T) string) {
	if len(all) == 0 {
		return
	}
	p.line("\n%s: %d", title, len(all))
	for _, x := range all[:min(10, len(all))] {
		p.line("  %s", text(x))
	}
	if n := len(all) - 10; n > 0 {
		p.line("  ... and %d more, see the report", n)
	}
}
