package stellarae

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
)

// Data parallel training: every device has all parameters and the optimizer's
// state, and computes an equal share of the spectra of a step. The graph is
// that of one device; XLA divides it along the batch and adds up the devices'
// derivatives. The sums are those of one device in another order, so values
// agree within rounding and not to the bit.

// CheckDevices tells why a training cannot be spread over so many devices of a
// backend: each wants as many spectra as any other.
func CheckDevices(backend compute.Backend, t Training, devices int) error {
	if devices == 1 {
		return nil // whatever the backend is
	}
	if has := backend.NumDevices(); devices < 1 || devices > has {
		return fmt.Errorf("%d devices: %s has %d", devices, backend.Name(), has)
	}
	if n := t.Batch / t.parts(); n%devices != 0 {
		of := "a step"
		if t.parts() > 1 {
			of = fmt.Sprintf("each of the %d parts of a step", t.parts())
		}
		return fmt.Errorf("%d devices: the %d spectra of %s make no equal shares", devices, n, of)
	}
	return nil
}

// UseDevices spreads the steps that follow over the first so many devices of
// the model's backend, whose count each part of the batch must be a multiple
// of; a new trainer uses one. The model can be saved and used between steps as
// ever. With 1 its values are on one device again.
func (t *Trainer) UseDevices(devices int) error {
	if devices == t.devices {
		return nil
	}
	if err := CheckDevices(t.Model.backend, t.Training, devices); err != nil {
		return err
	}
	return guard(func() error {
		if err := t.Model.gather(); err != nil {
			return err
		}
		for _, e := range []*gomlx.Exec{t.whole, t.part, t.apply} {
			if e != nil {
				e.Finalize()
			}
		}
		mesh, err := distributed.NewDeviceMesh([]int{devices}, []string{"batch"})
		if err != nil {
			return err
		}
		t.devices, t.mesh = devices, mesh
		return t.compile()
	})
}

// gather leaves every variable that is spread over devices as a plain value.
func (m *Model) gather() error {
	for v := range m.store.IterVariables() {
		if v.ShardingSpec() == nil {
			continue
		}
		value, err := v.Value()
		if err != nil {
			return err
		}
		spread, err := v.DistributedValue()
		if err != nil {
			return err
		}
		if err := errors.Join(v.SetValuePreservingOld(value), spread.FinalizeAll(), v.SetShardingSpec(nil)); err != nil {
			return err
		}
	}
	return nil
}

// spread makes a graph one that all devices compute together. Of its arguments
// the first are rows, of which each device has its own; the others, the
// variables and what the graph gives are the same on all.
func (t *Trainer) spread(e *gomlx.Exec, rows, scalars int) error {
	own, err := distributed.NewShardingSpec(t.mesh, distributed.AxisSpec{"batch"})
	if err != nil {
		return err
	}
	all := distributed.NewReplicatedShardingSpec(t.mesh)
	in := append(slices.Repeat([]*distributed.ShardingSpec{own}, rows), slices.Repeat([]*distributed.ShardingSpec{all}, scalars)...)
	e.AutoSharding(t.mesh).WithInputShardingSpecs(in...).WithOutputShardingSpecs(all) // which holds for all outputs
	return nil
}

// share is a device's part of rows, flat: of the spectra that a graph takes at
// once, or of their noise.
func (t *Trainer) share(rows []float32, device int) *tensors.Tensor {
	n := t.Training.Batch / t.Training.parts() / t.devices
	each := len(rows) / t.devices
	return tensors.FromFlatDataAndDimensions(rows[device*each:(device+1)*each], n, each/n)
}
