package page_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestScreenshots shows people what the other tests cannot judge.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		return // Nobody asked for them.
	}
	for name, with := range map[string]screen{"light": wide, "dark": dark, "phone": phone} {
		large := openFile(t, with, largePage)
		large.shoot("large-" + name)
		large.run(`document.querySelector('#access').scrollIntoView()`)
		large.shoot("large-" + name + "-access")
		shown := open(t, with)
		shown.shoot(name)
		shown.run(`document.querySelector('#access').scrollIntoView()`)
		shown.shoot(name + "-access")
		shown.set("project", "product-00")
		shown.run(`scrollTo(0, 0)`)
		shown.shoot(name + "-filtered")
		shown.run(`document.querySelector('#access').scrollIntoView()`)
		if with.phone {
			shown.shoot(name + "-filtered-list")
			shown.do(chromedp.Click("#as-table"))
			shown.tap(shown.middle(`document.querySelector('#matrix button.found')`))
		} else {
			shown.pointAt(shown.middle(`document.querySelector('#matrix button.found')`))
		}
		shown.shoot(name + "-reason")
	}
	shown := open(t, wide)
	shown.do(chromedp.Click("#as-list"))
	shown.run(`document.querySelectorAll('.account')[2].open = document.querySelectorAll('.account')[50].open = true`)
	shown.run(`document.querySelector('#access').scrollIntoView()`)
	shown.shoot("list")
	shown.set("text", "nowhere to be found")
	shown.run(`scrollTo(0, 0)`)
	shown.shoot("nothing")
	shown = openFile(t, screen{width: 1440, height: 900, noScript: true}, largePage)
	shown.run(`document.querySelector('#access').scrollIntoView()`)
	shown.shoot("large-no-script")
}

// TestScreenshotsOfPaper shows what is printed, as a file and as a browser draws it.
func TestScreenshotsOfPaper(t *testing.T) {
	if *screenshots == "" {
		return // Nobody asked for them.
	}
	open(t, wide).save("print.pdf", chromedp.PrintToPDF())
	large := openFile(t, wide, largePage)
	large.set("project", "product-0000")
	large.save("large-print.pdf", chromedp.PrintToPDF())
	for name, file := range map[string]string{"print": partPage, "large-print": largePage} {
		shown := openFile(t, screen{width: 800, height: 1100, media: "print"}, file)
		if file == largePage {
			shown.set("project", "product-0000")
		}
		shown.shoot(name)
		shown.run(`document.querySelector('#access').scrollIntoView()`)
		shown.shoot(name + "-access")
	}
}

// save keeps what an action returns.
func (t *tab) save(name string, action chromedp.Action[[]byte]) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(*screenshots, name), get(t, action), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (t *tab) shoot(name string) {
	t.Helper()
	t.save(name+".png", chromedp.CaptureScreenshot())
}
