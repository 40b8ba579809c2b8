package lab

import (
	"context"
	_ "embed"
	"fmt"
	"iter"
	"net/url"
	"os"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

//go:embed page.js
var pageScript string

// Browser is a headless Chromium with one page, JupyterLab's.
type Browser struct {
	// Patience is how long any one thing is waited for.
	Patience time.Duration

	server *Server
	ctx    context.Context
	close  func()
}

// Open starts a browser with a profile of its own.
func Open(ctx context.Context, server *Server) (*Browser, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, // it shows local pages only, and does not start as root otherwise
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(1300, 1000),
	)
	alloc, closeAlloc := chromedp.NewExecAllocator(ctx, options...)
	tab, closeTab := chromedp.NewContext(alloc)
	b := &Browser{Patience: 30 * time.Second, server: server, ctx: tab, close: func() { closeTab(); closeAlloc() }}
	go b.agree(chromedp.Events(tab, page.JavascriptDialogOpening))
	install := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: pageScript})
		return err
	})
	if err := b.do(install); err != nil {
		b.Close()
		return nil, fmt.Errorf("start the browser: %w", err)
	}
	return b, nil
}

// agree accepts the browser's own questions, such as whether to leave a page
// with unsaved work, until the browser ends.
func (b *Browser) agree(questions iter.Seq2[page.EventJavascriptDialogOpening, error]) {
	for _, err := range questions {
		if err != nil {
			return
		}
		b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
			return err
		}))
	}
}

// do does things in the browser, none of which may take longer than Patience.
func (b *Browser) do(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(b.ctx, b.Patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// Close ends the browser and removes its profile.
func (b *Browser) Close() { b.close() }

// Screenshot writes what the window shows to a PNG file.
func (b *Browser) Screenshot(path string) error {
	ctx, cancel := context.WithTimeout(b.ctx, b.Patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return fmt.Errorf("screenshot: %w", err)
	}
	return os.WriteFile(path, picture, 0o600)
}

// Notebook opens a notebook, whose path is below the server's root, and waits
// until its kernel, the one that it names, is ready.
func (b *Browser) Notebook(path string) (*Notebook, error) {
	address := b.server.URL + "lab/tree/" + (&url.URL{Path: path}).EscapedPath() + "?reset&token=" + b.server.Token
	if err := b.do(chromedp.Navigate(address)); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	n := &Notebook{Browser: b, path: path}
	return n, n.Ready()
}

// await evaluates a JavaScript expression until it is truthy, and gives its
// value. Errors on the way count as "not yet": the page may be loading.
func await[T any](b *Browser, what, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, b.Patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		v, err := chromedp.Run(ctx, chromedp.Evaluate[*T]("(async () => ("+expression+") || null)()", chromedp.EvalAwaitPromise))
		if err == nil && v != nil {
			return *v, nil
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			var zero T
			if last != nil {
				return zero, fmt.Errorf("waited %v for %s; last error: %w", b.Patience, what, last)
			}
			return zero, fmt.Errorf("waited %v for %s", b.Patience, what)
		case <-tick.C:
		}
	}
}

// value evaluates a JavaScript expression once.
func value[T any](b *Browser, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, b.Patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		return v, fmt.Errorf("%s: %w", expression, err)
	}
	return v, nil
}

// press presses a key of package kb with modifiers.
func (b *Browser) press(key string, modifiers ...chromedp.Modifier) error {
	return b.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...)))
}

// insert puts text in at the caret, as a paste does.
func (b *Browser) insert(text string) error {
	return b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// box is a place in the window, in CSS pixels.
type box struct{ X, Y, Width, Height float64 }

func (b box) centre() (x, y float64) { return b.X + b.Width/2, b.Y + b.Height/2 }

// find waits for an element below a cell (or anywhere, for cell -1) to be there
// and to have stopped moving.
func (b *Browser) find(cell int, selector string) (box, error) {
	return await[box](b, fmt.Sprintf("%s in cell %d", selector, cell), fmt.Sprintf("await lab.box(%d, %q)", cell, selector))
}

// click clicks an element's middle.
func (b *Browser) click(cell int, selector string) error {
	at, err := b.find(cell, selector)
	if err != nil {
		return err
	}
	x, y := at.centre()
	return b.do(chromedp.MouseClickXY(x, y))
}
