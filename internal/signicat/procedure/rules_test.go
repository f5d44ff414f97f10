package procedure_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

var (
	ada = "user:ada@example.com"
	ben = "user:ben@example.com"
	bot = "api_client:sandbox-round-apple-123"
)

// two is an organisation with two administrators and nothing that a rule finds.
func two(more baseline.Written) baseline.Written {
	written := baseline.Written{"organisation": {"Organisation Admin": {ada, ben}}}
	for place, roles := range more {
		if written[place] == nil {
			written[place] = map[string][]string{}
		}
		for role, principals := range roles {
			written[place][role] = principals
		}
	}
	return written
}

// TestRules: each rule finds what it is about, tells it with names, and is silent about what is
// not known.
func TestRules(t *testing.T) {
	cy := []string{"user:cy@example.com"}
	for name, c := range map[string]struct {
		written baseline.Written
		want    []string
	}{
		"nothing": {two(nil), nil},
		"no admin": {
			baseline.Written{"organisation": {"Organisation Admin": {bot}}},
			[]string{
				"no-organisation-admin (deny): No user administers the whole organisation: nobody could give anybody access again.",
				`machine-admin (warn): api_client:sandbox-round-apple-123 has "Organisation Admin" at the organisation: a program could invite people.`,
			},
		},
		"one admin": {
			baseline.Written{"organisation": {"Organisation Admin": {ada}}},
			[]string{"few-organisation-admins (warn): Only user:ada@example.com administers the whole organisation, and 2 users should."},
		},
		"partners alone": {
			baseline.Written{"organisation": {"Partner Organisation Admin": {ada, ben}}},
			[]string{"only-partner-admins (note): Nobody is Organisation Admin: whether a Partner Organisation Admin can do all that has to be done, no page says."},
		},
		"a partner beside is no finding": {two(baseline.Written{"organisation": {"Partner Organisation Admin": {ada}}}), nil},
		"misspelled": {
			two(baseline.Written{"account:shop": {"Usage Veiwer": cy, "DEM Writer": {bot}}}),
			[]string{`undeclared-role (warn): Nobody has declared the role "Usage Veiwer" at account:shop (production). Did you mean "Usage Viewer"?`},
		},
		"another level": {
			two(baseline.Written{"organisation": {"Account Admin": cy}, "account:shop": {"Organisation Admin": {"user:dee@example.com"}}}),
			[]string{
				`account-admin-elsewhere (warn): user:cy@example.com has "Account Admin" on the organisation: the pages speak of it for one account.`,
				`account-admin-elsewhere (warn): user:dee@example.com has "Organisation Admin" on account:shop (production): the pages speak of it for the organisation.`,
			},
		},
		"programs and domains": {
			two(baseline.Written{"account:shop": {"Account Admin": {bot, "domain:example.com"}}}),
			[]string{
				`domain-admin (deny): domain:example.com has "Account Admin" at account:shop (production): who that is, no page says.`,
				`machine-admin (warn): api_client:sandbox-round-apple-123 has "Account Admin" at account:shop (production): a program could invite people.`,
			},
		},
		"production and sandbox": {
			two(baseline.Written{"account:shop": {"DEM Writer": {bot}}, "account:lab": {"DEM Writer": {bot}}}),
			[]string{`environment-isolation (warn): api_client:sandbox-round-apple-123 changes things at account:shop (production) ` +
				`by "DEM Writer", and at account:lab (sandbox) by "DEM Writer".`},
		},
		"production and sandbox by inheritance": {
			two(baseline.Written{"organisation": {"DEM Writer": {bot}}}),
			[]string{`environment-isolation (warn): api_client:sandbox-round-apple-123 changes things at account:shop (production) ` +
				`by "DEM Writer", and at account:lab (sandbox) by "DEM Writer".`},
		},
		"an administrator of both, and a role of which nothing is known": {
			two(baseline.Written{"account:shop": {"Account Admin": cy, "Usage Viewer": {bot}}, "account:lab": {"Account Admin": cy, "Usage Viewer": {bot}}}), nil,
		},
		"the same role twice": {
			two(baseline.Written{"organisation": {"Usage Viewer": cy}, "account:shop": {"Usage Viewer": cy}}),
			[]string{`redundant-grant (warn): user:cy@example.com has "Usage Viewer" at account:shop (production), and "Usage ` +
				`Viewer" at the organisation gives all of that already.`},
		},
		"beside an administrator": {
			two(baseline.Written{"account:shop": {"Usage Viewer": {ada}, "Account Admin": cy}, "account:lab": {"Usage Viewer": cy}}),
			[]string{`redundant-beside-admin (warn): user:ada@example.com has "Usage Viewer" at account:shop (production), ` +
				`and "Organisation Admin" at the organisation gives all of that already.`},
		},
		"a smaller role beside a larger one": {
			two(baseline.Written{"account:lab": {"Usage Viewer": cy, "Usage Editor": cy}}),
			[]string{
				`undeclared-role (warn): Nobody has declared the role "Usage Editor" at account:lab (sandbox).`,
				`redundant-type (warn): user:cy@example.com has "Usage Viewer" at account:lab (sandbox), and "Usage Editor" ` +
					`at account:lab (sandbox) gives all of that already.`,
			},
		},
		"a writer is not in an editor": {two(baseline.Written{"account:lab": {"DEM Writer": cy, "Signing Admin": cy}}), []string{`undeclared-role (warn): ` +
			`Nobody has declared the role "Signing Admin" at account:lab (sandbox).`}},
		"wider": {
			two(baseline.Written{"organisation": {"Usage Editor": {bot}}, "account:lab": {"Usage Viewer": {bot}}}),
			[]string{
				`undeclared-role (warn): Nobody has declared the role "Usage Editor" at the organisation.`,
				`environment-isolation (warn): api_client:sandbox-round-apple-123 changes things at account:shop (production) ` +
					`by "Usage Editor", and at account:lab (sandbox) by "Usage Editor".`,
				`wider-than-meant (note): api_client:sandbox-round-apple-123 has "Usage Viewer" at account:lab (sandbox), and ` +
					`"Usage Editor" at the organisation gives all of that already.`,
			},
		},
		"secrets": {
			two(baseline.Written{"account:lab": {"Audit Log Viewer": cy}}),
			[]string{
				`undeclared-role (warn): Nobody has declared the role "Audit Log Viewer" at account:lab (sandbox).`,
				`viewer-exception (note): user:cy@example.com has "Audit Log Viewer" at account:lab (sandbox): it may allow more than to read what is harmless.`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, finding := range parse(t, c.written).Review(nil, baseline.Wishes{}) {
				got = append(got, finding.String())
				if finding.Advice == "" || finding.Source == "" || finding.Summary == "" || finding.Evidence == "" {
					t.Errorf("%s does not say what it rests on", finding.Rule)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("findings are\n%s\nand should be\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestSettings: a rule can be switched off, made to deny, and asked for more.
func TestSettings(t *testing.T) {
	b := parse(t, two(nil))
	settings := baseline.Settings{"few-organisation-admins": {Severity: review.Deny, Parameters: map[string]int{"minimum": 3}}}
	if err := model.Rules.Check(settings); err != nil {
		t.Fatal(err)
	}
	found := b.Review(settings, baseline.Wishes{})
	if len(found) != 1 || found[0].Severity != review.Deny || !strings.Contains(found[0].Sentence, "3 users should") {
		t.Errorf("findings are %v", found)
	}
	one := parse(t, baseline.Written{"organisation": {"Organisation Admin": {ada}}})
	if found := one.Review(baseline.Settings{"few-organisation-admins": {Severity: review.Ignore}}, baseline.Wishes{}); len(found) > 0 {
		t.Errorf("a rule that is switched off finds %v", found)
	}
	partners := parse(t, baseline.Written{"organisation": {"Partner Organisation Admin": {ada, ben}}})
	if found := partners.Review(baseline.Settings{"only-partner-admins": {Severity: review.Warn}}, baseline.Wishes{}); len(found) != 1 || found[0].Note {
		t.Errorf("a note that somebody asked to warn is %v", found)
	}
	for text, settings := range map[string]baseline.Settings{
		`there is no rule "few-admins"`:    {"few-admins": {}},
		`"error" is no severity`:           {"domain-admin": {Severity: "error"}},
		`it has no parameter "maximum"`:    {"few-organisation-admins": {Parameters: map[string]int{"maximum": 1}}},
		`must be at least 1`:               {"few-organisation-admins": {Parameters: map[string]int{"minimum": 0}}},
		`a baseline has no exceptions, be`: {"domain-admin": {Exceptions: []review.Exception{{Reason: "x", Until: day, Place: shop}}}},
	} {
		if err := model.Rules.Check(settings); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v is answered with %v", settings, err)
		}
	}
}
