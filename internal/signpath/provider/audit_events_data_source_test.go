package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// newOrganizationAt is newOrganization with a clock that the test sets.
func newOrganizationAt(t *testing.T, options ...mock.Option) (*organization, func(time.Time)) {
	t.Helper()
	var (
		mutex sync.Mutex
		now   = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	)
	clock := mock.WithClock(func() time.Time {
		mutex.Lock()
		defer mutex.Unlock()
		return now
	})
	set := func(to time.Time) {
		mutex.Lock()
		defer mutex.Unlock()
		now = to
	}
	return newOrganizationWith(t, append([]mock.Option{clock}, options...)), set
}

func auditEvents(name, filters string) string {
	return fmt.Sprintf("data \"signpath_audit_events\" %q {\n%s\n}\n", name, filters)
}

// TestAuditEvents has an administrator, the API and the system change something,
// at known times.
func TestAuditEvents(t *testing.T) {
	org, setClock := newOrganizationAt(t)
	at := func(minute int) time.Time { return time.Date(2026, 3, 1, 14, minute, 0, 0, time.UTC) }
	setClock(at(2))
	must(t, org.Administrator("user:org.admin@example.com").AddMembers("policy:project-a/release-signing", "approvers", "user:outsider@example.com"))
	setClock(at(3))
	must(t, org.Administrator("ci_user:terraform").AddMembers("project:project-a", "readers", lead))
	setClock(at(4))
	must(t, org.Administrator("").SetActive(lead, false))

	id := func(reference string) string {
		id, err := org.ID(reference)
		must(t, err)
		return id
	}
	ids, err := json.Marshal([]string{id("user:outsider@example.com")})
	must(t, err)
	approved := knownvalue.ObjectExact(map[string]knownvalue.Check{
		"id": knownvalue.NotNull(), "time": text("2026-03-01T14:02:00Z"), "event": text("SigningPolicy.Edited"),
		"actor": knownvalue.ObjectExact(map[string]knownvalue.Check{
			"id": text(id("user:org.admin@example.com")), "name": text("Organization Admin"), "member": text("user:org.admin@example.com"),
		}),
		"object": knownvalue.ObjectExact(map[string]knownvalue.Check{
			"id": text(id("policy:project-a/release-signing")), "name": text("project-a/release-signing"), "type": text("SigningPolicy"),
		}),
		"changes": knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
			"property": text("approvers"), "before": text("[]"), "after": text(string(ids)),
		})}),
	})
	bySystem := knownvalue.ObjectExact(map[string]knownvalue.Check{"id": knownvalue.Null(), "name": text("System"), "member": knownvalue.Null()})
	events := func(name string, names ...string) statecheck.StateCheck {
		var checks []knownvalue.Check
		for _, event := range names {
			checks = append(checks, knownvalue.ObjectPartial(map[string]knownvalue.Check{"event": text(event)}))
		}
		return statecheck.ExpectKnownValue("data.signpath_audit_events."+name, tfjsonpath.New("events"), knownvalue.ListExact(checks))
	}
	const policy, project, user = "SigningPolicy.Edited", "Project.Edited", "InteractiveUser.Edited"
	org.run(nil, resource.TestStep{
		Config: org.config(auditEvents("all", "") +
			auditEvents("two", "limit = 2") +
			auditEvents("since", `since = "2026-03-01T15:03:00+01:00"`) +
			auditEvents("by_member", `actor = "user:Org.Admin@example.com"`) +
			auditEvents("by_ci_user", `actor = "ci_user:terraform"`) +
			auditEvents("by_id", `actor = "user:`+id("user:org.admin@example.com")+`"`) +
			auditEvents("by_name", `actor = "System"`) +
			auditEvents("of_event", `event = "Project.Edited"`) +
			auditEvents("of_name", `object = "project-a/release-signing"`) +
			auditEvents("of_id", `object = "`+id(lead)+`"`) +
			auditEvents("both", "event = \"Project.Edited\"\n actor = \"System\"")),
		ConfigStateChecks: []statecheck.StateCheck{
			events("all", user, project, policy),
			statecheck.ExpectKnownValue("data.signpath_audit_events.all", tfjsonpath.New("partial"), knownvalue.Bool(false)),
			statecheck.ExpectKnownValue("data.signpath_audit_events.all", tfjsonpath.New("events").AtSliceIndex(2), approved),
			statecheck.ExpectKnownValue("data.signpath_audit_events.all", tfjsonpath.New("events").AtSliceIndex(0).AtMapKey("actor"), bySystem),
			events("two", user, project),
			events("since", user, project),
			events("by_member", policy),
			events("by_ci_user", project),
			events("by_id", policy),
			events("by_name", user),
			events("of_event", project),
			events("of_name", policy),
			events("of_id", user),
			events("both"),
		},
	})
}

// What SignPath does not tell is null, and an event of which the time is not known
// passes a filter by time.
func TestAuditEventsThatTellLittle(t *testing.T) {
	org := newOrganization(t)
	org.inject(mock.Fault{
		Route: "GET /AuditLog/Events", Action: mock.FaultMalformedBody,
		Body: `{"items":[{"eventName":"Webhook.Deleted","metadata":{"user":"someone@example.net"}},{"when":"2026-03-01"},` +
			`{"time":"2020-01-01T00:00:00Z"}],"next":"x"}`,
	})
	at := func(index int) tfjsonpath.Path { return tfjsonpath.New("events").AtSliceIndex(index) }
	expect := func(path tfjsonpath.Path, check knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.signpath_audit_events.all", path, check)
	}
	org.run(nil, resource.TestStep{
		Config: org.config(auditEvents("all", `since = "2026-03-01T00:00:00Z"`)),
		ConfigStateChecks: []statecheck.StateCheck{
			expect(tfjsonpath.New("partial"), knownvalue.Bool(true)),
			expect(tfjsonpath.New("events"), knownvalue.ListSizeExact(2)),
			expect(at(0).AtMapKey("time"), knownvalue.Null()),
			expect(at(0).AtMapKey("event"), text("Webhook.Deleted")),
			expect(at(0).AtMapKey("object"), knownvalue.Null()),
			expect(at(0).AtMapKey("changes"), knownvalue.ListSizeExact(0)),
			expect(at(0).AtMapKey("actor").AtMapKey("name"), text("someone@example.net")),
			expect(at(0).AtMapKey("actor").AtMapKey("member"), knownvalue.Null()),
			expect(at(1).AtMapKey("event"), knownvalue.Null()),
			expect(at(1).AtMapKey("actor"), knownvalue.Null()),
		},
	})
}

func TestAuditEventsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		filters string
		want    []string
	}{
		"no time":             {filters: `since = "yesterday"`, want: []string{"Invalid RFC3339 String Value"}},
		"no limit":            {filters: `limit = 0`, want: []string{"at least 1"}},
		"a misspelled member": {filters: `actor = "user:org.admin"`, want: []string{"Invalid actor", "neither"}},
		"a group":             {filters: `actor = "group:Release Managers"`, want: []string{"Invalid actor", "does nothing itself"}},
		"an unknown member":   {filters: `actor = "user:org.amdin@example.com"`, want: []string{"Unknown member", `did you mean "user:org.admin@example.com"`}},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.run(nil, resource.TestStep{Config: org.config(auditEvents("x", c.filters)), ExpectError: says(c.want...)})
		})
	}
}

// TestAuditEventsFaults lets the read go wrong in each way. With the trouble over,
// it succeeds.
func TestAuditEventsFaults(t *testing.T) {
	for _, c := range testkit.FaultCases() {
		t.Run(c.Name, func(t *testing.T) {
			org := newOrganization(t)
			config := org.config(auditEvents("x", ""))
			faulty := resource.TestStep{Config: config, PreConfig: func() { org.inject(injected(c, "GET /AuditLog/Events", 0)) }}
			switch {
			case c.Status == http.StatusForbidden, c.Status == http.StatusNotFound:
				faulty.ExpectError = says("No audit log", "may not read the audit log", "does not have it", "preview", strconv.Itoa(c.Status),
					testkit.FaultReason, "is not documented")
			case !c.Overcome:
				faulty.ExpectError = says(words(reads, c)...)
			}
			org.run(nil, faulty, resource.TestStep{Config: config, PreConfig: org.ClearFaults})
		})
	}
}
