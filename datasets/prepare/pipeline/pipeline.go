// Package pipeline runs what package prepare does as Apache Beam pipelines: on
// this machine inside the process (Prism, the default), or on any runner that
// Beam's own flags name (--runner flink, dataflow, spark, with --endpoint and so
// on). The stores are byte for byte those of the plain way.
//
// Workers must see the files and the store's folder under the same paths, on a
// shared disk: only the plan travels through Beam. It is the way to many
// machines; on one the plain way does the same with less around it.
//
//	beam.Init()
//	r, err := pipeline.Spectra(ctx, files, "survey.store", recipe)
package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"

	"github.com/stellarae/lab/datasets/prepare"
	"github.com/stellarae/lab/datasets/store"
	"github.com/stellarae/lab/stellarae/atomicfile"
)

func init() {
	register.DoFn3x1[context.Context, []byte, func(string), error](&deal{})
	register.Emitter1[string]()
	register.DoFn2x1[context.Context, string, error](&makeShard{})
	register.DoFn2x1[context.Context, int, error](&encodeShard{})
}

// Counters of the pipelines, which runners show.
var (
	spectra     = beam.NewCounter("stellarae", "spectra")
	quarantined = beam.NewCounter("stellarae", "quarantined")
	codes       = beam.NewCounter("stellarae", "codes")
)

// Spectra is prepare.Spectra on a runner of Beam.
func Spectra(ctx context.Context, files []string, dir string, r prepare.Recipe) (prepare.Report, error) {
	var err error
	if dir, err = filepath.Abs(dir); err != nil { // a worker has another working folder
		return prepare.Report{}, err
	}
	if r.Labels != "" {
		if r.Labels, err = filepath.Abs(r.Labels); err != nil {
			return prepare.Report{}, err
		}
	}
	return prepare.With(files, dir, r, func(jobs []prepare.Job) error {
		if len(jobs) == 0 {
			return nil
		}
		// The plan of a large survey is beyond what runners take as a pipeline.
		plan := filepath.Join(dir, planFile)
		if err := writePlan(plan, jobs); err != nil {
			return err
		}
		defer os.Remove(plan)
		p, s := beam.NewPipelineWithRoot()
		dealt := beam.ParDo(s.Scope("Plan"), &deal{plan}, beam.Impulse(s))
		beam.ParDo0(s.Scope("Shards"), &makeShard{dir, r}, beam.Reshuffle(s, dealt))
		return beamx.Run(ctx, p)
	})
}

// planFile holds the jobs while a pipeline runs.
const planFile = ".plan.json"

func writePlan(path string, jobs []prepare.Job) error {
	return atomicfile.Write(path, func(w io.Writer) error { return json.NewEncoder(w).Encode(jobs) })
}

// deal emits the jobs of a plan.
type deal struct{ Plan string }

// ProcessElement implements a DoFn; the impulse says nothing.
func (d *deal) ProcessElement(_ context.Context, _ []byte, emit func(string)) error {
	text, err := os.ReadFile(d.Plan)
	if err != nil {
		return err
	}
	var jobs []json.RawMessage
	if err := json.Unmarshal(text, &jobs); err != nil {
		return fmt.Errorf("%s: %w", d.Plan, err)
	}
	for _, j := range jobs {
		emit(string(j))
	}
	return nil
}

// makeShard runs a job.
type makeShard struct {
	Dir    string
	Recipe prepare.Recipe
}

// ProcessElement implements a DoFn.
func (m *makeShard) ProcessElement(ctx context.Context, job string) error {
	var j prepare.Job
	if err := json.Unmarshal([]byte(job), &j); err != nil {
		return err
	}
	e, err := j.Run(m.Dir, m.Recipe)
	if err != nil {
		return err
	}
	spectra.Inc(ctx, int64(e.Rows))
	quarantined.Inc(ctx, int64(len(e.LeftOut)))
	return nil
}

// OpenEncoder opens a model on the machine it is called on. Who runs Codes sets
// it before beam.Init, for a worker starts as the same program.
var OpenEncoder func(model string) (prepare.Encoder, error)

// Codes is prepare.Codes on a runner of Beam; model is what OpenEncoder opens.
func Codes(ctx context.Context, in, dir, model string) (prepare.Report, error) {
	for _, path := range []*string{&in, &dir, &model} {
		var err error
		if *path, err = filepath.Abs(*path); err != nil {
			return prepare.Report{}, err
		}
	}
	s, err := store.Open(in)
	if err != nil {
		return prepare.Report{}, err
	}
	defer s.Close()
	e, err := encoder(model)
	if err != nil {
		return prepare.Report{}, err
	}
	return prepare.CodesWith(s, dir, e.Layout(), func(numbers []int) error {
		if len(numbers) == 0 {
			return nil
		}
		p, scope := beam.NewPipelineWithRoot()
		beam.ParDo0(scope.Scope("Encode"), &encodeShard{In: in, Dir: dir, Model: model}, beam.Reshuffle(scope, beam.CreateList(scope, numbers)))
		return beamx.Run(ctx, p)
	})
}

// encodeShard encodes the shard of a number.
type encodeShard struct {
	In, Dir, Model string

	store   *store.Store
	encoder prepare.Encoder
}

// Setup implements a DoFn.
func (e *encodeShard) Setup() (err error) {
	if e.store, err = store.Open(e.In); err != nil {
		return err
	}
	e.encoder, err = encoder(e.Model)
	return err
}

// ProcessElement implements a DoFn.
func (e *encodeShard) ProcessElement(ctx context.Context, number int) error {
	_, n, err := e.store.Shard(number)
	if err != nil {
		return err
	}
	if err := prepare.EncodeShard(e.store, number, e.Dir, e.encoder); err != nil {
		return err
	}
	codes.Inc(ctx, int64(n))
	return nil
}

// Teardown implements a DoFn.
func (e *encodeShard) Teardown() error { return e.store.Close() }

var (
	opened     = map[string]prepare.Encoder{}
	openedLock sync.Mutex
)

// encoder opens a model once a process.
func encoder(model string) (prepare.Encoder, error) {
	openedLock.Lock()
	defer openedLock.Unlock()
	if e, ok := opened[model]; ok {
		return e, nil
	}
	e, err := OpenEncoder(model)
	if err == nil {
		opened[model] = e
	}
	return e, err
}
