// Command bench is this project's side of `make bench`: it gets one piece of
// work ready, warms it up, and then does it once for every line that it reads,
// answering with what that took. So a Python program can have it and its peers,
// each in a process of its own, take turns on the same machine.
//
// It compares nothing and keeps nothing; stellarae/crosscheck/bench.py does.
//
//	echo | go run ./docs/bench -work encode -preset mini -batch 8
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// options say how large the work is.
type options struct {
	preset    string // of the network
	samples   int    // of a spectrum; 0 means the preset's
	nodes     int    // 0 means the preset's
	batch     int
	spectra   int    // of a count or a store
	size      int    // of a matrix, or megabytes of memory
	folder    string // of FITS files
	precision string // of the network's convolutions
}

// work is what is done again and again.
type work struct {
	device string       // what computes
	units  int          // spectra (or operations, or bytes) in one pass
	pass   func() error // does it once
	done   func() error // cleans up; may be nil
}

var works = map[string]func(options) (*work, error){
	"step": step, "encode": encode, "decode": decode, "encode-files": encodeFiles,
	"count": count, "published": published,
	"prepare": preparing, "store-write": storeWrite, "store-read": storeRead,
	"product": product, "copy": copying, "read": reading,
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench: ")
	var o options
	name := flag.String("work", "", "what to measure")
	layers := flag.Bool("layers", false, "print the operations and bytes of the network's layers, and stop")
	flag.StringVar(&o.preset, "preset", "paper", "network")
	flag.IntVar(&o.samples, "samples", 0, "of a spectrum")
	flag.IntVar(&o.nodes, "nodes", 0, "of the network, or of the codes that are counted")
	flag.IntVar(&o.batch, "batch", 8, "spectra at once")
	flag.IntVar(&o.spectra, "spectra", 1000, "spectra of a count or a store")
	flag.IntVar(&o.size, "size", 2048, "rows of a matrix, or megabytes of memory")
	flag.StringVar(&o.precision, "precision", "float32", "of the network's convolutions, float32 or bfloat16")
	flag.StringVar(&o.folder, "folder", "", "of the FITS files to encode; else some are simulated")
	flag.Parse()
	var err error
	switch start, ok := works[*name]; {
	case *layers:
		err = printLayers(os.Stdout, o)
	case !ok:
		err = fmt.Errorf("no work %q", *name)
	default:
		err = serve(start, o, os.Stdin, os.Stdout)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// serve gets the work ready, passes once to warm up, says so, and passes for
// every line of in until its end.
func serve(start func(options) (*work, error), o options, in io.Reader, out io.Writer) (err error) {
	w, err := start(o)
	if err != nil {
		return err
	}
	if w.done != nil {
		defer func() {
			if e := w.done(); err == nil {
				err = e
			}
		}()
	}
	if err := w.pass(); err != nil {
		return err
	}
	answers := json.NewEncoder(out)
	if err := answers.Encode(map[string]any{"device": w.device, "units": w.units}); err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		busy, began := processorTime(), time.Now()
		if err := w.pass(); err != nil {
			return err
		}
		wall := time.Since(began).Seconds()
		if err := answers.Encode(map[string]float64{"wall": wall, "processor": processorTime() - busy}); err != nil {
			return err
		}
	}
	return nil
}

// processorTime is what the process has used, in seconds.
func processorTime() float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err) // of a call without a way to fail
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
