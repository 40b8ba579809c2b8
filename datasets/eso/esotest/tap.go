package esotest

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// job is an asynchronous query.
type job struct {
	adql   string
	maxrec int
	polls  int
	run    bool
}

var (
	topPattern    = regexp.MustCompile(`^SELECT TOP (\d+) `)
	targetPattern = regexp.MustCompile(`target_name = '((?:[^']|'')*)'`)
	snrPattern    = regexp.MustCompile(`snr >= ([0-9.]+)`)
)

// read checks a query's parameters as TAP 1.1 has them.
func (a *Archive) read(w http.ResponseWriter, r *http.Request) (adql string, maxrec int, ok bool) {
	a.count(func(l *Log) {
		l.Agents[r.UserAgent()]++
		l.Tokens[r.Header.Get("Authorization")]++
		l.Queries = append(l.Queries, r.FormValue("QUERY"))
	})
	maxrec, err := strconv.Atoi(r.FormValue("MAXREC"))
	why := a.Refuse
	switch {
	case why != "":
	case r.FormValue("REQUEST") != "doQuery" || r.FormValue("LANG") != "ADQL" || r.FormValue("FORMAT") != "votable":
		why = "missing or unknown parameter"
	case err != nil:
		why = "MAXREC is no number"
	case !strings.Contains(r.FormValue("QUERY"), "FROM ivoa.ObsCore"):
		why = "no such table"
	}
	if why != "" {
		w.Header().Set("Content-Type", "application/x-votable+xml")
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">
<INFO name="QUERY_STATUS" value="ERROR">`)
		xml.EscapeText(w, []byte(why))
		io.WriteString(w, "</INFO></RESOURCE></VOTABLE>\n")
		return "", 0, false
	}
	return r.FormValue("QUERY"), maxrec, true
}

func (a *Archive) sync(w http.ResponseWriter, r *http.Request) {
	if adql, maxrec, ok := a.read(w, r); ok {
		a.table(w, adql, maxrec)
	}
}

// table answers a query.
func (a *Archive) table(w http.ResponseWriter, adql string, maxrec int) {
	top := maxrec + 1
	if m := topPattern.FindStringSubmatch(adql); m != nil {
		top, _ = strconv.Atoi(m[1])
	}
	var targets []string
	for _, m := range targetPattern.FindAllStringSubmatch(adql, -1) {
		targets = append(targets, strings.ReplaceAll(m[1], "''", "'"))
	}
	snr := 0.0
	if m := snrPattern.FindStringSubmatch(adql); m != nil {
		snr, _ = strconv.ParseFloat(m[1], 64)
	}
	if a.MaxRows > 0 {
		maxrec = min(maxrec, a.MaxRows)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-votable+xml;serialization=TABLEDATA")
	io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE type="results">
<INFO name="QUERY_STATUS" value="OK"/>
<INFO name="PROVIDER" value="stub archive"/>
<TABLE name="result">
<FIELD name="dp_id" datatype="char" arraysize="68*" ucd="meta.id"/>
<FIELD name="target_name" datatype="char" arraysize="*" ucd="meta.id;src"/>
<FIELD name="s_ra" datatype="double" unit="deg" ucd="pos.eq.ra"/>
<FIELD name="s_dec" datatype="double" unit="deg" ucd="pos.eq.dec"/>
<FIELD name="t_min" datatype="double" unit="d" ucd="time.start;obs.exposure"/>
<FIELD name="t_exptime" datatype="double" unit="s" ucd="time.duration;obs.exposure"/>
<FIELD name="snr" datatype="double" ucd="stat.snr"/>
<FIELD name="access_estsize" datatype="long" unit="kbyte" ucd="phys.size;meta.file"><VALUES null="-1"/></FIELD>
<DATA><TABLEDATA>
`)
	n, over := 0, false
	for _, f := range a.files {
		if !matches(f, targets, snr) {
			continue
		}
		if n == top {
			break
		}
		if over = n == maxrec; over {
			break
		}
		kb, ok := a.Sizes[f.id]
		if !ok {
			kb = estimate(f)
		}
		fmt.Fprintf(w, "<TR><TD>%s</TD><TD>%s</TD><TD>26.0170</TD><TD>-15.9375</TD><TD>%.6f</TD><TD>60.0</TD><TD>%.1f</TD><TD>%d</TD></TR>\n",
			f.id, f.target, 56923.459470+float64(f.index)*61/86400, f.snr, kb)
		n++
	}
	io.WriteString(w, "</TABLEDATA></DATA>\n</TABLE>\n")
	if over {
		io.WriteString(w, `<INFO name="QUERY_STATUS" value="OVERFLOW"/>`+"\n")
	}
	io.WriteString(w, "</RESOURCE>\n</VOTABLE>\n")
}

func (a *Archive) submit(w http.ResponseWriter, r *http.Request) {
	adql, maxrec, ok := a.read(w, r)
	if !ok {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.made++
	id := fmt.Sprintf("1416%09d", a.made)
	a.jobs[id] = &job{adql: adql, maxrec: maxrec, run: r.FormValue("PHASE") == "RUN"}
	http.Redirect(w, r, "/tap_obs/async/"+id, http.StatusSeeOther)
}

func (a *Archive) job(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	j := a.jobs[r.PathValue("job")]
	a.mu.Unlock()
	if j == nil {
		http.NotFound(w, r)
		return
	}
	switch rest := r.PathValue("rest"); {
	case rest == "phase" && r.Method == http.MethodPost:
		j.run = r.FormValue("PHASE") == "RUN"
	case rest == "phase":
		fmt.Fprint(w, a.phase(j))
	case rest == "results/result" && a.last() == "COMPLETED":
		a.table(w, j.adql, j.maxrec)
	case rest == "error":
		w.Header().Set("Content-Type", "application/x-votable+xml")
		io.WriteString(w, `<VOTABLE version="1.3"><RESOURCE type="results"><INFO name="QUERY_STATUS" value="ERROR">time limit of the query exceeded</INFO></RESOURCE></VOTABLE>`)
	default:
		http.NotFound(w, r)
	}
}

func (a *Archive) phase(j *job) string {
	if !j.run {
		return "PENDING"
	}
	phases := a.phases()
	j.polls++
	return phases[min(j.polls, len(phases))-1]
}

func (a *Archive) phases() []string {
	if a.Phases != nil {
		return a.Phases
	}
	return []string{"QUEUED", "EXECUTING", "COMPLETED"}
}

func (a *Archive) last() string {
	p := a.phases()
	return p[len(p)-1]
}

func (a *Archive) remove(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.jobs[r.PathValue("job")]; ok {
		a.log.Deleted++
		delete(a.jobs, r.PathValue("job"))
	}
	http.Redirect(w, r, "/tap_obs/async", http.StatusSeeOther)
}

// Jobs is how many asynchronous queries there are that nobody deleted.
func (a *Archive) Jobs() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.jobs)
}
