package session

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/source"
)

func (s *Session) runProgram(a *activity, c *cell.Cell, items []cell.Item, name string, out server.Output) *server.Error { return plainError("X", "x") }
func (s *Session) runTest(a *activity, c *cell.Cell, name string, args []string, out server.Output) *server.Error { return plainError("X", "x") }

var stackLine = regexp.MustCompile(`^\t(.*):(\d+)(?: \+0x[0-9a-f]+)?$`)

const mostStack = 60

// readableStack makes what Go's runtime prints when a process dies readable: the
// first goroutine's calls, those in cells with the line itself.
func (s *Session) readableStack(said string) (out []string) {
	lines := strings.Split(said, "\n")
	goroutines := 0
	for i, l := range lines {
		if strings.HasPrefix(l, "goroutine ") {
			if goroutines++; goroutines > 1 {
				break
			}
			continue
		}
		if m := stackLine.FindStringSubmatch(l); m != nil {
			file := m[1][strings.LastIndexByte(m[1], '/')+1:]
			n, _ := strconv.Atoi(m[2])
			if code, ok := s.text(file); ok {
				out = append(out, fmt.Sprintf("%s%s:%d%s", bold, file, n, reset))
				out = append(out, sourceLine(code, n, 0)...)
				continue
			}
			if file == "variables.go" {
				continue
			}
			out = append(out, dim+"\t"+shortPath(m[1])+":"+m[2]+reset)
			continue
		}
		if goroutines > 0 && i+1 < len(lines) && strings.Contains(lines[i+1], "kernels/session/rt/") {
			continue
		}
		out = append(out, source.Plain(l))
		if len(out) > mostStack {
			break
		}
	}
	return out
}
