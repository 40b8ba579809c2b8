package lab

import (
	_ "codeberg.org/astrogo/fitsio"
	_ "github.com/gomlx/gomlx/backends/default"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/nlpodyssey/gopickle/pytorch"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/sbinet/npyio"
	_ "github.com/schollz/progressbar/v3"
	_ "github.com/spf13/cobra"
	_ "golang.org/x/sys/unix"
	_ "golang.org/x/term"
	_ "gonum.org/v1/gonum/stat"
	_ "gonum.org/v1/gonum/mat"
	_ "gonum.org/v1/gonum/dsp/fourier"
	_ "gonum.org/v1/plot/cmpimg"
	_ "gonum.org/v1/plot/vg/vgsvg"
	_ "golang.org/x/sync/errgroup"
)
