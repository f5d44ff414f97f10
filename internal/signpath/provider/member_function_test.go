package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

func TestMemberFunction(t *testing.T) {
	const id = "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90"
	newOrganization(t).run(nil,
		refused(`provider::signpath::member("person", "dev.lead@example.com")`, `Invalid value for "kind" parameter`, `"person" is not a kind of member`),
		refused(`provider::signpath::member("user", "dev.lead")`, `Invalid value for "key" parameter`, `"dev.lead" is neither`),
		refused(`provider::signpath::member(null, "dev.lead@example.com")`, `Invalid value for "kind" parameter`, "null"),
		refused(`provider::signpath::member("user", null)`, `Invalid value for "key" parameter`, "null"),
		knownResult(`[
    provider::signpath::member("user", "Dev.Lead@example.com"),
    provider::signpath::member("ci_user", "acme: release"),
    provider::signpath::member("group", "Release Managers"),
    provider::signpath::member("user", "`+id+`"),
  ]`, knownvalue.ListExact([]knownvalue.Check{
			knownvalue.StringExact("user:Dev.Lead@example.com"),
			knownvalue.StringExact("ci_user:acme: release"),
			knownvalue.StringExact("group:Release Managers"),
			knownvalue.StringExact("user:" + id),
		})),
		resultAfterApply(`provider::signpath::member("user", terraform_data.later.output)`, knownvalue.StringExact("user:later@example.com")),
	)
}

func TestMemberFunctionPointsAtTheWrongArgument(t *testing.T) {
	const kinds = `valid are "user", "ci_user" and "group", as in member("user", "dev.lead@example.com")`
	for name, c := range map[string]struct {
		kind, key string
		position  int64
		want      string
	}{
		"unknown kind":         {"person", "ada@example.com", 0, `"person" is not a kind of member; ` + kinds},
		"kind in other case":   {"User", "ada@example.com", 0, `"User" is not a kind of member (did you mean "user"?); ` + kinds},
		"kind of a lost entry": {"unknown", "5f1e7c3a-0b8d-4c57-9a3e-2d6f4b1c8e90", 0, `"unknown" is not a kind of member; ` + kinds},
		"no kind":              {"", "ada@example.com", 0, `"" is not a kind of member; ` + kinds},
		"a reference for a kind": {
			"user:ada@example.com", "ada@example.com", 0,
			`"user:ada@example.com" is not a kind of member, but a whole member reference, which needs no function; ` + kinds,
		},
		"both wrong":  {"person", "", 0, `"person" is not a kind of member; ` + kinds},
		"no key":      {"ci_user", "", 1, `"ci_user:" names nobody: after "ci_user:" comes an e-mail, a name or a UUID`},
		"white space": {"group", "Engineers ", 1, `"group:Engineers " has white space around its e-mail or name; did you mean "group:Engineers"?`},
		"no e-mail":   {"user", "ada", 1, `"user:ada": an interactive user is named by the e-mail of the account or by a UUID, and "ada" is neither`},
		"the empty UUID": {
			"group", "00000000-0000-0000-0000-000000000000", 1,
			`"group:00000000-0000-0000-0000-000000000000" has the empty UUID, which is nobody's id`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			refusesCall(t, "member", c.position, c.want, stringValue(c.kind), stringValue(c.key))
		})
	}
	for _, kind := range access.Kinds() {
		if err := callFunction(t, "member", stringValue(string(kind)), stringValue("ada@example.com")); err != nil {
			t.Errorf("kind %s: %s", kind, err.Text)
		}
	}
}
