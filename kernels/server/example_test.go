package server_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-zeromq/zmq4"

	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/wire"
)

// shout is a language whose cells are shown in capitals.
type shout struct{ server.Interpreter }

func (shout) Info() server.Info { return server.Info{Banner: "SHOUT"} }
func (shout) Close(bool) error  { return nil }
func (shout) Execute(_ context.Context, req server.Request, out server.Output) server.Result {
	out.Result(pipe.Bundle{Data: map[string]any{"text/plain": req.Code + "!"}})
	return server.Result{}
}

func ExampleServe() {
	dir, err := os.MkdirTemp("", "k")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	conn := wire.Connection{
		Transport: "ipc", IP: filepath.Join(dir, "k"), Key: "secret", SignatureScheme: "hmac-sha256",
		ShellPort: 1, IOPubPort: 2, StdinPort: 3, ControlPort: 4, HBPort: 5,
	}
	done := make(chan error)
	go func() { done <- server.Serve(context.Background(), conn, shout{}, server.Options{}) }()

	control := zmq4.NewDealer(context.Background(), zmq4.WithDialerMaxRetries(-1))
	defer control.Close()
	if err := control.Dial("ipc://" + conn.IP + "-4"); err != nil {
		panic(err)
	}
	for _, request := range []string{"kernel_info_request", "shutdown_request"} {
		frames, _ := wire.Encode(wire.New(request, wire.Header{}, nil), conn.Key)
		control.Send(zmq4.NewMsgFrom(frames...))
		answer, err := control.Recv()
		if err != nil {
			panic(err)
		}
		reply, err := wire.Decode(answer.Frames, conn.Key)
		var said struct{ Status, Banner string }
		reply.Decode(&said)
		fmt.Println(reply.Header.MsgType, said.Status, said.Banner, err)
	}
	fmt.Println(<-done)
	// Output:
	// kernel_info_reply ok SHOUT <nil>
	// shutdown_reply ok  <nil>
	// <nil>
}
