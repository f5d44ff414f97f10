package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/provider"
)

// TestBadInput: each is an error on its attribute, with what comes near.
func TestBadInput(t *testing.T) {
	grants := func(grants string) string { return acme(`{ `+admins+`, `+grants+` }`, "") }
	attestation := func(by, on, rest string) string {
		return acme(justAdmins, `  attestation = { by = `+by+`, on = `+on+`, `+rest+` }`)
	}
	const officer, day, seen = `"user:security.officer@example.com"`, `"2026-11-20"`, "observed = " + justAdmins
	for name, c := range map[string]struct {
		config    string
		attribute string
		want      []string
	}{
		"unknown account":   {grants(`"account:shp" = {}`), "grants", []string{`there is no place "account:shp"`, `"account:shop"`}},
		"unknown kind":      {grants(`"acount:shop" = {}`), "grants", []string{`"acount:shop" is no place`, `"account:ACCOUNT"`}},
		"American spelling": {acme(`{ organization = { "Organisation Admin" = [] } }`, ""), "grants", []string{`"organization" is no place`, `"organisation"`}},
		"role with spaces":  {grants(`"account:shop" = { "Account Admin " = ["user:a@example.com"] }`), "grants", []string{`did you mean "Account Admin"?`}},
		"empty role":        {grants(`"account:shop" = { "" = ["user:a@example.com"] }`), "grants", []string{"names nothing where a role is expected"}},
		"no kind":           {grants(`"account:shop" = { "Account Admin" = ["a@example.com"] }`), "grants", []string{`did you mean "user:a@example.com"?`}},
		"unknown kind of principal": {
			grants(`"account:shop" = { "Account Admin" = ["group:devs"] }`), "grants", []string{`"user:E-MAIL", "api_client:ID", "domain:NAME"`},
		},
		"null principal": {
			grants(`"account:shop" = { "Account Admin" = [null] }`), "grants", []string{"account:shop → Account Admin: null or empty text names nothing"},
		},
		"two spellings": {
			grants(`"account:shop" = { "Account Admin" = ["user:a@example.com", "user:A@Example.com"] }`),
			"grants",
			[]string{"the same principal in two spellings"},
		},
		"hidden character": {grants("\"account:shop\" = { \"Account Admin\" = [\"user:a\\u200b@example.com\"] }"), "grants", []string{"cannot be seen"}},
		"no organisation": {
			strings.Replace(acme(justAdmins, ""), `organisation_id = "o-p-BBBBBBBBBBBBBBBBBBBB"`, `organisation_id = ""`, 1),
			"organisation_id",
			[]string{"string length must be between 1"},
		},
		"type of account": {strings.Replace(acme(justAdmins, ""), `"sandbox"`, `"sandbx"`, 1), "accounts", []string{`["sandbox" "production"]`}},
		"key of account":  {strings.Replace(acme(justAdmins, ""), "shop_ci =", `"shop/ci" =`, 1), "accounts", []string{`"shop/ci" cannot be a key`}},
		"one id twice": {
			strings.Replace(acme(justAdmins, ""), "a-spge-CCCCCCCCCCCCCCCCCCCC", "a-ppge-AAAAAAAAAAAAAAAAAAAA", 1), "accounts",
			[]string{"shop and shop_ci have the same id"},
		},
		"basic type":    {acme(justAdmins, `  roles = { "DEM Writer" = { basic_type = "Write" } }`), "roles", []string{`"Writer"`}},
		"declared role": {acme(justAdmins, `  roles = { "DEM Writer " = {} }`), "roles", []string{"has white space around it"}},
		"unknown rule": {
			acme(justAdmins, `  rules = { "few-organization-admins" = { severity = "warn" } }`), "rules", []string{`did you mean "few-organisation-admins"?`},
		},
		"severity":  {acme(justAdmins, `  rules = { "few-organisation-admins" = { severity = "error" } }`), "rules", []string{`["deny" "warn" "ignore"]`}},
		"parameter": {acme(justAdmins, `  rules = { "few-organisation-admins" = { parameters = { min = 3 } } }`), "rules", []string{`it has no parameter "min"`}},
		"unattested denies": {
			acme(justAdmins, `  rules = { unattested = { severity = "deny" } }`), "rules", []string{"a change has to be applied before anybody can attest it"},
		},
		"interval":         {acme(justAdmins, `  review_interval_days = -1`), "review_interval_days", []string{"between 0 and 3660"}},
		"attested by none": {attestation(`""`, day, seen), "attestation", []string{"by: null or empty text names nothing"}},
		"attested by a program": {
			attestation(`"api_client:sandbox-round-apple-123"`, day, seen), "attestation", []string{"is no user: a person attests"},
		},
		"attested in the future": {attestation(officer, `"2026-11-22"`, seen), "attestation", []string{"2026-11-22 has not come yet"}},
		"attested on no day":     {attestation(officer, `"20.11.2026"`, seen), "attestation", []string{`write it as in "2026-11-20"`}},
		"nothing attested":       {attestation(officer, day, `reference = "CHG-1"`), "attestation", []string{"it says nothing"}},
		"both":                   {attestation(officer, day, seen+`, digest = "b1:00"`), "attestation", []string{"observed or digest, not both"}},
		"no digest":              {attestation(officer, day, `digest = "abc"`), "attestation", []string{`it begins with "b1:"`}},
		"observed at no place": {
			attestation(officer, day, `observed = { "account:shoop" = {} }`), "attestation", []string{"observed → account:shoop", `"account:shop"`},
		},
		"observed null": {
			attestation(officer, day, `observed = { organisation = { "Organisation Admin" = [null] } }`),
			"attestation",
			[]string{"observed → organisation → Organisation Admin: null or empty text"},
		},
		"by is null": {attestation("null", day, seen), "attestation", []string{"by is required, and is null here"}},
		"table with a bad row": {
			attestation(officer, day, `observed = provider::signicat::observed("place,role,principal\norganisation,Organisation Admin,owner")`),
			"csv",
			[]string{"line 2, column principal"},
		},
		"table without its column": {
			attestation(officer, day, `observed = provider::signicat::observed("place,role\norganisation,Organisation Admin")`),
			"csv",
			[]string{"column principal", "the column is missing"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, "2026-11-20").Configure(c.config)
			planned := s.Plan(testkit.Options{})
			if planned.Err == nil {
				t.Fatalf("it is accepted: %s", planned)
			}
			said := planned.Err.Error()
			if !testkit.Says(c.want...).MatchString(said) || !strings.Contains(said, c.attribute) {
				t.Errorf("the error does not say %q of %s:\n%s", c.want, c.attribute, said)
			}
		})
	}
}

// TestMillionRows are refused before anybody compares each with each other one, or looks up
// the type of each. A test has to pack a set first, so that has a tenth.
func TestMillionRows(t *testing.T) {
	const million = 1_000_000
	text := func(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }
	set, sets := tftypes.Set{ElementType: tftypes.String}, tftypes.Map{ElementType: tftypes.Set{ElementType: tftypes.String}}
	all := tftypes.Map{ElementType: sets}
	many := make([]tftypes.Value, million/10)
	for i := range many {
		many[i] = text("user:" + strings.Repeat("x", i%7) + "@example.com")
	}
	place := func(key string, roles map[string]tftypes.Value) tftypes.Value {
		return tftypes.NewValue(all, map[string]tftypes.Value{key: tftypes.NewValue(sets, roles)})
	}
	roles := map[string]tftypes.Value{}
	for i := range 3000 {
		roles[strings.Repeat("r", i%250+1)+string(rune('a'+i%26))+string(rune('a'+i/26%26))] = tftypes.NewValue(set, many[:20])
	}
	for name, grants := range map[string]tftypes.Value{
		"of one role": place("organisation", map[string]tftypes.Value{"Organisation Admin": tftypes.NewValue(set, many)}),
		"of many":     place("organisation", roles),
	} {
		t.Run(name, func(t *testing.T) {
			server := provider.NewServer("test", time.Now)
			schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
			testkit.Must(t, err)
			pack := func(ty tftypes.Type) *tfprotov6.DynamicValue {
				values := map[string]tftypes.Value{}
				for name, attribute := range ty.(tftypes.Object).AttributeTypes {
					values[name] = tftypes.NewValue(attribute, nil)
				}
				values["organisation_id"], values["grants"] = text("o-p-B"), grants
				config, err := tfprotov6.NewDynamicValue(ty, tftypes.NewValue(ty, values))
				testkit.Must(t, err)
				return &config
			}
			const baseline, review = "signicat_access_baseline", "signicat_access_review"
			recorded, err := server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
				TypeName: baseline, Config: pack(schemas.ResourceSchemas[baseline].ValueType()),
			})
			testkit.Must(t, err)
			reviewed, err := server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
				TypeName: review, Config: pack(schemas.DataSourceSchemas[review].ValueType()),
			})
			testkit.Must(t, err)
			for _, said := range [][]*tfprotov6.Diagnostic{recorded.Diagnostics, reviewed.Diagnostics} {
				if len(said) != 1 || !strings.Contains(said[0].Detail, "a baseline has at most 5000") || !strings.Contains(said[0].Attribute.String(), "grants") {
					t.Errorf("it says %+v", said)
				}
			}
		})
	}
	t.Run("of a table", func(t *testing.T) {
		server := provider.NewServer("test", nil)
		rows := "place,role,principal\n" + strings.Repeat("organisation,Usage Viewer,user:a@example.com\n", million)
		table, err := tfprotov6.NewDynamicValue(tftypes.String, text(rows))
		testkit.Must(t, err)
		answer, err := server.CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{Name: "observed", Arguments: []*tfprotov6.DynamicValue{&table}})
		testkit.Must(t, err)
		if answer.Error == nil || !strings.Contains(answer.Error.Text, "the table has") || *answer.Error.FunctionArgument != 0 {
			t.Errorf("it says %+v", answer.Error)
		}
	})
}
