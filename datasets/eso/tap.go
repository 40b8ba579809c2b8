package eso

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/stellarae/lab/datasets/catalog/votable"
)

// Bounds on what a query may give.
const (
	MaxProducts = 1 << 20
	maxAnswer   = 2 << 30 // bytes
)

// large is the number of products from which Find takes a job.
const large = 10000

// Find gives the products that a query is about, by dp_id. A query that is not
// bound to a target or position and has no small limit runs as a job of the
// archive (see FindAsync), any other at once. An answer that the archive cut
// short is an error, as is one with the same product twice.
func (a *Archive) Find(ctx context.Context, q Query) ([]Product, error) {
	if len(q.Targets) == 0 && q.Cone == nil && (q.Limit == 0 || q.Limit > large) {
		return a.FindAsync(ctx, q, nil)
	}
	adql, err := q.ADQL()
	if err != nil {
		return nil, err
	}
	var list []Product
	err = a.retry(ctx, func() (bool, error) {
		r, err := post(ctx, a.tap.JoinPath("sync"), parameters(adql, q.Limit))
		if err != nil {
			return false, err
		}
		return false, a.exchange(r, func(resp *http.Response) error {
			list, err = a.answer(resp, q.Limit)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("query at %s: %w", redact(a.tap), err)
	}
	return list, nil
}

// parameters of a query (TAP 1.1, section 2.7). One row more than the limit is
// let through, so that an answer as long as the limit is not one cut short.
func parameters(adql string, limit int) url.Values {
	if limit == 0 {
		limit = MaxProducts
	}
	return url.Values{
		"REQUEST": {"doQuery"}, "LANG": {"ADQL"}, "FORMAT": {"votable"},
		"MAXREC": {strconv.Itoa(limit + 1)}, "QUERY": {adql},
	}
}

func post(ctx context.Context, to *url.URL, form url.Values) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r, nil
}

// answer reads the table a query gave. A query that the archive refuses is
// answered with a document that says why, often with status 400.
func (a *Archive) answer(resp *http.Response, limit int) ([]Product, error) {
	bad := resp.StatusCode != http.StatusOK
	if bad && resp.StatusCode != http.StatusBadRequest {
		return nil, status(resp)
	}
	list, err := readProducts(resp.Body, limit)
	var why refusal
	switch {
	case bad && (err == nil || !errors.As(err, &why)):
		return nil, status(resp)
	case errors.As(err, &why):
		return nil, permanent{err}
	}
	return list, err
}

// refusal is what the archive, or its answer, says against a query.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// readProducts reads a VOTable of products. What breaks off may be better next
// time; what is there and makes no sense is a refusal.
func readProducts(r io.Reader, limit int) ([]Product, error) {
	in := &counted{r: r}
	list, err := rowsOf(in, limit)
	switch {
	case err == nil:
		return list, nil
	case in.n > maxAnswer:
		return nil, refusal{fmt.Errorf("the answer is longer than %d bytes", maxAnswer)}
	case in.failed || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return nil, err
	}
	return nil, refusal{err}
}

func rowsOf(r io.Reader, limit int) ([]Product, error) {
	t, err := votable.NewReader(r, "")
	if err != nil {
		return nil, err
	}
	at := make([]int, len(columns))
	for i, name := range columns {
		at[i] = -1
		for j, f := range t.Fields {
			if strings.EqualFold(f.Name, name) {
				at[i] = j
			}
		}
		if at[i] < 0 {
			return nil, fmt.Errorf("votable: no column %s", name)
		}
	}
	var list []Product
	seen := map[string]bool{}
	for row := make([]votable.Cell, len(columns)); ; {
		cells, err := t.Next()
		if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		for i, j := range at {
			row[i] = cells[j]
		}
		p, err := productOf(row)
		if err != nil {
			return nil, fmt.Errorf("votable: row %d: %w", len(list)+1, err)
		}
		if seen[p.ID] {
			return nil, fmt.Errorf("votable: row %d: %s is there twice", len(list)+1, p.ID)
		}
		if len(list) == MaxProducts {
			return nil, fmt.Errorf("votable: more than %d products", MaxProducts)
		}
		seen[p.ID] = true
		list = append(list, p)
	}
	if t.Overflow {
		return nil, fmt.Errorf("the archive cut the answer short at %d products: ask for less, by limit, target or dates", len(list))
	}
	if limit > 0 && len(list) > limit {
		return nil, fmt.Errorf("%d products where %d were asked for", len(list), limit)
	}
	return list, nil
}

// productOf makes a product of the cells of columns.
func productOf(row []votable.Cell) (Product, error) {
	p := Product{ID: strings.TrimSpace(row[0].String()), Target: clip(row[1].String())}
	if err := checkID(p.ID); err != nil {
		return p, err
	}
	// missing is nothing to stop at: the archive itself has products without
	p.RA, _ = row[2].Float()
	p.Dec, _ = row[3].Float()
	if t, ok := row[4].Float(); ok && t > 0 && t < 1e5 {
		p.Date = fromMJD(t)
	}
	p.Exposure, _ = row[5].Float()
	p.SNR, _ = row[6].Float()
	if kb, ok := row[7].Float(); ok && kb > 0 && kb < 1e10 {
		p.Estimate = int64(kb * 1000)
	}
	return p, nil
}

// counted bounds an answer and tells whether reading it failed.
type counted struct {
	r      io.Reader
	n      int64
	failed bool
}

func (c *counted) Read(p []byte) (int, error) {
	if c.n > maxAnswer {
		return 0, errors.New("too long")
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && err != io.EOF {
		c.failed = true
	}
	return n, err
}
