// Command stellarae-beam is the part of "stellarae prepare" that runs on Apache
// Beam. It is a program of its own because Beam and its runners are larger than
// all the rest, and slow to start; people call "stellarae prepare --beam", which
// finds it beside itself.
//
//	stellarae-beam -list files.txt -out survey.store -recipe JSON
//	stellarae-beam -store survey.store -model run -out codes
//
// Beam's flags are taken as they are (-runner, -endpoint, ...). The report is
// written to stdout as JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"

	"github.com/stellarae/lab/datasets/prepare"
	"github.com/stellarae/lab/datasets/prepare/pipeline"
	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/xla"
)

var (
	list   = flag.String("list", "", "file of spectra to prepare, a path a line")
	recipe = flag.String("recipe", "", "how, as JSON (prepare.Recipe)")
	from   = flag.String("store", "", "store of spectra to encode")
	model  = flag.String("model", "", "run folder or checkpoint to encode with")
	out    = flag.String("out", "", "store to write to")
)

func main() {
	flag.Parse()
	log.SetupLogging("warn", "text")
	pipeline.OpenEncoder = openEncoder
	beam.Init() // does not return in a worker
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "stellarae-beam: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	report, err := work(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(report)
}

func work(ctx context.Context) (prepare.Report, error) {
	switch {
	case *out == "" || (*list == "") == (*from == "") || (*from == "") != (*model == ""):
		return prepare.Report{}, errors.New("want -out, and -list with -recipe or -store with -model; see stellarae prepare --help")
	case *from != "":
		return pipeline.Codes(ctx, *from, *out, *model)
	}
	text, err := os.ReadFile(*list)
	if err != nil {
		return prepare.Report{}, err
	}
	var files []string
	for line := range strings.Lines(string(text)) {
		files = append(files, strings.TrimRight(line, "\r\n"))
	}
	var r prepare.Recipe
	if err := json.Unmarshal([]byte(*recipe), &r); err != nil {
		return prepare.Report{}, fmt.Errorf("-recipe: %w", err)
	}
	return pipeline.Spectra(ctx, files, *out, r)
}

// openEncoder opens a model on this machine's device.
func openEncoder(path string) (prepare.Encoder, error) {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		path = filepath.Join(path, stellarae.CheckpointFile)
	}
	d, err := xla.Open()
	if err != nil {
		return prepare.Encoder{}, err
	}
	m, err := stellarae.Load(d.Backend, path)
	if err != nil {
		return prepare.Encoder{}, err
	}
	hash, err := prepare.Hash(path)
	return prepare.Encoder{Nodes: m.Config.Nodes, Hash: hash, Encode: m.Encode}, err
}
