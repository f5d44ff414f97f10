package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
)

var (
	//go:embed page.html.tmpl
	pageText string
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string

	pageTemplate = template.Must(template.New("page").Parse(pageText))
)

// pagePolicy lets a browser run the page's own script and no other, should a name
// ever get round the escaping, and lets the page load nothing.
var pagePolicy = fmt.Sprintf("default-src 'none'; base-uri 'none'; form-action 'none'; script-src '%s'; style-src '%s'",
	sourceHash(pageScript), sourceHash(pageStyle))

func sourceHash(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (r *Report) writeHTML(w io.Writer, head envelope.Envelope) error {
	return pageTemplate.Execute(w, struct {
		Policy string
		Style  template.CSS
		Script template.JS
		*page
	}{
		Policy: pagePolicy,
		Style:  template.CSS(pageStyle), //nolint:gosec // It is a file of this package, with nothing put in.
		Script: template.JS(pageScript), //nolint:gosec // As is this.
		page:   r.newPage(head),
	})
}
