package api_test

import (
	"slices"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/apidoc"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/contract"
)

// TestRoutesAreThoseOfTheDocument: the client asks nothing that the document has not, and does without
// nothing but what is named here.
func TestRoutesAreThoseOfTheDocument(t *testing.T) {
	var known, used []string
	for _, fact := range contract.Facts() {
		if fact.Kind == apidoc.Operation && fact.IsUsed {
			known = append(known, fact.Subject)
		}
	}
	for _, route := range api.Routes() {
		used = append(used, route.Method+" "+route.Path)
	}
	slices.Sort(known)
	slices.Sort(used)
	if !slices.Equal(known, used) {
		t.Errorf("the document has %q, and the client asks %q", known, used)
	}
}

// TestRequestsFitTheDocument holds what the client says, and what this package's server answers, against
// the document.
func TestRequestsFitTheDocument(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		s := newServer(t)
		s.Handler = contracttest.MustNew(contract.OpenAPI()).Watch(t, s)
		client := s.client()
		for route, call := range calls() {
			if _, err := call(t.Context(), client); err != nil {
				t.Errorf("%s: %v", route, err)
			}
		}
		query := api.EventQuery{
			And:  []api.Condition{{Field: "serviceName", Operator: "eq", Value: "<as the metadata say>"}},
			From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC), Limit: 7,
		}
		if _, err := client.Events(t.Context(), query); err != nil {
			t.Error(err)
		}
	})
}
