package explore

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/datasets/synth"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/spectrum"
	"github.com/stellarae/lab/stellarae/xla"
)

// The tests explore a run of their own: a network of three nodes, trained for
// a moment on the Mg b lines of a simulated survey. It is made once; tests
// leave it as it is.
var fixture struct {
	dir   string
	model *stellarae.Model // for what the explorer is compared with
	again *stellarae.Model // the explorer's
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "explore")
	if err == nil {
		fixture.dir = dir
		err = makeRun(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func config() stellarae.Config {
	return stellarae.Config{
		Name: "tiny", Grid: spectrum.Grid{Start: 5160, Step: 0.16, Samples: 252, PadLeft: 2, PadRight: 2, Masked: [][2]int{{0, 1}, {254, 255}}},
		Nodes: 3, Slope: 0.1,
		Encoder: []stellarae.Conv{{In: 1, Out: 8, Kernel: 5, Stride: 2}, {In: 8, Out: 8, Kernel: 5, Stride: 2}, {In: 8, Out: 8, Kernel: 3, Stride: 2}},
	}
}

// spectra of the survey, enough stars for a count of the nodes.
const spectra = 300

func makeRun(dir string) error {
	ctx := context.Background()
	survey, err := synth.New(synth.Options{Preset: synth.Mini, N: spectra, Seed: 1})
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "survey")
	if err := survey.Write(data); err != nil {
		return err
	}
	device, err := xla.Open()
	if err != nil {
		return err
	}
	c := config()
	rows, failed, err := datasets.Open([]string{data}, datasets.Options{Grid: c.Grid, Preset: c.Preprocessing})
	if err != nil || len(failed) > 0 {
		return fmt.Errorf("%v, %v", err, failed)
	}
	all := make([]int, rows.Len())
	for i := range all {
		all[i] = i
	}
	batches, err := datasets.NewBatches(rows, all, 16, 1, nil)
	if err != nil {
		return err
	}
	run := filepath.Join(dir, "run")
	training := stellarae.Training{Steps: 300, Batch: 16, Seed: 1, LearningRate: 3e-3}.Defaults(c)
	if fixture.model, err = stellarae.Train(ctx, device.Backend, run, c, training, batches, stellarae.RunOptions{}); err != nil {
		return err
	}
	if fixture.again, err = stellarae.OpenRun(device.Backend, run); err != nil {
		return err
	}
	files, err := datasets.Files([]string{data})
	if err != nil {
		return err
	}
	encoded, err := fixture.model.EncodeFiles(ctx, files, nil)
	if err != nil {
		return err
	}
	var flat []float32
	for _, code := range encoded.Codes {
		flat = append(flat, code...)
	}
	if err := npy.WriteFloat32(filepath.Join(dir, "codes.npy"), []int{len(encoded.Codes), c.Nodes}, flat); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "codes.ids.txt"), []byte(strings.Join(encoded.Files, "\n")+"\n"), 0o644)
}

// sources are the fixture's.
func sources() Sources { return Sources{Run: filepath.Join(fixture.dir, "run")}.Beside() }

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// whole is an explorer of the fixture, which the tests share.
var whole = sync.OnceValues(func() (*Explorer, error) {
	s, err := Load(context.Background(), fixture.again, sources(), nil)
	if err != nil {
		return nil, err
	}
	return New(fixture.again, s)
})

// serve serves it until the test ends.
func serve(t testing.TB) (*Explorer, *Server) {
	t.Helper()
	return start(t, must[*Explorer](t)(whole()))
}

func start(t testing.TB, e *Explorer) (*Explorer, *Server) {
	t.Helper()
	s := must[*Server](t)(e.Listen(0))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return e, s
}

// at is an address of the server.
func (s *Server) at(path string) string { return "http://" + s.guard.hosts[0] + path }

// ask sends a request as a program does, with the token in a header, and gives
// status and body.
func ask(t testing.TB, s *Server, method, path string, body []byte) (int, []byte) {
	t.Helper()
	r := must[*http.Request](t)(http.NewRequest(method, s.at(path), bytes.NewReader(body)))
	r.Header.Set(TokenHeader, s.guard.token)
	return send(t, r)
}

// client follows no redirect.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func send(t testing.TB, r *http.Request) (int, []byte) {
	t.Helper()
	answer := must[*http.Response](t)(client.Do(r))
	defer answer.Body.Close()
	return answer.StatusCode, must[[]byte](t)(io.ReadAll(answer.Body))
}
