package report_test

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
)

// origins are of an audit log that knows of groups on lists, and of who is in the inner group.
type origins struct{}

var (
	january  = time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	february = time.Date(2026, 2, 3, 4, 5, 0, 0, time.UTC)
)

// hostileActor is what an audit log may call somebody.
const hostileActor = "=1+1|<script>alert(1)</script>\u202e"

func (origins) Entry(seat review.Seat, member access.Reference) evidence.Origin {
	switch {
	case member.Kind == access.KindGroup:
		return evidence.Origin{Found: true, Time: january, Actor: evidence.Actor{Member: "ci_user:terraform", Name: "terraform", Agency: evidence.ByTerraform}}
	case seat.Group.Key == "Inner":
		return evidence.Origin{Found: true, Time: february, Actor: evidence.Actor{Name: hostileActor, Agency: evidence.ByUnknown}, With: "group:Inner"}
	}
	return evidence.Origin{}
}

func (origins) Role(access.Reference) evidence.Origin { return evidence.Origin{} }

func (origins) Activation(principal access.Reference) (evidence.Origin, bool) {
	return evidence.Origin{Found: true, Time: january, Actor: evidence.Actor{Name: "x"}}, principal.Key == "owner@example.com"
}

func (origins) Back() time.Time { return january }

const (
	sinceGroups = `2026-02-03 04:05 UTC: group:Outer is on the list since 2026-01-02 03:04 UTC by Terraform (ci_user:terraform); ` +
		`group:Inner is in group:Outer since 2026-01-02 03:04 UTC by Terraform (ci_user:terraform); ` +
		`user:invited@example.com is in group:Inner since 2026-02-03 04:05 UTC by `
	sinceNever     = "not found in the audit log, which goes back to 2026-01-02 03:04 UTC"
	sinceOfAccount = `2026-01-02 03:04 UTC by "x"`
)

// TestSinceInEveryFormat has it with the flag, and nothing of it without.
func TestSinceInEveryFormat(t *testing.T) {
	found := start(t, seed()).read(t, token)
	for _, format := range report.Formats() {
		without, with := reviewed(t, found, review.Filter{}), reviewed(t, found, review.Filter{})
		with.TellSince(origins{}, []string{"ci_user:terraform"})
		if text := written(t, without, format); strings.Contains(strings.ToLower(text), "audit log") || strings.Contains(text, "audit_log") {
			t.Errorf("%s tells since when", format)
		}
		text := written(t, with, format)
		if format == report.FormatMarkdown || format == report.FormatHTML {
			text = strings.NewReplacer(`\`, "", "&#34;", `"`, "&#39;", "'", "<!-- -->", "").Replace(text)
		}
		if format == report.FormatJSON || format == report.FormatCSV {
			text = strings.NewReplacer(`\"`, `"`, `""`, `"`).Replace(text)
		}
		for _, want := range []string{sinceGroups, sinceNever, sinceOfAccount} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", format, want, text)
			}
		}
		if strings.Contains(text, "\u202e") && format != report.FormatJSON {
			t.Errorf("%s shows what cannot be seen", format)
		}
		if format == report.FormatHTML && strings.Contains(written(t, with, format), "<script>alert") {
			t.Error("the page runs a name")
		}
	}
}

// TestSinceInColumns has it where a program looks for it.
func TestSinceInColumns(t *testing.T) {
	r := reviewed(t, start(t, seed()).read(t, token), review.Filter{})
	r.TellSince(origins{}, nil)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(written(t, r, report.FormatCSV), "\ufeff"))).ReadAll()
	must(t, err)
	since, record := slices.Index(rows[0], "since"), slices.Index(rows[0], "record")
	for _, row := range rows[1:] {
		if isAccess := row[record] == "access" || row[record] == "activation"; isAccess != (row[since] != "") {
			t.Errorf("since is %q in %q", row[since], row)
		}
	}
	var document struct {
		AuditLog struct {
			Found    int `json:"found"`
			NotFound int `json:"not_found"`
		} `json:"audit_log"`
		Access []struct {
			Reasons []struct {
				Via   []string `json:"via"`
				Since struct {
					Time  *time.Time `json:"time"`
					Exact bool       `json:"exact"`
					Steps []struct {
						Found bool `json:"found"`
					} `json:"steps"`
				} `json:"since"`
			} `json:"reasons"`
		} `json:"access"`
	}
	must(t, json.Unmarshal([]byte(written(t, r, report.FormatJSON)), &document))
	if document.AuditLog.Found == 0 || document.AuditLog.NotFound == 0 {
		t.Errorf("got %+v", document.AuditLog)
	}
	for _, row := range document.Access {
		for _, reason := range row.Reasons {
			if len(reason.Since.Steps) != len(reason.Via)+1 {
				t.Errorf("%d steps of the way through %v", len(reason.Since.Steps), reason.Via)
			}
			if all := !slices.ContainsFunc(reason.Since.Steps, func(step struct {
				Found bool `json:"found"`
			},
			) bool {
				return !step.Found
			}); all != reason.Since.Exact {
				t.Errorf("exact is %t: %+v", reason.Since.Exact, reason.Since)
			}
		}
	}
}

// TestLogInEveryFormat has each entry, each count and each gap in all of them.
func TestLogInEveryFormat(t *testing.T) {
	log := &evidence.Log{
		From: january, To: february, Back: january, Events: 5, Appliers: []string{"ci_user:terraform"}, Outside: 7, Gaps: []string{"Some are missing."},
		Entries: []evidence.LogEntry{{
			Time: january.Add(time.Hour), Event: "e1", EventName: "SigningPolicy.Edited", Kind: "added", Fact: "user:a@example.com was added to " + hostileActor,
			Sentence:  "user:a@example.com was added to " + hostileActor + " by owner@example.com.",
			Actor:     evidence.Actor{Member: "user:owner@example.com", Name: "Owner", Agency: evidence.ByPerson},
			Principal: "user:a@example.com", List: "approvers", Place: access.PlaceOf("app", "release"),
		}},
		NotUnderstood: []evidence.LogCount{{Event: "Foo.Bar", Number: 3}}, Plain: []evidence.LogCount{{Event: "Webhook.Deleted", Number: 4}},
	}
	for _, format := range report.Formats() {
		var b strings.Builder
		must(t, report.LogReport{Log: log}.Write(&b, format, envelope.Envelope{Filters: map[string][]string{"projects": {"app"}}}))
		text := b.String()
		wanted := []string{"user:a@example.com was added to ", "owner@example.com", "Foo.Bar", "Webhook.Deleted", "Some are missing.", "3", "4", "7", "ci", "app"}
		for _, want := range wanted {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", format, want, text)
			}
		}
		if format != report.FormatJSON && strings.Contains(text, "\u202e") || format == report.FormatHTML && strings.Contains(text, "<script>") {
			t.Errorf("%s shows a name as it is not:\n%s", format, text)
		}
		if format == report.FormatCSV && strings.Contains(text, `"=1`) {
			t.Errorf("a spreadsheet computes a name:\n%s", text)
		}
	}
}
