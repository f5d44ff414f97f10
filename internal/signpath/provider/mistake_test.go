package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// TestMistakes makes typical mistakes. Each is an error of the plan on the attribute that is
// wrong, and says what to write.
func TestMistakes(t *testing.T) {
	list := func(members string) string {
		return "resource \"signpath_signing_policy_approvers\" \"l\" {\n  project = \"project-b\"\n" +
			"  signing_policy = \"release-signing\"\n  members = " + members + "\n}\n"
	}
	const id = "588d36d3-6f0a-51ed-a021-b7d6a2faea4b"
	for name, c := range map[string]struct {
		hcl, at string
		says    []string
	}{
		"null among members": {list(`["user:security.officer@example.com", null]`), "members", []string{"Null element", "compact([...])"}},
		"nothing but null":   {list(`[null]`), "members", []string{"Null element"}},
		"a bare id":          {list(`["` + id + `"]`), "members", []string{"Refer to the attribute `member`", `or write "user:dev.lead@example.com"`}},
		"an id of nobody": {
			list(`["user:588d36d3-6f0a-51ed-a021-b7d6a2faea00"]`), "members",
			[]string{"No interactive user has this id", "by its e-mail"},
		},
		"another kind":       {list(`["users:dev.lead@example.com"]`), "members", []string{`did you mean "user:dev.lead@example.com"?`}},
		"a kind at SignPath": {list(`["ciuser:build"]`), "members", []string{`did you mean "ci_user:build"?`}},
		"a group's name": {
			"resource \"signpath_user_group_member\" \"g\" {\n  group = \"Release Managers\"\n  member = \"user:dev.lead@example.com\"\n}\n",
			"group",
			[]string{`did you mean "group:Release Managers"?`},
		},
		"no kind": {"resource \"signpath_ci_user_token\" \"t\" {\n  ci_user = \"build\"\n}\n", "ci_user", []string{`did you mean "ci_user:build"?`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			planned := newOrganization(t).site(inProcess, c.hcl).Plan(testkit.Options{})
			if !says(append([]string{"Error: ", ": " + c.at + " = "}, c.says...)...).MatchString(planned.String()) {
				t.Errorf("got %s", planned)
			}
		})
	}
}

// TestAWrongTokenIsOneError refreshes many resources with a token that is refused, and then plans
// to create them, where all but one of the errors are short.
func TestAWrongTokenIsOneError(t *testing.T) {
	var hcl strings.Builder
	for i := range 12 {
		fmt.Fprintf(&hcl, "resource \"signpath_ci_user\" \"c%d\" {\n  name = \"build %d\"\n}\n", i, i)
		fmt.Fprintf(&hcl, "resource \"signpath_project_reader\" \"c%d\" {\n  project = \"project-a\"\n  member = signpath_ci_user.c%d.member\n}\n", i, i)
	}
	for name, isApplied := range map[string]bool{"to create": false, "to refresh": true} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			s := org.site(inProcess, hcl.String())
			if isApplied {
				s.mustApply()
			}
			org.Token = "not-a-token-of-anybody"
			s.Write("provider.tf", org.Config(""))
			said, _, _ := strings.Cut(s.Plan(testkit.Options{}).String(), "(error:")
			if got := strings.Count(said, "SIGNPATH_API_TOKEN"); got != 1 {
				t.Errorf("%d times it says what to do: %s", got, said)
			}
			if got := strings.Count(said, "Error: "); isApplied && got != 1 {
				t.Errorf("%d errors: %s", got, said)
			}
		})
	}
}
