package provider_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

const editUserRoute = "POST /InteractiveUsers/{id}/Edit"

func dialectOf(t *testing.T, names ...string) mock.Dialect {
	t.Helper()
	dialect, err := mock.ParseDialect(names...)
	must(t, err)
	return dialect
}

// The server's own document has another name for the role in requests, and the
// provider goes by that.
func TestRoleByTheNameInTheDocument(t *testing.T) {
	skipWithoutCLI(t)
	org := newOrganizationIn(t, dialectOf(t, "rename-request=role:globalRole"))
	w := newTerraformCLI(t).newWorkspaceFor(t, org, map[string][]byte{"main.tf": []byte(roleAssignment(lead, "GlobalReader"))})
	w.mustRun("apply", "-auto-approve")
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
	skipWithoutCLI(t)
	cli := newTerraformCLI(t)
	deleted := mock.WithDocument(func(document map[string]any) {
		for _, schema := range []string{"EditInteractiveUserRequest", "EditCIUserRequest"} {
			delete(dig(document, "components", "schemas", schema, "properties"), "role")
		}
	})
	for name, c := range map[string]struct {
		org     *organization
		offered string
	}{
		"renamed beyond guessing": {newOrganizationIn(t, dialectOf(t, unguessable), mainJobSeed), "newRole"},
		"deleted":                 {newOrganizationWith(t, []mock.Option{deleted}, mainJobSeed), "notificationEmailAddress"},
	} {
		t.Run(name, func(t *testing.T) {
			c.org.t = t
			before := c.org.Snapshot()
			w := cli.newWorkspaceFor(t, c.org, map[string][]byte{"main.tf": []byte(
				roleAssignmentNamed("user", lead, "GlobalReader") + roleAssignmentNamed("ci_user", "ci_user:foreign-build", "GlobalReader"))})
			said, code := w.run("apply", "-auto-approve")
			for _, route := range []string{editUserRoute, "POST /CIUsers/{id}/Edit"} {
				if !says("SignPath's API is not as expected", route+" was not sent", `does not have the property "role" there`, "It offers", c.offered, "Nothing was changed").MatchString(said) {
					t.Errorf("it says nothing of %s (exit code %d):\n%s", route, code, said)
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
	skipWithoutCLI(t)
	cli := newTerraformCLI(t)
	for name, c := range map[string]struct {
		settings string
		notices  int
		reads    int
	}{
		"looked for":     {"", 1, 1},
		"set as assumed": {"  api_contract = \"assumed\"\n", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := cli.startMainJob(t, newOrganizationIn(t, dialectOf(t, "no-document"), mainJobSeed), c.settings)
			w.org.ResetRequests()
			w.write("main.tf", []byte(mainJob))
			notices := 0
			lines := json.NewDecoder(bytes.NewReader(w.mustRun("apply", "-auto-approve", "-json")))
			for lines.More() {
				var line struct {
					Diagnostic struct{ Summary, Detail string }
				}
				must(t, lines.Decode(&line))
				if line.Diagnostic.Summary == "SignPath's API was assumed, not looked up" {
					notices++
				}
			}
			if notices != c.notices {
				t.Errorf("the apply says it %d times, want %d", notices, c.notices)
			}
			if reads := w.org.CountRequests("GET /swagger/*"); reads != c.reads {
				t.Errorf("the document was asked for %d times, want %d", reads, c.reads)
			}
			if writes := w.org.CountRequests("POST *"); writes < 15 {
				t.Errorf("%d writes show little", writes)
			}
		})
	}
}
