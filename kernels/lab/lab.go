// Package lab drives a real JupyterLab in a real browser, as a person does:
// it opens a notebook, runs cells, types, moves sliders, interrupts, restarts
// and reads what is shown and saved. It is for tests and for pictures.
//
// It knows no kernel: which one runs, and what cells say, is up to who drives.
//
//	server, err := lab.Start(ctx, lab.Options{Python: ".venv/bin/python", Root: "notebooks"})
//	defer server.Stop()
//	browser, err := lab.Open(ctx, server)
//	defer browser.Close()
//	notebook, err := browser.Notebook("01_first.ipynb")
//	err = notebook.RunAll()
package lab

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options say how JupyterLab is run.
type Options struct {
	Python  string    // of an environment that has JupyterLab
	Root    string    // folder of the notebooks
	Kernels []string  // Jupyter data folders whose kernelspecs are found beside the environment's
	Env     []string  // NAME=VALUE, added to this process's environment
	Log     io.Writer // what JupyterLab says; nil drops it
}

// Server is a running JupyterLab. It listens on the loopback address only, and
// keeps its settings and connection files in a folder of its own.
type Server struct {
	URL   string // with a slash at its end
	Token string

	command *exec.Cmd
	dir     string
	ended   chan struct{}
	said    tail
}

// settings of JupyterLab, that nothing pops up and nothing is fetched.
var settings = map[string]string{
	"apputils-extension/notification.jupyterlab-settings":   `{"fetchNews": "false", "checkForUpdates": false, "doNotDisturbMode": true}`,
	"docmanager-extension/plugin.jupyterlab-settings":       `{"autosave": false}`,
	"extensionmanager-extension/plugin.jupyterlab-settings": `{"enabled": false}`,
}

// Start runs JupyterLab and returns when it answers. It is an error if the
// environment has none, or if it ends or does not answer before ctx does.
func Start(ctx context.Context, o Options) (server *Server, err error) {
	dir, err := os.MkdirTemp("", "lab-")
	if err != nil {
		return nil, err
	}
	s := &Server{Token: rand.Text(), dir: dir, ended: make(chan struct{})}
	defer func() {
		if err != nil {
			s.Stop()
		}
	}()
	for name, text := range settings {
		path := filepath.Join(dir, "settings", "@jupyterlab", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	// The process may outlive ctx: Stop ends it.
	c := exec.Command(o.Python, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root",
		"--expose-app-in-browser", "--LabApp.news_url=None", "--LabApp.extension_manager=readonly", "--ServerApp.root_dir="+o.Root)
	c.Env = append(os.Environ(), o.Env...)
	c.Env = append(c.Env,
		"JUPYTER_TOKEN="+s.Token,
		"JUPYTER_CONFIG_DIR="+filepath.Join(dir, "config"),
		"JUPYTER_DATA_DIR="+filepath.Join(dir, "data"),
		"JUPYTER_RUNTIME_DIR="+s.runtime(),
		"JUPYTERLAB_SETTINGS_DIR="+filepath.Join(dir, "settings"),
		"JUPYTERLAB_WORKSPACES_DIR="+filepath.Join(dir, "workspaces"),
		"IPYTHONDIR="+filepath.Join(dir, "ipython"),
		"JUPYTER_PATH="+strings.Join(o.Kernels, string(os.PathListSeparator)),
	)
	c.SysProcAttr = group()
	s.said.to = o.Log
	c.Stdout, c.Stderr = &s.said, &s.said
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("jupyterlab: %w", err)
	}
	s.command = c
	go func() {
		c.Wait()
		close(s.ended)
	}()
	if err := s.await(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Server) runtime() string { return filepath.Join(s.dir, "runtime") }

// await waits until the server has written where it listens, and answers there.
func (s *Server) await(ctx context.Context) error {
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("jupyterlab does not answer: %w; it said:\n%s", ctx.Err(), &s.said)
		case <-s.ended:
			return fmt.Errorf("jupyterlab ended: %s; it said:\n%s", s.command.ProcessState, &s.said)
		case <-tick.C:
		}
		if s.URL == "" {
			s.URL = s.listening()
			continue
		}
		var status struct{ Started string }
		if err := s.get(ctx, "api/status", &status); err == nil {
			return nil
		}
	}
}

// listening reads the server's own file about itself, once it is whole.
func (s *Server) listening() string {
	text, err := os.ReadFile(filepath.Join(s.runtime(), fmt.Sprintf("jpserver-%d.json", s.command.Process.Pid)))
	var about struct{ URL string }
	if err != nil || json.Unmarshal(text, &about) != nil {
		return ""
	}
	return about.URL
}

// get asks the server's REST interface.
func (s *Server) get(ctx context.Context, path string, v any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "token "+s.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(path + ": " + resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(v)
}

// Stop ends JupyterLab with its kernels and removes its folder.
func (s *Server) Stop() {
	if s.command != nil {
		s.command.Process.Signal(syscall.SIGTERM) // it shuts its kernels down
		select {
		case <-s.ended:
		case <-time.After(10 * time.Second):
		}
		syscall.Kill(-s.command.Process.Pid, syscall.SIGKILL)
		<-s.ended
	}
	os.RemoveAll(s.dir)
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	to   io.Writer
	kept []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.to != nil {
		t.to.Write(p)
	}
	t.kept = append(t.kept, p...)
	t.kept = t.kept[max(0, len(t.kept)-8<<10):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.kept))
}
