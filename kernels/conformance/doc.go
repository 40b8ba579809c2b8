// Package conformance runs a Jupyter kernel as a front end does: the program
// itself, over its sockets, through an implementation of ZeroMQ other than the
// kernel's own. It is for tests; it judges nothing itself and knows no kernel.
//
//	k, err := conformance.Start(conformance.Options{Program: "gokernel"})
//	defer k.Kill()
//	reply, err := k.Execute(conformance.Request{Code: "1 + 1"}, time.Minute)
//	fmt.Print(reply.Text(nil)) // result| 2
package conformance
