package eso

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Query says which products are wanted: those that meet all that is set.
type Query struct {
	Targets []string  // any of these names, as observers wrote them; * stands for any text
	Cone    *Cone     // around a position
	From    time.Time // the exposure began at From or later
	To      time.Time // and before To
	MinSNR  float64   // signal-to-noise ratio at least
	MaxSNR  float64   // and at most
	Limit   int       // at most so many products, the first by dp_id; 0 is all
}

// Cone is a circle on the sky, ICRS, in degrees.
type Cone struct{ RA, Dec, Radius float64 }

const (
	maxTargets = 500
	maxName    = 200 // bytes of a target's name
)

// columns of ivoa.ObsCore that are asked for; products are read by these names.
var columns = []string{"dp_id", "target_name", "s_ra", "s_dec", "t_min", "t_exptime", "snr", "access_estsize"}

// ADQL is the query in the Astronomical Data Query Language. All that comes
// from people is a checked number or a quoted literal. A query that cannot be
// meant is an error.
func (q Query) ADQL() (string, error) {
	where, err := q.conditions()
	if err != nil {
		return "", fmt.Errorf("query: %w", err)
	}
	top := ""
	if q.Limit > 0 {
		top = "TOP " + strconv.Itoa(q.Limit) + " "
	}
	return "SELECT " + top + strings.Join(columns, ", ") + " FROM ivoa.ObsCore WHERE " +
		strings.Join(where, " AND ") + " ORDER BY dp_id", nil
}

func (q Query) conditions() ([]string, error) {
	where := []string{"obs_collection = 'HARPS'", "dataproduct_type = 'spectrum'"}
	if q.Limit < 0 || q.Limit > MaxProducts {
		return nil, fmt.Errorf("limit %d; want 0 to %d", q.Limit, MaxProducts)
	}
	if len(q.Targets) > 0 {
		names, err := anyName(q.Targets)
		if err != nil {
			return nil, err
		}
		where = append(where, names)
	}
	if c := q.Cone; c != nil {
		if !(c.RA >= 0 && c.RA < 360 && math.Abs(c.Dec) <= 90 && c.Radius > 0 && c.Radius <= 90) {
			return nil, fmt.Errorf("cone %g %g %g; want right ascension in [0, 360), declination in [-90, 90], radius in (0, 90], degrees", c.RA, c.Dec, c.Radius)
		}
		where = append(where, fmt.Sprintf("CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', %s, %s, %s)) = 1",
			number(c.RA), number(c.Dec), number(c.Radius)))
	}
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		return nil, errors.New("the range of dates is empty")
	}
	for _, d := range []struct {
		t  time.Time
		op string
	}{{q.From, ">="}, {q.To, "<"}} {
		if !d.t.IsZero() {
			where = append(where, "t_min "+d.op+" "+number(mjd(d.t)))
		}
	}
	if q.MaxSNR != 0 && q.MinSNR > q.MaxSNR {
		return nil, errors.New("the range of signal-to-noise ratios is empty")
	}
	for _, s := range []struct {
		v  float64
		op string
	}{{q.MinSNR, ">="}, {q.MaxSNR, "<="}} {
		if math.IsNaN(s.v) || math.IsInf(s.v, 0) || s.v < 0 {
			return nil, fmt.Errorf("signal-to-noise ratio %g", s.v)
		}
		if s.v != 0 {
			where = append(where, "snr "+s.op+" "+number(s.v))
		}
	}
	return where, nil
}

// anyName is the condition that the target has one of the names.
func anyName(names []string) (string, error) {
	if len(names) > maxTargets {
		return "", fmt.Errorf("%d targets; at most %d fit into a query", len(names), maxTargets)
	}
	var any []string
	for _, name := range names {
		op := "="
		if strings.Contains(name, "*") {
			// ADQL 2.0 has no escape in LIKE: a name's own % and _ stay wildcards,
			// so that a pattern may find more than meant, never less.
			op, name = "LIKE", strings.ReplaceAll(name, "*", "%")
		}
		quoted, err := literal(name)
		if err != nil {
			return "", err
		}
		any = append(any, "target_name "+op+" "+quoted)
	}
	return "(" + strings.Join(any, " OR ") + ")", nil
}

// literal quotes text as ADQL does: in single quotes, those within doubled.
// There is no other escape in it. Control characters are refused, since no
// target's name has any.
func literal(text string) (string, error) {
	if text == "" || len(text) > maxName || !utf8.ValidString(text) {
		return "", fmt.Errorf("target %.60q: want 1 to %d bytes of UTF-8", text, maxName)
	}
	for _, r := range text {
		if r < ' ' || r == 0x7f {
			return "", fmt.Errorf("target %.60q has a control character", text)
		}
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'", nil
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// mjdZero is the Unix time of modified Julian date 0, 1858-11-17, in days.
const mjdZero = 40587

const dayMillis = 86400e3

func mjd(t time.Time) float64 { return float64(t.UnixMilli())/dayMillis + mjdZero }

func fromMJD(d float64) time.Time {
	return time.UnixMilli(int64(math.Round((d - mjdZero) * dayMillis))).UTC()
}
