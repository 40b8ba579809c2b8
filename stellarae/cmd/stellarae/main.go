// Command stellarae learns from stellar spectra without labels: it simulates
// or reads a survey, trains the autoencoder, encodes spectra and counts the
// informative nodes of the codes.
//
// It is thin: every command parses its flags, calls the packages and prints.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop() // a second signal ends the program at once
		fmt.Fprintln(os.Stderr, "\nstopping; again to quit at once")
	})
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// usageError is an error in how the program was called.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "stellarae: %s\n", strings.TrimRight(err.Error(), "\n"))
	var usage usageError
	if errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command") {
		fmt.Fprintf(stderr, "see '%s --help'\n", cmd.CommandPath())
		return exitUsage
	}
	return exitFailed
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "stellarae",
		Short: "Learn from stellar spectra without labels",
		Long: `stellarae points a convolutional autoencoder at a pile of stellar spectra and
finds out which physical parameters hide in it (Sedaghat et al. 2021, MNRAS 501, 6026).`,
		Example: `  stellarae demo --out runs/demo                      # everything, on a simulated survey
  stellarae simulate --n 8000 --out survey
  stellarae train --data survey --out run
  stellarae encode --model run survey --out codes.npy
  stellarae count --codes codes.npy --ids codes.ids.txt --labels survey/labels.csv --out count`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newFetch(),
		newDemo(), newDoctor(), newInspect(), newSimulate(), newTrain(), newEncode(), newPreprocess(), newPrepare(),
		newReconstruct(), newTraverse(), newExplore(), newCount(), newIntervene(), newPaper(), newLabels(), newImportTorch(), newExportTorch(),
	)
	for _, c := range root.Commands() {
		wrapUsage(c)
	}
	return root
}

// wrapUsage makes wrong arguments and missing flags usage errors, exit code 2.
func wrapUsage(c *cobra.Command) {
	if args := c.Args; args != nil {
		c.Args = func(c *cobra.Command, a []string) error {
			if err := args(c, a); err != nil {
				return usageError{err}
			}
			if err := c.ValidateRequiredFlags(); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
}

// must is for flags named a few lines above.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
