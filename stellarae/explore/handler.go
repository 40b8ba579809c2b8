package explore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// handler is what the page asks, behind the guard.
func (e *Explorer) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/session", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(e.about)
	})
	answer := func(pattern string, f func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := f(w, r); err != nil {
				e.fail(w, err)
			}
		})
	}
	answer("GET /api/spectra", e.list)
	answer("GET /api/spectrum", e.spectrum)
	answer("GET /api/lines", e.lines)
	answer("GET /api/points", e.points)
	answer("POST /api/view", e.view)
	answer("POST /api/neighbours", e.neighbours)
	answer("POST /api/upload", newUploads(e).take)
	mux.HandleFunc("/api/", http.NotFound)
	mux.Handle("/", e.assets)
	return mux
}

// problem is an error of the request, with its HTTP status.
type problem struct {
	status int
	error
}

func problemf(status int, format string, args ...any) error {
	return problem{status, fmt.Errorf(format, args...)}
}

func (e *Explorer) fail(w http.ResponseWriter, err error) {
	var p problem
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, context.Canceled): // the page has gone on
		w.WriteHeader(499)
	case errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("more than the %d MiB that are taken", large.Limit>>20))
	case errors.As(err, &p):
		refuse(w, p.status, p.Error())
	default:
		refuse(w, http.StatusInternalServerError, err.Error())
	}
}

func refuse(w http.ResponseWriter, status int, why string) {
	if status == http.StatusRequestEntityTooLarge {
		w.Header().Set("Connection", "close") // what is still to come is not read
	}
	writeJSON(w, status, struct {
		Error string `json:"error"`
	}{why})
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(text) // a browser that has gone needs no answer
	return nil
}

// integer reads a number of the query that must lie between two others; one
// that is missing is the fallback.
func integer(r *http.Request, name string, fallback, least, most int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return fallback, nil
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < least || v > most {
		return 0, problemf(http.StatusBadRequest, "%s=%.40s: want a number from %d to %d", name, text, least, most)
	}
	return v, nil
}
