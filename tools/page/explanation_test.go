package page_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// approval is the cell in which the table tells that the lead approves, by way of a
// group, what the lead also submits.
const approval = `[...document.querySelectorAll('#matrix button')].find(button =>
	button.getAttribute('aria-label').startsWith('S A R: submit, approve, read-artifacts') && button.closest('tr').textContent.includes('dev.lead'))`

var approvalReasons = []string{
	"user:" + mailOfLead, "product-00/release-signing", "submit", "approve",
	"submitter of product-00/release-signing, directly", "approver of product-00/release-signing, through group:Leads: approve, read-artifacts",
	"can both submit to and approve product-00/release-signing",
}

// expectReasons wants the explanation to be whole, and to be on the screen.
func (t *tab) expectReasons(wanted ...string) {
	t.Helper()
	said := t.explanation()
	for _, want := range wanted {
		if !strings.Contains(said, want) {
			t.Errorf("the explanation %q lacks %q", said, want)
		}
	}
	if !ask[bool](t, `(box => box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight)(
		document.getElementById('explanation').getBoundingClientRect())`) {
		t.Error("the explanation is not on the screen")
	}
}

func (t *tab) expectNoExplanation(when string) {
	t.Helper()
	if said := t.explanation(); said != "" {
		t.Errorf("%s the page explains %q", when, said)
	}
}

func TestPointerExplains(t *testing.T) {
	shown := openPart(t, wide)
	cell := shown.middle(approval)
	shown.expectNoExplanation("before anything is pointed at")
	shown.pointAt(cell)
	shown.expectReasons(approvalReasons...)
	// Its text can be read to the end and selected: it stays under the pointer.
	shown.pointAt(shown.middleOf("#explanation"))
	shown.expectReasons(approvalReasons...)
	shown.pointAt(point{5, 5})
	shown.expectNoExplanation("with the pointer elsewhere")
	shown.pointAt(cell)
	shown.press(kb.Escape)
	shown.expectNoExplanation("after Escape")
}

func TestTapExplains(t *testing.T) {
	shown := openPart(t, phone)
	shown.do(chromedp.Click("#as-table"))
	shown.tap(shown.middle(approval))
	shown.expectReasons(approvalReasons...)
	shown.tap(point{200, 5})
	shown.expectNoExplanation("after a tap elsewhere")
}

func TestKeyboardExplains(t *testing.T) {
	shown := openPart(t, wide)
	shown.set("project", "product-00")
	shown.run(`document.getElementById('scroll').focus()`)
	shown.press(kb.Tab)
	first := judged.rights(func(a access) bool {
		return a.String() == "product-00/release-signing" && a.Principal == "ci_user:"+markup
	})
	if len(first) == 0 || !strings.Contains(shown.explanation(), markup) {
		t.Errorf("Tab leads to %q", shown.explanation())
	}
	shown.run(approval + `.focus()`)
	shown.expectReasons(approvalReasons...)
	shown.press(kb.Escape)
	shown.expectNoExplanation("after Escape")
	if !ask[bool](shown, `document.activeElement === `+approval) {
		t.Error("Escape takes the focus away")
	}
	shown.press(kb.ArrowRight)
	shown.expectReasons("user:"+mailOfLead, "product-00/test-signing", "submitter of product-00/test-signing, directly")
	shown.press(kb.Tab)
	shown.expectNoExplanation("when the focus has left the table")
}

// TestArrowsReachEveryCell walks the table row by row, as somebody can who has no
// pointer, with the focus in sight all the time.
func TestArrowsReachEveryCell(t *testing.T) {
	shown := openPart(t, screen{width: 800, height: 700})
	type walk struct {
		Reached, Cells int
		// Lost are the cells that something lies on, and ways that lead nowhere.
		Lost []string
	}
	walked := ask[walk](shown, `(() => {
		const buttons = [...document.querySelectorAll('#matrix button')], reached = new Set(), lost = [];
		const press = key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
		const look = () => {
			const at = document.activeElement, { x, y, width, height } = at.getBoundingClientRect();
			reached.add(at);
			if (!at.contains(document.elementFromPoint(x + width / 2, y + height / 2))) lost.push(at.closest('tr').textContent);
		};
		const run = key => { for (let at = null; at !== document.activeElement;) { at = document.activeElement; look(); press(key); } };
		for (const [there, back] of [['ArrowDown', 'ArrowUp'], ['ArrowRight', 'ArrowLeft']]) {
			const start = buttons[0];
			start.focus();
			run(there);
			if (document.activeElement === start) lost.push(there + ' leads nowhere');
			run(back);
			if (document.activeElement !== start) lost.push(back + ' does not lead back');
		}
		for (const row of document.querySelectorAll('#matrix tbody tr')) { row.querySelector('button').focus(); run('ArrowRight'); }
		return { Reached: reached.size, Cells: buttons.length, Lost: lost };
	})()`)
	if walked.Reached != walked.Cells || walked.Cells < 100 || len(walked.Lost) > 0 {
		t.Errorf("the arrow keys reach %d of %d cells; lost: %q", walked.Reached, walked.Cells, walked.Lost)
	}
}

// TestTabReachesEverything presses Tab until the focus comes round.
func TestTabReachesEverything(t *testing.T) {
	shown := openPart(t, wide)
	shown.set("project", longSlug)
	var stops []string
	for range 100 {
		shown.press(kb.Tab)
		stop := ask[string](shown, `(at => at === document.body ? '' : at.id || at.getAttribute('href') ||
			(at.closest('#matrix') ? 'a cell' : at.tagName))(document.activeElement)`)
		if stop == "" {
			break
		}
		stops = append(stops, stop)
	}
	inOrder := []string{
		"#findings", "#access", "#counts", "text", "principal", "project", "policy", "permission", "found", "own", "force", "clear",
		"SUMMARY", "as-table", "as-list", "scroll", "a cell",
	}
	at := 0
	for _, stop := range stops {
		if at < len(inOrder) && stop == inOrder[at] {
			at++
		}
	}
	if at < len(inOrder) {
		t.Errorf("Tab does not reach %q in order: %q", inOrder[at:], stops)
	}
	if n := len(slices.DeleteFunc(slices.Clone(stops), func(stop string) bool { return stop != "a cell" })); n != 1 {
		t.Errorf("the table has %d stops", n)
	}
}

func (t *tab) middleOf(selector string) point {
	t.Helper()
	return ask[point](t, fmt.Sprintf(`(box => ({ X: box.x + box.width / 2, Y: box.y + box.height / 2 }))(
		document.querySelector(%q).getBoundingClientRect())`, selector))
}
