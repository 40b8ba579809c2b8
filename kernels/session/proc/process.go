package proc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/stellarae/lab/kernels/display/gonb"
	"github.com/stellarae/lab/kernels/display/pipe"
)

// Options say what to run. The zero value of each but Path will do.
type Options struct {
	Path string   // of the program; looked for in the kernel's PATH if it has no slash
	Args []string // without the program's name
	Dir  string
	Env  []string // nil: the kernel's own

	Stdin   bool      // a pipe, for Type; otherwise /dev/null
	Display bool      // the display pipe, and GoNB's
	TmpDir  string    // where the folder of GoNB's FIFOs is made; "" is os.TempDir
	IDs     *gonb.IDs // display ids that GoNB's programs have shown; nil: none before this
}

// Process is a child process. Its methods may be called at once from several
// goroutines, and from the sink.
type Process struct {
	cmd      *exec.Cmd
	channels *channels
	stdin    *os.File
	back     *os.File
	toOurs   *pipe.Writer
	fifos    *fifos
	done     chan struct{} // closed where Wait may return

	mu     sync.Mutex
	reaped bool
	state  State
	err    error
}

// State is how a child ended, and what it used.
type State struct {
	Code         int            // exit code; -1 if a signal ended it
	Signal       syscall.Signal // that ended it; 0 if none
	User, System time.Duration  // of the child and those it waited for
	MaxRSS       int64          // bytes
}

// String is "exit status 1" or "signal: killed".
func (s State) String() string {
	if s.Signal != 0 {
		return "signal: " + s.Signal.String()
	}
	return "exit status " + strconv.Itoa(s.Code)
}

// ErrNoChannel is returned where the child was given no way to hear it.
var ErrNoChannel = errors.New("the program has no such channel")

// Start runs a program. An error says why it could not be run; nothing is left
// behind then, and the sink is not called.
func Start(o Options, sink Sink) (*Process, error) {
	p, err := start(o, sink)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", o.Path, err)
	}
	return p, nil
}

func start(o Options, sink Sink) (p *Process, err error) {
	p = &Process{done: make(chan struct{})}
	var child []*os.File // the child's ends
	defer func() {
		for _, f := range child {
			f.Close()
		}
		if err != nil {
			p.release()
			p.channels.close()
		}
	}()
	p.cmd = exec.Command(o.Path, o.Args...)
	p.cmd.Dir = o.Dir
	env := o.Env
	if env == nil {
		env = os.Environ()
	}
	p.cmd.Env = without(env, pipe.EnvOut, pipe.EnvIn, gonb.EnvPipe, gonb.EnvBack)
	if filepath.IsAbs(o.Dir) {
		p.cmd.Env = append(p.cmd.Env, "PWD="+o.Dir)
	}
	if o.Display {
		if p.fifos, err = newFIFOs(o.TmpDir); err != nil {
			return p, err
		}
		p.cmd.Env = append(p.cmd.Env, gonb.EnvPipe+"="+p.fifos.out, gonb.EnvBack+"="+p.fifos.back)
	}
	if p.channels, err = newChannels(p.fifos); err != nil {
		return p, err
	}
	child = p.channels.child[:]
	p.cmd.Stdout, p.cmd.Stderr = child[stdout], child[stderr]
	if o.Stdin {
		var r *os.File
		if r, p.stdin, err = os.Pipe(); err != nil {
			return p, err
		}
		child = append(child, r)
		p.cmd.Stdin = r
	}
	if o.Display {
		var r *os.File
		if r, p.back, err = os.Pipe(); err != nil {
			return p, err
		}
		child = append(child, r)
		p.toOurs = pipe.NewWriter(p.back)
		p.cmd.ExtraFiles = []*os.File{child[display], r}
		p.cmd.Env = append(p.cmd.Env, pipe.EnvOut+"=3", pipe.EnvIn+"=4")
	}
	if err = p.channels.start(p.cmd); err != nil {
		if _, errDir := os.Stat(o.Dir); o.Dir != "" && errDir != nil {
			err = errDir // the other one names the program
		}
		return p, err
	}
	for _, f := range child {
		f.Close()
	}
	child = nil
	h := &handover{sink: sink, ids: o.IDs}
	if h.ids == nil {
		h.ids = &gonb.IDs{}
	}
	if p.fifos != nil {
		h.synced = func(m pipe.Message) { p.fifos.send(m) }
	}
	go p.channels.run(h, sync.OnceFunc(p.finish))
	go p.reap()
	return p, nil
}

// without returns a copy of env that does not have the names.
func without(env []string, names ...string) []string {
	var kept []string
next:
	for _, e := range env {
		for _, name := range names {
			if strings.HasPrefix(e, name+"=") {
				continue next
			}
		}
		kept = append(kept, e)
	}
	return kept
}

// reap waits for the child's end. Between the end and the reaping, the process
// group's number cannot belong to another; Signal relies on that.
func (p *Process) reap() {
	waitExit(p.cmd.Process.Pid)
	p.mu.Lock()
	ps, err := p.cmd.Process.Wait()
	p.reaped = true
	if err != nil {
		p.err = fmt.Errorf("wait for %s: %w", p.cmd.Path, err)
	} else {
		p.state = stateOf(ps)
	}
	p.mu.Unlock()
	p.channels.exited()
}

func stateOf(ps *os.ProcessState) State {
	s := State{Code: ps.ExitCode(), User: ps.UserTime(), System: ps.SystemTime()}
	if w, ok := ps.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		s.Signal = w.Signal()
	}
	if u, ok := ps.SysUsage().(*syscall.Rusage); ok {
		s.MaxRSS = int64(u.Maxrss) * rssUnit
	}
	return s
}

// finish lets Wait return.
func (p *Process) finish() {
	p.release()
	close(p.done)
}

// release closes what leads to the child; calls of Type and Send end.
func (p *Process) release() {
	if p.stdin != nil {
		p.stdin.Close()
	}
	if p.back != nil {
		p.back.Close()
	}
	if p.fifos != nil {
		p.fifos.close()
	}
}

// Send sends a message to the program: to one of GoNB's if it is a comm message
// for gonb.CommTarget, and else through the display pipe. It waits until the
// pipe has room or the program has ended; a program of GoNB's that does not
// read is an error after 128 messages. A program without the pipe is
// ErrNoChannel; one that has ended or closed it, another error.
func (p *Process) Send(m pipe.Message) error {
	if p.toOurs == nil {
		return ErrNoChannel
	}
	if m.Comm != nil && m.Comm.Target == gonb.CommTarget {
		return p.fifos.send(m)
	}
	return p.toOurs.Write(m)
}

// Type writes a line and a newline to the program's standard input. It waits
// until the pipe has room or the program has ended. Without Options.Stdin it
// returns ErrNoChannel.
func (p *Process) Type(line string) error {
	if p.stdin == nil {
		return ErrNoChannel
	}
	_, err := p.stdin.WriteString(line + "\n")
	return err
}

// CloseInput ends the program's standard input.
func (p *Process) CloseInput() error {
	if p.stdin == nil {
		return ErrNoChannel
	}
	return p.stdin.Close()
}

// Signal sends a signal to the child's whole process group. After the child has
// ended it returns os.ErrProcessDone.
func (p *Process) Signal(s os.Signal) error {
	n, ok := s.(syscall.Signal)
	if !ok {
		return fmt.Errorf("signal %v: not one of this system", s)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped {
		return os.ErrProcessDone
	}
	return syscall.Kill(-p.cmd.Process.Pid, n)
}

// Interrupt sends SIGINT to the child's process group.
func (p *Process) Interrupt() error { return p.Signal(os.Interrupt) }

// Kill ends the whole process group at once, also what the child has left in
// the background. What a process outside the group goes on to say is not read
// after Grace.
func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	p.channels.kill()
}

// Pid is the number of the child and of its process group.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Done is closed when Wait would return.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait returns when the child has ended and all that it wrote has been handed
// to the sink. The error is not nil only where the state could not be learnt.
func (p *Process) Wait() (State, error) {
	<-p.done
	return p.state, p.err
}
