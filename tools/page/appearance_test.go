package page_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// faint are the texts whose contrast with what is behind them is below that of WCAG's
// level AA, as "RATIO TEXT".
const faint = `(() => {
	const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
	const parse = color => color.match(/[\d.]+/g).map(Number);
	const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
	const behind = node => {
		for (; node; node = node.parentElement) {
			const color = parse(getComputedStyle(node).backgroundColor);
			if (color.length < 4 || color[3] === 1) return color;
			if (color[3] !== 0) throw new Error('a translucent background');
		}
		throw new Error('no background');
	};
	const known = new Set(), found = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const node = walker.currentNode.parentElement;
		if (!walker.currentNode.data.trim() || ['SCRIPT', 'OPTION'].includes(node.tagName) || !node.checkVisibility() || node.closest(':disabled')) continue;
		const [front, back] = [parse(getComputedStyle(node).color), behind(node)], key = front + '|' + back;
		if (known.has(key)) continue;
		known.add(key);
		const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a), ratio = (light + 0.05) / (dark + 0.05);
		if (ratio < 4.5) found.push(ratio.toFixed(1) + ' ' + walker.currentNode.data.trim());
	}
	if (known.size < 3) found.push('only ' + known.size + ' pairs of colours');
	return found;
})()`

func TestContrast(t *testing.T) {
	for name, with := range map[string]screen{"light": wide, "dark": dark, "print": {width: 800, height: 1100, media: "print"}} {
		t.Run(name, func(t *testing.T) {
			shown := openPart(t, with)
			shown.run(`for (const details of document.querySelectorAll('details')) details.open = true`)
			if with.media == "" {
				shown.pointAt(shown.middle(approval))
			}
			for _, text := range ask[[]string](shown, faint) {
				t.Errorf("too faint: %s", text)
			}
			if dark := ask[bool](shown, `getComputedStyle(document.body).backgroundColor.match(/\d+/g).every(v => v < 40)`); dark != (with.scheme == "dark") {
				t.Errorf("a dark page: %t", dark)
			}
		})
	}
}

// A page of a part of the organization does not show that nothing was found in the colour of good
// news: the rest may have what the part has not.
func TestNothingFoundInAPartIsNoGoodNews(t *testing.T) {
	const isPlain = `getComputedStyle(document.querySelector('.tallies .none strong')).color === getComputedStyle(document.body).color`
	shown := openPart(t, wide)
	if !ask[bool](shown, isPlain) {
		t.Error("it has a colour of its own")
	}
	shown.run(`document.querySelector('.tallies').classList.remove('part')`)
	if ask[bool](shown, isPlain) {
		t.Error("that of the whole has none")
	}
}

// TestWidths: the page itself never scrolls sideways. Its table does, in a box.
func TestWidths(t *testing.T) {
	for name, width := range map[string]int64{"phone": 390, "small phone": 320, "tablet": 768, "laptop": 1280, "wide": 2560} {
		t.Run(name, func(t *testing.T) {
			shown := open(t, screen{width: width, height: 844, phone: width < 700})
			shown.run(`for (const details of document.querySelectorAll('details')) details.open = true`)
			for _, view := range []string{"#as-list", "#as-table"} {
				shown.do(chromedp.Click(view))
				if got := ask[int64](shown, `document.documentElement.scrollWidth`); got > width {
					t.Errorf("%s: the page is %d wide on a screen of %d", view, got, width)
				}
			}
			if view := ask[int64](shown, `document.getElementById('scroll').scrollWidth`); view < 3000 {
				t.Errorf("the table is %d wide, and so not in a box of its own", view)
			}
			for _, cut := range ask[[]string](shown, cutOff) {
				t.Errorf("cut off: %s", cut)
			}
		})
	}
}

// cutOff are the texts outside the table that stick out of the screen.
const cutOff = `[...document.querySelectorAll('body *')].filter(node => !node.closest('#scroll, script, #explanation') && node.checkVisibility() &&
	node.getBoundingClientRect().right > innerWidth + 1).map(node => node.textContent.slice(0, 80))`

func TestHeadsStayInSight(t *testing.T) {
	shown := open(t, wide)
	shown.run(`document.getElementById('scroll').scrollTo(1500, 1500)`)
	if !ask[bool](shown, `(() => {
		const box = document.getElementById('scroll'), { left, top, right, bottom } = box.getBoundingClientRect();
		const inside = node => {
			const cell = node.getBoundingClientRect();
			return cell.right > left && cell.left < right && cell.bottom > top && cell.top < bottom;
		};
		return box.scrollLeft === 1500 && box.scrollTop === 1500 && inside(document.querySelector('#matrix thead tr')) &&
			[...document.querySelectorAll('#matrix tbody th')].some(head => inside(head) && Math.abs(head.getBoundingClientRect().left - left) < 3);
	})()`) {
		t.Error("the heads of the table scroll away")
	}
}

// TestPrint also prints a filtered page, which must say so.
func TestPrint(t *testing.T) {
	shown := open(t, screen{width: 800, height: 1100, media: "print"})
	for selector, visible := range map[string]bool{
		"#filter": false, "#views": false, "#scroll": false, "nav": false, ".legend": false,
		".line": true, ".finding": true, ".rule.warn .finding .why li": true, ".line .why li": true, ".counts": true,
	} {
		got := ask[bool](shown, `[...document.querySelectorAll(%q)].every(
			node => node.checkVisibility({ contentVisibilityAuto: true }) && node.getClientRects().length > 0)`, selector)
		if got != visible {
			t.Errorf("%s is printed: %t", selector, got)
		}
	}
	shown = open(t, wide)
	whole := get(shown, chromedp.PrintToPDF())
	shown.set("project", "product-07")
	filtered := get(shown, chromedp.PrintToPDF())
	if !bytes.HasPrefix(whole, []byte("%PDF-")) || len(filtered) > len(whole)/2 {
		t.Errorf("the whole page prints as %d bytes, one project as %d", len(whole), len(filtered))
	}
	command(shown, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	ask[bool](shown, `new Promise(done => requestAnimationFrame(() => setTimeout(() => done(true))))`)
	if ask[int](shown, `document.querySelectorAll('.account[open] .line').length`) == 0 || !shown.sees("Filter: project product-07.") {
		t.Error("what is printed does not say that it is filtered")
	}
}

// TestWithoutScript: everything but the table and the filters is there. Of a large organization there is a summary.
func TestWithoutScript(t *testing.T) {
	shown := open(t, screen{width: 1440, height: 900, noScript: true})
	if ask[bool](shown, `document.documentElement.classList.contains('scripted')`) {
		t.Fatal("the script runs")
	}
	expectSame(t, "list", shown.listRights(), judged.rights(judged.tellsAt))
	expectSame(t, "findings", shown.findings(), judged.sentences(func(finding) bool { return true }))
	for selector, visible := range map[string]bool{
		"#filter": false, "#views": false, "#scroll": false, "#explanation": false, ".account > summary": true, ".rule > summary": true,
		".counts": true,
	} {
		if got := ask[bool](shown, `[...document.querySelectorAll(%q)].some(node => node.checkVisibility())`, selector); got != visible {
			t.Errorf("%s is shown: %t", selector, got)
		}
	}
	shown.do(chromedp.Click(".account > summary"))
	if !shown.sees("submitter of product-00/release-signing, directly") {
		t.Error("an account does not unfold")
	}
	shown = openFile(t, screen{width: 1440, height: 900, noScript: true}, largePage)
	expectSame(t, "findings of a large organization", shown.findings(), judgedLarge.sentences(func(finding) bool { return true }))
	if !shown.sees("which need JavaScript") || !shown.sees("product-0999") {
		t.Error("the page of a large organization does not say what needs JavaScript")
	}
}

// TestAccessibility lets axe-core look at the page. Of the whole
// organization that takes it long.
func TestAccessibility(t *testing.T) {
	rules, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	for name, with := range map[string]screen{"table": wide, "dark": dark, "list": phone} {
		t.Run(name, func(t *testing.T) {
			shown := openPart(t, with)
			shown.run(`for (const details of document.querySelectorAll('details:not([hidden])')) details.open = true`)
			if !with.phone {
				shown.pointAt(shown.middle(approval))
			}
			shown.run(string(rules))
			for _, violation := range ask[[]string](shown, `axe.run().then(({ violations }) => violations.map(
				({ id, impact, nodes }) => impact + ': ' + id + ' ' + nodes.length + ' times, as in ' + nodes[0].html))`) {
				if strings.HasPrefix(violation, "serious") || strings.HasPrefix(violation, "critical") {
					t.Error(violation)
				} else {
					t.Log(violation)
				}
			}
		})
	}
}

// TestSize: the page goes by mail, and opens at once.
func TestSize(t *testing.T) {
	info, err := os.Stat(wholePage)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 1<<20 {
		t.Errorf("the page is %d bytes long", info.Size())
	}
}
