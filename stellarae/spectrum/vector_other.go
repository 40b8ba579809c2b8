//go:build !amd64

package spectrum

const avx2 = false

func decodeAVX2(*float32, *byte, int) uint32                { panic("not built in") }
func betweenAVX2(*byte, int, uint64, uint64, uint64) uint32 { panic("not built in") }
func markAVX2(*byte, *float32, int, uint32, uint32) int     { panic("not built in") }
func divideAVX2(*float32, int, float32)                     { panic("not built in") }
