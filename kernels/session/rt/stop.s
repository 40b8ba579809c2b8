// Lets the functions without a body in stop.go be linked.
