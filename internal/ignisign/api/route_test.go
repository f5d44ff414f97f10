package api_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/apidoc"
)

// TestRoutes: the client uses the operations that the document has for it, on both versions, and no other.
func TestRoutes(t *testing.T) {
	parameter := regexp.MustCompile(`\{[^}]*\}`)
	var used, documented []string
	for _, route := range api.Routes() {
		for _, version := range []api.Version{api.Version3, api.Version4} {
			used = append(used, route.Method+" /"+string(version)+parameter.ReplaceAllString(route.Path, "{}"))
		}
	}
	for _, fact := range contract.Facts() {
		if fact.Kind == apidoc.Operation && fact.IsUsed {
			documented = append(documented, parameter.ReplaceAllString(fact.Subject, "{}"))
		}
	}
	slices.Sort(used)
	slices.Sort(documented)
	if !slices.Equal(used, documented) {
		t.Errorf("the client uses\n%q, the document has\n%q", used, documented)
	}
}
