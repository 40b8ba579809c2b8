package spectrum

import "golang.org/x/sys/cpu"

var avx2 = cpu.X86.HasAVX2 && cpu.X86.HasPOPCNT

// decodeAVX2 turns n big-endian numbers into dst; bad is 0 if all are finite.
//
//go:noescape
func decodeAVX2(dst *float32, raw *byte, n int) (bad uint32)

// betweenAVX2 gives 0 if between is true of n numbers; width is below 1 << 63.
//
//go:noescape
func betweenAVX2(raw *byte, n int, lowest, step, width uint64) (bad uint32)

// markAVX2 is mark of n numbers.
//
//go:noescape
func markAVX2(marks *byte, x *float32, n int, lo, hi uint32) (below int)

// divideAVX2 divides n numbers in place.
//
//go:noescape
func divideAVX2(x *float32, n int, scale float32)
