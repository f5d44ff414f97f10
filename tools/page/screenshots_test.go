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
	save := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(*screenshots, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shoot := func(shown *tab, name string) {
		save(name+".png", get(shown, chromedp.CaptureScreenshot()))
	}
	for name, with := range map[string]screen{"light": wide, "dark": dark, "phone": phone} {
		large := openFile(t, with, largePage)
		shoot(large, "large-"+name)
		large.run(`document.querySelector('#access').scrollIntoView()`)
		shoot(large, "large-"+name+"-access")
		shown := open(t, with)
		shoot(shown, name)
		shown.run(`document.querySelector('#access').scrollIntoView()`)
		shoot(shown, name+"-access")
		shown.set("project", "product-00")
		shown.run(`scrollTo(0, 0)`)
		shoot(shown, name+"-filtered")
		shown.run(`document.querySelector('#access').scrollIntoView()`)
		if with.phone {
			shoot(shown, name+"-filtered-list")
			shown.do(chromedp.Click("#as-table"))
			shown.tap(shown.middle(`document.querySelector('#matrix button.found')`))
		} else {
			shown.pointAt(shown.middle(`document.querySelector('#matrix button.found')`))
		}
		shoot(shown, name+"-reason")
	}
	shown := open(t, wide)
	shown.do(chromedp.Click("#as-list"))
	shown.run(`document.querySelectorAll('.account')[2].open = document.querySelectorAll('.account')[50].open = true`)
	shown.run(`document.querySelector('#access').scrollIntoView()`)
	shoot(shown, "list")
	shown.set("text", "nowhere to be found")
	shown.run(`scrollTo(0, 0)`)
	shoot(shown, "nothing")
	shown = open(t, wide)
	save("print.pdf", get(shown, chromedp.PrintToPDF()))
	shown = openFile(t, wide, largePage)
	shown.set("project", "product-0000")
	save("large-print.pdf", get(shown, chromedp.PrintToPDF()))
	shown = openFile(t, screen{width: 1440, height: 900, noScript: true}, largePage)
	shown.run(`document.querySelector('#access').scrollIntoView()`)
	shoot(shown, "large-no-script")
}
