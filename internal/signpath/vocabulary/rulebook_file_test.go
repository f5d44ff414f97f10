package vocabulary_test

import (
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review/rulebook"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

func parseRulebook(document []byte, now time.Time) (review.Rulebook, error) {
	return rulebook.Reader{Vocabulary: vocabulary.SignPath, Catalogue: vocabulary.Rules}.Parse(document, now)
}

func TestRulebookMayBeJSON(t *testing.T) {
	parsed, err := parseRulebook([]byte(`{"rules": {"old-token": {"parameters": {"days": 30}}}}`), now)
	if err != nil || parsed.Rules["old-token"].Parameters["days"] != 30 {
		t.Errorf("rulebook %+v, error %v", parsed, err)
	}
}

func TestRulebookIsStrict(t *testing.T) {
	for document, want := range map[string]string{
		"":                                           "it is empty",
		"rules: {old-token: {sevrity: deny}}":        `line 1: there is no key "sevrity" in this place`,
		"rules: {old-tokens: {severity: deny}}":      `there is no rule "old-tokens"; did you mean "old-token"?`,
		"rules: [old-token]":                         "line 1: !!seq has the wrong form for this place",
		"rules: {old-token: {severity: fatal}}":      `"fatal" is no severity`,
		"rules: {old-token: {parameters: {day: 3}}}": `no parameter "day"`,
		"rules: {old-token: {exceptions: [{member: nobody, reason: x, until: 2026-12-31}]}}":    "has no kind",
		"rules: {old-token: {exceptions: [{member: 'ci_user:b', reason: x, until: tomorrow}]}}": `"tomorrow" is no date`,
		"rules: {old-token: {exceptions: [{member: 'ci_user:b', until: 2026-12-31}]}}":          "needs a reason",
		"rules: {old-token: {exceptions: [{signing_policy: p, reason: x, until: 2026-12-31}]}}": "it names a signing policy without its project",
		"rules: {old-token: {exceptions: [{projekt: p, reason: x, until: 2026-12-31}]}}":        `line 1: there is no key "projekt" in this place`,
		"rules: {old-token: {exceptions: [{project: [p], reason: x, until: 2026-12-31}]}}":      "line 1: project has the wrong form for this place",
		"rules: {old-token: {severity: deny}}\n---\nrules: {}":                                  "behind the first document",
		"rules: {old-token: {severity: deny}, old-token: {severity: warn}}":                     "already defined",
	} {
		if _, err := parseRulebook([]byte(document), now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q in it", document, err, want)
		} else if strings.Contains(err.Error(), "struct") || strings.Contains(err.Error(), "rulebook.") {
			t.Errorf("%s: error %v names a type of Go", document, err)
		}
	}
}
