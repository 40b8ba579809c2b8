package session

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The same code in a cell and in a plain program: what the places to stop and
// the calls through variables cost.
const loops = `func sieve(n int) int { c := make([]bool, n); k := 0; for i := 2; i < n; i++ { if !c[i] { k++; for j := i*2; j < n; j += i { c[j] = true } } }; return k }
func dot(a, b []float64) (s float64) { for i := range a { s += a[i]*b[i] }; return }
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func matmul(a, b, c []float64, n int) { for i := range n { for j := range n { s := 0.0; for k := range n { s += a[i*n+k]*b[k*n+j] }; c[i*n+j] = s } } }
func sum(n int) (s int) { for i := range n { s += i ^ (s>>3) }; return }
type point struct{ x, y float64 }
func (p point) norm() float64 { return p.x*p.x + p.y*p.y }
func norms(n int) (s float64) { p := point{1, 2}; for range n { p.x += 1e-9; s += p.norm() }; return }
func tally(n int) int { m := map[int]int{}; for i := range n { m[i&1023] += i }; return len(m) }
func measure(name string, f func()) { best := time.Hour; for range 5 { s := time.Now(); f(); best = min(best, time.Since(s)) }; fmt.Println(name, best.Nanoseconds()) }
var sink float64
func all() {
	v, m := make([]float64, 1<<20), make([]float64, 200*200)
	measure("sieve", func() { sink += float64(sieve(2000000)) })
	measure("dot", func() { for range 20 { sink += dot(v, v) } })
	measure("fib", func() { sink += float64(fib(32)) })
	measure("matmul", func() { matmul(m, m, m, 200) })
	measure("sum", func() { sink += float64(sum(50000000)) })
	measure("norms", func() { sink += norms(10000000) })
	measure("tally", func() { sink += float64(tally(3000000)) })
}
`

func times(b *testing.B, out string) map[string]float64 {
	b.Helper()
	m := map[string]float64{}
	for line := range strings.Lines(out) {
		name, ns, _ := strings.Cut(strings.TrimSpace(line), " ")
		v, err := strconv.ParseFloat(ns, 64)
		if err != nil {
			b.Fatalf("%q: %v", line, err)
		}
		m[name] = v
	}
	return m
}

// BenchmarkLoops reports, for each loop, how many times longer it takes in a cell.
func BenchmarkLoops(b *testing.B) {
	dir := b.TempDir()
	text := "package main\nimport ( \"fmt\"; \"time\" )\n" + loops + "func main() { all() }\n"
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	program := filepath.Join(dir, "program")
	if out, err := exec.Command("go", "build", "-o", program, filepath.Join(dir, "main.go")).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	n := shared(b)
	if o := n.run(loops); o.err != nil {
		b.Fatal(o.err)
	}
	for b.Loop() {
		out, err := exec.Command(program).Output()
		if err != nil {
			b.Fatal(err)
		}
		o := n.run("all()")
		if o.err != nil {
			b.Fatal(o.err)
		}
		plain := times(b, string(out))
		for name, ns := range times(b, o.stdout()) {
			b.ReportMetric(ns/plain[name], name+"-times")
		}
	}
}

// BenchmarkCell is how long a small cell takes from text to result, all included.
func BenchmarkCell(b *testing.B) {
	n := shared(b)
	for i := 0; b.Loop(); i++ {
		if o := n.run("1 + " + strconv.Itoa(i)); o.err != nil {
			b.Fatal(o.err)
		}
	}
}
