package stellarae

import (
	"strings"

	. "github.com/gomlx/gomlx/core/graph" //lint:ignore ST1001 graph code reads as formulas
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
)

// Gradient accumulation: a step's batch in equal parts, one after another in
// the memory of one. The gradients are summed on the device, in variables that
// are zero between steps, and clipped and applied once.
//
// Two graphs do it, one for a part and one for the update. A loop inside one
// graph cannot be built: GoMLX shares constants between a graph and the bodies
// of its loops, and XLA knows them in one of the two only.

// sumScope has the variables of the sums, which no checkpoint needs.
const sumScope = "/gradient_sums/"

func isSum(v *gomlx.Variable) bool { return strings.HasPrefix(v.Path(), sumScope) }

func (t *Trainer) sum(s Shape) *gomlx.Variable { return t.Model.store.GetVariable(sumScope + s.Name) }

// makeSums makes the variables of the sums, which the optimizer is not to see.
func (t *Trainer) makeSums() error {
	for _, s := range t.Model.Config.Parameters() {
		zeros := tensors.FromFlatDataAndDimensions(make([]float32, s.Size()), s.Dims...)
		v, err := t.Model.store.CreateVariable(sumScope+s.Name, zeros)
		if err != nil {
			return err
		}
		v.SetTrainable(false)
	}
	return nil
}

// partGraph adds a part's gradients to the sums. It gives total,
// reconstruction and KL of every node.
func (t *Trainer) partGraph(_ *gomlx.Scope, flux, noise, beta *Node) *Node {
	g := flux.Graph()
	l, grads := t.Model.Config.loss(t.Model.parameters(g), t.Training.Precision, flux, noise, beta)
	for _, s := range t.Model.Config.Parameters() {
		sum := t.sum(s)
		sum.SetNodeValue(Add(sum.NodeValue(g), grads[s.Name]))
	}
	return l.vector()
}

// updateGraph applies the mean of the parts' gradients and empties the sums.
// It gives the gradients' norm.
func (t *Trainer) updateGraph(scope *gomlx.Scope, rate *Node) *Node {
	g := rate.Graph()
	p := t.Model.parameters(g)
	var grads []*Node
	for _, s := range t.Model.Config.Parameters() {
		p(s.Name) // the optimizer updates what the graph uses
		sum := t.sum(s)
		value := sum.NodeValue(g)
		grads = append(grads, DivScalar(value, float64(t.Training.parts())))
		sum.SetNodeValue(ZerosLike(value))
	}
	return Reshape(t.update(scope, grads, rate), 1)
}

// inParts takes a step part by part. It gives what graph gives.
func (t *Trainer) inParts(flux, noise []float32, beta, rate float32) ([]float32, error) {
	parts := t.Training.parts()
	samples, values := len(flux)/parts, len(noise)/parts
	mean := make([]float32, 2+t.Model.Config.Nodes)
	for k := range parts {
		part, err := t.call(t.part, [][]float32{flux[k*samples : (k+1)*samples], noise[k*values : (k+1)*values]}, beta)
		if err != nil {
			return nil, err
		}
		for i, v := range part {
			mean[i] += v / float32(parts)
		}
	}
	norm, err := t.call(t.apply, nil, rate)
	return append(mean, norm...), err
}
