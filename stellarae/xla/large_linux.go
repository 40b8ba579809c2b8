//go:build cgo

package xla

// Memory of 1 MiB and more stays with the program when it is freed, for the
// next that asks: large_linux.c puts itself before glibc's malloc and free.
//
// XLA's CPU code takes fresh memory for every call, in training more than a
// gigabyte a step, and glibc gives so large a piece back to the kernel at
// once, which hands it out again page by page, each filled with zeros: up to a
// quarter of the time. No setting of glibc's keeps them without keeping
// threads waiting for each other or memory in fragments.

import "C"
