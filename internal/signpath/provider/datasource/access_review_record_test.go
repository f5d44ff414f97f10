package datasource

import (
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary/vocabularytest"
)

// TestAccessReviewTellsExceptions reviews by a rulebook with an exception for one of two
// people who can submit and approve.
func TestAccessReviewTellsExceptions(t *testing.T) {
	user := func(email string) access.Principal {
		return access.Principal{Kind: access.KindUser, Email: email, Active: true, Role: vocabulary.RoleRegularUser}
	}
	owner, lead := user("owner@example.com"), user("lead@example.com")
	both := review.EntriesOf(owner.Reference(), lead.Reference())
	found := &survey.Survey{Organization: vocabularytest.With(
		review.Organization{Principals: []review.Principal{{Principal: owner}, {Principal: lead}}},
		vocabularytest.Project{Slug: "app", SigningPolicies: []vocabularytest.SigningPolicy{vocabularytest.Policy("release", both, both)}},
	)}
	rulebook := review.Rulebook{Catalogue: vocabulary.Rules, Now: time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC), Rules: map[string]review.RuleSetting{
		"submit-and-approve": {Exceptions: []review.Exception{{
			Member: owner.Reference(), Reason: "The only one until autumn", Until: time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC),
		}}},
	}}
	var diags diag.Diagnostics
	model := accessReviewModel{}
	model.review(found, rulebook, &diags)

	var described datasource.SchemaResponse
	newAccessReviewDataSource().Schema(t.Context(), datasource.SchemaRequest{}, &described)
	state := tfsdk.State{Schema: described.Schema}
	diags.Append(state.Set(t.Context(), model)...)
	var excepted []exceptedFindingRecord
	diags.Append(state.GetAttribute(t.Context(), path.Root("excepted_findings"), &excepted)...)
	if diags.HasError() || len(excepted) != 1 {
		t.Fatalf("%d excepted findings: %v", len(excepted), diags)
	}
	if e := excepted[0]; !slices.Equal(e.Principals, []string{"user:owner@example.com"}) ||
		e.ExceptionReason.ValueString() != "The only one until autumn" || e.ExceptionUntil.ValueString() != "2026-09-30" {
		t.Errorf("the excepted finding is %+v", e)
	}
	left := slices.ContainsFunc(model.Findings, func(f findingRecord) bool {
		return f.Rule.ValueString() == "submit-and-approve" && slices.Contains(f.Principals, "user:owner@example.com")
	})
	if left || !slices.ContainsFunc(model.Findings, func(f findingRecord) bool { return slices.Contains(f.Principals, "user:lead@example.com") }) {
		t.Errorf("the findings are %+v", model.Findings)
	}
}
