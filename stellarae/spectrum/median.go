package spectrum

import "math"

// median is numpy's median of float32 values, bit for bit: the middle value, or
// for an even count the sum of the two middle values in float32, halved. It is
// NaN for an empty slice; x must hold no NaN and is left as it is.
func median(x []float32) float32 {
	n := len(x)
	if n == 0 {
		return float32(math.NaN())
	}
	lower := kth(x, (n-1)/2)
	if n%2 == 1 {
		return lower
	}
	upto, upper := 0, float32(math.Inf(1))
	for _, v := range x {
		if v <= lower {
			upto++
		} else if v < upper {
			upper = v
		}
	}
	if upto > n/2 {
		upper = lower
	}
	return float32(lower+upper) / 2
}

// quantile is the value at rank round(q (n-1)) of the sorted values, q in 0..1.
func quantile(x []float32, q float64) float32 {
	if len(x) == 0 {
		return float32(math.NaN())
	}
	return kth(x, int(math.Round(q*float64(len(x)-1))))
}

// shortEnough is where sorting by insertion is faster than two passes over
// tables of 65,536 counters.
const shortEnough = 256

// kth is the value at rank k (from 0) of x, which holds no NaN. It counts the
// upper and then the lower half of the order-preserving bit pattern, so that its
// time is linear whatever the values are, and x stays as it is.
func kth(x []float32, k int) float32 {
	if len(x) <= shortEnough {
		return kthShort(x, k)
	}
	var count [1 << 16]uint32
	for _, v := range x {
		count[orderKey(v)>>16]++
	}
	high, k := bucket(&count, k)
	clear(count[:])
	for _, v := range x {
		if key := orderKey(v); key>>16 == high {
			count[key&0xffff]++
		}
	}
	low, _ := bucket(&count, k)
	return fromOrderKey(high<<16 | low)
}

func kthShort(x []float32, k int) float32 {
	var sorted [shortEnough]float32
	for i, v := range x {
		j := i
		for ; j > 0 && sorted[j-1] > v; j-- {
			sorted[j] = sorted[j-1]
		}
		sorted[j] = v
	}
	return sorted[k]
}

// bucket finds the counter that holds rank k and the rank within it.
func bucket(count *[1 << 16]uint32, k int) (index uint32, rest int) {
	for i, c := range count {
		if k < int(c) {
			return uint32(i), k
		}
		k -= int(c)
	}
	panic("spectrum: rank beyond the number of values")
}

// orderKey maps a float32 to an integer of the same order, -0 just below +0.
func orderKey(v float32) uint32 {
	b := math.Float32bits(v)
	return b ^ (uint32(int32(b)>>31) | 1<<31)
}

func fromOrderKey(key uint32) float32 {
	if key>>31 == 1 {
		return math.Float32frombits(key &^ (1 << 31))
	}
	return math.Float32frombits(^key)
}
