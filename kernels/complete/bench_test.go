package complete

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkAtOnce is the first completion of a kernel that has just started.
func BenchmarkAtOnce(b *testing.B) {
	binary, err := goplsBinary()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		e, err := Start(context.Background(), Options{Gopls: binary, Dir: module(b)})
		if err != nil {
			b.Fatal(err)
		}
		ask1(b, e, "fmt.Printl")
		b.StopTimer()
		e.Close()
		b.StartTimer()
	}
}

// BenchmarkUntilWarm is the time from the start to gopls's first own answer.
func BenchmarkUntilWarm(b *testing.B) {
	binary, err := goplsBinary()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		e, err := Start(context.Background(), Options{Gopls: binary, Dir: module(b)})
		if err != nil {
			b.Fatal(err)
		}
		await(b, e)
		b.StopTimer()
		e.Close()
		b.StartTimer()
	}
}

// BenchmarkSameCell is a completion in a cell that was asked about before.
func BenchmarkSameCell(b *testing.B) {
	e := warm(b)
	e.SetSession(lab)
	for b.Loop() {
		ask1(b, e, "x := star\nfmt.Println(x.Na")
	}
}

// BenchmarkTyping is a completion in a cell whose text has changed.
func BenchmarkTyping(b *testing.B) {
	e := warm(b)
	e.SetSession(lab)
	n := 0
	for b.Loop() {
		n++
		ask1(b, e, fmt.Sprintf("x%d := star\nfmt.Println(x%d.Na", n, n))
	}
}

// BenchmarkOtherImports is a completion in a cell that uses other packages
// than the one before, for which gopls asks the go command.
func BenchmarkOtherImports(b *testing.B) {
	e := warm(b)
	e.SetSession(lab)
	n := 0
	for b.Loop() {
		n++
		ask1(b, e, []string{"strings.ToUp", "math.Sq"}[n%2])
	}
}

func BenchmarkWithoutGopls(b *testing.B) {
	e := startWith(b, "/nonexistent/gopls", module(b))
	e.SetSession(lab)
	for b.Loop() {
		ask1(b, e, "x := star\nfmt.Printl")
	}
}

func BenchmarkInspect(b *testing.B) {
	e := warm(b)
	e.SetSession(lab)
	for b.Loop() {
		if i, err := e.Inspect(b.Context(), "fmt.Println(star)", 6, 1); err != nil || !i.Found {
			b.Fatal(i, err)
		}
	}
}

func ask1(b *testing.B, e *Engine, code string) {
	b.Helper()
	if c, err := e.Complete(b.Context(), code, len(code)); err != nil || len(c.Items) == 0 {
		b.Fatal(c, err)
	}
}
