// Package wire is the Jupyter messaging protocol 5.5 as bytes: connection
// files, signed messages, and the five ZeroMQ sockets a kernel listens on. It
// does not know what a message means; package server does.
//
//	conn, err := wire.ReadConnection("kernel-1.json", false)
//	sockets, err := wire.Listen(conn, wire.Options{})
//	m, err := sockets.Shell.Recv(ctx)
//	sockets.IOPub.Publish("status", wire.New("status", m.Header, map[string]any{"execution_state": "busy"}))
//
// The listening half of ZMTP 3.0 is served here and not by go-zeromq/zmq4,
// because whoever may open a local port can end a process that listens through
// zmq4 v0.17 with 73 bytes (a frame that claims 2^62 bytes), can keep everybody
// else out by connecting and saying nothing, and because its XPUB keeps
// subscriptions to itself, so that no iopub_welcome could be sent. The tests
// speak to this package through zmq4.
package wire
