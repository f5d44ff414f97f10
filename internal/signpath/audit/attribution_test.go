package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/audit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping/mappingtest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/vendors"
)

var contractMiddleware = contracttest.MustNew(contract.OpenAPI())

const (
	administrator = "user:org.admin@example.com"
	officer       = "user:security.officer@example.com"
	lead          = "user:dev.lead@example.com"
	outsider      = "user:outsider@example.com"
	terraform     = "ci_user:terraform"

	release = "policy:project-a/release-signing"
)

// plannedAt is when the plans of the tests are made; the tests review them on the
// evening of that day.
var plannedAt = time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC)

// An organization is a mock server with a clock, and a client of it.
type organization struct {
	*mock.Server
	t      *testing.T
	now    atomic.Pointer[time.Time]
	client *api.Client
}

func newOrganization(t *testing.T, options ...mock.Option) *organization {
	t.Helper()
	o := &organization{t: t}
	o.at("14:02")
	seed := mock.DemoSeed()
	server, err := mock.New(seed, append([]mock.Option{
		mock.WithMiddleware(contractMiddleware.Middleware(t)), mock.WithClock(func() time.Time { return *o.now.Load() }),
	}, options...)...)
	o.must(err)
	url, stop, err := server.Start()
	o.must(err)
	t.Cleanup(stop)
	o.Server = server
	o.client, err = api.New(api.Config{
		OrganizationID: server.OrganizationID(),
		Config:         httpapi.Config{URL: url + "/Api", Secret: seed.CIUsers[0].Token, UserAgent: "test", RetryBudget: -1},
		Mapping:        mappingtest.File(t, server.Mapping()),
	})
	o.must(err)
	return o
}

func (o *organization) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *organization) id(reference string) string {
	o.t.Helper()
	id, err := o.ID(reference)
	o.must(err)
	return id
}

// at sets the clock to a time of the day of the plans, such as "14:02".
func (o *organization) at(clock string) {
	o.t.Helper()
	t, err := time.Parse("2006-01-02 15:04", "2026-03-01 "+clock)
	o.must(err)
	o.now.Store(&t)
}

// by makes a change as somebody.
func (o *organization) by(actor string, change func(*mock.Administrator) error) {
	o.t.Helper()
	o.must(change(o.Administrator(actor)))
}

func adds(owner, list, member string) func(*mock.Administrator) error {
	return func(a *mock.Administrator) error { return a.AddMembers(owner, list, member) }
}

func removes(owner, list, member string) func(*mock.Administrator) error {
	return func(a *mock.Administrator) error { return a.RemoveMembers(owner, list, member) }
}

// A drift is what a plan says of one resource; nil is a resource that is gone.
type drift struct {
	kind          string
	before, after map[string]any
}

// review makes a plan that found the drift, and has it attributed.
func (o *organization) review(found ...drift) *planreview.DriftReport {
	o.t.Helper()
	report := report(o.t, found...)
	o.must(audit.Read(o.t.Context(), o.client, report, audit.Options{}))
	return report
}

func report(t *testing.T, found ...drift) *planreview.DriftReport {
	t.Helper()
	return planreview.Drift(planOf(t, nil, found), plannedAt.Add(5*time.Hour))
}

// A resource is one that the state of a plan has, and that the refresh found unchanged.
type resource struct {
	kind   string
	values map[string]any
	// sensitive marks values with true.
	sensitive map[string]any
}

func planOf(t *testing.T, state []resource, found []drift) *planreview.Plan {
	t.Helper()
	changes, resources := []any{}, []any{}
	for i, d := range found {
		change := map[string]any{"actions": []string{"update"}, "before": d.before}
		if d.after != nil {
			change["after"] = d.after
		}
		changes = append(changes, map[string]any{
			"address": fmt.Sprintf("signpath_%s.r%d", d.kind, i), "mode": "managed", "type": "signpath_" + d.kind, "name": "r", "change": change,
		})
	}
	for i, r := range state {
		resources = append(resources, map[string]any{
			"address": fmt.Sprintf("signpath_%s.s%d", r.kind, i), "mode": "managed", "type": "signpath_" + r.kind, "name": "s", "values": r.values,
			"sensitive_values": r.sensitive,
		})
	}
	text, err := json.Marshal(map[string]any{
		"format_version": "1.2", "terraform_version": "1.15.0", "timestamp": plannedAt.Format(time.RFC3339),
		"planned_values": map[string]any{}, "resource_drift": changes,
		"prior_state": map[string]any{"format_version": "1.0", "values": map[string]any{"root_module": map[string]any{"resources": resources}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := planreview.Decode(bytes.NewReader(text), vendors.Readers)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// approversOf is the drift of a whole list: from one member to another, or both.
func approversOf(policy string, was, is []string) drift {
	attributes := func(members []string) map[string]any {
		return map[string]any{"project": "project-a", "signing_policy": policy, "members": members}
	}
	return drift{"signing_policy_approvers", attributes(was), attributes(is)}
}

func outsiderAdded() drift {
	return approversOf("release-signing", []string{officer}, []string{officer, outsider})
}

func sentences(report *planreview.DriftReport) []string {
	var all []string
	for _, c := range report.Changes {
		all = append(all, c.Sentence)
	}
	return all
}

func expectSentences(t *testing.T, report *planreview.DriftReport, want ...string) {
	t.Helper()
	if got := sentences(report); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const (
	added    = "user:outsider@example.com was added to the approvers of project-a/release-signing"
	notFound = ", outside Terraform (not found in the audit log)"
)

func TestWhoAddedAnApprover(t *testing.T) {
	o := newOrganization(t)
	o.by(administrator, adds(release, "approvers", outsider))
	report := o.review(outsiderAdded())
	expectSentences(t, report, added+" by org.admin@example.com at 14:02 UTC, outside Terraform")
	author := report.Changes[0].Author
	if author.Member != administrator || !author.Time.Equal(*o.now.Load()) || author.Event != o.Events()[0].ID {
		t.Errorf("got %+v", author)
	}
}

// TestWhichEvent has several events in the log. The last change before the plan is
// what the plan found.
func TestWhichEvent(t *testing.T) {
	type event struct {
		at, actor string
		change    func(*mock.Administrator) error
	}
	add, remove := adds(release, "approvers", outsider), removes(release, "approvers", outsider)
	by := func(actor, at string) string { return added + " by " + actor + " at " + at + " UTC, outside Terraform" }
	for name, test := range map[string]struct {
		events []event
		want   string
	}{
		"nothing":                {nil, added + notFound},
		"a CI user":              {[]event{{"14:02", terraform, add}}, by(terraform, "14:02")},
		"nobody that has an id":  {[]event{{"14:02", "", add}}, by(`"System"`, "14:02")},
		"added twice":            {[]event{{"10:00", lead, add}, {"11:00", lead, remove}, {"12:00", officer, add}}, by("security.officer@example.com", "12:00")},
		"removed since the plan": {[]event{{"10:00", lead, add}, {"16:00", officer, remove}}, by("dev.lead@example.com", "10:00")},
		"added anew since":       {[]event{{"10:00", lead, add}, {"16:00", officer, remove}, {"17:00", officer, add}}, by("dev.lead@example.com", "10:00")},
		"a clock that is ahead":  {[]event{{"15:01", officer, add}}, by("security.officer@example.com", "15:01")},
		"removed, and added with a clock that is ahead": {
			[]event{{"09:00", lead, add}, {"10:00", lead, remove}, {"15:01", officer, add}}, by("security.officer@example.com", "15:01"),
		},
		"added with a clock that is ahead, and removed": {[]event{{"15:01", officer, add}, {"16:00", lead, remove}}, by("security.officer@example.com", "15:01")},
		"removed before the plan":                       {[]event{{"10:00", lead, add}, {"11:00", officer, remove}}, added + notFound},
		"somebody else was added":                       {[]event{{"14:02", officer, adds(release, "approvers", lead)}}, added + notFound},
		"added to another list":                         {[]event{{"14:02", officer, adds(release, "submitters", outsider)}}, added + notFound},
		"added to another policy": {
			[]event{{"14:02", officer, adds("policy:project-b/release-signing", "approvers", outsider)}}, added + notFound,
		},
		"added and removed at one time": {[]event{{"14:02", lead, add}, {"14:02", officer, remove}}, added + notFound},
		"the group that holds the outsider": {
			[]event{{"13:00", lead, adds("group:Release Managers", "members", outsider)}, {"14:02", officer, adds(release, "approvers", "group:Release Managers")}},
			added + notFound,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOrganization(t)
			for _, e := range test.events {
				o.at(e.at)
				o.by(e.actor, e.change)
			}
			expectSentences(t, o.review(outsiderAdded()), test.want)
		})
	}
}

// TestEveryKindOfDrift changes something of each kind.
func TestEveryKindOfDrift(t *testing.T) {
	o := newOrganization(t)
	o.by(administrator, adds(release, "approvers", lead))
	account := map[string]any{
		"id": o.id(lead), "member": lead, "email": "dev.lead@example.com", "name": "Dev Lead", "active": true, "status": "active",
		"notification_email": nil,
	}
	with := func(attributes map[string]any) map[string]any {
		changed := map[string]any{}
		for _, all := range []map[string]any{account, attributes} {
			for name, value := range all {
				changed[name] = value
			}
		}
		return changed
	}
	o.at("14:10")
	o.by(administrator, removes(release, "approvers", lead))
	o.by(administrator, removes("project:project-a", "configurators", lead))
	o.by(administrator, adds("group:Release Managers", "members", officer))
	o.at("14:20")
	o.by(officer, func(a *mock.Administrator) error { return a.SetRole(lead, mock.RoleGlobalAdministrator) })
	o.by(officer, func(a *mock.Administrator) error { return a.SetActive(lead, false) })
	o.by(officer, func(a *mock.Administrator) error { return a.SetRole(outsider, mock.RoleGlobalReader) })
	o.at("14:30")
	o.by(officer, func(a *mock.Administrator) error { return a.SetRole(outsider, mock.RoleRegularUser) })
	o.by(officer, func(a *mock.Administrator) error { return a.Remove("policy:project-a/test-signing") })
	report := o.review(
		drift{"signing_policy_approver", map[string]any{"project": "project-a", "signing_policy": "release-signing", "member": lead}, nil},
		drift{
			"project_configurators",
			map[string]any{"project": "project-a", "members": []string{lead}},
			map[string]any{"project": "project-a", "members": []string{}},
		},
		drift{
			"user_group_members",
			map[string]any{"group": "group:Release Managers", "members": []string{}},
			map[string]any{"group": "group:Release Managers", "members": []string{officer}},
		},
		drift{"role_assignment", map[string]any{"member": lead, "role": "GlobalReader"}, map[string]any{"member": lead, "role": "GlobalAdministrator"}},
		drift{"role_assignment", map[string]any{"member": outsider, "role": "GlobalReader"}, nil},
		drift{"user", account, with(map[string]any{"active": false, "status": "inactive"})},
		drift{"user", account, with(map[string]any{"name": "Somebody Else"})},
		drift{"signing_policy_approvers", map[string]any{"project": "project-a", "signing_policy": "test-signing", "members": []string{}}, nil},
	)
	expectSentences(
		t, report,
		"user:dev.lead@example.com was removed from the approvers of project-a/release-signing by org.admin@example.com at 14:10 UTC, outside Terraform",
		"user:dev.lead@example.com was removed from the configurators of project-a by org.admin@example.com at 14:10 UTC, outside Terraform",
		"user:security.officer@example.com was added to the members of group:Release Managers by org.admin@example.com at 14:10 UTC, outside Terraform",
		"user:dev.lead@example.com was given the global role Global Administrator instead of Global Reader "+
			"by security.officer@example.com at 14:20 UTC, outside Terraform",
		"the global role Global Reader was taken from user:outsider@example.com by security.officer@example.com at 14:30 UTC, outside Terraform",
		"user:dev.lead@example.com was deactivated by security.officer@example.com at 14:20 UTC, outside Terraform",
		"name of user:dev.lead@example.com was changed from Dev Lead to Somebody Else"+notFound,
		"the signing policy project-a/test-signing was deleted with its approvers by security.officer@example.com at 14:30 UTC, outside Terraform",
	)
}

// answering replaces the events of the audit log.
func (o *organization) answering(events string) {
	o.t.Helper()
	o.must(o.Inject(mock.Fault{Route: "GET /AuditLog/Events", Action: mock.FaultMalformedBody, Body: events}))
}

// TestEventsThatTellLittle answers events in other forms. Nobody is named on a guess.
func TestEventsThatTellLittle(t *testing.T) {
	o := newOrganization(t)
	policy, who, admin := o.id(release), o.id(outsider), o.id(administrator)
	event := func(when, actor, object, to string) string {
		return fmt.Sprintf(`{%s"eventName":"SigningPolicy.Edited","metadata":{"actor":%s},"entity":%s,`+
			`"changes":{"approvers":{"from":[],"to":%s}}}`, when, actor, object, to)
	}
	const when, earlier = `"time":"2026-03-01T14:02:00Z",`, `"time":"2026-03-01T13:00:00Z",`
	byID, toID := `{"id":"`+admin+`"}`, `["`+who+`"]`
	object := `{"id":"` + policy + `"}`
	at := " by org.admin@example.com at 14:02 UTC, outside Terraform"
	for name, test := range map[string]struct{ events, want string }{
		"ids":                            {event(when, byID, object, toID), at},
		"an e-mail address":              {event(when, `"org.admin@example.com"`, object, `["outsider@example.com"]`), at},
		"a name is no reference":         {event(when, `"Organization Admin"`, object, `["Outsider"]`), ` by "Organization Admin" at 14:02 UTC, outside Terraform`},
		"the name of somebody else":      {event(when, byID, object, `["Dev Lead"]`), notFound},
		"the e-mail of somebody else":    {event(when, byID, object, `["dev.lead@example.com"]`), notFound},
		"the slugs of the policy":        {event(when, byID, `"project-a/release-signing"`, toID), at},
		"the slug of the policy alone":   {event(when, byID, `"release-signing"`, toID), notFound},
		"the display name of the policy": {event(when, byID, `"Release signing"`, toID), notFound},
		"another id with the same name":  {event(when, byID, `{"id":"`+who+`","name":"project-a/release-signing"}`, toID), notFound},
		"no object":                      {event(when, byID, `null`, toID), notFound},
		"no actor":                       {event(when, `null`, object, toID), notFound},
		"nothing but the list after":     {strings.Replace(event(when, byID, object, toID), `"from":[],`, "", 1), notFound},
		"a list that is not understood":  {event(when, byID, object, `["`+who+`",7]`), notFound},
		"no time":                        {event("", byID, object, toID), " by org.admin@example.com, outside Terraform"},
		"no time, and two agree":         {event("", byID, object, toID) + "," + event(earlier, byID, object, toID), " by org.admin@example.com, outside Terraform"},
		"no time, and two do not":        {event("", byID, object, toID) + "," + event(earlier, `"somebody"`, object, toID), notFound},
		"one time, and two actors":       {event(when, byID, object, toID) + "," + event(when, `"somebody"`, object, toID), notFound},
		"members per kind":               {event(when, byID, object, `{"interactiveUsers":["`+who+`"],"userGroups":[]}`), at},
		"a time on another day": {
			event(`"time":"2026-02-27T23:59:00Z",`, byID, object, toID),
			" by org.admin@example.com at 2026-02-27 23:59 UTC, outside Terraform",
		},
		"an actor who is not there": {
			event(when, `{"id":"11111111-1111-4111-8111-111111111111","name":"Gone"}`, object, toID),
			` by "Gone" at 14:02 UTC, outside Terraform`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			o.t = t
			o.ClearFaults()
			o.answering("[" + test.events + "]")
			expectSentences(t, o.review(outsiderAdded()), added+test.want)
		})
	}
}

// A name that two have names nobody, and a CI user that is called like a person is
// told from one.
func TestNamesThatMislead(t *testing.T) {
	o := newOrganization(t)
	for _, name := range []string{"Outsider", "org.admin@example.com"} {
		_, err := o.Administrator("").CreateCIUser(mock.CIUserSeed{Name: name})
		o.must(err)
	}
	const event = `[{"time":"2026-03-01T14:02:00Z","metadata":{"actor":{"id":%q}},"entity":{"id":%q},"changes":{"approvers":{"from":[],"to":[%q]}}}]`
	o.answering(fmt.Sprintf(event, o.id(administrator), o.id(release), "Outsider"))
	expectSentences(t, o.review(outsiderAdded(), approversOf("release-signing", []string{}, []string{"ci_user:Outsider"})),
		added+notFound, "ci_user:Outsider was added to the approvers of project-a/release-signing"+notFound)
	o.ClearFaults()
	o.answering(fmt.Sprintf(event, o.id("ci_user:org.admin@example.com"), o.id(release), o.id(outsider)))
	expectSentences(t, o.review(outsiderAdded()), added+" by ci_user:org.admin@example.com at 14:02 UTC, outside Terraform")
}

// TestWhoChangedAnAttribute has events about the same attribute that do not fit.
func TestWhoChangedAnAttribute(t *testing.T) {
	o := newOrganization(t)
	account := func(notification any) map[string]any {
		return map[string]any{"id": o.id(lead), "member": lead, "notification_email": notification}
	}
	cleared := drift{"user", account("a@example.com"), account(nil)}
	const by = " by security.officer@example.com at 14:02 UTC, outside Terraform"
	for to, want := range map[string]string{`""`: by, `null`: by, `"b@example.com"`: notFound} {
		o.ClearFaults()
		o.answering(fmt.Sprintf(`[{"time":"2026-03-01T14:02:00Z","metadata":{"actor":{"id":%q}},"entity":{"id":%q},`+
			`"changes":{"notificationEmailAddress":{"from":"a@example.com","to":%s}}}]`,
			o.id(officer), o.id(lead), to))
		expectSentences(t, o.review(cleared), "notification_email of user:dev.lead@example.com was changed from a@example.com to null"+want)
	}
}

// TestWhoDeletedAPolicy has events that are about a policy without its end, and
// about the end of something else.
func TestWhoDeletedAPolicy(t *testing.T) {
	o := newOrganization(t)
	gone := drift{"signing_policy_approvers", map[string]any{"project": "project-a", "signing_policy": "staging", "members": []string{}}, nil}
	for name, want := range map[string]string{
		"SigningPolicy.Deleted": " by security.officer@example.com at 14:02 UTC, outside Terraform",
		"SigningPolicy.Edited":  notFound, "UserGroup.Deleted": notFound, "SigningPolicy.ApproverRemoved": notFound,
	} {
		o.ClearFaults()
		o.answering(fmt.Sprintf(`[{"eventName":%q,"time":"2026-03-01T14:02:00Z","metadata":{"actor":{"id":%q}},`+
			`"entity":{"name":"project-a/staging"}}]`, name, o.id(officer)))
		expectSentences(t, o.review(gone), "the signing policy project-a/staging was deleted with its approvers"+want)
	}
}

// TestAuditLogThatCannotBeRead leaves the report as it is, and says why.
func TestAuditLogThatCannotBeRead(t *testing.T) {
	for name, fault := range map[string]mock.Fault{
		"may not read the audit log, or this installation does not have it": {Action: mock.FaultAnswer, Status: 403},
		"403 Forbidden":             {Action: mock.FaultAnswer, Status: 403},
		"404 Not Found":             {Action: mock.FaultAnswer, Status: 404},
		"500 Internal Server Error": {Action: mock.FaultAnswer, Status: 500},
		"cannot be used":            {Action: mock.FaultMalformedBody, Body: "<html>"},
	} {
		o := newOrganization(t)
		fault.Route = "GET /AuditLog/Events"
		o.must(o.Inject(fault))
		report := o.review(outsiderAdded())
		expectSentences(t, report, added+", outside Terraform")
		const start = "who made the changes, and what else was changed: "
		if len(report.Notes) != 1 || !strings.HasPrefix(report.Notes[0], start) || !strings.Contains(report.Notes[0], name) {
			t.Errorf("%s: the notes are %q", name, report.Notes)
		}
	}
}

func TestPartOfTheAuditLog(t *testing.T) {
	o := newOrganization(t)
	o.answering(`{"events":[],"nextLink":"x"}`)
	report := o.review(outsiderAdded())
	if len(report.Notes) != 1 || !strings.Contains(report.Notes[0], "a part of the audit log only") {
		t.Errorf("the notes are %q", report.Notes)
	}
}

// reads are the requests that a reading of the whole organization and of the audit log needs:
// three lists, two projects with four signing policies and their list, two groups, the token's
// own user, the log, and the document.
const reads = 3 + 1 + 2 + 4 + 1 + 1 + 1

// A long log and a long drift cost no more requests than a short one.
func TestRequests(t *testing.T) {
	for _, n := range []int{0, 50} {
		o := newOrganization(t)
		var found []drift
		for range n {
			o.by(administrator, adds(release, "approvers", outsider))
			o.by(administrator, removes(release, "approvers", outsider))
			found = append(found, outsiderAdded())
		}
		o.review(found...)
		if got := o.CountRequests(); got > reads {
			t.Errorf("%d changes: %d requests", n, got)
		}
	}
}

// Nor does a policy that the token may not see. Who made the change is known all the same.
func TestRequestsForWhatIsNotSeen(t *testing.T) {
	const policies = 4
	for status, want := range map[int]int{403: policies, 401: policies + 1} {
		o := newOrganization(t)
		o.by(administrator, adds(release, "approvers", outsider))
		o.must(o.Inject(mock.Fault{Route: "GET /Projects/{project}/SigningPolicies/{policy}", Action: mock.FaultAnswer, Status: status}))
		expectSentences(t, o.review(outsiderAdded(), outsiderAdded()),
			added+" by org.admin@example.com at 14:02 UTC, outside Terraform", added+" by org.admin@example.com at 14:02 UTC, outside Terraform")
		if got := o.CountRequests("GET /Projects/{project}/SigningPolicies/{policy}"); got > want {
			t.Errorf("%d: %d requests", status, got)
		}
	}
}

func TestInterruption(t *testing.T) {
	o := newOrganization(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := audit.Read(ctx, o.client, report(t, outsiderAdded()), audit.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
