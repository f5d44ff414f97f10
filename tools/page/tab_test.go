package page_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A screen is what the page is looked at with.
type screen struct {
	width, height   int64
	phone, noScript bool
	// timed notes how many milliseconds after the start the page is drawn, in window.drawn.
	timed         bool
	scheme, media string
}

var (
	wide  = screen{width: 1440, height: 900}
	dark  = screen{width: 1440, height: 900, scheme: "dark"}
	phone = screen{width: 390, height: 844, phone: true}
)

// patience is far more than a test needs.
const patience = 2 * time.Minute

// A tab shows the page. Every error in its console fails the test, and every request
// but that for the page.
type tab struct {
	*testing.T
	ctx context.Context

	mu                   sync.Mutex
	complaints, requests []string
}

// open shows the page of the whole organization, and openPart a smaller one, which is
// as good for what does not depend on the size.
func open(t *testing.T, with screen) *tab {
	t.Helper()
	return openFile(t, with, wholePage)
}

func openPart(t *testing.T, with screen) *tab {
	t.Helper()
	return openFile(t, with, partPage)
}

func openFile(t *testing.T, with screen, file string) *tab {
	t.Helper()
	// What is waited for in vain, such as a button that nobody sees, ends the test.
	limited, release := context.WithTimeout(browser, patience)
	ctx, cancel := chromedp.NewContext(limited, chromedp.WithNewBrowserContext())
	shown := &tab{T: t, ctx: ctx}
	t.Cleanup(func() {
		cancel()
		release()
		shown.report()
	})
	if err := chromedp.Listen(ctx, shown.listen); err != nil {
		t.Fatal(err)
	}
	command(shown, network.Enable, network.EnableParams{})
	command(shown, log.Enable, cdp.Empty{})
	command(shown, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: with.width, Height: with.height, DeviceScaleFactor: 1, Mobile: with.phone,
	})
	command(shown, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: with.phone})
	command(shown, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: with.noScript})
	command(shown, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: with.media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: with.scheme}},
	})
	if with.timed {
		command(shown, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `window.drawn = new Promise(done => addEventListener('load', () => requestAnimationFrame(() => setTimeout(() => done(performance.now())))))`,
		})
	}
	shown.do(chromedp.Navigate("file://" + file))
	return shown
}

// listen must not wait for anything: the browser's answers come after it.
func (t *tab) listen(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		t.complaints = append(t.complaints, fmt.Sprintf("console.%s: %v", e.Type, e.Args))
	case *runtime.EventExceptionThrown:
		t.complaints = append(t.complaints, fmt.Sprintf("exception: %s", (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error()))
	case *log.EventEntryAdded:
		t.complaints = append(t.complaints, fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text))
	case *page.EventJavascriptDialogOpening:
		t.complaints = append(t.complaints, "dialog: "+e.Message)
	case *network.EventRequestWillBeSent:
		t.requests = append(t.requests, e.Request.URL)
	}
}

func (t *tab) report() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, complaint := range t.complaints {
		t.Errorf("the page complains: %s", complaint)
	}
	if len(t.requests) != 1 {
		t.Errorf("the page makes requests: %q", t.requests)
	}
}

func (t *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(t.ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// get runs an action that has a result.
func get[T any](t *tab, action chromedp.Action[T]) T {
	t.Helper()
	result, err := chromedp.Run(t.ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// command runs a command of the browser's protocol.
func command[P, R any](t *tab, command cdp.Command[P, R], params P) R {
	t.Helper()
	result, err := chromedp.Call(t.ctx, command, params)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// ask returns the value of an expression in the page.
func ask[T any](t *tab, expression string, args ...any) T {
	t.Helper()
	if len(args) > 0 {
		expression = fmt.Sprintf(expression, args...)
	}
	return get(t, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// run runs statements in the page.
func (t *tab) run(statements string) {
	t.Helper()
	t.do(chromedp.Evaluate[chromedp.Void](statements))
}

// set chooses a value, as somebody at the control does.
func (t *tab) set(id, value string) {
	t.Helper()
	found := ask[bool](t, `(() => {
		const input = document.getElementById(%q), wanted = %q;
		if (input.type === 'checkbox') { if (input.checked !== (wanted === 'on')) input.click(); return true; }
		const option = input.options && [...input.options].find(option => option.text === wanted);
		if (input.options && !option) return false;
		input.value = option ? option.value : wanted;
		input.dispatchEvent(new InputEvent('input', { bubbles: true }));
		return true;
	})()`, id, value)
	if !found {
		t.Fatalf("%s offers no %q", id, value)
	}
}

func (t *tab) press(keys ...string) {
	t.Helper()
	for _, key := range keys {
		t.do(chromedp.KeyEvent(key))
	}
}

// A point is the middle of an element.
type point struct{ X, Y float64 }

func (t *tab) middle(expression string) point {
	t.Helper()
	return ask[point](t, `(() => {
		const node = %s;
		node.scrollIntoView({ block: 'center', inline: 'center' });
		const box = node.getBoundingClientRect();
		return { X: box.x + box.width / 2, Y: box.y + box.height / 2 };
	})()`, expression)
}

func (t *tab) pointAt(to point) {
	t.Helper()
	t.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, to.X, to.Y))
}

func (t *tab) tap(at point) {
	t.Helper()
	t.do(chromedp.TapXY(at.X, at.Y))
}

// tableRights are what the table shows, as review.rights spells it. The heads of its columns name their places.
func (t *tab) tableRights() []string {
	t.Helper()
	return ask[[]string](t, `(() => {
		const columns = [...document.querySelectorAll('#matrix thead .place')].map(head => head.title);
		return [...document.querySelectorAll('#matrix tbody tr')].flatMap(row => {
			const who = row.querySelector('th bdi').textContent;
			let column = 0;
			return [...row.querySelectorAll('td')].flatMap(cell => {
				const where = columns[column], button = cell.querySelector('button');
				column += cell.colSpan;
				if (!button || !button.checkVisibility()) return [];
				const rights = button.getAttribute('aria-label').replace(/^[A-Z ]+: /, '').replace(/, (not in force|findings).*/, '').split(', ');
				if (rights.length !== button.children.length) return ['letters and label differ'];
				return rights.map(right => who + ' at ' + where + ': ' + right);
			});
		}).sort();
	})()`)
}

// listRights are what the list shows.
func (t *tab) listRights() []string {
	t.Helper()
	return ask[[]string](t, `[...document.querySelectorAll('.line')].filter(
		line => line.parentNode.closest('[hidden]') === null && !line.hidden && getComputedStyle(line).display !== 'none',
	).flatMap(line => {
		const who = line.closest('.account').querySelector('summary bdi').textContent, where = line.querySelector('.place').textContent;
		return [...line.querySelectorAll('.right:not([hidden])')].map(right => who + ' at ' + where + ': ' + right.textContent);
	}).sort()`)
}

func (t *tab) findings() []string {
	t.Helper()
	return ask[[]string](t, `[...document.querySelectorAll('.finding')].filter(f => !f.hidden).map(f => f.firstChild.textContent).sort()`)
}

// explanation is what the page says about a cell; empty where it says nothing.
func (t *tab) explanation() string {
	t.Helper()
	return ask[string](t, `(box => box.checkVisibility() ? box.innerText : '')(document.getElementById('explanation'))`)
}

func (t *tab) sees(text string) bool {
	t.Helper()
	return strings.Contains(ask[string](t, `document.body.innerText`), text)
}
