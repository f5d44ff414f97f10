package provider_test

import (
	"fmt"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// TestFunctions and data sources tell what is published, and null where it is not.
func TestFunctions(t *testing.T) {
	const grants = `{ organisation = { "Usage Viewer" = ["user:a@example.com"] }` +
		`, "account:shop" = { "Usage Viewer" = ["user:A@example.com"], "Account Admin" = ["user:a@example.com"] } }`
	effective := func(place string) string {
		return `jsonencode(provider::signicat::effective_roles(` + grants + `, ["shop", "ci"], "user:a@example.com", "` + place + `"))`
	}
	for _, c := range [][2]string{
		{`provider::signicat::basic_type("DEM Writer")`, "Writer"},
		{`tostring(provider::signicat::basic_type("DEM") == null)`, "true"},
		{effective("account:ci"), `[{"from":["organisation"],"inherited":true,"role":"Usage Viewer"}]`},
		{
			effective("account:shop"),
			`[{"from":["account:shop"],"inherited":false,"role":"Account Admin"},{"from":["organisation","account:shop"],"inherited":false,"role":"Usage Viewer"}]`,
		},
		{`tostring(provider::signicat::can_invite({ organisation = ["Partner Organisation Admin"] }, "organisation"))`, "true"},
		{`tostring(provider::signicat::can_invite({ "account:shop" = ["Account Admin"] }, "organisation"))`, "false"},
		{`tostring(provider::signicat::can_invite({ organisation = ["Partner Organisation Admin"] }, "account:shop") == null)`, "true"},
		{
			`jsonencode(provider::signicat::observed("place,role,principal,seen_on\norganisation,Usage Viewer,user:a@example.com,2026-11-20` +
				`\norganisation,Usage Viewer,user:b@example.com,no"))`,
			`{"organisation":{"Usage Viewer":["user:a@example.com"]}}`,
		},
		{`join(", ", data.signicat_roles.all.roles[*].role)`, "Organisation Admin, Account Admin, Partner Organisation Admin, Usage Viewer"},
		{`tostring([for r in data.signicat_roles.all.roles : r.level if r.role == "Usage Viewer"][0] == null)`, "true"},
		{`join(" ", [for t in data.signicat_roles.all.basic_types : t.basic_type if contains(t.contains, "Writer")])`, ""},
		{`tostring(one([for i in data.signicat_roles.all.inheritance : i.holds if i.granted_on == "a parent organisation"]) == null)`, "true"},
		{`[for u in data.signicat_user_types.all.user_types : u.role if u.user_type == "Financial owner"][0]`, "Usage Viewer"},
	} {
		expression, want := c[0], c[1]
		t.Run(expression, func(t *testing.T) {
			s := newSite(t, "2026-11-20").Configure(fmt.Sprintf(`
data "signicat_roles" "all" {}
data "signicat_user_types" "all" {}
resource "terraform_data" "result" {
  input = %s
}`, expression))
			s.MustApply(testkit.Options{})
			for _, o := range s.Objects() {
				if o.Address == "terraform_data.result" && fmt.Sprint(o.Values["input"]) != want {
					t.Errorf("it is %v, want %s", o.Values["input"], want)
				}
			}
		})
	}
	for _, c := range [][2]string{
		{`effective_roles(` + grants + `, ["shop"], "a@example.com", "organisation")`, `did you mean "user:a@example.com"?`},
		{`effective_roles(` + grants + `, ["shop"], "user:a@example.com", "account:ci")`, "There is no place account:ci"},
		{`effective_roles(` + grants + `, ["ci"], "user:a@example.com", "organisation")`, `there is no place "account:shop"`},
		{`can_invite({ "acount:shop" = ["Account Admin"] }, "organisation")`, "is no place"},
		{`observed("place,role,principal,seen_on\norganisation,Usage Viewer,user:a@example.com,")`, "column seen_on"},
	} {
		call, want := c[0], c[1]
		t.Run(call, func(t *testing.T) {
			newSite(t, "2026-11-20").Configure("resource \"terraform_data\" \"result\" {\n  input = provider::signicat::" + call + "\n}").PlanFails(want)
		})
	}
}
