package explore

import (
	"encoding/binary"
	"io"
	"math"
	"net/http"
)

// Numbers go as little-endian 32-bit words: floats, and counts as integers.

type words []byte

func (b words) ints(values ...int) words {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

func (b words) floats(values []float32) words {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func (b words) send(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(b) // a browser that has gone needs no answer
	return nil
}

// readFloats reads the body of a request: finite floats, n of one of the
// numbers allowed, of which the last is the largest.
func readFloats(w http.ResponseWriter, r *http.Request, allowed ...int) ([]float32, error) {
	most := int64(4 * allowed[len(allowed)-1])
	if r.ContentLength > most {
		return nil, &http.MaxBytesError{Limit: most}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		return nil, err
	}
	for _, n := range allowed {
		if len(body) != 4*n {
			continue
		}
		values := make([]float32, n)
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(body[4*i:]))
			if v := values[i]; v-v != 0 {
				return nil, problemf(http.StatusBadRequest, "value %d is %v", i, v)
			}
		}
		return values, nil
	}
	return nil, problemf(http.StatusBadRequest, "%d bytes: want 4 for each of %v values", len(body), allowed)
}
