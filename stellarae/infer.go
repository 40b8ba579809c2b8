package stellarae

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph" //lint:ignore ST1001 graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
)

// Encode gives the code of every spectrum: the means of the latent nodes.
// Each row has Samples values; the codes have Nodes values each. Any number
// of rows is taken, in batches of bounded memory.
func (m *Model) Encode(rows [][]float32) ([][]float32, error) {
	if m.encoder == nil {
		exec, err := m.compile(func(scope *gomlx.Scope, flux *Node) *Node {
			return m.Config.mean(m.parameters(flux.Graph()), m.precision, flux)
		})
		if err != nil {
			return nil, err
		}
		m.encoder = exec
	}
	return m.apply(m.encoder, rows, m.Config.Samples(), m.Config.Nodes)
}

// Posterior is what the encoder says of spectra: of each, and of each latent
// node, a Gaussian (Kingma and Welling 2014, arXiv:1312.6114).
type Posterior struct {
	Mean   [][]float32 // the codes, as Encode gives them; one row a spectrum, one value a node
	LogVar [][]float32 // natural logarithm of the variance: 0 is the prior's, far below 0 a node that is sure
}

// Posterior encodes spectra, and tells how sure the encoder is of every value.
func (m *Model) Posterior(rows [][]float32) (*Posterior, error) {
	if m.posterior == nil {
		exec, err := m.compile(func(scope *gomlx.Scope, flux *Node) *Node {
			mu, logVar := m.Config.encode(m.parameters(flux.Graph()), m.precision, flux)
			return Concatenate([]*Node{mu, logVar}, 1)
		})
		if err != nil {
			return nil, err
		}
		m.posterior = exec
	}
	nodes := m.Config.Nodes
	both, err := m.apply(m.posterior, rows, m.Config.Samples(), 2*nodes)
	if err != nil {
		return nil, err
	}
	p := &Posterior{}
	for _, row := range both {
		p.Mean, p.LogVar = append(p.Mean, row[:nodes:nodes]), append(p.LogVar, row[nodes:])
	}
	return p, nil
}

// Decode gives the spectrum of every code.
func (m *Model) Decode(codes [][]float32) ([][]float32, error) {
	if m.decoder == nil {
		exec, err := m.compile(func(scope *gomlx.Scope, z *Node) *Node {
			return m.Config.decode(m.parameters(z.Graph()), m.precision, z)
		})
		if err != nil {
			return nil, err
		}
		m.decoder = exec
	}
	return m.apply(m.decoder, codes, m.Config.Nodes, m.Config.Samples())
}

// Reconstruct encodes and decodes.
func (m *Model) Reconstruct(rows [][]float32) ([][]float32, error) {
	codes, err := m.Encode(rows)
	if err != nil {
		return nil, err
	}
	return m.Decode(codes)
}

// Traverse decodes a code with one node moved to each of the values.
func (m *Model) Traverse(code []float32, node int, values []float32) ([][]float32, error) {
	if node < 0 || node >= m.Config.Nodes {
		return nil, fmt.Errorf("node %d: the model has nodes 0 to %d", node, m.Config.Nodes-1)
	}
	if len(code) != m.Config.Nodes {
		return nil, fmt.Errorf("a code of %d values: the model has %d nodes", len(code), m.Config.Nodes)
	}
	codes := make([][]float32, len(values))
	for i, v := range values {
		codes[i] = append([]float32(nil), code...)
		codes[i][node] = v
	}
	return m.Decode(codes)
}

func (m *Model) compile(f func(*gomlx.Scope, *Node) *Node) (exec *gomlx.Exec, err error) {
	err = guard(func() error {
		exec, err = gomlx.NewExec(m.backend, m.store, f)
		return err
	})
	return exec, err
}

// batch is how many of n rows go through the network at once: a power of two,
// so that few shapes are compiled, and at most about four million samples,
// some hundreds of megabytes in the layers.
func (m *Model) batch(n int) int {
	size := 1
	for size < n && size < 256 && 2*size*m.Config.Samples() <= 1<<22 {
		size *= 2
	}
	return size
}

// apply runs rows of width in through exec, which gives rows of width out.
func (m *Model) apply(exec *gomlx.Exec, rows [][]float32, in, out int) ([][]float32, error) {
	for i, row := range rows {
		if len(row) != in {
			return nil, fmt.Errorf("row %d has %d values: the model takes %d", i, len(row), in)
		}
	}
	batch := m.batch(len(rows))
	results := make([][]float32, 0, len(rows))
	for start := 0; start < len(rows); start += batch {
		part := rows[start:min(start+batch, len(rows))]
		err := guard(func() error {
			given, err := m.onDevice(part, batch, in)
			if err != nil {
				return err
			}
			o, err := exec.Call(given)
			if err != nil {
				return errors.Join(err, given.FinalizeAll())
			}
			err = tensors.ConstFlatData(o[0], func(values []float32) {
				for i := range part {
					results = append(results, append([]float32(nil), values[i*out:(i+1)*out]...))
				}
			})
			return errors.Join(err, o[0].FinalizeAll(), given.FinalizeAll())
		})
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// onDevice puts rows straight into memory that the device reads, where it
// shares any with us. A short batch is filled up with zeros.
func (m *Model) onDevice(rows [][]float32, batch, width int) (*tensors.Tensor, error) {
	t, err := tensors.FromShapeForBackend(m.backend, 0, shapes.Make(dtypes.Float32, batch, width))
	if err != nil {
		return nil, err
	}
	return t, tensors.MutableFlatData(t, func(flat []float32) {
		for i, row := range rows {
			copy(flat[i*width:], row)
		}
	})
}
