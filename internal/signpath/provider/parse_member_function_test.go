package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

func parsed(kind, key string, isID bool) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"kind": knownvalue.StringExact(kind), "key": knownvalue.StringExact(key), "is_id": knownvalue.Bool(isID),
	})
}

func TestParseMemberFunction(t *testing.T) {
	const id = "5F1E7C3A-0b8d-4c57-9a3e-2d6f4b1c8e90"
	newOrganization(t).run(nil,
		refused(`provider::signpath::parse_member("dev.lead@example.com")`, `Invalid value for "reference" parameter`,
			`did you mean "user:dev.lead@example.com"?`, `"group:NAME"`),
		refused(`provider::signpath::parse_member(null)`, `Invalid value for "reference" parameter`, "null"),
		knownResult(`[for text in ["user:Dev.Lead@example.com", "ci_user:acme: release", "group:Release Managers", `+
			`"group:`+id+`", "unknown:`+id+`"] : provider::signpath::parse_member(text)]`,
			knownvalue.ListExact([]knownvalue.Check{
				parsed("user", "Dev.Lead@example.com", false),
				parsed("ci_user", "acme: release", false),
				parsed("group", "Release Managers", false),
				parsed("group", id, true),
				parsed("unknown", id, true),
			})),
		knownResult(`provider::signpath::member("ci_user", provider::signpath::parse_member("ci_user:acme: release").key)`,
			knownvalue.StringExact("ci_user:acme: release")),
		resultAfterApply(`provider::signpath::parse_member("user:${terraform_data.later.output}")`, parsed("user", "later@example.com", false)),
	)
}

func TestParseMemberFunctionNamesTheValidForms(t *testing.T) {
	for text, want := range map[string]string{
		"acme-release": `"acme-release" has no kind; valid are ` + access.ReferenceForms,
		"person:ada":   `"person:ada" has the unknown kind "person"; valid are ` + access.ReferenceForms,
		"user:ada": `"user:ada": an interactive user is named by the e-mail of the account or by a UUID, ` +
			`and "ada" is neither. Valid are ` + access.ReferenceForms,
		"ci_user:": `"ci_user:" names nobody: after "ci_user:" comes an e-mail, a name or a UUID. Valid are ` + access.ReferenceForms,
	} {
		t.Run(text, func(t *testing.T) { refusesCall(t, "parse_member", 0, want, stringValue(text)) })
	}
}
