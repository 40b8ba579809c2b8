package conformance

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// Training, with GoMLX and XLA or its Go backend, is interrupted between steps,
// and goes on from where it was in another cell.
func TestInterruptTraining(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: compiling GoMLX takes a minute where it is not cached")
	}
	module, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	k := startIn(t, Options{Dir: module})
	o := run(t, k, Request{Code: `import (
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/spectrum"
	"github.com/stellarae/lab/stellarae/xla"
)

const batch, samples = 8, 64
survey := func(step int) (flux []float32) {
	random := rand.New(rand.NewPCG(1, uint64(step)))
	for range batch {
		depth := random.Float64()
		for i := range samples {
			x := (float64(i) - 32) / 4
			flux = append(flux, float32(1-depth*math.Exp(-x*x)))
		}
	}
	return flux
}
device, err := xla.Open()
if err != nil { panic(err) }
model, err := stellarae.New(device.Backend, stellarae.Config{
	Name: "small", Grid: spectrum.Grid{Start: 5000, Step: 0.1, Samples: samples}, Nodes: 2, Slope: 0.1,
	Encoder: []stellarae.Conv{{In: 1, Out: 8, Kernel: 5, Stride: 2}, {In: 8, Out: 8, Kernel: 3, Stride: 2}},
}, 1)
if err != nil { panic(err) }
trainer, err := stellarae.NewTrainer(model, stellarae.Training{Steps: 1 << 30, Batch: batch, Seed: 1, LearningRate: 5e-3, Beta: 1e-5})
if err != nil { panic(err) }
fmt.Println(device.Backend.Name())`})
	if o.Reply["status"] != "ok" {
		t.Fatal(o.Text(nil))
	}
	t.Logf("on %s after %v", o.Text(nil), o.Took)
	for range 3 {
		h := begun(t, k, Request{Code: `for n := 0; ; n++ {
	if _, err := trainer.Do(survey(trainer.Step())); err != nil { panic(err) }
	if n == 3 { fmt.Println("begun") }
}`})
		time.Sleep(500 * time.Millisecond)
		from := time.Now()
		stop(t, k, h)
		took := time.Since(from)
		if took > soon {
			t.Errorf("took %v", took)
		}
		o := run(t, k, Request{Code: "step := trainer.Step()\nlosses, err := trainer.Do(survey(step))\nfmt.Println(losses, err, step)\nstep > 3 && err == nil"})
		t.Logf("interrupted in %v; %s", took, o.Text(nil))
		var last string
		for _, m := range o.Messages {
			if m.Header.MsgType == "execute_result" {
				last = fmt.Sprint(m.Body().At("data", "text/plain"))
			}
		}
		if last != "true" {
			t.Errorf("then the trainer is\n%s", o.Text(nil))
		}
	}
}
