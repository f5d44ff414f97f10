package page_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// A speed is how long each thing takes that somebody does with the page, in milliseconds.
type speed struct{ Open, Filter, Reason float64 }

// timed opens a page, filters it and asks for a reason. Each ends when the browser has drawn it.
func timed(t *testing.T, file, project string) speed {
	t.Helper()
	with := wide
	with.timed = true
	shown := openFile(t, with, file)
	drawn := `new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))`
	return speed{
		Open: ask[float64](shown, `window.drawn`),
		Filter: ask[float64](shown, `(async () => {
			const begin = performance.now(), input = document.getElementById('project');
			input.value = %q;
			input.dispatchEvent(new InputEvent('input', { bubbles: true }));
			return await %s - begin;
		})()`, project, drawn),
		Reason: ask[float64](shown, `(async () => {
			const begin = performance.now();
			document.querySelector('#matrix button').focus();
			if (!document.getElementById('explanation').checkVisibility()) throw new Error('no reason');
			return await %s - begin;
		})()`, drawn),
	}
}

// most is how many times as long a large organization may take as one of 200 principals.
const most = 5

// TestLargeIsFast compares pages in one run, and the best of several rounds: whatever else a machine does makes it only slower.
func TestLargeIsFast(t *testing.T) {
	const rounds = 5
	var small, large []speed
	for range rounds {
		small = append(small, timed(t, wholePage, "product-00"))
		large = append(large, timed(t, largePage, "product-0000"))
	}
	for name, of := range map[string]func(speed) float64{
		"open":          func(s speed) float64 { return s.Open },
		"filter":        func(s speed) float64 { return s.Filter },
		"show a reason": func(s speed) float64 { return s.Reason },
	} {
		best := func(all []speed) float64 {
			return of(slices.MinFunc(all, func(a, b speed) int { return int(1000 * (of(a) - of(b))) }))
		}
		ratio := best(large) / best(small)
		fmt.Printf("to %s: %.0f ms, of 5,000 principals and 1,000 projects %.0f ms, %.1f times as long\n", name, best(small), best(large), ratio)
		if ratio > most {
			t.Errorf("to %s takes %.1f times as long as the page of 200 principals, more than %d", name, ratio, most)
		}
	}
}

// TestLarge looks at what a page of a large organization shows at a time.
func TestLarge(t *testing.T) {
	shown := openFile(t, wide, largePage)
	seen := func() string { return ask[string](shown, `document.getElementById('pages').innerText`) }
	if said := seen(); !strings.Contains(said, "Places 1–150 of 3,501") || !strings.Contains(said, "Accounts 1–200 of ") {
		t.Errorf("the page says %q", said)
	}
	shown.run(`document.querySelector('#place-pages button:last-child').click()`)
	if said := seen(); !strings.Contains(said, "Places 151–300 of 3,501") {
		t.Errorf("the next page says %q", said)
	}
	shown.run(`document.querySelector('#place-pages button').click(); document.querySelector('#place-pages button').click()`)
	if said := seen(); !strings.Contains(said, "Places 1–150 of 3,501") {
		t.Errorf("before the first page is %q", said)
	}
	for project, wanted := range map[string]func(access) bool{
		"product-0000": func(a access) bool { return a.Project == "product-0000" },
		"product-0999": func(a access) bool { return a.Project == "product-0999" },
	} {
		shown.set("project", project)
		expectSame(t, project, shown.tableRights(), judgedLarge.rights(wanted))
		shown.run(`document.getElementById('as-list').click()`)
		expectSame(t, project, shown.listRights(), judgedLarge.rights(wanted))
		shown.run(`document.getElementById('as-table').click()`)
	}
	shown.set("project", "all")
	shown.set("text", "engineer.0101@example.com")
	expectSame(t, "somebody", shown.tableRights(), judgedLarge.rights(func(a access) bool { return a.Principal == "user:engineer.0101@example.com" }))
	shown.set("text", "")
	command(shown, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	ask[bool](shown, `new Promise(done => requestAnimationFrame(() => setTimeout(() => done(true))))`)
	if !shown.sees("Accounts 1–200 of 4,602 are on this paper.") {
		t.Error("the paper does not say that it is a part")
	}
}
