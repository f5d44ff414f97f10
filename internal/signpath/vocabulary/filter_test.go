package vocabulary_test

import (
	"errors"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// shownBy spells what a filter shows of the submitters and approvers, and the rules
// of the findings.
func shownBy(t *testing.T, org review.Organization, filter review.Filter) (rows, rules []string) {
	t.Helper()
	selection, err := filter.On(org)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range selection.Access(review.Effective(org)) {
		if row.Permission == vocabulary.Submit || row.Permission == vocabulary.Approve {
			rows = append(rows, row.Principal.String()+" "+row.Permission.String()+" "+row.Place.String())
		}
	}
	report, err := review.Review(org, review.Rulebook{Catalogue: vocabulary.Rules, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range selection.Report(report).Findings {
		rules = append(rules, finding.Rule)
	}
	return rows, rules
}

func TestFilterNarrows(t *testing.T) {
	org := soundOrganization(
		throughGroups(releaseApprovers, "user:dev@example.com"), deactivated("user:officer@example.com"),
		grant(releaseSubmitters, "user:dev@example.com"),
	)
	const dev = "user:dev@example.com"
	for name, c := range map[string]struct {
		filter review.Filter
		rows   []string
		rules  []string
	}{
		"a project and one of its policies": {
			review.Filter{Places: map[string][]string{vocabulary.PlaceProject: {"acme"}, vocabulary.PlaceSigningPolicy: {"acme/test-signing"}}},
			[]string{"ci_user:acme-test submit acme/test-signing", dev + " submit acme/test-signing"},
			nil,
		},
		"a permission": {
			review.Filter{Permissions: []access.Permission{vocabulary.Submit}, Places: map[string][]string{vocabulary.PlaceSigningPolicy: {"release-signing"}}},
			[]string{"ci_user:acme-release submit acme/release-signing", dev + " submit acme/release-signing"},
			[]string{"submit-and-approve", "interactive-submitter", "approver-configures", "inactive-entry"},
		},
		"a group on the way": {
			review.Filter{Principals: []access.Reference{ref("group:Inner")}},
			[]string{dev + " approve acme/release-signing"},
			[]string{"submit-and-approve", "approver-configures"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			rows, rules := shownBy(t, org, c.filter)
			compareLines(t, rows, c.rows)
			compareLines(t, rules, c.rules)
		})
	}
}

func TestFilterRefusesWhatTheOrganizationLacks(t *testing.T) {
	filter := review.Filter{
		Places:     map[string][]string{vocabulary.PlaceProject: {"acne"}, vocabulary.PlaceSigningPolicy: {"acme/release"}},
		Principals: []access.Reference{ref("ci_user:acme-tes"), ref("unknown:11111111-1111-4111-8111-111111111111")},
	}
	_, err := filter.On(soundOrganization())
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("error %v", err)
	}
	want := map[string]string{
		vocabulary.PlaceProject:       `the token sees no project "acne"; there is acme`,
		vocabulary.PlaceSigningPolicy: `the token sees no signing policy "acme/release"; there is acme/release-signing, acme/test-signing`,
		"":                            `the organization has no CI user "acme-tes"; did you mean "ci_user:acme-test"?`,
	}
	for _, one := range joined.Unwrap() {
		var refused *review.FilterError
		if !errors.As(one, &refused) || refused.Error() != want[refused.Kind] {
			t.Errorf("error %v, want one of %v", one, want)
			continue
		}
		delete(want, refused.Kind)
	}
	if len(want) > 0 {
		t.Errorf("nothing says %v", want)
	}
}
