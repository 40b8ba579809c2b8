package stellarae

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stellarae/lab/stellarae/xla"
)

// The test binary, run with childEnv set to a folder, trains in that folder,
// new or from where it stands, and prints a dot after every step.
const (
	childEnv  = "STELLARAE_TEST_TRAIN"
	deviceEnv = "STELLARAE_TEST_TRAIN_DEVICES"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(childEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	run := trainChild
	if os.Getenv(limitEnv) != "" {
		run = limitedChild
	}
	if err := run(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// killed is what is trained: a checkpoint is a megabyte, so that a good part
// of the time goes into writing it.
func killed() (Config, Training) {
	c := tiny()
	c.Grid.Samples, c.Nodes = 508, 16
	c.Encoder = []Conv{{In: 1, Out: 4, Kernel: 5, Stride: 2}, {In: 4, Out: 16, Kernel: 3, Stride: 2}}
	return c, Training{Steps: 120, Batch: 1, Seed: 2}
}

func trainChild(dir string) error {
	config, training := killed()
	backend, err := goBackend()
	devices, _ := strconv.Atoi(os.Getenv(deviceEnv))
	training.Batch = max(1, devices)
	if devices > 0 {
		var d *xla.Device
		if d, err = xla.Open(); err == nil {
			backend = d.Backend
		}
	}
	if err != nil {
		return err
	}
	o := RunOptions{Devices: devices, CheckpointEvery: time.Millisecond, Progress: func(Progress) { os.Stdout.WriteString(".") }}
	source := linesFor(config, training)
	if _, err := os.Stat(filepath.Join(dir, CheckpointFile)); err == nil {
		_, err = Resume(context.Background(), backend, dir, source, o)
		return err
	}
	_, err = Train(context.Background(), backend, dir, config, training, source, o)
	return err
}

// child starts the training in a process of its own.
func child(t *testing.T, dir string, env ...string) (cmd *exec.Cmd, steps <-chan struct{}, fault *tail) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(program)
	cmd.Env = append(append(os.Environ(), childEnv+"="+dir), env...)
	fault = &tail{}
	cmd.Stderr = fault
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dots := make(chan struct{}, 1000)
	go func() {
		defer close(dots)
		b := make([]byte, 1)
		for {
			if n, err := out.Read(b); n == 0 || err != nil {
				return
			}
			dots <- struct{}{}
		}
	}()
	return cmd, dots, fault
}

// tail keeps what a program says on stderr.
type tail struct{ text []byte }

func (w *tail) Write(p []byte) (int, error) {
	w.text = append(w.text, p...)
	return len(p), nil
}

// partial are the half-written files in a folder.
func partial(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, ".*.partial"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A training killed at any moment, also while it writes a checkpoint, goes on
// from the last whole one, and in the end has written the same bytes as one
// that nobody killed.
func TestKilled(t *testing.T) {
	for _, test := range []struct {
		name    string
		devices int // 0: the Go backend
		kills   int
	}{{"plain", 0, 20}, {"device", 1, 2}, {"two devices", 2, 2}} {
		t.Run(test.name, func(t *testing.T) {
			kills := test.kills
			if testing.Short() {
				kills = 5
				if test.devices > 0 {
					t.Skip("the network takes a while to compile")
				}
			}
			config, training := killed()
			training.Batch = max(1, test.devices)
			on, env := plain(t), deviceEnv+"="
			if test.devices > 0 {
				on, env = several(t, test.devices), fmt.Sprint(deviceEnv, "=", test.devices)
			}
			whole, _ := train(t, on, config, training, linesFor(config, training), RunOptions{Devices: test.devices})
			dir := filepath.Join(t.TempDir(), "run")
			random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
			torn, finished := 0, 0
			for n := range kills {
				cmd, steps, fault := child(t, dir, env)
				wait := random.IntN(3 * training.Steps / kills / 2)
				if n == 0 {
					wait = 0 // before anything is there, perhaps
				}
				began := time.Now()
				for range wait {
					<-steps
				}
				perStep := time.Since(began) / time.Duration(max(1, wait))
				if n%2 == 0 {
					time.Sleep(time.Duration(random.Int64N(int64(min(perStep, 100*time.Millisecond)) + 1)))
				} else { // within a write, if it can be met
					for range 20_000 {
						if len(partial(t, dir)) > 0 {
							break
						}
						time.Sleep(50 * time.Microsecond)
					}
				}
				if err := cmd.Process.Kill(); err != nil && err != os.ErrProcessDone {
					t.Fatal(err)
				}
				for range steps { // to the end of its output
				}
				if err := cmd.Wait(); err == nil {
					finished++ // before it was killed
				} else if cmd.ProcessState.Exited() {
					t.Fatalf("it failed by itself: %v: %s", err, fault.text)
				}
				torn += len(partial(t, dir))
				if _, err := os.Stat(filepath.Join(dir, CheckpointFile)); err == nil {
					if _, err := OpenRun(nil, dir); err != nil {
						t.Fatal("after a kill:", err)
					}
				}
			}
			cmd, steps, fault := child(t, dir, env)
			last := 0
			for range steps {
				last++
			}
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v: %s", err, fault.text)
			}
			sameFiles(t, content(t, dir), content(t, whole))
			t.Logf("%d kills, %d within a write, %d after the end; %d steps were left", kills, torn, finished, last)
			if kills >= 5 && torn == 0 {
				t.Error("no kill came while a file was written: the test shows too little")
			}
		})
	}
}
