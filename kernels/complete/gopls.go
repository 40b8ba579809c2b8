package complete

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// gopls is one running language server. One request at a time may change its
// files; see Engine.ask.
type gopls struct {
	*conn
	cmd    *exec.Cmd
	folder string
	files  map[string]*openFile // by name in folder
	exited chan struct{}
}

// openFile is a file as the server was told of it; none is on the disk.
type openFile struct {
	text    string
	version int
}

// settings make gopls do what a notebook asks of it and no more: nothing is
// checked before it is asked for, nothing is offered as a snippet.
// See gopls's documentation of its settings.
var settings = map[string]any{
	"completionBudget":               "400ms",
	"deepCompletion":                 false, // no x.y.z while x is typed: that spends the budget
	"diagnosticsTrigger":             "Save",
	"experimentalPostfixCompletions": false,
	"completeFunctionCalls":          false,
	"newGoFileHeader":                false,
	"vulncheck":                      "Off",
	"linksInHover":                   true,
}

// startGopls runs the server in the folder of the module. Its end is seen at
// exited; what it says on stderr goes to log. The calling goroutine must stay
// on its thread until then, see bind.
func startGopls(o Options) (*gopls, error) {
	cmd := exec.Command(o.Gopls, "serve")
	cmd.Dir, cmd.Env = o.Dir, o.Env
	bind(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting gopls: %w", err)
	}
	g := &gopls{cmd: cmd, folder: o.Dir, files: map[string]*openFile{}, exited: make(chan struct{})}
	g.conn = newConn(stdout, stdin, func(method string, params json.RawMessage) {
		var m struct {
			Type    int    `json:"type"`
			Message string `json:"message"`
		}
		if method == "window/logMessage" && json.Unmarshal(params, &m) == nil && m.Type == 1 && !strings.Contains(m.Message, "context canceled") {
			o.Log("gopls: " + strings.TrimSpace(m.Message))
		}
	})
	logged := make(chan struct{})
	go func() {
		defer close(logged)
		logLines(stderr, o.Log)
	}()
	go func() {
		<-g.done
		kill(cmd)
		select {
		case <-logged:
		case <-time.After(time.Second): // a child that got away holds the pipe
		}
		_ = cmd.Wait() // closes the pipes; how it ended, the engine says from conn's error
		close(g.exited)
	}()
	return g, nil
}

// logLines hands on the lines of r, long ones cut.
func logLines(r io.Reader, log func(string)) {
	lines := bufio.NewReaderSize(r, 8<<10)
	for {
		line, more, err := lines.ReadLine()
		if err != nil {
			return
		}
		log("gopls: " + string(line))
		for more && err == nil {
			_, more, err = lines.ReadLine()
		}
	}
}

// initialize shakes hands (LSP 3.17, "Initialize Request").
func (g *gopls) initialize(ctx context.Context) error {
	root := fileURI(g.folder)
	markdown := []string{"markdown"}
	params := map[string]any{
		"processId":             os.Getpid(),
		"rootUri":               root,
		"workspaceFolders":      []map[string]string{{"uri": root, "name": "session"}},
		"initializationOptions": settings,
		"capabilities": map[string]any{
			"textDocument": map[string]any{
				"completion": map[string]any{"completionItem": map[string]any{
					"snippetSupport": false, "insertReplaceSupport": true, "documentationFormat": markdown}},
				"hover": map[string]any{"contentFormat": markdown},
				"signatureHelp": map[string]any{"signatureInformation": map[string]any{
					"documentationFormat": markdown}},
			},
		},
	}
	if err := g.call(ctx, "initialize", params, nil); err != nil {
		return fmt.Errorf("initialize: %w", err)
	}
	return g.notify(ctx, "initialized", struct{}{})
}

// write tells the server the text of a file, if it is new.
func (g *gopls) write(ctx context.Context, name, text string) error {
	uri := g.uri(name)
	f := g.files[name]
	var err error
	switch {
	case f == nil:
		f = &openFile{}
		err = g.notify(ctx, "textDocument/didOpen", map[string]any{"textDocument": map[string]any{
			"uri": uri, "languageId": "go", "version": 1, "text": text}})
	case f.text == text:
		return nil
	default:
		err = g.notify(ctx, "textDocument/didChange", map[string]any{
			"textDocument":   map[string]any{"uri": uri, "version": f.version + 1},
			"contentChanges": []map[string]string{{"text": text}}})
	}
	if err != nil {
		return err
	}
	f.text, f.version = text, f.version+1
	g.files[name] = f
	return nil
}

// changed tells the server of files that were written on the disk
// (workspace/didChangeWatchedFiles; 1 created, 2 changed, 3 deleted).
func (g *gopls) changed(ctx context.Context, paths []string) error {
	var events []map[string]any
	for _, p := range paths {
		kind := 2
		if _, err := os.Stat(p); errors.Is(err, os.ErrNotExist) {
			kind = 3
		}
		events = append(events, map[string]any{"uri": fileURI(p), "type": kind})
	}
	return g.notify(ctx, "workspace/didChangeWatchedFiles", map[string]any{"changes": events})
}

func (g *gopls) uri(name string) string { return fileURI(filepath.Join(g.folder, name)) }

// lspItem is a CompletionItem, as far as it is used.
type lspItem struct {
	Label, Detail string
	Kind          int
	TextEdit      *struct {
		NewText         string
		Insert, Replace span
	}
}

func (g *gopls) completion(ctx context.Context, name string, at position) ([]lspItem, error) {
	var list struct{ Items []lspItem }
	err := g.call(ctx, "textDocument/completion", g.at(name, at), &list)
	return list.Items, err
}

// hover is Markdown; "" where there is nothing to say.
func (g *gopls) hover(ctx context.Context, name string, at position) (string, error) {
	var h struct{ Contents struct{ Value string } }
	err := g.call(ctx, "textDocument/hover", g.at(name, at), &h)
	return h.Contents.Value, err
}

// signature is that of the call around the position, as Markdown like a hover's.
func (g *gopls) signature(ctx context.Context, name string, at position) (string, error) {
	var h struct {
		Signatures []struct {
			Label         string
			Documentation struct{ Value string }
		}
	}
	params := g.at(name, at)
	params["context"] = map[string]any{"triggerKind": 1, "isRetrigger": false} // asked for: also in a string
	err := g.call(ctx, "textDocument/signatureHelp", params, &h)
	var refused *rpcError
	if errors.As(err, &refused) {
		return "", nil // gopls fails where the call has no type
	}
	if err != nil || len(h.Signatures) == 0 {
		return "", err
	}
	s := h.Signatures[0]
	text := "```go\nfunc " + s.Label + "\n```"
	if s.Documentation.Value != "" {
		text += "\n\n---\n\n" + s.Documentation.Value
	}
	return text, nil
}

// definition is the file and the place in which the thing at a position is declared.
func (g *gopls) definition(ctx context.Context, name string, at position) (path string, place span, err error) {
	var list []struct {
		URI   string
		Range span
	}
	if err := g.call(ctx, "textDocument/definition", g.at(name, at), &list); err != nil || len(list) == 0 {
		return "", span{}, err
	}
	u, err := url.Parse(list[0].URI)
	if err != nil || u.Scheme != "file" {
		return "", span{}, fmt.Errorf("definition in %.200q, which is no file", list[0].URI)
	}
	return filepath.FromSlash(u.Path), list[0].Range, nil
}

func (g *gopls) at(name string, at position) map[string]any {
	return map[string]any{"textDocument": map[string]string{"uri": g.uri(name)}, "position": at}
}

// stop ends the server: politely, and after a moment by force.
func (g *gopls) stop(patience time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if g.call(ctx, "shutdown", nil, nil) == nil {
		_ = g.notify(ctx, "exit", nil) // the pipe closes after it in any case
		select {
		case <-g.exited:
		case <-ctx.Done():
		}
	}
	g.fail(errClosed)
	<-g.exited
}

func fileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}
