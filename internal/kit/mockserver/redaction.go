package mockserver

import (
	"bytes"
	"regexp"
	"strings"
)

// Redaction is a Config.Redact that replaces by "REDACTED" what properties of JSON and fields of a form or a query have
// for a value, by their names, without case. A body of neither kind stays as it is.
func Redaction(names ...string) func(content []byte) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = regexp.QuoteMeta(name)
	}
	anyName := "(?:" + strings.Join(quoted, "|") + ")"
	property := regexp.MustCompile(`(?i)("` + anyName + `"\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|[^\s",{}\[\]]+)`)
	field := regexp.MustCompile(`(?i)((?:^|[&?])` + anyName + `=)[^&\s]*`)
	return func(content []byte) string {
		redacted := property.ReplaceAll(bytes.TrimSpace(content), []byte(`${1}"REDACTED"`))
		return string(field.ReplaceAll(redacted, []byte(`${1}REDACTED`)))
	}
}
