package eso

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// FindAsync runs a query as a job of the archive (UWS 1.1): it submits the job,
// asks for its phase ever less often, fetches the result and deletes the job,
// also when it gives up. phase, which may be nil, is told each new phase.
func (a *Archive) FindAsync(ctx context.Context, q Query, phase func(string)) ([]Product, error) {
	adql, err := q.ADQL()
	if err != nil {
		return nil, err
	}
	list, err := a.runJob(ctx, parameters(adql, q.Limit), q.Limit, phase)
	if err != nil {
		return nil, fmt.Errorf("query as a job at %s: %w", redact(a.tap), err)
	}
	return list, nil
}

func (a *Archive) runJob(ctx context.Context, form url.Values, limit int, phase func(string)) (list []Product, err error) {
	form.Set("PHASE", "RUN")
	var job *url.URL
	err = a.retry(ctx, func() (bool, error) {
		r, err := post(ctx, a.tap.JoinPath("async"), form)
		if err != nil {
			return false, err
		}
		return false, a.exchange(r, func(resp *http.Response) error {
			job, err = a.jobOf(resp)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	defer a.deleteJob(ctx, job)
	if err := a.await(ctx, job, phase); err != nil {
		return nil, err
	}
	err = a.retry(ctx, func() (bool, error) {
		return false, a.get(ctx, job.JoinPath("results", "result"), func(resp *http.Response) error {
			list, err = a.answer(resp, limit)
			return err
		})
	})
	return list, err
}

var jobID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

// jobOf finds a new job's address: the archive redirects to it, or answers
// with its description.
func (a *Archive) jobOf(resp *http.Response) (*url.URL, error) {
	jobs := a.tap.JoinPath("async")
	var id string
	switch resp.StatusCode {
	case http.StatusSeeOther, http.StatusFound, http.StatusCreated:
		u, err := resp.Location()
		if err != nil {
			return nil, permanent{errors.New("the archive took the job and does not say where it is")}
		}
		// the same job under https, whatever the archive calls it
		if !strings.EqualFold(u.Hostname(), jobs.Hostname()) {
			return nil, permanent{fmt.Errorf("the archive sends the job to another host, %s", redact(u))}
		}
		id = u.Path[strings.LastIndex(u.Path, "/")+1:]
	case http.StatusOK:
		var job struct {
			ID string `xml:"jobId"`
		}
		if err := xml.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&job); err != nil {
			return nil, permanent{fmt.Errorf("the description of the job: %w", err)}
		}
		id = strings.TrimSpace(job.ID)
	default:
		return nil, status(resp)
	}
	if !jobID.MatchString(id) || strings.Trim(id, ".") == "" {
		return nil, permanent{fmt.Errorf("the archive calls the job %.40q", id)}
	}
	return jobs.JoinPath(id), nil
}

// await asks for a job's phase until it is done.
func (a *Archive) await(ctx context.Context, job *url.URL, tell func(string)) error {
	began, pause, last := time.Now(), a.o.Backoff, ""
	for {
		phase, err := a.phase(ctx, job)
		if err != nil {
			return err
		}
		if phase != last && tell != nil {
			tell(phase)
		}
		last = phase
		switch phase {
		case "COMPLETED":
			return nil
		case "ERROR":
			return a.jobError(ctx, job)
		case "ABORTED", "ARCHIVED":
			return fmt.Errorf("the archive ended the job: phase %s", phase)
		case "PENDING", "HELD":
			if err := a.start(ctx, job); err != nil {
				return err
			}
		case "QUEUED", "EXECUTING", "SUSPENDED", "UNKNOWN":
		default:
			return fmt.Errorf("the job is in a phase %.40q", phase)
		}
		if time.Since(began) > a.o.JobTime {
			return fmt.Errorf("the job is still in phase %s after %s", phase, a.o.JobTime)
		}
		if err := a.wait(ctx, pause); err != nil {
			return err
		}
		pause = min(pause*3/2, a.o.MaxBackoff/2)
	}
}

func (a *Archive) phase(ctx context.Context, job *url.URL) (phase string, err error) {
	err = a.retry(ctx, func() (bool, error) {
		return false, a.get(ctx, job.JoinPath("phase"), func(resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return status(resp)
			}
			b, err := io.ReadAll(io.LimitReader(resp.Body, 64))
			phase = strings.TrimSpace(string(b))
			return err
		})
	})
	return phase, err
}

// start lets a job run that the archive made without starting it.
func (a *Archive) start(ctx context.Context, job *url.URL) error {
	r, err := post(ctx, job.JoinPath("phase"), url.Values{"PHASE": {"RUN"}})
	if err != nil {
		return err
	}
	return a.exchange(r, func(resp *http.Response) error {
		if resp.StatusCode >= 400 {
			return status(resp)
		}
		return nil
	})
}

// jobError is why a job failed: a VOTable that says so.
func (a *Archive) jobError(ctx context.Context, job *url.URL) error {
	why := errors.New("the archive does not say why")
	err := a.get(ctx, job.JoinPath("error"), func(resp *http.Response) error {
		_, err := readProducts(resp.Body, 0)
		return err
	})
	if err != nil {
		why = err
	}
	return fmt.Errorf("the job failed: %w", why)
}

// deleteJob leaves nothing behind. What it cannot delete the archive does
// after a day, so that its errors are not the caller's.
func (a *Archive) deleteJob(ctx context.Context, job *url.URL) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodDelete, job.String(), nil)
	if err != nil {
		return
	}
	_ = a.exchange(r, func(*http.Response) error { return nil })
}

func (a *Archive) get(ctx context.Context, u *url.URL, read func(*http.Response) error) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	return a.exchange(r, read)
}
