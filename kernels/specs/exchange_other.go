//go:build !linux

package specs

// exchange takes two steps where the system has no single one.
func exchange(fresh, place, aside string) error { return replace(fresh, place, aside) }
