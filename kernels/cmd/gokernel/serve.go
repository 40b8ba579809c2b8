package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session"
	"github.com/stellarae/lab/kernels/wire"
)

// serve runs the kernel of a connection file until Jupyter ends it. What it has
// to say goes to standard error, which Jupyter puts in its log;
// GOKERNEL_LOG=debug says more.
func serve(ctx context.Context, file, mode string) error {
	conn, err := wire.ReadConnection(file, false)
	if err != nil {
		return err
	}
	level := slog.LevelWarn
	if os.Getenv("GOKERNEL_LOG") == "debug" {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	options := server.Options{Log: log, OwnProcess: true}
	if options.HistoryFile, err = server.DefaultHistoryFile("gokernel"); err != nil {
		log.Warn("history is not kept", "error", err)
	}
	l, err := server.Listen(conn, options) // before all else: the front end is on its way
	if err != nil {
		return err
	}
	id := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "kernel-"), ".json")
	s, err := session.New(ctx, session.Options{Mode: session.Mode(mode), KernelID: id,
		Log: func(format string, args ...any) { log.Debug(fmt.Sprintf(format, args...)) }})
	if err != nil {
		l.Close()
		return err
	}
	return l.Serve(ctx, s)
}
