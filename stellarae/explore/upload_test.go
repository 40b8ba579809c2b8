package explore

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stellarae/lab/stellarae/spectrum"
)

// zeros is a file that goes on for so many bytes, and counts what is read.
type zeros struct {
	left int64
	read atomic.Int64
}

func (z *zeros) Read(p []byte) (int, error) {
	n := min(int64(len(p)), z.left)
	if n == 0 {
		return 0, io.EOF
	}
	z.left -= n
	z.read.Add(n)
	clear(p[:n])
	return int(n), nil
}

const gigabyte = 1 << 30

// narrow gives a server's connections and those of the client it returns sockets
// with buffers of a fixed size. The system grows others as it likes, to tens of
// MiB, and they hold what nobody reads.
func narrow(t *testing.T, s *Server) *http.Client {
	t.Helper()
	const buffer = 64 << 10
	listener := must[syscall.RawConn](t)(s.listener.(*net.TCPListener).SyscallConn())
	var refused error
	err := listener.Control(func(fd uintptr) { // connections inherit it
		refused = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, buffer)
	})
	if err = errors.Join(err, refused); err != nil {
		t.Fatal(err)
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return conn, conn.(*net.TCPConn).SetWriteBuffer(buffer)
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial}}
}

// A gigabyte is refused: unread where its size is said, else after what is
// allowed, and memory stays within a few times that.
func TestLargeUpload(t *testing.T) {
	e, s := serve(t)
	client := narrow(t, s)
	for _, c := range []struct {
		name string
		size int64 // said; -1: streamed in chunks
		most int64 // bytes that may be read of it
	}{
		{"a size that is said", gigabyte, 8 << 20}, // more than the sockets' buffers hold
		{"chunks without end", -1, mostUpload + 8<<20},
	} {
		body := &zeros{left: gigabyte}
		r := must[*http.Request](t)(http.NewRequest("POST", s.at("/api/upload?name=big.fits"), body))
		r.ContentLength = c.size
		r.Header.Set(TokenHeader, s.guard.token)
		answer, err := client.Do(r)
		if err == nil { // the connection may end before the answer is read
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(text), "64 MiB") {
				t.Errorf("%s: status %d: %s", c.name, answer.StatusCode, text)
			}
		}
		t.Logf("%s: %d KiB were read", c.name, body.read.Load()>>10)
		if n := body.read.Load(); n > c.most {
			t.Errorf("%s: %d MiB were read", c.name, n>>20)
		}
	}

	// the same without a network between: exactly what is read, and allocated
	handler := e.handler()
	var before, after runtime.MemStats
	for _, size := range []int64{gigabyte, -1} {
		body := &zeros{left: gigabyte}
		r := must[*http.Request](t)(http.NewRequest("POST", "/api/upload?name=big.fits", body))
		r.ContentLength = size
		w := &recorder{header: http.Header{}}
		runtime.ReadMemStats(&before)
		handler.ServeHTTP(w, r)
		runtime.ReadMemStats(&after)
		if w.status != http.StatusRequestEntityTooLarge {
			t.Errorf("size %d: status %d", size, w.status)
		}
		if n := body.read.Load(); size > 0 && n > 0 || n > mostUpload+1 {
			t.Errorf("size %d: %d bytes were read", size, n)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 8*mostUpload {
			t.Errorf("size %d: %d MiB were allocated", size, grown>>20)
		}
	}
}

// recorder keeps the status of an answer.
type recorder struct {
	header http.Header
	status int
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(p []byte) (int, error) { return len(p), nil }

// text is a spectrum as a text file, changed at one sample.
func text(change func(i int, wave, flux float64) string) []byte {
	var b bytes.Buffer
	for i := range 2048 {
		wave, flux := 4960+0.16*float64(i), 1+0.1*math.Sin(float64(i)/9)
		b.WriteString(change(i, wave, flux))
	}
	return b.Bytes()
}

func plainLine(_ int, wave, flux float64) string { return fmt.Sprintf("%.2f %.5f\n", wave, flux) }

// What is no spectrum for this network gets a reason, and no trace stays.
func TestBadUpload(t *testing.T) {
	_, s := serve(t)
	survey := must[[]string](t)(filepath.Glob(filepath.Join(fixture.dir, "survey", "*.fits")))
	sound := must[[]byte](t)(os.ReadFile(survey[0]))
	for _, c := range []struct {
		name string
		body []byte
		why  string
	}{
		{"picture.png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "picture.png: neither FITS nor text"},
		{"empty.fits", nil, "empty.fits: "},
		{"cut.fits", sound[:len(sound)/2], "cut.fits: "},
		{"header.fits", sound[:1000], "header.fits: "},
		{"prose.txt", []byte("not a spectrum\nat all\n"), "prose.txt: line 2"},
		{"nan.txt", text(func(i int, w, f float64) string {
			if i == 1300 {
				return fmt.Sprintf("%.2f nan\n", w)
			}
			return plainLine(i, w, f)
		}), "nan.txt: "},
		{"short.txt", []byte("5000 1\n5001 1\n5002 1\n"), "short.txt: "},
		{"../../etc/passwd", []byte("x"), "passwd: "},
		{"..\\up\n.fits", []byte("x"), "up.fits: "},
	} {
		status, body := ask(t, s, "POST", "/api/upload?name="+strings.NewReplacer("\\", "%5C", "\n", "%0A", " ", "%20").Replace(c.name), c.body)
		var answer struct{ Error string }
		if err := json.Unmarshal(body, &answer); err != nil || status != http.StatusUnprocessableEntity || !strings.HasPrefix(answer.Error, c.why) {
			t.Errorf("%s: status %d: %s, want a reason that begins with %q", c.name, status, body, c.why)
		}
		t.Logf("%s: %s", c.name, answer.Error)
	}
	if left := must[[]string](t)(filepath.Glob(filepath.Join(os.TempDir(), "*picture*"))); len(left) > 0 {
		t.Errorf("%v was kept", left)
	}
}

// A dropped file is prepared and encoded as the library does.
func TestUpload(t *testing.T) {
	_, s := serve(t)
	survey := must[[]string](t)(filepath.Glob(filepath.Join(fixture.dir, "survey", "*.fits")))
	for name, content := range map[string][]byte{
		"star.fits": must[[]byte](t)(os.ReadFile(survey[3])),
		"star.txt":  text(plainLine),
	} {
		status, body := ask(t, s, "POST", "/api/upload?name="+name, content)
		if status != http.StatusOK {
			t.Fatalf("%s: status %d: %s", name, status, body)
		}
		length := binary.LittleEndian.Uint32(body)
		var got shown
		if err := json.Unmarshal(body[4:4+length], &got); err != nil {
			t.Fatal(err)
		}
		c := config()
		read := must[*spectrum.Spectrum](t)(spectrum.Read(name, content))
		row := must[[]float32](t)(c.Preprocessing.Apply(read, c.Grid))
		code := must[[][]float32](t)(fixture.model.Encode([][]float32{row}))[0]
		if !slices.Equal(got.Code, code) || got.ID != "star" || got.Index != -1 {
			t.Errorf("%s: %+v, want the code %v", name, got, code)
		}
		if samples := floatsOf(body[4+length:]); !slices.Equal(samples, row[c.Grid.PadLeft:c.Grid.PadLeft+c.Grid.Samples]) {
			t.Errorf("%s: its samples are not those of the preprocessing", name)
		}
	}
}

func floatsOf(b []byte) []float32 {
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}
