package stellarae

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute"
)

// several is a backend of at least n devices: XLA's CPU plugin has four,
// whatever the machine has.
func several(t *testing.T, n int) compute.Backend {
	t.Helper()
	d := device(t)
	if has := d.NumDevices(); has < n {
		t.Skipf("%s has %d devices: skipping what takes %d", d.Description, has, n)
	}
	return d.Backend
}

// trainOn is trainSteps on several devices.
func trainOn(t *testing.T, b compute.Backend, devices int, c Config, training Training, steps int) (*Model, []Losses) {
	t.Helper()
	m, err := New(b, c, 1)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := NewTrainer(m, training)
	if err != nil {
		t.Fatal(err)
	}
	if err := trainer.UseDevices(devices); err != nil {
		t.Fatal(err)
	}
	return m, takeSteps(t, trainer, steps)
}

// Fifty steps on two and four devices are those of one, also in parts. A sum
// in another order is off by about the square root of its terms, here 8 spectra
// of 64 samples, times float32's rounding of 6e-8, and fifty steps wander off
// by its square root of 50: 1e-5 in all. The network is linear, for the reason
// that TestAccumulate gives.
func TestDevices(t *testing.T) {
	b, c := several(t, 2), tiny()
	c.Slope = 1
	training := Training{Steps: 100, Batch: 8, Beta: 0.01}
	one, want := trainSteps(t, b, c, training, 50)
	for _, x := range []struct{ devices, parts int }{{2, 1}, {4, 1}, {2, 2}} {
		t.Run(fmt.Sprintf("%d devices, %d parts", x.devices, x.parts), func(t *testing.T) {
			b := several(t, x.devices)
			training := training
			training.Accumulate = x.parts
			m, losses := trainOn(t, b, x.devices, c, training, 50)
			sameTraining(t, m, one, losses, want, 1e-5)
		})
	}
}

// With LeakyReLU, too, the curve of two devices is that of one: what sets them
// apart is far below what sets two seeds of the noise apart.
func TestDevicesAgainstSeeds(t *testing.T) {
	b, c := several(t, 2), tiny()
	training := Training{Steps: 100, Batch: 8, Beta: 0.01, Seed: 1}
	_, one := trainSteps(t, b, c, training, 50)
	_, two := trainOn(t, b, 2, c, training, 50)
	training.Seed = 2
	_, other := trainSteps(t, b, c, training, 50)
	devices, seeds := 0.0, 0.0
	for i := range one {
		devices += math.Abs(two[i].Total-one[i].Total) / 50
		seeds += math.Abs(other[i].Total-one[i].Total) / 50
	}
	t.Logf("losses are %.2g apart on average, those of two seeds %.2g", devices, seeds)
	if !(devices < seeds/100) {
		t.Errorf("losses are %.3g apart on average, more than a hundredth of %.3g between seeds", devices, seeds)
	}
}

// A training goes over to another number of devices at a checkpoint: from two
// to one, from one to two, and from two to two to the bit.
func TestDevicesResume(t *testing.T) {
	b, c := several(t, 2), tiny()
	c.Slope = 1
	training := Training{Steps: 50, Batch: 4, Beta: 0.01, WarmUp: 0.1, Seed: 3}
	source := linesFor(c, training)
	run := func(first, second int) (dir string, m *Model) {
		dir = t.TempDir()
		half := source
		half.fail = func(step int) error {
			if step == 25 && second > 0 {
				return context.Canceled
			}
			return nil
		}
		m, err := Train(t.Context(), b, dir, c, training, half, RunOptions{Devices: first})
		if second == 0 && err != nil || second > 0 && err != context.Canceled {
			t.Fatal(err)
		}
		if second > 0 {
			if m, err = Resume(t.Context(), b, dir, source, RunOptions{Devices: second}); err != nil {
				t.Fatal(err)
			}
		}
		return dir, m
	}
	whole, want := run(2, 0)
	stopped, _ := run(2, 2)
	sameFiles(t, content(t, stopped), content(t, whole))
	for _, x := range [][2]int{{2, 1}, {1, 2}} {
		dir, m := run(x[0], x[1])
		sameTraining(t, m, want, nil, nil, 1e-5)
		// What is saved is what the model holds, and the Go backend reads it.
		saved, err := OpenRun(plain(t), filepath.Join(dir, CheckpointFile))
		if err != nil {
			t.Fatal(err)
		}
		sameTraining(t, saved, m, nil, nil, 0)
	}
}

// Between steps on two devices the model encodes, saves and loads, and the
// steps that follow are not disturbed.
func TestDevicesBetweenSteps(t *testing.T) {
	b, c := several(t, 2), tiny()
	training := Training{Steps: 100, Batch: 4}
	m, err := New(b, c, 1)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := NewTrainer(m, training)
	if err != nil {
		t.Fatal(err)
	}
	if err := trainer.UseDevices(2); err != nil {
		t.Fatal(err)
	}
	spectra := rows(c, 5, 1)
	for range 3 {
		before := encoded(t, m, spectra)
		takeSteps(t, trainer, 2)
		after := encoded(t, m, spectra)
		if before[0][0] == after[0][0] {
			t.Error("steps do not change what the model encodes")
		}
		path := filepath.Join(t.TempDir(), "model.ckpt")
		if err := m.Save(path); err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(b, path)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range encoded(t, loaded, spectra) {
			for j, v := range row {
				if v != after[i][j] {
					t.Fatalf("spectrum %d, node %d: %v from the checkpoint, %v from the model", i, j, v, after[i][j])
				}
			}
		}
	}
	undisturbed, _ := trainOn(t, b, 2, c, training, 6)
	sameTraining(t, m, undisturbed, nil, nil, 0)
	// Another trainer takes the model over as it is.
	if again, err := NewTrainer(m, training); err != nil {
		t.Fatal(err)
	} else {
		takeSteps(t, again, 1)
	}
}

func TestCheckDevices(t *testing.T) {
	b := several(t, 4)
	for _, x := range []struct {
		batch, parts, devices int
		want                  string
	}{
		{8, 0, 1, ""}, {8, 0, 2, ""}, {8, 2, 4, ""}, {12, 3, 4, ""},
		{8, 0, 3, "3 devices: the 8 spectra of a step make no equal shares"},
		{8, 4, 4, "4 devices: the 2 spectra of each of the 4 parts of a step make no equal shares"},
		{8, 0, 0, fmt.Sprintf(`0 devices: xla has %d`, b.NumDevices())},
		{8, 0, -2, fmt.Sprintf(`-2 devices: xla has %d`, b.NumDevices())},
		{1 << 20, 0, 1 << 20, fmt.Sprintf(`1048576 devices: xla has %d`, b.NumDevices())},
	} {
		err := CheckDevices(b, Training{Batch: x.batch, Accumulate: x.parts}, x.devices)
		if got := fmt.Sprint(err); err == nil && x.want != "" || err != nil && got != x.want {
			t.Errorf("%+v: %v", x, err)
		}
	}
}

// The Go backend has one device, and a run that asks for more begins nothing.
func TestDevicesOfGo(t *testing.T) {
	want := `2 devices: Go Backend has 1`
	c, training := tiny(), Training{Steps: 4, Batch: 4}
	dir := filepath.Join(t.TempDir(), "run")
	_, err := Train(t.Context(), plain(t), dir, c, training, linesFor(c, training), RunOptions{Devices: 2})
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if matches, _ := filepath.Glob(dir); len(matches) > 0 {
		t.Errorf("%v is left", matches)
	}
}
