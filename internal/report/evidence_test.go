package report_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
	"github.com/signpath-community/terraform-provider-signpath/internal/report"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// readAgain is a report as JSON, read again.
func readAgain(t *testing.T, r *report.Report, at time.Time) *evidence.Report {
	t.Helper()
	var b bytes.Buffer
	id := r.Survey.ID
	must(t, r.Write(&b, report.FormatJSON, envelope.Envelope{Time: at, Organization: envelope.Organization{ID: &id}}))
	read, err := report.ReadJSON(b.Bytes())
	must(t, err)
	return read
}

// What is written is read again, with everybody of whom the matrix tells.
func TestJSONIsReadAgain(t *testing.T) {
	r := reviewed(t, start(t, seed()).read(t, token), review.Filter{})
	read := readAgain(t, r, time.Now())
	if len(read.Access) != len(r.Access) || len(read.Findings) != len(r.Findings) || len(read.Settings) != len(r.Survey.Organization.Places) {
		t.Fatalf("%d accesses, %d findings, %d settings", len(read.Access), len(read.Findings), len(read.Settings))
	}
	for i, row := range read.Access {
		reasons := r.Access[i].Reasons
		if row.Reference != r.Access[i].Principal || row.Place != r.Access[i].Place || !access.IsID(row.ID) || len(row.Reasons) != len(reasons) {
			t.Errorf("%+v became %+v", r.Access[i], row)
		}
		for j, h := range row.Reasons {
			if h.Text != reasons[j].String() || len(h.Via) != len(reasons[j].Via) {
				t.Errorf("%s became %+v", reasons[j], h)
			}
		}
	}
}

// A table of decisions comes back from names that a spreadsheet computes and a page runs.
// A report that lacks something takes nothing from anybody, and gives nobody anything: compared with a whole one, nobody gains or
// loses, in either order.
func TestIncompleteReportsShowNoChange(t *testing.T) {
	s := start(t, seed())
	whole := readAgain(t, reviewed(t, s.read(t, token), review.Filter{}), time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC))
	parts := map[string]*evidence.Report{"a Regular User": readAgain(t, reviewed(t, s.read(t, leadToken), review.Filter{}), whole.Head.Time)}
	for _, route := range []string{
		"GET /Projects", "GET /Projects/app", "GET /Projects/app/SigningPolicies/release-signing", "GET /InteractiveUsers", "GET /CIUsers", "GET /UserGroups",
	} {
		s := start(t, seed())
		must(t, s.Inject(mock.Fault{Route: route, Action: mock.FaultAnswer, Status: http.StatusForbidden}))
		parts[route] = readAgain(t, reviewed(t, s.read(t, token), review.Filter{}), whole.Head.Time)
	}
	for name, part := range parts {
		for order, reports := range map[string][2]*evidence.Report{"before": {part, whole}, "after": {whole, part}} {
			t.Run(name+", "+order, func(t *testing.T) {
				d, err := evidence.Compare(vocabulary.SignPath, reports[0], reports[1])
				must(t, err)
				if len(part.Head.Gaps) == 0 || len(d.Gaps) == 0 {
					t.Fatalf("there is no gap: %q, %q", part.Head.Gaps, d.Gaps)
				}
				told := report.Difference{Difference: d}
				var b strings.Builder
				must(t, told.Write(&b, report.FormatText, envelope.Envelope{}))
				if len(d.Changes)+len(d.Ways)+len(d.Renamed)+len(d.RenamedPlaces)+len(d.Come)+len(d.Gone)+len(d.Replaced) > 0 {
					t.Errorf("something changed:\n%s", b.String())
				}
			})
		}
	}
}

func TestDecisionTables(t *testing.T) {
	r := reviewed(t, start(t, seed()).read(t, token), review.Filter{})
	now := time.Now()
	read := readAgain(t, r, now)
	var table, page bytes.Buffer
	must(t, r.WriteDecisions(&table, report.FormatCSV, envelope.Envelope{}))
	must(t, r.WriteDecisions(&page, report.FormatHTML, envelope.Envelope{}))
	kept := strings.ReplaceAll(table.String(), "\n,,,,", "\nkeep,,,,")
	decided, err := evidence.ReadDecisions([]byte(kept), read, evidence.Decider{By: references(t, "user:owner@example.com")[0], Now: now})
	must(t, err)
	holdings := evidence.Holdings(read.Access)
	if len(decided.Kept) != len(holdings) || len(decided.Undecided) > 0 {
		t.Errorf("%d of %d kept, %d undecided", len(decided.Kept), len(holdings), len(decided.Undecided))
	}
	parsed, err := html.Parse(&page)
	must(t, err)
	for node := range parsed.Descendants() {
		if node.Type == html.ElementNode && slices.Contains([]string{"script", "img", "iframe", "link"}, node.Data) {
			t.Errorf("a name became <%s>", node.Data)
		}
	}
	var again bytes.Buffer
	must(t, r.WriteDecisions(&again, report.FormatHTML, envelope.Envelope{}))
	for _, h := range holdings {
		if !strings.Contains(again.String(), `<tr id="`+h.Way+`">`) {
			t.Errorf("the page has no row for %s, %s", h.Reference, h.Text)
		}
	}
}

// Every format tells who gained, and shows no name otherwise than as a name.
func TestDifferenceFormats(t *testing.T) {
	server := start(t, seed())
	before := readAgain(t, reviewed(t, server.read(t, token), review.Filter{}), time.Now())
	must(t, server.Administrator("user:owner@example.com").AddMembers("group:Inner", "members", "ci_user:"+script))
	later := readAgain(t, reviewed(t, server.read(t, token), review.Filter{}), time.Now())
	found, err := evidence.Compare(vocabulary.SignPath, before, later)
	must(t, err)
	for format, want := range map[report.Format]string{
		report.FormatText: "ci_user:" + script + " gains approval on app/release-signing: " +
			"approver of app/release-signing, through group:Outer > group:Inner",
		report.FormatMarkdown: `- ci\_user:\<script\>alert(1)\</script\>\|=1+1 gains approval on app/release-signing`,
		report.FormatCSV:      "change,gains,ci_user:" + script,
		report.FormatJSON:     `"sentence": "ci_user:` + script + ` gains approval on app/release-signing."`,
	} {
		var b bytes.Buffer
		must(t, report.Difference{Difference: found}.Write(&b, format, envelope.Envelope{}))
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s: %q is not in\n%s", format, want, &b)
		}
	}
}
