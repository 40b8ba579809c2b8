package paper

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/gomlx/compute"

	"github.com/stellarae/lab/datasets"
	"github.com/stellarae/lab/datasets/catalog"
	"github.com/stellarae/lab/datasets/npy"
	"github.com/stellarae/lab/datasets/synth"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/info"
	"github.com/stellarae/lab/stellarae/info/resample"
	"github.com/stellarae/lab/stellarae/intervene"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// Some is how many stars' spectra are read again to shift and to decode them.
const some = 200

// simulation is the course's run folder, and what is asked of it.
type simulation struct {
	*sample
	backend  compute.Backend
	folder   string
	model    *stellarae.Model
	training stellarae.Training
	history  []stellarae.Moment
	truth    *synth.Survey
	visible  []string // factors that show in the spectra
	stars    int

	full  stellarae.Config // the published network
	files []string         // of the codes

	// Counted again without the label that only one visible factor has, which no
	// other label goes with: its node has to be left over.
	hidden         string
	lacking        *info.Published
	lackingCorrect *info.Counted

	rows    [][]float32 // of different stars, as the network sees them
	codes32 [][]float32 // of rows
	doppler *intervene.Doppler
	wide    *intervene.Doppler
	moved   []intervene.NodeDerivative
}

// Simulated answers every claim from the course's run folder: survey, run,
// codes.npy and codes.ids.txt, as the notebook 00_start or `stellarae demo` leave
// it. It counts, shifts spectra and decodes, which takes a minute or two.
func Simulated(backend compute.Backend, folder string, o Options) (*Lane, error) {
	o = o.complete()
	s, err := openSimulation(backend, folder)
	if err != nil {
		return nil, fmt.Errorf("paper: %s: %w", folder, err)
	}
	if err := s.count(o); err != nil {
		return nil, fmt.Errorf("paper: %s: %w", folder, err)
	}
	if err := s.hide("E(B-V)", o); err != nil {
		return nil, fmt.Errorf("paper: %s: %w", folder, err)
	}
	if err := s.intervene(o); err != nil {
		return nil, fmt.Errorf("paper: %s: %w", folder, err)
	}
	l := &Lane{
		Name: "The simulated survey",
		About: fmt.Sprintf("%s simulated spectra of %s stars around Mg b, of which %s show; a network of %d nodes trained on %s of them, and the codes of the other %s. Everything is made by `00_start` or `stellarae demo`.",
			thousands(s.truth.Len()), thousands(s.stars), list(s.visible), s.model.Config.Nodes, thousands(s.truth.Len()-s.table.Rows()), thousands(s.table.Rows())),
	}
	for _, claims := range [][]asked[*simulation]{dataClaims(), networkClaims(), countClaims(), labelClaims(), lookClaims()} {
		if err := ask(l, s, claims); err != nil {
			return nil, err
		}
	}
	return l, s.draw(l)
}

func openSimulation(backend compute.Backend, folder string) (*simulation, error) {
	s := &simulation{backend: backend, folder: folder}
	var err error
	if s.full, err = stellarae.Preset("paper"); err != nil {
		return nil, err
	}
	run := filepath.Join(folder, "run")
	if s.model, err = stellarae.OpenRun(backend, run); err != nil {
		return nil, err
	}
	if _, s.training, err = stellarae.ReadPlan(run); err != nil {
		return nil, err
	}
	if s.history, err = stellarae.ReadHistory(filepath.Join(run, "history.csv")); err != nil {
		return nil, err
	}
	if len(s.history) == 0 {
		return nil, fmt.Errorf("%s: no history of the training", run)
	}
	if s.truth, err = openTruth(filepath.Join(folder, "survey", "survey.json")); err != nil {
		return nil, err
	}
	s.visible = s.truth.Visible()
	labels, err := catalog.Read(filepath.Join(folder, "survey", "labels.csv"))
	if err != nil {
		return nil, err
	}
	s.stars = len(labels.UniqueStars())
	codes, err := npy.ReadMatrix(filepath.Join(folder, "codes.npy"))
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(folder, "codes.ids.txt"))
	if err != nil {
		return nil, err
	}
	ids := strings.Fields(string(text))
	table, missing, err := labels.Join(ids)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%d spectra of the codes have no labels, such as %s", len(missing), missing[0])
	}
	for _, id := range ids { // the folder may have moved since
		s.files = append(s.files, filepath.Join(folder, "survey", filepath.Base(id)))
	}
	s.sample, err = newSample(codes, table)
	return s, err
}

// openTruth makes the survey again that the file describes.
func openTruth(path string) (*synth.Survey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var made struct {
		Preset  string
		Seed    uint64
		Spectra int
	}
	if err := json.Unmarshal(text, &made); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	preset, err := synth.ParsePreset(made.Preset)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return synth.New(synth.Options{Preset: preset, N: made.Spectra, Seed: made.Seed})
}

// hide counts again without a label.
func (s *simulation) hide(label string, o Options) (err error) {
	s.hidden = label
	if s.lacking, err = s.asPublished(s.bright, s.labels(label)); err != nil {
		return err
	}
	s.lackingCorrect, err = s.withCare(s.labels(label), o)
	return err
}

// intervene shifts and decodes spectra of some stars.
func (s *simulation) intervene(o Options) error {
	stars, err := resample.By(s.table.StarKeys())
	if err != nil {
		return err
	}
	var files []string
	for _, r := range stars.OneOfEach(rand.New(rand.NewPCG(o.Seed, 0x706170657273))) {
		if len(files) < some {
			files = append(files, s.files[r])
		}
	}
	config := s.model.Config
	data, failed, err := datasets.Open(files, datasets.Options{Grid: config.Grid, Preset: config.Preprocessing})
	if err != nil {
		return err
	}
	if len(failed) > 0 {
		return fmt.Errorf("%s: %w", failed[0].Path, failed[0].Err)
	}
	for i := range data.Len() {
		row := make([]float32, data.Samples())
		if err := data.Row(i, row); err != nil {
			return err
		}
		s.rows = append(s.rows, row)
	}
	told := func(stage string) func(done, total int) {
		return func(done, total int) { o.Progress(stage, done, total) }
	}
	if s.doppler, err = intervene.DopplerResponse(s.model.Encode, s.rows, config.Grid, intervene.DopplerOptions{Progress: told("shifting spectra")}); err != nil {
		return err
	}
	var far []float64
	for v := -300.0; v <= 300; v += 20 {
		far = append(far, v)
	}
	if s.wide, err = intervene.DopplerResponse(s.model.Encode, s.rows, config.Grid, intervene.DopplerOptions{Velocities: far, Progress: told("shifting spectra far")}); err != nil {
		return err
	}
	s.codes32 = s.doppler.Codes
	physics, err := intervene.DopplerDerivative(config.Grid, 1, config.Grid.Samples/64)
	if err != nil || len(s.published.Informative) == 0 {
		return err
	}
	s.moved, err = intervene.NodeDerivatives(s.model.Decode, s.codes32, s.published.Informative, physics,
		intervene.DerivativeOptions{Progress: told("moving nodes")})
	return err
}

// star is a simulated spectrum of the archive's format; fullRow is how the
// published network sees it.
func (s *simulation) star() *spectrum.Spectrum {
	survey, err := synth.New(synth.Options{Preset: synth.Full, N: 2, Seed: 2})
	if err != nil {
		panic(err) // the options are constants
	}
	return survey.Spectrum(1)
}

func (s *simulation) fullRow() ([]float32, error) {
	return s.full.Preprocessing.Apply(s.star(), s.full.Grid)
}
