//go:build unix

package explore

import (
	"bytes"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/xla"
)

// BenchmarkMove is what the server does when a slider moves with all of the
// spectrum in view: a code never seen is decoded and brought to 1,200 bins. On
// a busy machine the processor time is what counts.
func BenchmarkMove(b *testing.B) {
	for _, name := range []string{"mini", "window", "paper"} {
		b.Run(name, func(b *testing.B) {
			config := must[stellarae.Config](b)(stellarae.Preset(name))
			device := must[*xla.Device](b)(xla.Open())
			m := must[*stellarae.Model](b)(stellarae.New(device.Backend, config, 1))
			e := must[*Explorer](b)(New(m, must[*Survey](b)(Load(b.Context(), m, Sources{Run: b.TempDir()}, nil))))
			handler := e.handler()
			codes := make([]float32, 2*config.Nodes)
			used := processor(b)
			for b.Loop() {
				codes[config.Nodes]++
				r := must[*http.Request](b)(http.NewRequest("POST", "/api/view?bins=1200", bytes.NewReader(words{}.floats(codes))))
				w := &recorder{header: http.Header{}, status: http.StatusOK}
				if handler.ServeHTTP(w, r); w.status != http.StatusOK {
					b.Fatalf("status %d", w.status)
				}
			}
			b.ReportMetric(float64((processor(b)-used).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// processor is the processor time that this program has used.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
