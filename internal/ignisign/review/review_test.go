package review_test

import (
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/procedure"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/review"
)

const application = "appId_11111111-2222-3333-4444-555555555555"

// stated is a baseline of one application, attested on a day, with keys that should be.
func stated(t *testing.T, keys ...string) review.Stated {
	t.Helper()
	b, problems := procedure.Model.Parse("", procedure.Places(map[string]string{"contracts": application}), baseline.Written{
		"organization":                     {"ORG_OWNER": {"user:owner@example.com", "user:deputy@example.com"}},
		"environment:contracts/PRODUCTION": {"APP_OPERATOR": {"user:release@example.com"}},
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	by, err := procedure.Model.ParsePrincipal("user:officer@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return review.Stated{
		Baseline: b, Attestation: &baseline.Attestation{By: by, On: "2026-11-20", Observed: b.Grants},
		Keys: map[string][]string{review.Production: keys}, Environments: []string{review.Production},
	}
}

func on(day string) time.Time {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return at
}

// live is an application with keys, and with webhooks that record its members.
func live(keys []review.Thing, recorders ...review.Recorder) review.Live {
	return review.Live{
		Application: application, Status: "ACTIVE", Recorders: recorders,
		Environments: []review.Environment{{Name: review.Production, Keys: keys, SingleSignOn: []review.Thing{}, Webhooks: []review.Thing{}}},
	}
}

// TestReview: what a review finds, what it could not compare, and nothing else.
func TestReview(t *testing.T) {
	recorder := review.Recorder{}
	key := func(id, name, status string) review.Thing { return review.Thing{ID: id, Name: name, Status: status} }
	two := []review.Thing{key("fd01", "backend", "ACTIVE"), key("fd02", "backend", "ACTIVE")}
	inOtherCase := live(nil, recorder)
	inOtherCase.Application, inOtherCase.Environments[0].Keys = strings.ToUpper(application), []review.Thing{}
	for name, test := range map[string]struct {
		stated   review.Stated
		live     review.Live
		findings []string // What each says.
		gap      string
	}{
		"nothing":              {stated(t), live([]review.Thing{}, recorder), nil, ""},
		"by id and by name":    {stated(t, "backend", "fd01"), live(two, recorder), nil, ""},
		"one name for two":     {stated(t, "backend"), live(two, recorder), []string{`has 2 API keys called "backend"`}, ""},
		"a key without a name": {stated(t, ""), live([]review.Thing{{Status: "ACTIVE"}}, recorder), []string{`has the API key ""`, `no active API key ""`}, ""},
		"a key without an id": {stated(t, ""), live([]review.Thing{key("", "night job", "ACTIVE")}, recorder), []string{
			`has the API key "night job"`,
			`no active API key ""`,
		}, ""},
		"called as a revoked one": {
			stated(t, "fd01"), live([]review.Thing{key("fd01", "a", "REVOCATED"), key("fd02", "fd01", "ACTIVE")}, recorder),
			[]string{`has the API key "fd01" (fd02)`, `no active API key "fd01"`},
			"",
		},
		"revoked in another case": {stated(t), live([]review.Thing{key("fd01", "a", "revocated")}, recorder), []string{"status revocated"}, ""},
		"keys that are not shown": {stated(t), live(nil, recorder), nil, "does not show the API keys of PRODUCTION"},
		"an id in another case":   {stated(t), inOtherCase, nil, ""},
		"no webhook":              {stated(t), live([]review.Thing{}), nil, "has no webhook in PRODUCTION"},
		"a webhook disabled":      {stated(t), live([]review.Thing{}, review.Recorder{IsDisabled: true}), nil, "Each webhook of PRODUCTION is disabled"},
		"a webhook made later": {
			stated(t), live([]review.Thing{}, review.Recorder{Made: on("2026-11-24")}, review.Recorder{Made: on("2026-11-22")}),
			nil, "was made on 2026-11-22: what changed after 2026-11-20 and before that",
		},
		"a webhook made that day":  {stated(t), live([]review.Thing{}, review.Recorder{Made: on("2026-11-20")}), nil, ""},
		"one of them made earlier": {stated(t), live([]review.Thing{}, review.Recorder{Made: on("2026-11-24")}, review.Recorder{Made: on("2026-11-01")}), nil, ""},
		"that one disabled": {
			stated(t), live([]review.Thing{}, review.Recorder{Made: on("2026-11-24")}, review.Recorder{Made: on("2026-11-01"), IsDisabled: true}), nil,
			"was made on 2026-11-24",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := review.Review(test.stated, test.live, nil)
			isSame := len(got.Findings) == len(test.findings)
			for i := 0; isSame && i < len(test.findings); i++ {
				isSame = strings.Contains(got.Findings[i].Sentence, test.findings[i])
			}
			if !isSame {
				t.Errorf("it finds %v, want %q", got.Findings, test.findings)
			}
			if gaps := strings.Join(got.Gaps, "\n"); !strings.Contains(gaps, test.gap) || test.gap == "" && gaps != "" {
				t.Errorf("the gaps are %q, want %q", gaps, test.gap)
			}
			if got.Complete() != (test.gap == "") || !strings.Contains(strings.Join(got.CannotSee, "\n"), "east of Greenwich") {
				t.Errorf("it is complete: %t; it cannot see %q", got.Complete(), got.CannotSee)
			}
		})
	}
}
