package review_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	accessreview "github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

const (
	acme    = "o-p-BBBBBBBBBBBBBBBBBBBB"
	shop    = "a-ppge-AAAAAAAAAAAAAAAAAAAA"
	shopCI  = "a-spge-CCCCCCCCCCCCCCCCCCCC"
	unheard = "a-ppge-DDDDDDDDDDDDDDDDDDDD"
)

// stated is a baseline of two accounts, attested on a day.
func stated(t *testing.T, change func(map[string]vocabulary.Account, baseline.Written)) review.Stated {
	t.Helper()
	accounts := map[string]vocabulary.Account{
		"shop": {ID: shop, Type: vocabulary.Production}, "shop_ci": {ID: shopCI, Type: vocabulary.Sandbox},
	}
	grants := baseline.Written{
		"organisation": {"Organisation Admin": {"user:owner@example.com", "user:deputy@example.com"}, "Usage Viewer": {"user:finance@example.com"}},
		"account:shop": {"Account Admin": {"user:tech.lead@example.com"}},
	}
	if change != nil {
		change(accounts, grants)
	}
	model := procedure.Model(vocabulary.Published)
	b, problems := model.Parse(acme, procedure.Places(accounts), grants)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	by, err := model.ParsePrincipal("user:officer@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return review.Stated{Baseline: b, Attestation: &baseline.Attestation{By: by, On: "2026-11-20", Observed: b.Grants}}
}

func live(change func(*review.Account)) review.Live {
	accounts := []review.Account{
		{ID: shop, Name: "Shop", Type: vocabulary.Production, Organisation: acme, Deleted: access.AnswerNo, Enabled: access.AnswerYes},
		{ID: shopCI, Name: "Shop CI", Type: vocabulary.Sandbox, Organisation: acme, Deleted: access.AnswerNo, Enabled: access.AnswerYes},
	}
	if change != nil {
		change(&accounts[0])
	}
	return review.Live{Accounts: accounts}
}

func at(text string) time.Time {
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return parsed
}

func withoutAccounts(accounts map[string]vocabulary.Account, grants baseline.Written) {
	clear(accounts)
	delete(grants, "account:shop")
}

// TestReview: what a review finds, what it could not compare, and nothing else.
func TestReview(t *testing.T) {
	with := func(a review.Account) review.Live {
		l := live(nil)
		l.Accounts = append(l.Accounts, a)
		return l
	}
	searched := func(s review.Search) review.Live {
		l := live(nil)
		s.Name = "grants"
		l.Searches = []review.Search{s}
		return l
	}
	events := []review.Event{
		{At: at("2026-11-22T09:00:00Z"), UserID: "u-1"},
		{At: at("2026-11-20T00:00:00Z"), UserID: "u-1"},
		{At: at("2026-11-19T23:59:59Z"), UserID: "u-2"},
	}
	tests := map[string]struct {
		stated   review.Stated
		live     review.Live
		finding  string // RULE severity subject: sentence
		gap      string
		settings baseline.Settings
	}{
		"nothing": {stated(t, nil), live(nil), "", "", nil},
		"unknown": {
			stated(t, nil), live(func(a *review.Account) { a.ID = unheard; a.Organisation = "o-p-other" }),
			"unknown-account deny account:shop: account:shop has the id " + shop + ", which is not among the 2 accounts", "", nil,
		},
		"another organisation": {
			stated(t, nil), live(func(a *review.Account) { a.Organisation = "o-p-other" }),
			"account-of-another-organisation deny account:shop: account:shop (" + shop + ") belongs to the organisation o-p-other, and not to " + acme, "", nil,
		},
		"organisation not told": {
			stated(t, nil), live(func(a *review.Account) { a.Organisation = "" }), "", "does not tell to which organisation account:shop belongs", nil,
		},
		"another type": {
			stated(t, nil), live(func(a *review.Account) { a.Type = vocabulary.Sandbox }),
			"type-differs deny account:shop: account:shop is production in the baseline, and " + shop + " is sandbox at Signicat", "", nil,
		},
		"type not told": {stated(t, nil), live(func(a *review.Account) { a.Type = "" }), "", "does not tell whether account:shop is for production", nil},
		"type not said": {
			stated(t, func(a map[string]vocabulary.Account, _ baseline.Written) { a["shop"] = vocabulary.Account{ID: shop} }), live(nil), "",
			"The baseline does not say whether account:shop", nil,
		},
		"deleted": {
			stated(t, nil), live(func(a *review.Account) { a.Deleted = access.AnswerYes }), "deleted-account warn account:shop: account:shop (" + shop +
				") is soft-deleted", "", nil,
		},
		"deleted or not": {stated(t, nil), live(func(a *review.Account) { a.Deleted = access.AnswerUnknown }), "", "does not tell whether it is deleted", nil},
		"not enabled": {
			stated(t, nil), live(func(a *review.Account) { a.Enabled = access.AnswerNo }),
			"account-disabled note account:shop: account:shop (" + shop + ") is not enabled, as the API says; what that means for access is not documented", "", nil,
		},
		"ignored": {
			stated(t, nil), live(func(a *review.Account) { a.Enabled = access.AnswerNo }), "", "",
			baseline.Settings{review.RuleDisabledAccount: accessreview.RuleSetting{Severity: accessreview.Ignore}},
		},
		"denied": {
			stated(t, nil), live(func(a *review.Account) { a.Enabled = access.AnswerNo }), "account-disabled deny account:shop: ", "",
			baseline.Settings{review.RuleDisabledAccount: accessreview.RuleSetting{Severity: accessreview.Deny}},
		},
		"without entry": {
			stated(t, nil), with(review.Account{ID: unheard, Name: "Sh\u200bop 2", Type: vocabulary.Production, Organisation: acme, Deleted: access.AnswerNo}),
			"account-without-entry warn " + unheard + ": The baseline does not mention the account " + unheard + ` ("Sh\u200bop 2", production). ` +
				`What the baseline grants on the organisation holds there, too: "Organisation Admin" (2 principals) and "Usage Viewer" (1 principal).`, "", nil,
		},
		"without entry, of nobody knows which": {
			stated(t, nil), with(review.Account{ID: unheard, Deleted: access.AnswerUnknown}),
			"account-without-entry warn " + unheard + ": The baseline does not mention the account " + unheard +
				" (type not known). Signicat does not tell to which organisation it belongs; " +
				"if it is this one: Whether it is deleted is not known; if it is not:", "", nil,
		},
		"without entry, nothing granted": {
			stated(t, func(_ map[string]vocabulary.Account, g baseline.Written) { delete(g, "organisation") }), with(review.Account{ID: unheard, Organisation: acme}),
			"account-without-entry warn " + unheard + ": The baseline does not mention the account " + unheard +
				" (type not known). The baseline grants nothing on the organisation", "", nil,
		},
		"without entry, deleted": {stated(t, nil), with(review.Account{ID: unheard, Organisation: acme, Deleted: access.AnswerYes}), "", "", nil},
		"without entry, of an organisation in other case": {
			stated(t, nil), with(review.Account{ID: unheard, Organisation: strings.ToUpper(acme)}), "account-without-entry warn " + unheard, "", nil,
		},
		"none of the organisation": {
			stated(t, withoutAccounts),
			review.Live{Accounts: []review.Account{{ID: unheard, Organisation: "o-p-other"}}},
			"",
			"None of the 1 account that Signicat shows to this API client is of the organisation " + acme,
			nil,
		},
		"no accounts at all":       {stated(t, withoutAccounts), review.Live{}, "", "None of the 0 accounts", nil},
		"without entry, elsewhere": {stated(t, nil), with(review.Account{ID: unheard, Organisation: "o-p-other"}), "", "", nil},
		"no id": {
			stated(t, func(a map[string]vocabulary.Account, _ baseline.Written) {
				a["shop"] = vocabulary.Account{Type: vocabulary.Production}
			}), live(nil),
			"It may be account:shop, of which the baseline has no id.", "The baseline has no id for account:shop", nil,
		},
		"events": {
			stated(t, nil), searched(review.Search{Whole: true, Events: events}),
			`events-since-attestation warn grants: The filter "grants" finds 2 events on or after 2026-11-20, when user:officer@example.com looked. ` +
				`The first is of 2026-11-20T00:00:00Z, the last of 2026-11-22T09:00:00Z. The userId is "u-1" (2); whether that is who acted is not documented. ` +
				"Whether they changed access, and whether before or after that look, is not known.", "", nil,
		},
		"more events": {
			stated(t, nil), searched(review.Search{Events: events[:1]}),
			`finds at least 1 event on or after 2026-11-20, when user:officer@example.com looked. The last is of 2026-11-22T09:00:00Z.`, "", nil,
		},
		"earlier events": {stated(t, nil), searched(review.Search{Whole: true, Events: events[2:]}), "", "", nil},
		"earlier events, and more": {
			stated(t, nil), searched(review.Search{Events: events[2:]}), "", `The filter "grants" finds more events than were read`, nil,
		},
		"timeless events": {
			stated(t, nil), searched(review.Search{Whole: true, Events: []review.Event{{}}}),
			"The API tells no time that can be read of 1 of them. The API tells no userId of them.", "", nil,
		},
		"a gap": {stated(t, nil), searched(review.Search{Whole: true, Gap: "Refused."}), "", `The filter "grants": Refused.`, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := review.Review(test.stated, test.live, test.settings)
			var findings []string
			for _, f := range got.Findings {
				word := string(f.Severity)
				if f.Note {
					word = "note"
				}
				findings = append(findings, f.Rule+" "+word+" "+f.Subject+": "+f.Sentence)
				if f.Advice == "" {
					t.Errorf("%s has no advice", f.Rule)
				}
			}
			expectOne(t, "finding", findings, test.finding)
			expectOne(t, "gap", got.Gaps, test.gap)
			if got.Complete() != (test.gap == "") {
				t.Errorf("it is complete: %t", got.Complete())
			}
		})
	}
}

func expectOne(t *testing.T, what string, got []string, want string) {
	t.Helper()
	switch {
	case want == "" && len(got) > 0:
		t.Errorf("a %s too many: %q", what, got)
	case want != "" && (len(got) != 1 || !strings.Contains(got[0], want)):
		t.Errorf("want one %s with %q, got %q", what, want, got)
	}
}

// TestOrder: what denies comes first, and what is only noted last.
func TestOrder(t *testing.T) {
	l := live(func(a *review.Account) {
		a.Enabled, a.Deleted, a.Type = access.AnswerNo, access.AnswerYes, vocabulary.Sandbox
	})
	l.Accounts = append(l.Accounts, review.Account{ID: unheard, Organisation: acme})
	var got []string
	for _, f := range review.Review(stated(t, nil), l, nil).Findings {
		got = append(got, f.Rule)
	}
	if want := []string{review.RuleTypeDiffers, review.RuleDeletedAccount, review.RuleAccountWithoutEntry, review.RuleDisabledAccount}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestWhatCannotBeSeen is said always, and of filters only what fits.
func TestWhatCannotBeSeen(t *testing.T) {
	s := stated(t, nil)
	without := strings.Join(review.Review(s, live(nil), nil).CannotSee, "\n")
	s.Filters = []string{"grants"}
	with := strings.Join(review.Review(s, live(nil), nil).CannotSee, "\n")
	for _, words := range []string{"no grant of the baseline was compared with anything", "custom roles", "does not show to the API client"} {
		if !strings.Contains(without, words) || !strings.Contains(with, words) {
			t.Errorf("it does not say %q:\n%s\n%s", words, without, with)
		}
	}
	if !strings.Contains(without, "no filter was given") || !strings.Contains(with, "outside the filters") ||
		!strings.Contains(with, "east of Greenwich") || strings.Contains(with, "no filter was given") {
		t.Errorf("of filters it says\n%s\n%s", without, with)
	}
	s.Attestation = nil
	if got := review.Review(s, live(nil), nil); len(got.Gaps) != 1 ||
		!strings.Contains(got.Gaps[0], "Nobody has attested, so nothing can be compared in time, and no event was asked for.") {
		t.Errorf("without an attestation: %q", got.Gaps)
	}
}
