package esotest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is a way in which a request for a file goes wrong.
type Fault string

const (
	Drop         Fault = "connection dropped in mid-file"
	Unavailable  Fault = "503"
	AfterSeconds Fault = "503 with Retry-After in seconds"
	AfterDate    Fault = "503 with Retry-After as a date"
	TooMany      Fault = "429 with Retry-After"
	WrongLength  Fault = "a file cut at a block, announced as long as that"
	Slow         Fault = "slow"
	LoginPage    Fault = "a login page instead of the file"
	NoRange      Fault = "416 to a request for a range"
	WholeAgain   Fault = "the whole file to a request for a range"
	Changed      Fault = "dropped, and another version from then on"
	Stall        Fault = "no end and no bytes"
)

var allFaults = []Fault{
	Drop, Unavailable, AfterSeconds, AfterDate, TooMany, WrongLength, Slow, LoginPage, NoRange, WholeAgain, Changed,
}

func (a *Archive) serveFile(w http.ResponseWriter, r *http.Request) {
	f, fault := a.take(w, r)
	if f == nil {
		return
	}
	defer func() {
		a.mu.Lock()
		a.log.now--
		a.mu.Unlock()
	}()
	a.mu.Lock()
	data, version := f.content(), f.version
	noVersion, noLength, pace := a.NoVersion, a.NoLength, a.Pace
	cut := int(float64(len(data)) * a.chance(f, "cut"))
	a.mu.Unlock()
	tag := fmt.Sprintf(`"%s-%d"`, f.id, version)
	from, asked := 0, r.Header.Get("Range") != ""
	if asked && !noVersion && r.Header.Get("If-Range") == tag {
		if n, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); n != 1 || err != nil || from >= len(data) {
			a.unsatisfied(w, len(data))
			return
		}
	}
	switch fault {
	case Unavailable, AfterSeconds, AfterDate, TooMany:
		refuse(w, fault)
		return
	case LoginPage:
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		fmt.Fprint(w, "<!DOCTYPE html>\n<html><head><title>Login</title></head><body><form method=\"post\">User name</form></body></html>")
		return
	case NoRange:
		if asked {
			a.unsatisfied(w, len(data))
			return
		}
		fault = Drop
	case WholeAgain:
		from, fault = 0, ""
	case WrongLength:
		data, from, fault = data[:len(data)/2/2880*2880], 0, ""
		version = -1
	case Changed:
		a.mu.Lock()
		if f.samples > 0 {
			f.version++
			f.data = nil
		}
		a.mu.Unlock()
		fault = Drop
	}
	if !noVersion {
		w.Header().Set("ETag", tag)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="../../`+f.id+`.fits"`) // not to be believed
	body := data[from:]
	if !noLength {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	if from > 0 {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(data)-1, len(data)))
		w.WriteHeader(http.StatusPartialContent)
		a.count(func(l *Log) { l.Ranges++ })
	}
	if a.send(w, r, body, fault, min(cut, len(body)-1), pace) && version >= 0 {
		a.count(func(l *Log) { l.Delivered[f.id]++ })
	}
}

// take finds the file of a request, decides its fate and notes it.
func (a *Archive) take(w http.ResponseWriter, r *http.Request) (*file, Fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := r.PathValue("id")
	f := a.byID[id]
	a.log.Requests++
	a.log.Agents[r.UserAgent()]++
	auth := r.Header.Get("Authorization")
	a.log.Tokens[auth]++
	switch {
	case a.Elsewhere != "":
		http.Redirect(w, r, a.Elsewhere+r.URL.Path+"?signature=s3cret", http.StatusFound)
		return nil, ""
	case f == nil:
		http.NotFound(w, r)
		return nil, ""
	case a.Private[id] && auth != "Bearer "+a.Token:
		http.Error(w, "not authorised", http.StatusUnauthorized)
		return nil, ""
	}
	a.log.now++
	a.log.Most = max(a.log.Most, a.log.now)
	f.tries++
	if a.chance(f, "fault") >= a.FaultRate {
		return f, ""
	}
	faults := a.Faults
	if faults == nil {
		faults = allFaults
	}
	fault := faults[int(a.chance(f, "which")*float64(len(faults)))]
	a.log.Faults[fault]++
	return f, fault
}

func (a *Archive) count(note func(*Log)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	note(&a.log)
}

func (a *Archive) unsatisfied(w http.ResponseWriter, size int) {
	w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", size))
	w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
}

func refuse(w http.ResponseWriter, fault Fault) {
	code := http.StatusServiceUnavailable
	switch fault {
	case AfterSeconds:
		w.Header().Set("Retry-After", "1")
	case AfterDate:
		w.Header().Set("Retry-After", time.Now().Add(2*time.Second).UTC().Format(http.TimeFormat))
	case TooMany:
		w.Header().Set("Retry-After", "1")
		code = http.StatusTooManyRequests
	}
	http.Error(w, strings.ToLower(http.StatusText(code)), code)
}

// send writes a body and tells whether all of it went out.
func (a *Archive) send(w http.ResponseWriter, r *http.Request, body []byte, fault Fault, cut int, pace time.Duration) bool {
	write := func(b []byte) bool {
		n, err := w.Write(b)
		a.count(func(l *Log) { l.Bytes += int64(n) })
		http.NewResponseController(w).Flush() // an error shows in the next write
		return err == nil
	}
	switch fault {
	case Drop:
		write(body[:cut])
		panic(http.ErrAbortHandler)
	case Stall:
		write(body[:cut])
		<-r.Context().Done()
		return false
	case Slow:
		for len(body) > 4096 {
			if !write(body[:4096]) {
				return false
			}
			body = body[4096:]
			time.Sleep(time.Millisecond)
		}
	}
	if pace > 0 && len(body) > 1 {
		half := len(body) / 2
		if !write(body[:half]) {
			return false
		}
		body = body[half:]
		time.Sleep(pace)
	}
	return write(body)
}
