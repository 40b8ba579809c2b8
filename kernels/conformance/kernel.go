package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/stellarae/lab/kernels/wire"
)

// Options of Start.
type Options struct {
	Program string   // the kernel: run with the arguments run -f FILE and Args
	Args    []string // more arguments
	Dir     string   // where the notebook is; "" is a new folder, removed by Kill
	Env     []string // beside the environment of this process
}

// Kernel is a kernel that runs, and a front end connected to it.
type Kernel struct {
	*Client
	Dir  string
	Conn wire.Connection

	o     Options
	own   string // folder of the connection file
	cmd   *exec.Cmd
	log   logged
	ended chan struct{}
}

// Start runs a kernel and connects to it. It fails where the program does not
// start or does not answer within a minute.
func Start(o Options) (*Kernel, error) {
	own, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return nil, err
	}
	k := &Kernel{o: o, own: own, Dir: o.Dir}
	if k.Dir == "" {
		k.Dir = filepath.Join(own, "notebook")
		if err := os.Mkdir(k.Dir, 0o755); err != nil {
			return nil, err
		}
	}
	if k.Conn, err = freePorts(); err == nil {
		err = k.launch()
	}
	if err != nil {
		k.Kill()
		return nil, err
	}
	return k, nil
}

// freePorts makes a connection of five ports that nobody uses now.
func freePorts() (c wire.Connection, err error) {
	c = wire.Connection{Transport: "tcp", IP: "127.0.0.1", Key: wire.Key(uuid.NewString()), SignatureScheme: "hmac-sha256"}
	for _, port := range []*int{&c.ShellPort, &c.IOPubPort, &c.StdinPort, &c.ControlPort, &c.HBPort} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return c, err
		}
		defer l.Close()
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return c, nil
}

func (k *Kernel) launch() error {
	file := filepath.Join(k.own, "kernel-"+uuid.NewString()+".json")
	// Marshal hides no key: it is a string in JSON.
	text, err := json.Marshal(k.Conn)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	k.cmd = exec.Command(k.o.Program, append([]string{"run", "-f", file}, k.o.Args...)...)
	k.cmd.Dir, k.cmd.Env, k.cmd.Stderr = k.Dir, append(os.Environ(), k.o.Env...), &k.log
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := k.cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	k.ended = ended
	go func() {
		k.cmd.Wait()
		close(ended)
	}()
	if k.Client, err = Dial(k.Conn); err != nil {
		return fmt.Errorf("%w; the kernel's log: %s", err, k.Log())
	}
	return nil
}

// Restart ends the kernel as Jupyter does for a restart, and runs a new one on
// the same ports.
func (k *Kernel) Restart(wait time.Duration) error {
	if err := k.Shutdown(true, wait); err != nil {
		return err
	}
	k.Client.Close()
	return k.launch()
}

// Shutdown asks the kernel to end, and waits until its process has.
func (k *Kernel) Shutdown(restart bool, wait time.Duration) error {
	if _, err := k.Ask(Control, "shutdown_request", map[string]any{"restart": restart}, wait); err != nil {
		return err
	}
	return k.WaitEnd(wait)
}

// WaitEnd waits until the process has ended.
func (k *Kernel) WaitEnd(wait time.Duration) error {
	select {
	case <-k.ended:
		return nil
	case <-time.After(wait):
		return fmt.Errorf("the kernel has not ended after %v", wait)
	}
}

// PID is the kernel's process.
func (k *Kernel) PID() int { return k.cmd.Process.Pid }

// Signal sends a signal to the kernel's process.
func (k *Kernel) Signal(s os.Signal) error { return k.cmd.Process.Signal(s) }

// Log is what the kernel wrote to its standard error.
func (k *Kernel) Log() string { return k.log.String() }

// Kill ends the kernel at once, if it still runs, and removes what Start made.
func (k *Kernel) Kill() error {
	if k.Client != nil {
		k.Client.Close()
	}
	var err error
	if k.ended != nil {
		if e := k.cmd.Process.Kill(); e != nil && !errors.Is(e, os.ErrProcessDone) {
			err = e
		}
		<-k.ended
	}
	return errors.Join(err, os.RemoveAll(k.own))
}

type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
