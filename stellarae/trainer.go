package stellarae

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph" //lint:ignore ST1001 graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

// Losses are the parts of the objective in one training step, before its update.
type Losses struct {
	Total          float64
	Reconstruction float64   // squared error, mean over batch and samples
	KL             []float64 // nats, of each node, mean over the batch
	Gradient       float64   // norm of all gradients together, before it is clipped
}

// finite tells whether the update left the parameters finite. A gradient can
// overflow where the loss does not.
func (l Losses) finite() bool {
	sum := l.Total + l.Gradient
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// Trainer trains a model step by step. The noise of a step depends on the
// seed and the step alone, so a training that goes on from a checkpoint takes
// the same steps as one that was never stopped.
type Trainer struct {
	Model       *Model
	Training    Training
	devices     int
	mesh        *distributed.DeviceMesh // of more devices than one
	step        int
	whole       *gomlx.Exec // a step at once, or
	part, apply *gomlx.Exec // its parts and then the update
	noise       func(step int) []float32
}

// NewTrainer prepares a model for training from its present state.
func NewTrainer(m *Model, t Training) (*Trainer, error) {
	t = t.Defaults(m.Config)
	if err := t.Validate(); err != nil {
		return nil, err
	}
	tr := &Trainer{Model: m, Training: t, devices: 1, noise: t.noise(m.Config.Nodes)}
	return tr, guard(func() error {
		if err := m.gather(); err != nil {
			return err
		}
		if t.parts() > 1 {
			if err := tr.makeSums(); err != nil {
				return err
			}
		}
		return tr.compile()
	})
}

// compile makes the graphs for the trainer's devices.
func (t *Trainer) compile() (err error) {
	if t.Training.parts() == 1 {
		t.whole, err = graphOf(t, t.graph, 2, 2)
		return err
	}
	if t.part, err = graphOf(t, t.partGraph, 2, 1); err != nil {
		return err
	}
	t.apply, err = graphOf(t, t.updateGraph, 0, 1)
	return err
}

// graphOf makes a graph of a function of rows and then of scalars.
func graphOf[F gomlx.ExecGraphFn](t *Trainer, f F, rows, scalars int) (*gomlx.Exec, error) {
	e, err := gomlx.NewExec(t.Model.backend, t.Model.store, f)
	if err == nil && t.devices > 1 {
		err = t.spread(e, rows, scalars)
	}
	return e, err
}

// Step is the number of steps taken.
func (t *Trainer) Step() int { return t.step }

// Do takes one step on a batch of spectra, flat, Batch rows of Samples.
func (t *Trainer) Do(flux []float32) (Losses, error) {
	c, batch := t.Model.Config, t.Training.Batch
	if len(flux) != batch*c.Samples() {
		return Losses{}, fmt.Errorf("step %d: %d samples for %d spectra of %d", t.step, len(flux), batch, c.Samples())
	}
	var losses Losses
	err := guard(func() (err error) {
		noise := t.noise(t.step)
		beta, rate := float32(t.Training.BetaAt(t.step)), float32(t.Training.LearningRateAt(t.step))
		var values []float32
		if t.whole != nil {
			values, err = t.call(t.whole, [][]float32{flux, noise}, beta, rate)
		} else {
			values, err = t.inParts(flux, noise, beta, rate)
		}
		if err != nil {
			return err
		}
		losses = Losses{Total: float64(values[0]), Reconstruction: float64(values[1]), Gradient: float64(values[2+c.Nodes]), KL: make([]float64, c.Nodes)}
		for i := range losses.KL {
			losses.KL[i] = float64(values[2+i])
		}
		return nil
	})
	if err != nil {
		return Losses{}, fmt.Errorf("step %d: %w", t.step, err)
	}
	t.step++
	return losses, nil
}

// call runs a graph of rows and scalars that gives a vector.
func (t *Trainer) call(e *gomlx.Exec, rows [][]float32, scalars ...float32) ([]float32, error) {
	var args []any
	for device := range t.devices {
		for _, flat := range rows {
			args = append(args, t.share(flat, device))
		}
		for _, x := range scalars {
			args = append(args, tensors.FromScalar(x))
		}
	}
	out, err := e.Call(args...)
	if err != nil {
		return nil, err
	}
	values, err := tensors.CopyFlatData[float32](out[0]) // each device gives the same
	for _, o := range out {
		err = errors.Join(err, o.FinalizeAll())
	}
	return values, err
}

// noise is standard normal, one value for every spectrum of a batch and node.
func (t Training) noise(nodes int) func(step int) []float32 {
	return func(step int) []float32 {
		random := rand.New(rand.NewPCG(t.Seed, uint64(step)))
		values := make([]float32, t.Batch*nodes)
		for i := range values {
			values[i] = float32(random.NormFloat64())
		}
		return values
	}
}

// graph is one step. It gives total, reconstruction, KL of every node and the
// norm of the gradients.
func (t *Trainer) graph(scope *gomlx.Scope, flux, noise, beta, rate *Node) *Node {
	l, byName := t.Model.Config.loss(t.Model.parameters(flux.Graph()), t.Training.Precision, flux, noise, beta)
	var grads []*Node
	for _, s := range t.Model.Config.Parameters() {
		grads = append(grads, byName[s.Name])
	}
	return Concatenate([]*Node{l.vector(), Reshape(t.update(scope, grads, rate), 1)}, 0)
}

// vector is total, reconstruction and KL of every node.
func (l losses) vector() *Node {
	return Concatenate([]*Node{Reshape(l.Total, 1), Reshape(l.Reconstruction, 1), l.KL}, 0)
}

// update clips the common norm of the gradients, which it gives, and applies
// them with Adam (Kingma and Ba 2015) with PyTorch's epsilon.
func (t *Trainer) update(scope *gomlx.Scope, grads []*Node, rate *Node) (norm *Node) {
	grads, norm = clip(grads, t.Training.ClipNorm)
	optimizer.LearningRateVar(scope, dtypes.Float32, t.Training.LearningRate).SetNodeValue(rate)
	adam := optimizer.Adam().Epsilon(1e-8).Done().(interface {
		UpdateGraphWithGradients(*gomlx.Scope, []*Node, dtypes.DType)
	})
	adam.UpdateGraphWithGradients(scope, grads, dtypes.Float32)
	return norm
}

// clip scales the gradients so that the norm of all together, which it gives
// too, is at most highest.
func clip(grads []*Node, highest float64) (clipped []*Node, norm *Node) {
	var square *Node
	for _, g := range grads {
		s := ReduceAllSum(Square(g))
		if square == nil {
			square = s
		} else {
			square = Add(square, s)
		}
	}
	norm = Sqrt(square)
	scale := MinScalar(Reciprocal(DivScalar(AddScalar(norm, 1e-6), highest)), 1)
	clipped = make([]*Node, len(grads))
	for i, g := range grads {
		clipped[i] = Mul(g, scale)
	}
	return clipped, norm
}
