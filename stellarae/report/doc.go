// Package report writes what a count of informative nodes found: report.json
// for programs, report.html for people, and the figures as PNG and SVG. It says
// in words which nodes are informative, which of them carry which label, and
// what the published estimators cannot tell.
//
// It counts nothing itself (package info does) and asks no network: the page
// holds everything it shows.
//
//	r := &report.Report{Count: count, Codes: codes, Labels: labels, Provenance: from}
//	err := report.Write("out", r)
//	err = r.Summary(os.Stdout)
package report
