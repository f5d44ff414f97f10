package vocabulary_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review/rulebook"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func TestWeaker(t *testing.T) {
	exceptions := func(fields string) string { return "{exceptions: [{" + fields + "}]}" }
	for _, test := range []struct {
		rule, setting string
		want          []string
	}{
		{"old-token", "{}", nil},
		{"old-token", "{severity: warn}", nil},
		{"old-token", "{severity: deny}", nil},
		{"old-token", "{severity: ignore}", []string{"has the severity ignore, and by default warn."}},
		{"approval-quorum", "{severity: warn}", []string{"has the severity warn, and by default deny."}},
		// It denies what a plan introduces.
		{"submit-and-approve", "{severity: warn}", []string{"has the severity warn, and by default deny."}},
		{"old-token", "{parameters: {days: 400}}", []string{"has days: 400, and by default 365."}},
		{"old-token", "{parameters: {days: 30}}", nil},
		{"few-global-administrators", "{parameters: {minimum: 1}}", []string{"has minimum: 1, and by default 2."}},
		{
			"old-token", exceptions("member: 'ci_user:b', project: app, reason: It is new., until: 2026-06-15"),
			[]string{"has an exception for ci_user:b at app until 2026-06-15: It is new."},
		},
		{"old-token", exceptions("member: 'ci_user:b', reason: It is over, until: 2026-06-14"), nil},
		{
			"few-global-administrators", "{severity: ignore, exceptions: [{reason: We are two, until: 2026-12-31}]}",
			[]string{"has the severity ignore, and by default warn.", "has an exception for the organization until 2026-12-31: We are two."},
		},
	} {
		parsed, err := parseRulebook([]byte("rules: {"+test.rule+": "+test.setting+"}"), now)
		if err != nil {
			t.Fatalf("%+v: %v", test, err)
		}
		var got []string
		for _, weakening := range rulebook.Weaker(parsed) {
			if weakening.Rule != test.rule {
				t.Errorf("%+v: %+v", test, weakening)
			}
			got = append(got, strings.TrimPrefix(weakening.Sentence, test.rule+" "))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%+v: %q", test, got)
		}
	}
}

// Of a new parameter, somebody has to say what makes its rule laxer: one step up or down
// of each is a weakening, and never both.
func TestEveryParameterHasAWeakerSide(t *testing.T) {
	sides := map[string]int{"minimum": -1, "maximum": 1, "days": 1}
	for _, rule := range vocabulary.Rules {
		for _, parameter := range rule.Parameters {
			side, known := sides[parameter.Name]
			if !known {
				t.Errorf("%s: nobody says whether %s makes the rule laxer", rule.ID, parameter.Name)
			}
			for step, want := range map[int]int{side: 1, -side: 0} {
				set := review.RuleSetting{Parameters: map[string]int{parameter.Name: parameter.Default + step}}
				if got := rulebook.Weaker(review.Rulebook{Catalogue: vocabulary.Rules, Rules: map[string]review.RuleSetting{rule.ID: set}}); len(got) != want {
					t.Errorf("%s: %s by %d: %v", rule.ID, parameter.Name, step, got)
				}
			}
		}
	}
}
