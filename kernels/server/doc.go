// Package server is the Jupyter messaging protocol 5.5 as behaviour: it answers
// the requests of front ends on behalf of an Interpreter, in the order and with
// the side messages the protocol asks for. It does not know the language, nor
// what a comm or a display means.
//
//	conn, err := wire.ReadConnection(path, false)
//	err = server.Serve(ctx, conn, interpreter, server.Options{OwnProcess: true})
//
// Cells of one shell or subshell run one after another; everything else is
// answered beside them.
package server
