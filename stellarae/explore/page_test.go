package explore

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestPage(t *testing.T) {
	b := browser(t)
	e, s := chosen(t)
	b.open(s.URL())
	t.Run("opens", func(t *testing.T) {
		b := tab{b.ctx, t}
		if at := script[string](b, `return location.href`); strings.Contains(at, "token") {
			t.Errorf("the address is %s", at)
		}
		if got := b.view(); len(got.Code) != e.config.Nodes {
			t.Errorf("it begins with %+v", got)
		}
		b.clean()
		b.picture("light")
	})
	for _, c := range []struct {
		name string
		test func(tab, *Explorer, *Server)
	}{
		{"sliders", trySliders}, {"retrieval", tryRetrieval}, {"map", tryMap}, {"keys", tryKeys}, {"order", tryOrder}, {"zoom", tryZoom},
		{"permalink", tryPermalink}, {"themes", tryThemes}, {"narrow", tryNarrow}, {"files", tryFiles}, {"saves", trySaves}, {"tabs", tryTabs},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := tab{b.ctx, t}
			b.open(s.at("/"))
			c.test(b, e, s)
			b.clean()
		})
	}
}

// Fifty moves of a slider, each until its spectrum is painted; then forty at
// once, of which the last is what is shown, and not each was asked for.
func trySliders(b tab, e *Explorer, s *Server) {
	times := script[[]float64](b, `
		const input = document.querySelector("#sliders input");
		const node = Number(input.id.slice(5));
		const times = [];
		for (let k = 0; k < 50; k++) {
			const share = 0.5 + 0.5 * Math.sin(k);
			const began = performance.now();
			input.value = Number(input.min) + share * (input.max - input.min);
			const want = Math.fround(Number(input.value));
			input.dispatchEvent(new Event("input"));
			await new Promise((done) => {
				const painted = () => fields()[1][node] === want && (watch.disconnect(), requestAnimationFrame(() => setTimeout(done)));
				const watch = new MutationObserver(painted);
				watch.observe(document.getElementById("spectrum"), { attributeFilter: ["data-shown"] });
			});
			times.push(performance.now() - began);
			await new Promise((r) => setTimeout(r, 30));
		}
		return times;`)
	slices.Sort(times)
	b.t.Logf("from a move to the painted spectrum: median %.0f ms, 95th percentile %.0f ms, most %.0f ms", times[24], times[47], times[49])

	asked := script[float64](b, `
		const input = document.querySelector("#sliders input");
		const node = Number(input.id.slice(5));
		performance.clearResourceTimings();
		let want;
		for (let k = 0; k < 40; k++) {
			input.value = Number(input.min) + (k / 40) * (input.max - input.min);
			want = Math.fround(Number(input.value));
			input.dispatchEvent(new Event("input"));
			if (k %% 10 === 0) await new Promise((r) => setTimeout(r));
		}
		await until(() => fields()[1][node] === want);
		await new Promise((r) => setTimeout(r, 200));
		if (fields()[1][node] !== want) throw new Error("an older answer came last");
		return performance.getEntriesByType("resource").filter((r) => r.name.includes("/api/view")).length;`)
	if asked >= 40 {
		b.t.Errorf("40 moves at once were %v requests", asked)
	}
	b.picture("moved")
	script[bool](b, `document.getElementById("reset").click(); return await until(() => document.getElementById("reset").disabled)`)
	index := e.survey.at[b.view().ID]
	script[bool](b, `return await until(async () => JSON.stringify(fields()[1]) === JSON.stringify((await (await fetch("/api/spectrum?i=%d")).json()).code.map(Math.fround)))`, index)
}

// The table holds what the index finds; a click on a row opens its spectrum.
func tryRetrieval(b tab, e *Explorer, s *Server) {
	b.until(`document.querySelectorAll("#near tbody button").length > 0`)
	now := b.view()
	self := e.survey.at[now.ID]
	near, err := e.space.near(now.Code, 12, self, true)
	if err != nil {
		b.t.Fatal(err)
	}
	got := script[[]int](b, `return [...document.querySelectorAll("#near tbody button")].map((x) => Number(x.dataset.index))`)
	for k, n := range near {
		if k >= len(got) || got[k] != e.survey.coded[n.Row] {
			b.t.Fatalf("the table has %v, want %v", got, near)
		}
	}
	script[bool](b, `document.querySelector("#near tbody button").click(); return true`)
	b.until(`fields()[0] === %q`, e.survey.spectra[got[0]].id)
}

// A point under the cursor is named; a click opens it.
func tryMap(b tab, e *Explorer, s *Server) {
	type box struct{ X, Y, Width, Height float64 }
	area := script[box](b, `const o = document.querySelector("#map-plot .u-over"); o.scrollIntoView({ block: "center" });
		await new Promise((r) => setTimeout(r, 100)); return o.getBoundingClientRect().toJSON()`)
	hit := false
	var x, y float64
	for k := range 400 { // outwards from the middle until a point is there
		angle, r := 2.4*float64(k), math.Sqrt(float64(k)/400)/2
		x, y = area.X+area.Width*(0.5+0.95*r*math.Cos(angle)), area.Y+area.Height*(0.5+0.95*r*math.Sin(angle))
		b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y))
		if hit = script[bool](b, `return document.querySelector("#map-plot .u-over").classList.contains("hit")`); hit {
			break
		}
	}
	if !hit {
		b.t.Fatal("no point was found")
	}
	before := b.view().ID
	b.until(`/^[^,]+: /.test(document.getElementById("map-says").textContent)`)
	name, _, _ := strings.Cut(script[string](b, `return document.getElementById("map-says").textContent`), ": ")
	b.do(chromedp.MouseClickXY(x, y))
	b.until(`document.getElementById("title").textContent === %q && fields()[0] !== %q`, name, before)
	if star := e.survey.star(e.survey.at[b.view().ID]); star != name {
		b.t.Errorf("%s is shown, of %s, not of %s", b.view().ID, star, name)
	}
}

// Everything works from the keyboard.
func tryKeys(b tab, e *Explorer, s *Server) {
	n := len(e.survey.spectra)
	at := e.survey.at[b.view().ID]
	shows := func(i int) {
		b.t.Helper()
		b.until(`fields()[0] === %q`, e.survey.spectra[(i+n)%n].id)
	}
	b.press("j")
	shows(at + 1)
	b.press("k")
	shows(at)
	b.press("k")
	shows(at - 1)

	// a slider, by its number and the arrows
	b.press("1")
	before := script[float64](b, `return Number(document.activeElement.value)`)
	step := script[float64](b, `return Number(document.activeElement.step)`)
	b.press(kb.ArrowRight, kb.ArrowRight)
	after := script[float64](b, `return Number(document.activeElement.value)`)
	if d := math.Abs(after - before); math.Abs(d-2*step) > step {
		b.t.Errorf("two keys moved a slider by %v, its step is %v", after-before, step)
	}
	b.until(`fields()[1][Number(document.activeElement.id.slice(5))] === Math.fround(Number(document.activeElement.value))`)
	if words := script[string](b, `return document.activeElement.getAttribute("aria-valuetext")`); !strings.Contains(words, ", encoded ") {
		b.t.Errorf("a slider says %q", words)
	}
	b.press("0")
	b.until(`document.getElementById("reset").disabled`)

	// the list of keys
	b.press("?")
	b.until(`document.getElementById("keys").open`)
	b.picture("help")
	b.press(kb.Escape)
	b.until(`!document.getElementById("keys").open`)

	// finding by name; letters typed there are no shortcuts
	star := e.survey.star(7)
	if star == "" {
		star = e.survey.spectra[7].id
	}
	b.press("/")
	b.until(`document.activeElement.id === "search"`)
	script[bool](b, `document.activeElement.select(); return true`) // DevTools' key types although it was taken
	b.do(chromedp.KeyEvent(star))
	b.until(`[...document.querySelectorAll("#found li")].length > 0 && [...document.querySelectorAll("#found li")].every((li) => li.textContent.includes(%q))`, star)
	b.picture("search")
	b.press(kb.ArrowDown)
	if chosen := script[string](b, `return document.getElementById(document.getElementById("search").getAttribute("aria-activedescendant"))?.textContent ?? ""`); !strings.Contains(chosen, star) {
		b.t.Errorf("the arrow leads to %q", chosen)
	}
	b.press(kb.Enter)
	b.until(`document.getElementById("title").textContent === %q`, star)

	// range
	whole := b.view().Range
	b.press("+", "+", "+")
	b.until(`fields()[2][1] - fields()[2][0] < %d`, whole[1]-whole[0])
	b.press(".")
	b.until(`fields()[2][0] > 0`)
	b.press("w")
	b.until(`fields()[2][0] === %d && fields()[2][1] === %d`, whole[0], whole[1])

	// the map
	b.press("m")
	b.until(`document.activeElement.id === "map-plot"`)
	id := b.view().ID
	for range 3 {
		b.press(kb.ArrowRight, kb.ArrowLeft, kb.ArrowUp)
	}
	b.press(kb.Enter)
	b.until(`fields()[0] !== %q`, id)
}

// Tab goes through the page in the order in which it is read, and what has the
// focus shows it.
func tryOrder(b tab, e *Explorer, s *Server) {
	script[bool](b, `document.activeElement?.blur(); scrollTo(0, 0); return true`)
	var order []string
	for range 45 {
		b.press(kb.Tab)
		type focus struct{ ID, Outline, Name string }
		f := script[focus](b, `const a = document.activeElement; const s = getComputedStyle(a);
			return { ID: a.id, Outline: s.outlineStyle + " " + s.outlineWidth, Name: a.getAttribute("aria-label") || a.labels?.[0]?.textContent || a.textContent || a.title || "" }`)
		if script[bool](b, `return document.activeElement === document.body`) {
			continue // between the last element and the first
		}
		if strings.HasPrefix(f.Outline, "none") || strings.HasSuffix(f.Outline, " 0px") {
			b.t.Errorf("%s %q has the focus and does not show it: %s", f.ID, f.Name, f.Outline)
		}
		if strings.TrimSpace(f.Name) == "" {
			b.t.Errorf("%s has no name to be read out", f.ID)
		}
		order = append(order, f.ID)
	}
	last := -1
	for _, id := range []string{"previous", "search", "next", "open", "link", "png", "csv", "theme", "help", "plot", "whole", "from", "to", "velocity", "map-x", "map-plot", "stars"} {
		i := slices.Index(order, id)
		if i < 0 && len(e.survey.nodes) < 20 || i >= 0 && i < last {
			b.t.Errorf("%s is number %d of %v", id, i, order)
		}
		last = max(i, last)
	}
}

// A drag over the plot zooms, a double click shows all, a chip its line.
func tryZoom(b tab, e *Explorer, s *Server) {
	whole := b.view().Range
	type box struct{ X, Y, Width, Height float64 }
	area := script[box](b, `return document.querySelector("#flux .u-over").getBoundingClientRect().toJSON()`)
	x0, x1, y := area.X+0.3*area.Width, area.X+0.5*area.Width, area.Y+0.5*area.Height
	b.do(
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x0, y),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x0, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, (x0+x1)/2, y, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x1, y, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x1, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
	)
	g := e.config.Grid
	width := g.End() - g.Start
	b.until(`Math.abs(Number(document.getElementById("from").value) - %g) < %g`, g.Start+0.3*width, 0.01*width)
	b.until(`Math.abs(Number(document.getElementById("to").value) - %g) < %g`, g.Start+0.5*width, 0.01*width)
	b.until(`fields()[2][1] - fields()[2][0] < %d`, whole[1]-whole[0])
	b.do(chromedp.MouseClickXY(x0, y, chromedp.ClickCount(2)))
	b.until(`fields()[2][0] === %d && fields()[2][1] === %d`, whole[0], whole[1])
	script[bool](b, `[...document.querySelectorAll(".chip")].find((c) => c.textContent === "Mg b").click(); return true`)
	b.until(`Number(document.getElementById("from").value) < 5167.3 && Number(document.getElementById("from").value) > 5150`)
	b.until(`fields()[2][1] - fields()[2][0] <= %d`, whole[1]-whole[0])
	b.picture("zoomed")
}
