package proc

import (
	"fmt"
	"os"
	"strconv"
	"testing"
)

func init() { helpers["print"] = printLines }

// printLines prints so many short lines, one write each.
func printLines(args []string) error {
	n, err := strconv.Atoi(args[0])
	for i := 0; i < n && err == nil; i++ {
		_, err = fmt.Println("line", i)
	}
	return err
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		run(b, Options{Path: "true"}, &counter{})
	}
}

func BenchmarkStartWithDisplay(b *testing.B) {
	o := Options{Path: "true", Display: true, TmpDir: b.TempDir()}
	for b.Loop() {
		run(b, o, &counter{})
	}
}

// 100 MB on standard output.
func BenchmarkOutput(b *testing.B) {
	const n = 100 << 20
	b.SetBytes(n)
	for b.Loop() {
		var c counter
		if run(b, Options{Path: "head", Args: []string{"-c", strconv.Itoa(n), "/dev/zero"}}, &c); c.bytes != n {
			b.Fatal(c.bytes)
		}
	}
}

// 100,000 lines, one write each.
func BenchmarkLines(b *testing.B) {
	for b.Loop() {
		var c counter
		if run(b, helper("print", "100000"), &c); c.bytes == 0 {
			b.Fatal("nothing printed")
		}
	}
}

// 100,000 lines through a pipe of the usual size, read as fast as they come: what
// the order costs is the difference.
func BenchmarkLinesPlainPipe(b *testing.B) {
	o := helper("print", "100000")
	for b.Loop() {
		r, w, err := os.Pipe()
		if err != nil {
			b.Fatal(err)
		}
		p, err := os.StartProcess(o.Path, append([]string{o.Path}, o.Args...), &os.ProcAttr{Env: o.Env, Files: []*os.File{nil, w, w}})
		if err != nil {
			b.Fatal(err)
		}
		w.Close()
		buffer := make([]byte, 32<<10)
		for err == nil {
			_, err = r.Read(buffer)
		}
		p.Wait()
		r.Close()
	}
}
