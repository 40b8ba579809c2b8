package session

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"

	"github.com/stellarae/lab/kernels/cell"
	"github.com/stellarae/lab/kernels/display/pipe"
	"github.com/stellarae/lab/kernels/server"
	"github.com/stellarae/lab/kernels/session/build"
	"github.com/stellarae/lab/kernels/session/source"
)

// wasmFiles is the folder below the Jupyter server's own from which it serves
// what the page loads.
const wasmFiles = "jupyter_files"

// runWasm compiles a cell to WebAssembly, puts it where the Jupyter server
// serves files, and has the page run it in a div of the cell's output. The cell
// sees GonbWasmDir, GonbWasmUrl and GonbWasmDivId.
func (s *Session) runWasm(a *activity, c *cell.Cell, name string, out server.Output) *server.Error {
	s.mu.Lock()
	root := s.env["GONB_JUPYTER_ROOT"]
	s.remember(name, c)
	s.mu.Unlock()
	if root == "" {
		return plainError("NotSupported", "%%wasm: the folder of the Jupyter server is not known, so nothing can be served to the page")
	}
	support, err := os.ReadFile(filepath.Join(s.b.GOROOT(), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return plainError("WasmError", "%%wasm: %v", err)
	}
	id := randomID()
	dir, url := filepath.Join(root, wasmFiles, filepath.Base(s.mod.Dir)), "/files/"+wasmFiles+"/"+filepath.Base(s.mod.Dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return plainError("WasmError", "%%wasm: %v", err)
	}
	s.setenv("GONB_WASM_DIR", dir)
	s.setenv("GONB_WASM_URL", url)
	exe, e := s.buildWasm(a, c, name, id, dir, url, out)
	if e != nil {
		return e
	}
	program, err := os.ReadFile(exe)
	if err == nil {
		err = writeWhole(filepath.Join(dir, id+".wasm"), program)
	}
	if err == nil {
		err = writeWhole(filepath.Join(dir, "wasm_exec.js"), support)
	}
	if err != nil {
		return plainError("WasmError", "%%wasm: %v", err)
	}
	s.wasmDirs(dir)
	out.Display(pipe.Bundle{Data: map[string]any{"text/html": wasmPage(id, url), "text/plain": "a WebAssembly program of " + name}})
	return nil
}

func (s *Session) buildWasm(a *activity, c *cell.Cell, name, id, dir, url string, out server.Output) (string, *server.Error) {
	items, diags := cell.Split(c)
	if len(diags) > 0 {
		return "", splitErrors(name, c, diags)
	}
	s.cells.Lock()
	defer s.cells.Unlock()
	s.newsOfModule(out)
	plan, ds, err := s.ledger.Check(a.ctx, source.Text{Name: name, File: fileOf(c), Code: c.Go, Consts: map[string]string{"GonbWasmDir": dir, "GonbWasmUrl": url, "GonbWasmDivId": id}},
		items, &packages{s: s, a: a, out: out}, source.Process)
	if e := s.checkError(a, c, ds, err); e != nil {
		return "", e
	}
	files := plan.Program(false)
	g, err := s.b.Packages(a.ctx, plan.Imports)
	if err != nil {
		return "", s.buildError(a, name, err)
	}
	exe, err := s.b.Program(a.ctx, files, g, build.ProgramOptions{Wasm: true})
	if err != nil {
		return "", s.buildError(a, name, err)
	}
	s.ledger.Commit(plan)
	s.tellCompletion()
	return exe, nil
}

// wasmPage is the div and the script that starts the program; the page's own
// base makes the URL right behind a proxy.
func wasmPage(id, url string) string {
	return fmt.Sprintf(`<div id="%[1]s"></div>
<script>
(async () => {
  const base = (document.body.dataset.jupyterApiBase || JSON.parse((document.getElementById("jupyter-config-data") || {textContent: "{}"}).textContent).baseUrl || "/").replace(/\/$/, "");
  const at = base + %[2]q;
  if (!globalThis.Go) {
    await new Promise((done, failed) => {
      const s = document.createElement("script");
      s.src = at + "/wasm_exec.js"; s.onload = done; s.onerror = failed;
      document.head.append(s);
    });
  }
  const go = new Go();
  const program = await WebAssembly.instantiateStreaming(fetch(at + "/%[1]s.wasm"), go.importObject);
  go.run(program.instance);
})().catch(e => document.getElementById("%[1]s").textContent = e);
</script>`, html.EscapeString(id), url)
}

// wasmDirs remembers a folder to remove at the end of the session.
func (s *Session) wasmDirs(dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.Contains(strings.Join(s.leftovers, "\n"), dir) {
		s.leftovers = append(s.leftovers, dir)
	}
}

func randomID() string {
	var b [6]byte
	rand.Read(b[:])
	return "gonb_" + hex.EncodeToString(b[:])
}
