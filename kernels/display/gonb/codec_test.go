package gonb

import (
	"bytes"
	"encoding/gob"
	"reflect"
	"testing"
)

// Types as GoNB's library has them, for encoding/gob.
type displayData struct {
	Data      map[string]any
	Metadata  map[string]any
	DisplayID string
}

type commValue struct {
	Address string
	Request bool
	Value   any
}

type inputRequest struct {
	Prompt   string
	Password bool
}

type commSubscription struct {
	Address     string
	Unsubscribe bool
}

func init() {
	gob.RegisterName(nameComm, commValue{})
	gob.RegisterName(nameInput, inputRequest{})
	gob.RegisterName(nameSub, commSubscription{})
	for _, v := range []any{map[string]any{}, []any{}, []int{}, []float64{}, []string{}, map[string]float64{}, map[string]string{}, map[string]int{}} {
		gob.Register(v)
	}
}

func gobBytes(t testing.TB, values ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := gob.NewEncoder(&b)
	for _, v := range values {
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func TestDecodeWhatGobEncodes(t *testing.T) {
	type point struct {
		X, Y int
		Name string
		In   any
	}
	gob.Register(point{})
	values := []any{
		map[string]any{"a": 1, "b": "x", "c": 2.5, "d": true, "e": []byte{1, 2}, "n": nil},
		map[string]any{"deep": map[string]any{"list": []any{1, "two", []any{3.0, map[string]any{"p": point{1, 0, "q", point{Y: 2}}}}}}},
		map[string]any{"p": point{-5, 1 << 40, "ü", []string{"a"}}},
		map[string]any{"m": map[string]int{"one": 1}, "f": []float64{1, -2, 1e300}, "i": []int{-1, 0, 1 << 50}},
	}
	want := []any{
		map[string]any{"a": int64(1), "b": "x", "c": 2.5, "d": true, "e": []byte{1, 2}, "n": nil},
		map[string]any{"deep": map[string]any{"list": []any{int64(1), "two", []any{3.0, map[string]any{
			"p": map[string]any{"X": int64(1), "Y": int64(0), "Name": "q", "In": map[string]any{"X": int64(0), "Y": int64(2), "Name": "", "In": nil}}}}}}},
		map[string]any{"p": map[string]any{"X": int64(-5), "Y": int64(1 << 40), "Name": "ü", "In": []string{"a"}}},
		map[string]any{"m": map[string]any{"one": int64(1)}, "f": []float64{1, -2, 1e300}, "i": []int64{-1, 0, 1 << 50}},
	}
	d := newDecoder(bytes.NewReader(gobBytes(t, values...)))
	for i := range want {
		got, err := d.next()
		if err != nil {
			t.Fatalf("value %d: %v", i, err)
		}
		if got := plain(got); !reflect.DeepEqual(got, want[i]) {
			t.Errorf("value %d\n got %#v\nwant %#v", i, got, want[i])
		}
	}
}
