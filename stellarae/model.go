// Package stellarae is the convolutional autoencoder of Sedaghat, Romaniello,
// Carrick and Pineau 2021 (MNRAS 501, 6026): it learns to reconstruct stellar
// spectra, and the few latent nodes it keeps in use turn out to know radial
// velocity, temperature and more.
//
// It knows nothing of files' formats, labels or notebooks: spectra come in as
// rows on the model's Grid, progress goes out through callbacks.
//
//	config, _ := stellarae.Preset("mini")
//	model, err := stellarae.New(device, config, 1)
//	codes, err := model.Encode(rows)
package stellarae

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
)

// Model is a network with its parameters on a device. Its methods may be
// called by one goroutine at a time.
type Model struct {
	Config    Config
	precision Precision
	backend   compute.Backend
	store     *gomlx.Store

	encoder, posterior, decoder *gomlx.Exec
}

// New makes a network with random parameters, drawn from the seed alike on
// every backend: weights uniform with the variance that keeps a signal's power
// from layer to layer (He et al. 2015, doi:10.1109/ICCV.2015.123), biases
// zero but for those of fc2. PyTorch's default start, a sixth of that power a layer, leaves nothing
// of a spectrum after thirty layers.
func New(backend compute.Backend, c Config, seed uint64) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(seed, 0x7374656c6c617261))
	gains := c.gains()
	return NewFrom(backend, c, func(s Shape) ([]float32, error) {
		values := make([]float32, s.Size())
		if gain, ok := gains[s.Name]; ok {
			bound := math.Sqrt(3 * gain)
			for i := range values {
				values[i] = float32((2*random.Float64() - 1) * bound)
			}
		}
		return values, nil
	})
}

// NewFrom makes a network with the given parameters, asked for in the order of
// Config.Parameters.
func NewFrom(backend compute.Backend, c Config, values func(Shape) ([]float32, error)) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	m := &Model{Config: c, precision: Float32, backend: backend, store: gomlx.NewStore()}
	for _, s := range c.Parameters() {
		v, err := values(s)
		if err == nil && len(v) != s.Size() {
			err = fmt.Errorf("%d values for %v", len(v), s.Dims)
		}
		if err == nil {
			_, err = m.store.CreateVariable(s.Name, tensors.FromFlatDataAndDimensions(v, s.Dims...))
		}
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", s.Name, err)
		}
	}
	return m, nil
}

// Values copies a parameter from the device, in the layout of Config.Parameters.
func (m *Model) Values(name string) (values []float32, err error) {
	v := m.store.GetVariable("/" + name)
	if v == nil {
		return nil, fmt.Errorf("no parameter %s", name)
	}
	err = guard(func() error {
		t, err := v.Value()
		if err != nil {
			return err
		}
		values, err = tensors.CopyFlatData[float32](t)
		return err
	})
	return values, err
}

// parameters gives the variables' nodes in a graph.
func (m *Model) parameters(g *graph.Graph) lookup {
	return func(name string) *graph.Node { return m.store.GetVariable("/" + name).NodeValue(g) }
}
