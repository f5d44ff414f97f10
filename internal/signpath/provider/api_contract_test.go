package provider_test

import (
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const editUserRoute = "POST /InteractiveUsers/{id}/Edit"

func dialectOf(t *testing.T, names ...string) mock.Dialect {
	t.Helper()
	dialect, err := mock.ParseDialect(names...)
	must(t, err)
	return dialect
}

// The server has another name for the role in requests, and the provider goes by the mapping
// that says so.
func TestRoleByTheNameInTheMapping(t *testing.T) {
	org := newOrganizationIn(t, dialectOf(t, "rename-request=role:globalRole"))
	org.site(inProcess, roleAssignment(lead, "GlobalReader")).mustApply()
	must(t, org.userIs(lead, hasRole(mock.RoleGlobalReader))(nil))
	edits := org.Requests(editUserRoute)
	if len(edits) != 1 {
		t.Fatalf("%d edits were sent", len(edits))
	}
	var sent map[string]any
	must(t, edits[0].DecodeBody(&sent))
	if _, assumed := sent["role"]; assumed || sent["globalRole"] != "GlobalReader" {
		t.Errorf("the edit says %s", edits[0].RequestBody)
	}
}

// The server's own document has no place for the role: whatever the provider
// sent, the role would not arrive, or something else be set.
func TestRoleThatTheDocumentDoesNotHave(t *testing.T) {
	deleted := mock.WithDocument(func(document map[string]any) {
		for _, schema := range []string{"EditInteractiveUserRequest", "EditCIUserRequest"} {
			delete(dig(document, "components", "schemas", schema, "properties"), "role")
		}
	})
	for name, c := range map[string]struct {
		org     *organization
		offered string
	}{
		"renamed, and no mapping": {newOrganizationIn(t, dialectOf(t, "rename-request=role:newRole"), mainJobSeed).unmapped(), "newRole"},
		"deleted":                 {newOrganizationWith(t, []mock.Option{deleted}, mainJobSeed), "notificationEmailAddress"},
	} {
		t.Run(name, func(t *testing.T) {
			before := c.org.Snapshot()
			s := c.org.in(t).site(inProcess,
				roleAssignmentNamed("user", lead, "GlobalReader")+roleAssignmentNamed("ci_user", "ci_user:foreign-build", "GlobalReader"))
			applied := s.Apply(testkit.Options{})
			for _, route := range []string{editUserRoute, "POST /CIUsers/{id}/Edit"} {
				if !says("SignPath's API is not as expected", route+" is not sent", `does not have the property "role" there`, "It offers", c.offered,
					"Nothing was changed").MatchString(applied.Said) {
					t.Errorf("it says nothing of %s: %s", route, applied)
				}
			}
			if writes := c.org.CountRequests("POST *"); writes != 0 {
				t.Errorf("%d writes were sent", writes)
			}
			c.org.unchangedSince(before)
		})
	}
}

// dig goes down into a document.
func dig(document map[string]any, path ...string) map[string]any {
	for _, name := range path {
		document, _ = document[name].(map[string]any)
	}
	return document
}

// Without a document, one apply of many writes says once that names were assumed;
// whoever sets that themselves is not told.
func TestNoticeOfAnAssumedContract(t *testing.T) {
	for name, c := range map[string]struct {
		settings string
		notices  int
		reads    int
	}{
		"looked for":     {"", 1, 2}, // By the plan that the apply begins with, and by the apply.
		"set as assumed": {"  api_contract = \"assumed\"\n", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newOrganizationIn(t, dialectOf(t, "no-document"), mainJobSeed).startMainJob(inProcess, c.settings)
			w.ResetRequests()
			w.Write("main.tf", mainJob)
			said := w.mustApply()
			if notices := strings.Count(said, "SignPath's API was assumed, not looked up"); notices != c.notices {
				t.Errorf("the apply says it %d times, want %d", notices, c.notices)
			}
			if reads := w.CountRequests("GET /swagger/*"); reads != c.reads {
				t.Errorf("the document was asked for %d times, want %d", reads, c.reads)
			}
			if writes := w.CountRequests("POST *"); writes < 15 {
				t.Errorf("%d writes show little", writes)
			}
		})
	}
}

// A document that has too much in it is refused, whatever it would say, and the advice says
// what going without it costs.
func TestADocumentThatIsTooLarge(t *testing.T) {
	for name, document := range map[string]string{
		"large":  `{"openapi":"3.0.1","info":{"title":"` + strings.Repeat("x", 5<<20) + `"}}`,
		"deep":   `{"openapi":"3.0.1","x":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`,
		"values": `{"openapi":"3.0.1","x":[` + strings.Repeat(`"",`, 300_000) + `""]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newOrganizationWith(t, []mock.Option{mock.WithRawDocument([]byte(document), "application/json")}).site(inProcess, roleAssignment(lead, "GlobalReader"))
			planned := s.Plan(testkit.Options{})
			want := says("SignPath's API is not as expected", "which is not read", "Nothing was changed", "report it", "it may reset them unseen")
			if planned.Err == nil || !want.MatchString(planned.Said) {
				t.Errorf("the plan says %s", planned)
			}
		})
	}
}
