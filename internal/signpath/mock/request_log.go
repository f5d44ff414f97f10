package mock

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Request is one request for the API or the OpenAPI document as the request log has it. A token in a body is redacted. Its
// Route is below the organization, such as "POST /Projects/{project}/Edit". Its Caller is the reference of the token's
// user; "" if the token was not accepted or none was needed.
type Request = mockserver.Request

// redaction finds tokens in bodies.
type redaction struct{ property *regexp.Regexp }

// newRedaction knows the name of the default dialect besides those of the dialect: clients may be wrong.
func newRedaction(f *front) redaction {
	names := []string{regexp.QuoteMeta(propAPIToken), regexp.QuoteMeta(f.dialect.requestName(propAPIToken))}
	var path []string
	for _, name := range f.tokenPath() {
		path = append(path, regexp.QuoteMeta(name))
	}
	const inside = `"\s*:\s*\{(?:[^{}]*,)?\s*"` // the object may have other values before
	names = append(names, strings.Join(path, inside))
	pattern := `(?i)("(?:` + strings.Join(names, "|") + `)"\s*:\s*)"(?:[^"\\]|\\.)*"?`
	compiled, known := redactions.Load(pattern)
	if !known {
		compiled, _ = redactions.LoadOrStore(pattern, regexp.MustCompile(pattern))
	}
	return redaction{compiled.(*regexp.Regexp)} //nolint:forcetypeassert // Nothing else is stored.
}

// redactions are compiled once, because tests start thousands of servers.
var redactions sync.Map

func (r redaction) tokens(body []byte) string {
	return string(r.property.ReplaceAll(bytes.TrimSpace(body), []byte(`$1"REDACTED"`)))
}
