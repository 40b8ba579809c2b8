package explore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Server is an explorer on a port of this machine.
type Server struct {
	listener net.Listener
	guard    *guard
}

// Listen takes a port of 127.0.0.1, 0 for any that is free.
func (e *Explorer) Listen(port int) (*Server, error) {
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, err
	}
	return &Server{l, newGuard(l.Addr().(*net.TCPAddr).Port, e.handler())}, nil
}

// URL is the address to open. Who has it can use the page until Serve ends.
func (s *Server) URL() string { return s.address(s.guard.token) }

// Once is an address that lets in the first who opens it: to start a browser
// with, for other users of the machine can read what programs are started with.
func (s *Server) Once() string { return s.address(s.guard.ticket) }

func (s *Server) address(token string) string {
	return fmt.Sprintf("http://%s/?token=%s", s.guard.hosts[0], token)
}

// Serve answers until ctx is done, and then lets requests that run end. It
// gives nil for an end that was asked for.
func (s *Server) Serve(ctx context.Context) error {
	server := &http.Server{
		Handler:           s.guard,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute, // of an upload too; it comes from this machine
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
	ended := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		patience, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		if err := server.Shutdown(patience); err != nil {
			server.Close()
		}
		ended <- nil
	})
	err := server.Serve(s.listener)
	if !stop() {
		<-ended
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
