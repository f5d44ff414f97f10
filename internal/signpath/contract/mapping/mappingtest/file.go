// Package mappingtest hands mapping files to tests.
package mappingtest

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// File returns a mapping file, given as its text; nil if there is none.
func File(t testing.TB, text string) *mapping.File {
	t.Helper()
	if text == "" {
		return nil
	}
	file, err := mapping.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return file
}
