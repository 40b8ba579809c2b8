package eso

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestADQL(t *testing.T) {
	const head = "SELECT dp_id, target_name, s_ra, s_dec, t_min, t_exptime, snr, access_estsize FROM ivoa.ObsCore" +
		" WHERE obs_collection = 'HARPS' AND dataproduct_type = 'spectrum'"
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name string
		q    Query
		want string
	}{
		{"all", Query{}, head},
		{"limit", Query{Limit: 7}, strings.Replace(head, "SELECT", "SELECT TOP 7", 1)},
		{"targets", Query{Targets: []string{"HD 10700", "tau Cet"}}, head + " AND (target_name = 'HD 10700' OR target_name = 'tau Cet')"},
		{"pattern", Query{Targets: []string{"HD*10700"}}, head + " AND (target_name LIKE 'HD%10700')"},
		{"quotes", Query{Targets: []string{"Barnard's star"}}, head + " AND (target_name = 'Barnard''s star')"},
		{"injection", Query{Targets: []string{"x' OR '1'='1"}}, head + " AND (target_name = 'x'' OR ''1''=''1')"},
		{"comment", Query{Targets: []string{`x\'; DROP TABLE t; --`}}, head + ` AND (target_name = 'x\''; DROP TABLE t; --')`},
		{"cone", Query{Cone: &Cone{RA: 26.017, Dec: -15.9375, Radius: 0.05}},
			head + " AND CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', 26.017, -15.9375, 0.05)) = 1"},
		// MJD 51544 is 2000-01-01, 53005 is 2004-01-01
		{"dates", Query{From: day(2000, 1, 1), To: day(2004, 1, 1).Add(12 * time.Hour)}, head + " AND t_min >= 51544 AND t_min < 53005.5"},
		{"snr", Query{MinSNR: 50, MaxSNR: 300.5}, head + " AND snr >= 50 AND snr <= 300.5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.q.ADQL()
			if err != nil || got != c.want+" ORDER BY dp_id" {
				t.Errorf("%s, %v\nwant %s", got, err, c.want)
			}
		})
	}
}

func TestADQLRefuses(t *testing.T) {
	now := time.Now()
	for name, q := range map[string]Query{
		"limit":            {Limit: -1},
		"large limit":      {Limit: MaxProducts + 1},
		"empty name":       {Targets: []string{""}},
		"long name":        {Targets: []string{strings.Repeat("x", maxName+1)}},
		"line end":         {Targets: []string{"a\nb"}},
		"zero byte":        {Targets: []string{"a\x00b"}},
		"no UTF-8":         {Targets: []string{"\xff'"}},
		"many":             {Targets: make([]string, maxTargets+1)},
		"right ascension":  {Cone: &Cone{RA: 360, Radius: 1}},
		"declination":      {Cone: &Cone{Dec: 91, Radius: 1}},
		"radius":           {Cone: &Cone{}},
		"position NaN":     {Cone: &Cone{RA: math.NaN(), Radius: 1}},
		"radius infinite":  {Cone: &Cone{Radius: math.Inf(1)}},
		"dates":            {From: now, To: now},
		"ratio":            {MinSNR: -1},
		"ratio NaN":        {MaxSNR: math.NaN()},
		"ratio infinite":   {MinSNR: math.Inf(1)},
		"ratios exchanged": {MinSNR: 20, MaxSNR: 10},
	} {
		if got, err := q.ADQL(); err == nil {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A literal reads back as what it was made of, whatever that is: ADQL ends it
// at the first quote that is not doubled.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"HD 10700", "'", "''", "a'b", `\'`, "x' --", "*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := literal(text)
		if err != nil {
			return
		}
		body, ok := strings.CutPrefix(quoted, "'")
		var back strings.Builder
		for ok {
			before, after, found := strings.Cut(body, "'")
			back.WriteString(before)
			if !found {
				t.Fatalf("%q: %s does not end", text, quoted)
			}
			if after == "" {
				break
			}
			if after[0] != '\'' {
				t.Fatalf("%q: %s ends early", text, quoted)
			}
			back.WriteByte('\'')
			body = after[1:]
		}
		if back.String() != text {
			t.Errorf("%q reads back as %q", text, back.String())
		}
	})
}

func TestMJD(t *testing.T) {
	at := time.Date(2014, 9, 23, 11, 1, 38, 230e6, time.UTC)
	if d := mjd(at); math.Abs(d-56923.45947025463) > 1e-9 { // astropy.time.Time("2014-09-23T11:01:38.230").mjd
		t.Errorf("%.11f", d)
	}
	if back := fromMJD(mjd(at)); !back.Equal(at) {
		t.Errorf("%s", back)
	}
}
