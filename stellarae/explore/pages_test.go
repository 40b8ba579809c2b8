package explore

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A link shows in another tab what it was copied from.
func tryPermalink(b tab, e *Explorer, s *Server) {
	next := e.survey.spectra[(e.survey.at[b.view().ID]+1)%len(e.survey.spectra)].id
	b.press("j")
	b.until(`fields()[0] === %q`, next)
	script[bool](b, `
		const input = document.querySelector("#sliders input");
		input.value = Number(input.min) + 0.9 * (input.max - input.min);
		input.dispatchEvent(new Event("input"));
		for (const [id, value] of [["from", 5165], ["to", 5188], ["velocity", 12.5]]) {
			document.getElementById(id).value = value;
			document.getElementById(id).dispatchEvent(new Event("change"));
		}
		const x = document.getElementById("map-x");
		x.value = "0";
		x.dispatchEvent(new Event("change"));
		return true`)
	b.until(`document.getElementById("map").dataset.shown.startsWith("0,") && location.hash.includes("x=5165.000-5188.000") && location.hash.includes("v=12.5") && location.hash.includes("n=")`)
	b.until(`fields()[2][0] > 0 && fields()[1][Number(document.querySelector("#sliders input").id.slice(5))] === Math.fround(Number(document.querySelector("#sliders input").value))`)
	want := b.view()
	link := script[string](b, `return location.href`)
	if strings.Contains(link, s.guard.token) {
		b.t.Errorf("the link holds the token: %s", link)
	}
	o := b.another()
	o.open(link)
	o.until(`shown() === %q`, script[string](b, `return shown()`))
	if got := o.view(); got.ID != want.ID || !slices.Equal(got.Code, want.Code) || got.Range != want.Range {
		b.t.Errorf("%s shows %+v, want %+v", link, got, want)
	}
	for _, what := range []string{`document.getElementById("map").dataset.shown`, `document.getElementById("velocity").value`, `location.href`} {
		if got, want := script[string](o, `return %s`, what), script[string](b, `return %s`, what); got != want {
			b.t.Errorf("%s is %s, want %s", what, got, want)
		}
	}
	o.clean()
	// a link that is damaged shows what of it is whole
	o.do(chromedp.Navigate("about:blank"))
	o.open(s.at("/#s=nobody&n=99:1,x:y,0:Infinity&x=9-&m=77,a,b&v=zz&%E0%A4%A"))
	o.clean()
}

// Colours follow the system, until someone chooses.
func tryThemes(b tab, e *Explorer, s *Server) {
	system := func(scheme string) {
		b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			return err
		}))
	}
	const light = `getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).every((v) => v > 200)`
	const dark = `getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).every((v) => v < 60)`
	// contrast of two colours, as WCAG 2.2 counts it; 4.5 is wanted of text
	const contrast = `const lum = (c) => { const d = document.createElement("canvas").getContext("2d"); d.fillStyle = c; d.fillRect(0, 0, 1, 1);
			return [...d.getImageData(0, 0, 1, 1).data].slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0); };
		const css = (n) => getComputedStyle(document.documentElement).getPropertyValue(n);
		const back = lum(css("--card"));
		return ["--text", "--quiet", "--focus", "--input", "--again", "--moved", "--telluric-text"].filter((n) => { const f = lum(css(n)); return (Math.max(f, back) + 0.05) / (Math.min(f, back) + 0.05) < (n === "--again" ? 3 : 4.5); })`
	for _, c := range []struct{ scheme, is string }{{"dark", dark}, {"light", light}} {
		system(c.scheme)
		b.until(c.is)
		if weak := script[[]string](b, `%s`, contrast); len(weak) > 0 {
			b.t.Errorf("%s: too little contrast: %v", c.scheme, weak)
		}
		b.picture(c.scheme)
	}
	b.press("t")
	b.until(dark)
	b.open(s.at("/"))
	b.until(dark)
	script[bool](b, `localStorage.clear(); delete document.documentElement.dataset.theme; return true`)
	b.until(light)
	system("")
}

// A narrow window has everything in one column, and nothing sticks out.
func tryNarrow(b tab, e *Explorer, s *Server) {
	b.do(chromedp.EmulateViewport(420, 900))
	b.until(`document.querySelector("#flux canvas").getBoundingClientRect().width < 420`)
	if wide := script[float64](b, `return document.documentElement.scrollWidth`); wide > 420 {
		b.t.Errorf("the page is %v wide in a window of 420", wide)
	}
	b.picture("narrow")
	b.do(chromedp.ResetViewport())
}

// Files are dropped: a spectrum is shown, other things say what is wrong.
func tryFiles(b tab, e *Explorer, s *Server) {
	drop := func(name, content string) {
		script[bool](b, `
			const files = new DataTransfer();
			files.items.add(new File([%s], %q));
			dispatchEvent(new DragEvent("dragenter", { dataTransfer: files, cancelable: true }));
			if (document.getElementById("drop").hidden) throw new Error("the page does not invite to drop");
			dispatchEvent(new DragEvent("drop", { dataTransfer: files, cancelable: true }));
			return true`, content, name)
	}
	g := e.config.Grid
	drop("mine.txt", fmt.Sprintf(`Array.from({ length: %d }, (_, i) => (%v + i * %v).toFixed(4) + " " + (1 + 0.1 * Math.sin(i / 20))).join("\n")`, g.Samples+20, g.Start-10*g.Step, g.Step))
	b.until(`fields()[0] === "mine" && document.getElementById("title").textContent === "mine"`)
	b.until(`document.querySelectorAll("#near tbody button").length > 0`)
	b.picture("dropped")
	b.until(`location.hash.includes("m=") && !location.hash.includes("s=")`)
	b.press("+", "+")
	b.until(`fields()[2][1] - fields()[2][0] < %d`, g.Samples)
	for _, c := range []struct{ name, content, why string }{
		{"picture.png", `"\x89PNG\r\n\x1a\n\0\0"`, "picture.png: neither FITS nor text"},
		{"short.txt", `"5000 1\n5001 1\n"`, "short.txt: covers 5000"},
		{"huge.fits", fmt.Sprintf(`new Uint8Array(%d)`, mostUpload+1), "files up to 64 MiB"},
	} {
		drop(c.name, c.content)
		b.until(`document.getElementById("alert").textContent.includes(%q)`, c.why)
	}
	b.picture("refused")
	b.until(`fields()[0] === "mine"`)
}

// What is saved: a picture, and the numbers as the library has them.
func trySaves(b tab, e *Explorer, s *Server) {
	b.press("i")
	b.until(`saved.some((f) => f.type === "image/png" && f.size > 10000)`)
	checkCSV(b, e, s)
}

// checkCSV saves the whole spectrum with a slider moved and compares every
// number with the model's own.
func checkCSV(b tab, e *Explorer, s *Server) {
	b.t.Helper()
	now := b.view()
	text := script[string](b, `saved.length = 0; document.getElementById("whole").click(); document.getElementById("csv").click();
		await until(() => saved.some((f) => f.type === "text/csv")); return await saved.find((f) => f.type === "text/csv").text()`)
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	rows := must[[][]string](b.t)(r.ReadAll())
	g := e.config.Grid
	if len(rows) != g.Samples+1 {
		b.t.Fatalf("%d rows of %d samples", len(rows), g.Samples)
	}
	row := must[[]float32](b.t)(e.row(e.survey.at[now.ID]))
	encoded := must[[]float32](b.t)(e.coder.encode(b.ctx, row))
	again := e.unpadded(must[[]float32](b.t)(e.coder.decode(b.ctx, encoded)))
	moved := e.unpadded(must[[]float32](b.t)(e.coder.decode(b.ctx, now.Code)))
	input := e.unpadded(row)
	for i, fields := range rows[1:] {
		want := []float64{g.Start + float64(i)*g.Step, float64(input[i]), float64(again[i]), float64(input[i] - again[i])}
		if !slices.Equal(now.Code, encoded) {
			want = append(want, float64(moved[i]), float64(moved[i]-again[i]))
		}
		if len(fields) != len(want) {
			b.t.Fatalf("columns %v, want %d", rows[0], len(want))
		}
		for k, f := range fields {
			if v := must[float64](b.t)(strconv.ParseFloat(f, 64)); math.Abs(v-want[k]) > 1e-4*float64(1-min(k, 1)) && v != want[k] {
				b.t.Fatalf("sample %d, %s: %v, want %v", i, rows[0][k], v, want[k])
			}
		}
	}
}

// Ten tabs at once, each with its own spectrum and sliders, stay each with its
// own.
func tryTabs(b tab, e *Explorer, s *Server) {
	tabs := make([]tab, 10)
	for k := range tabs {
		tabs[k] = b.another()
		tabs[k].open(s.at("/#s=" + e.survey.spectra[(k*len(e.survey.spectra))/10].id))
	}
	want := make([]view, len(tabs))
	errors := make([]error, len(tabs))
	var all sync.WaitGroup
	for k, o := range tabs {
		random := rand.New(rand.NewPCG(uint64(k), 9))
		share := 0.1 + 0.8*random.Float64()
		all.Go(func() {
			var text string
			text, errors[k] = try[string](o, fmt.Sprintf(`
				const input = document.querySelector("#sliders input");
				const node = Number(input.id.slice(5));
				let want;
				for (let i = 0; i <= 20; i++) {
					input.value = Number(input.min) + (i < 20 ? (i * 7 %% 20) / 20 : %v) * (input.max - input.min);
					want = Math.fround(Number(input.value));
					input.dispatchEvent(new Event("input"));
					await new Promise((r) => setTimeout(r, 15));
				}
				await until(() => fields()[1][node] === want);
				await new Promise((r) => setTimeout(r, 300));
				if (fields()[1][node] !== want) throw new Error("an older answer came last");
				return shown()`, share))
			if errors[k] == nil {
				errors[k] = (&want[k]).UnmarshalJSON([]byte(text))
			}
		})
	}
	all.Wait()
	for k, o := range tabs {
		if errors[k] != nil {
			b.t.Errorf("tab %d: %v", k, errors[k])
			continue
		}
		if id := e.survey.spectra[(k*len(e.survey.spectra))/10].id; want[k].ID != id {
			b.t.Errorf("tab %d shows %s, want %s", k, want[k].ID, id)
		}
		checkCSV(tab{o.ctx, b.t}, e, s)
		o.clean()
	}
}
