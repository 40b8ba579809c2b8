package catalog

import (
	"slices"
	"testing"
)

func TestStarKeys(t *testing.T) {
	table := &Table{IDs: []string{"a", "b", "c", "d", "a.fits"}, Stars: []string{"HD 10700", "hd_10700", "", "", "BD-10 216"}}
	keys := table.StarKeys()
	distinct := slices.Compact(slices.Sorted(slices.Values(keys)))
	if keys[0] != keys[1] || keys[2] == keys[3] || len(distinct) != 4 {
		t.Errorf("%q", keys)
	}
	table.Stars = nil
	if keys := table.StarKeys(); keys[0] == keys[1] {
		t.Errorf("%q", keys)
	}
}
