package explore

import (
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"path"
)

//go:embed assets
var files embed.FS

// plotLibrary is uPlot, which package.json pins and `make build` fetches.
var plotLibrary = []string{"vendor/uPlot.iife.min.js", "vendor/uPlot.min.css"}

// ErrNoPlotLibrary is that of a program built without npm at hand.
var ErrNoPlotLibrary = errors.New("this program was built without the plot library of the page: " +
	"in a checkout, with npm on the PATH, run 'make build' and use bin/stellarae")

// assets are the files of the page by their address, read once: what is not
// among them is not served, whatever the path says.
type assets map[string][]byte

func embedded() assets {
	sub, err := fs.Sub(files, "assets")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return readAssets(sub)
}

func readAssets(from fs.FS) assets {
	a := assets{}
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		a["/"+name], err = fs.ReadFile(from, name)
		return err
	})
	if err != nil {
		panic(err) // files in memory
	}
	return a
}

func (a assets) check() error {
	for _, name := range plotLibrary {
		if a["/"+name] == nil {
			return ErrNoPlotLibrary
		}
	}
	return nil
}

// kinds are said here and not asked of the system, whose tables may be wrong:
// browsers run no script of another kind.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	"":      "text/plain; charset=utf-8",
}

// ServeHTTP serves the page at / and its files beside it.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path
	if name == "/" {
		name = "/index.html"
	}
	content, ok := a[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only to be read", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", kinds[path.Ext(name)])
	w.Write(content) // a browser that has gone needs no answer
}

// Check tells at once whether the program holds all of the page; the error is
// ErrNoPlotLibrary.
func Check() error { return embedded().check() }
