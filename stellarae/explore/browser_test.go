package explore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/xla"
)

// The page is tried in a headless Chromium, as people use it. With
// STELLARAE_EXPLORE_RUN it is that of another run than the tests', and
// STELLARAE_SCREENSHOTS names a folder for pictures.

// watch runs in every page before its own scripts. It keeps what goes wrong
// there, and files that are saved.
const watch = `window.wrong = []; window.saved = [];
addEventListener("error", (e) => wrong.push(e.message));
addEventListener("unhandledrejection", (e) => wrong.push(String(e.reason)));
addEventListener("securitypolicyviolation", (e) => wrong.push("policy: " + e.violatedDirective + " " + e.blockedURI));
const make = URL.createObjectURL;
URL.createObjectURL = (blob) => { saved.push(blob); return make(blob); };
window.shown = () => document.getElementById("spectrum")?.dataset.shown ?? null;
window.until = async (f) => { while (!(await f())) await new Promise((r) => setTimeout(r, 5)); return true; };
window.settled = () => until(() => document.body?.dataset.ready && shown() && document.getElementById("map").dataset.shown);
window.fields = () => JSON.parse(shown());`

// tab is a page of the explorer.
type tab struct {
	ctx context.Context
	t   *testing.T
}

// browser starts a browser that shows nothing yet.
func browser(t *testing.T) tab {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: driving a browser takes a while")
	}
	if err := Check(); err != nil {
		t.Skip("the page's plot library is not here: `make build` fetches it with npm")
	}
	if _, err := exec.LookPath("chromium"); err != nil {
		if _, err := exec.LookPath("google-chrome"); err != nil {
			t.Skip("no chromium on the PATH")
		}
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, // it shows local pages only, and does not start as root otherwise
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(1440, 1000),
	)
	alloc, closeAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeTab := chromedp.NewContext(alloc)
	t.Cleanup(func() { closeTab(); closeAlloc() })
	b := tab{ctx, t}
	b.prepare()
	return b
}

func (b tab) prepare() {
	b.t.Helper()
	if err := chromedp.Do(b.ctx); err != nil { // which binds the tab's life to this context
		b.t.Fatal(err)
	}
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch})
		return err
	}))
}

// another is a new tab of the same browser.
func (b tab) another() tab {
	b.t.Helper()
	ctx, closeTab := chromedp.NewContext(b.ctx)
	b.t.Cleanup(closeTab)
	n := tab{ctx, b.t}
	n.prepare()
	return n
}

const patience = time.Minute

func (b tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// script evaluates JavaScript, in which await may be used.
func script[T any](b tab, text string, arguments ...any) T {
	b.t.Helper()
	v, err := try[T](b, fmt.Sprintf(text, arguments...))
	if err != nil {
		b.picture("failed")
		b.t.Fatalf("%.120s: %v", text, err)
	}
	return v
}

func try[T any](b tab, text string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T]("(async () => { "+text+" })()", chromedp.EvalAwaitPromise))
	if errors.Is(err, context.DeadlineExceeded) {
		now, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`shown() + " " + document.getElementById("alert").innerText + " " + wrong`))
		err = fmt.Errorf("%w; the page shows %s", err, now)
	}
	return v, err
}

// open goes to an address and waits for the first view.
func (b tab) open(address string) {
	b.t.Helper()
	b.do(chromedp.Navigate(address))
	script[bool](b, `return await settled()`)
}

// until waits for an expression to hold.
func (b tab) until(expression string, arguments ...any) {
	b.t.Helper()
	script[bool](b, `return await until(() => `+expression+`)`, arguments...)
}

func (b tab) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// view is what data-shown says: the spectrum, its code, and the samples.
type view struct {
	ID    string
	Code  []float32
	Range [2]int
}

func (v *view) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&v.ID, &v.Code, &v.Range})
}

func (b tab) view() (v view) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(script[string](b, `return shown()`)), &v); err != nil {
		b.t.Fatal(err)
	}
	return v
}

// clean fails where something went wrong in the page.
func (b tab) clean() {
	b.t.Helper()
	if wrong := script[[]string](b, `return wrong`); len(wrong) > 0 {
		b.t.Errorf("in the page: %s", strings.Join(wrong, "; "))
	}
}

func (b tab) picture(name string) {
	dir := os.Getenv("STELLARAE_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(b.t.Name(), "/", "-")+"-"+name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Error(err)
	}
}

// chosen is the explorer that the browser's tests look at.
func chosen(t *testing.T) (*Explorer, *Server) {
	t.Helper()
	run := os.Getenv("STELLARAE_EXPLORE_RUN")
	if run == "" {
		return serve(t)
	}
	d := must[*xla.Device](t)(xla.Open())
	m := must[*stellarae.Model](t)(stellarae.OpenRun(d.Backend, run))
	from := Sources{Run: run}.Beside()
	if data := os.Getenv("STELLARAE_EXPLORE_DATA"); data != "" {
		from.Data = []string{data}
	}
	return start(t, must[*Explorer](t)(New(m, must[*Survey](t)(Load(t.Context(), m, from, nil)))))
}
