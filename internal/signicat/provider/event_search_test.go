package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
)

// TestEventsOfALongTime are asked for in parts of 30 days, without a gap between them. What Signicat
// does not tell of it is said.
func TestEventsOfALongTime(t *testing.T) {
	const event = `{"cursor":"%s","timestamp":"%s","userId":"u"}`
	one := func(cursor, at string) string { return `{"data":[` + fmt.Sprintf(event, cursor, at) + `]}` }
	many := func(n int, next string) string {
		events := make([]string, n)
		for i := range events {
			events[i] = fmt.Sprintf(event, fmt.Sprint("c", i), "2026-11-27T09:00:00Z")
		}
		return `{"data":[` + strings.Join(events, ",") + `],"next":` + next + `}`
	}
	nothing := func(eventQuery) (int, string) { return 200, `{"data":[]}` }
	parts := []string{"2026-10-29T15:00:00Z-", "2026-09-29T15:00:00Z-2026-10-29T15:00:00Z", "2026-09-01T00:00:00Z-2026-09-29T15:00:00Z"}
	for name, c := range map[string]struct {
		on     string
		query  func(eventQuery) (int, string)
		asked  []string // The times of the requests; nil is not looked at.
		finds  string
		gap    string
		events int
		whole  bool
	}{
		"of eight days": {"2026-11-20", nothing, []string{"2026-11-20T00:00:00Z-"}, "", "", 0, true},
		"of this day":   {"2026-11-28", nothing, []string{"2026-11-28T00:00:00Z-"}, "", "", 0, true},
		// It has begun in the east alone. Who looked there may have done so yesterday in UTC.
		"of a day that is yet to come": {
			"2026-11-29", func(q eventQuery) (int, string) { return 200, one(q.From, "2026-11-28T14:00:00Z") },
			[]string{"2026-11-28T00:00:00Z-"},
			"finds 1 event", "", 1, true,
		},
		"of three parts": {"2026-09-01", func(q eventQuery) (int, string) { return 200, one(q.From, q.From) }, parts, "finds 3 events", "", 3, true},
		"refused": {
			"2026-09-01", func(q eventQuery) (int, string) {
				if q.To != "" {
					return 400, `{"title":"Too old"}`
				}
				return 200, one("c", q.From)
			}, parts[:2], "finds at least 1 event", "Signicat refuses to tell events before 2026-10-29T15:00:00Z", 1, false,
		},
		"of more than a year": {"2025-01-01", nothing, nil, "", "no events before 2025-11-03T15:00:00Z, which is more than a year", 0, false},
		"more than fit": {
			"2026-11-20", func(eventQuery) (int, string) { return 200, many(1000, `"n"`) }, parts[:0], "finds at least 1000 events", "", 1000, false,
		},
		"as many as fit": {"2026-11-20", func(eventQuery) (int, string) { return 200, many(1000, "null") }, nil, "finds 1000 events", "", 1000, true},
		"as many as fit, and earlier?": {
			"2026-09-01", func(eventQuery) (int, string) { return 200, many(1000, "null") }, parts[:1], "finds at least 1000 events", "", 1000, false,
		},
		"earlier ones": {"2026-11-20", func(eventQuery) (int, string) { return 200, one("c", "2026-11-19T23:00:00Z") }, nil, "", "", 0, true},
		"without a time": {
			"2026-11-20", func(eventQuery) (int, string) { return 200, one("c", "yesterday") }, nil, "no time that can be read of 1 of them", "", 1, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			var asked []string
			s.query = func(q eventQuery) (int, string) {
				asked = append(asked, q.From+"-"+q.To)
				return c.query(q)
			}
			config := strings.Replace(stated, "2026-11-20", c.on, 1) + reviewed(filter) + told("events", "data.signicat_access_review.acme.events")
			site := newLiveSite(t).Configure(block(s.url) + config)
			site.MustApply(testkit.Options{})
			if len(c.asked) > 0 && !slices.Equal(asked, c.asked) {
				t.Errorf("it asked %q, want %q", asked, c.asked)
			}
			review := value(t, site, "review").(map[string]any)
			findings, gaps := fmt.Sprint(review["findings"]), fmt.Sprint(review["gaps"])
			if !strings.Contains(findings, c.finds) || c.finds == "" && findings != "[]" || !strings.Contains(gaps, c.gap) || c.gap == "" && gaps != "[]" {
				t.Errorf("it finds %s, with the gaps %s", findings, gaps)
			}
			found := value(t, site, "events").([]any)[0].(map[string]any)
			if fmt.Sprint(found["count"]) != fmt.Sprint(c.events) || found["whole"] != c.whole {
				t.Errorf("the events are %v", found)
			}
		})
	}
}
