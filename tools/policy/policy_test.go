package policy_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/rego"
)

const (
	root   = "../.."
	policy = root + "/examples/policies/release_signing.rego"
)

// A review is a document of which a test changes a part.
type review map[string]any

// recorded is the review of a plan that the tests of signpathctl keep.
func recorded(t *testing.T) review {
	t.Helper()
	text, err := os.ReadFile(root + "/cmd/signpathctl/testdata/plan_review.json")
	if err != nil {
		t.Fatal(err)
	}
	var r review
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// whole is the review as if nothing had been left out, and without the group that is not
// of the team.
func (r review) whole() review {
	r["complete"], r["gaps"] = true, []any{}
	changes, _ := r["access_changes"].([]any)
	r["access_changes"] = slices.DeleteFunc(changes, func(change any) bool {
		return change.(map[string]any)["principal"] == "group:Approvers | B"
	})
	return r
}

// first changes a field of the first change of access.
func (r review) first(name, value string) review {
	changes, _ := r["access_changes"].([]any)
	change, _ := changes[0].(map[string]any)
	change[name] = value
	return r
}

// denied returns what the policy says of the review.
func (r review) denied(t *testing.T) []string {
	t.Helper()
	results, err := rego.New(
		rego.Query("data.main.deny"), rego.Load([]string{policy}, nil), rego.Strict(true), rego.Input(map[string]any(r)),
	).Eval(t.Context())
	if err != nil || len(results) != 1 {
		t.Fatalf("%v, %d results", err, len(results))
	}
	said, ok := results[0].Expressions[0].Value.([]any)
	if !ok {
		t.Fatalf("the policy gives %v", results[0].Expressions[0].Value)
	}
	var sentences []string
	for _, sentence := range said {
		text, _ := sentence.(string)
		sentences = append(sentences, text)
	}
	return sentences
}

func TestReleaseSigning(t *testing.T) {
	outsider := func() review {
		return recorded(t).whole().first("principal", "user:outsider@example.com").first("permission", "submit").first("signing_policy", "release-signing")
	}
	for name, test := range map[string]struct {
		of   review
		want []string
	}{
		"the team gains": {recorded(t).whole(), nil},
		"the review as it is": {recorded(t), []string{
			"outside the release team: group:Approvers | B (members not known) gains approval on project-b/release-signing",
			"incomplete: The live organization was not asked.", "incomplete: member of signpath_project_reader.team",
		}},
		"somebody else will gain":       {outsider(), []string{"outside the release team: user:auditor@example.com will gain"}},
		"somebody else gains":           {outsider().first("direction", "gains"), []string{"outside the release team"}},
		"somebody else loses":           {outsider().first("direction", "loses"), nil},
		"somebody else will no more":    {outsider().first("direction", "will_no_longer_gain"), nil},
		"a policy that does not matter": {outsider().first("signing_policy", "test-signing"), nil},
		"an administrator of users": {
			recorded(t).whole().first("principal", "user:outsider@example.com").first("permission", "administer-users"), []string{"outside the release team"},
		},
		"a document of another kind": {review{"kind": "drift_review", "format_version": "1.0", "complete": true}, []string{"no review of a plan"}},
		"another format":             {review{"kind": "plan_review", "format_version": "2.0", "complete": true}, []string{"no review of a plan"}},
		"something else":             {review{}, []string{"no review of a plan"}},
	} {
		t.Run(name, func(t *testing.T) {
			said := test.of.denied(t)
			if len(said) != len(test.want) {
				t.Fatalf("it says %q", said)
			}
			for i, want := range test.want {
				if !strings.Contains(said[i], want) {
					t.Errorf("it says %q, and not %q", said[i], want)
				}
			}
		})
	}
}

func TestPoliciesAreFormatted(t *testing.T) {
	written, err := os.ReadFile(policy)
	if err != nil {
		t.Fatal(err)
	}
	if formatted, err := format.Source(policy, written); err != nil || string(formatted) != string(written) {
		t.Errorf("%v; opa fmt makes of it\n%s", err, formatted)
	}
}
