package source

import (
	"slices"
	"strings"

	"github.com/stellarae/lab/datasets/catalog/starname"
)

// nameColumn is a column of designations.
type nameColumn struct {
	column    column
	catalogue string // whose numbers stand alone in it; "" for whole designations
}

// numbered are columns that may hold bare numbers, by their folded names.
var numbered = map[string]string{
	"hd": "HD", "hdnumber": "HD", "hip": "HIP", "hipparcos": "HIP", "hr": "HR", "gj": "GJ", "gl": "GJ", "tic": "TIC", "kic": "KIC", "epic": "EPIC",
	"gaia": "Gaia DR3", "gaiadr3": "Gaia DR3", "gaiaedr3": "Gaia DR3", "dr3name": "Gaia DR3", "sourceid": "Gaia DR3", "gaiadr2": "Gaia DR2",
	"sao": "SAO", "tyc": "TYC", "tycho": "TYC", "ltt": "LTT", "lhs": "LHS", "nltt": "NLTT",
}

// designated are columns of whole designations.
var designated = []string{"name", "star", "starname", "object", "target", "targetname", "id", "ids", "mainid", "simbadname", "identifier", "designation", "primary",
	"harpsstar", "objectname", "cstl", "hostname", "bayer", "flamsteed", "plname", "altname", "othername", "aliases"}

func (p *plan) bindNames(m Mapping, b *binder) error {
	add := func(c column) {
		b.used[c.index] = true
		p.names = append(p.names, nameColumn{c, numbered[fold(c.name)]})
	}
	for _, name := range m.Names {
		c, err := b.named(name)
		if err != nil {
			return err
		}
		add(c)
	}
	if m.Names != nil {
		return nil
	}
	for _, name := range designated {
		for _, c := range b.find(func(c column) bool { return fold(c.name) == name }) {
			add(c)
		}
	}
	for _, c := range b.find(func(c column) bool { return numbered[fold(c.name)] != "" || ucdIs(c.ucd, "meta.id") }) {
		add(c)
	}
	return nil
}

// read adds the names of a cell: one, or several divided by bars, semicolons or
// plus signs. A bare number names a star only in a catalogue's own column.
func (n *nameColumn) read(names []starname.Name, cell string, missing func(string) bool) []starname.Name {
	for part := range strings.FieldsFuncSeq(divided(cell), func(r rune) bool { return r == '|' || r == ';' }) {
		if part = strings.TrimSpace(part); missing(part) {
			continue
		}
		var name starname.Name
		switch {
		case n.catalogue != "" && !strings.HasPrefix(part, "-"):
			name = starname.Of(n.catalogue, strings.Clone(part))
		case strings.ContainsFunc(part, func(r rune) bool { return r >= 'A' && r <= 'z' || r > 0x7f }):
			name = starname.Parse(strings.Clone(part))
		}
		if name.Key != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// divided puts bars for the plus signs that join names, GJ354.1+GJ9301A, but not
// for those of positions and zones, BD+06 2932.
func divided(cell string) string {
	if !strings.Contains(cell, "+") {
		return cell
	}
	out := []byte(cell)
	for i := 1; i+1 < len(out); i++ {
		if out[i] == '+' && out[i+1] >= 'A' && out[i+1] <= 'Z' {
			out[i] = '|'
		}
	}
	return string(out)
}
