package audit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/evidence"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/audit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// origins reads the organization and then the audit log.
func (o *organization) origins(appliedBy ...string) *audit.Origins {
	o.t.Helper()
	found, err := survey.Read(o.t.Context(), o.client, nil)
	o.must(err)
	var appliers []access.Reference
	for _, text := range appliedBy {
		reference, err := access.ParseReference(text)
		o.must(err)
		appliers = append(appliers, reference)
	}
	origins, err := audit.ReadOrigins(o.t.Context(), o.client, found, appliers)
	o.must(err)
	return origins
}

func (o *organization) reference(text string) access.Reference {
	o.t.Helper()
	reference, err := access.ParseReference(text)
	o.must(err)
	return reference
}

var approversOfRelease = review.Seat{Role: vocabulary.Approvers.Role(), Place: access.PlaceOf("project-a", "release-signing")}

// TestSinceWhenAndByWhom asks of the outsider, an approver, after several events.
func TestSinceWhenAndByWhom(t *testing.T) {
	type event struct {
		at, actor string
		change    func(*mock.Administrator) error
	}
	add, remove := adds(release, "approvers", outsider), removes(release, "approvers", outsider)
	for name, test := range map[string]struct {
		events []event
		want   string
	}{
		"a person":            {[]event{{"10:00", lead, add}}, "2026-03-01 10:00 UTC by dev.lead@example.com"},
		"the token's CI user": {[]event{{"10:00", terraform, add}}, "2026-03-01 10:00 UTC by Terraform (ci_user:terraform)"},
		"the system":          {[]event{{"10:00", "", add}}, `2026-03-01 10:00 UTC by "System"`},
		"taken and given back": {
			[]event{{"10:00", lead, add}, {"11:00", lead, remove}, {"12:00", officer, add}}, "2026-03-01 12:00 UTC by security.officer@example.com",
		},
		"others come later": {
			[]event{{"10:00", lead, add}, {"11:00", officer, adds(release, "approvers", lead)}}, "2026-03-01 10:00 UTC by dev.lead@example.com",
		},
		"the whole list is another one": {
			[]event{{"10:00", lead, adds(release, "approvers", lead)}, {"11:00", officer, func(a *mock.Administrator) error {
				return a.ChangeMembers(release, "approvers", []string{outsider, officer}, []string{lead})
			}}}, "2026-03-01 11:00 UTC by security.officer@example.com",
		},
		"taken and given back at one time": {
			[]event{{"09:00", lead, add}, {"10:00", lead, remove}, {"10:00", officer, add}},
			"not found in the audit log, which goes back to 2026-03-01 09:00 UTC: several changes of the list contradict each other, or are not told",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOrganization(t)
			for _, e := range test.events {
				o.at(e.at)
				o.by(e.actor, e.change)
			}
			origins := o.origins()
			if got := origins.Entry(approversOfRelease, o.reference(outsider)).String(origins.Back()); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestSinceTheCreation has entries that were there when their object was created.
func TestSinceTheCreation(t *testing.T) {
	o := newOrganization(t)
	o.by(lead, creating(newPolicy, mock.SigningPolicySeed{Slug: "rel", Name: "Rel", Approvers: []string{outsider}}))
	o.by(officer, creating((*mock.Administrator).CreateProject, mock.ProjectSeed{
		Slug: "new", Name: "New", Readers: []string{outsider}, SigningPolicies: []mock.SigningPolicySeed{{Slug: "rel", Name: "Rel", Approvers: []string{lead}}},
	}))
	o.at("15:00")
	o.by(administrator, adds("policy:new/rel", "approvers", outsider))
	o.by(administrator, creating((*mock.Administrator).CreateUserGroup, mock.UserGroupSeed{Name: "Late", Members: []string{outsider}}))
	o.by(administrator, creating((*mock.Administrator).CreateInteractiveUser, mock.InteractiveUserSeed{
		Name: "New", Email: "new@example.com", Role: mock.RoleGlobalReader,
	}))
	origins := o.origins()
	at := func(role access.Role, slugs ...string) review.Seat {
		return review.Seat{Role: role, Place: access.PlaceOf(slugs...)}
	}
	approver, reader := vocabulary.Approvers.Role(), vocabulary.Readers.Role()
	for _, test := range []struct {
		seat         review.Seat
		member, want string
	}{
		{at(approver, "project-b", "rel"), outsider, "14:02 UTC by dev.lead@example.com, as signing policy project-b/rel was created"},
		{at(reader, "new"), outsider, "14:02 UTC by security.officer@example.com, as project new was created"},
		{at(approver, "new", "rel"), lead, "14:02 UTC by security.officer@example.com, as project new was created"},
		{at(approver, "new", "rel"), outsider, "15:00 UTC by org.admin@example.com"},
		{review.Seat{Group: o.reference("group:Late")}, outsider, "15:00 UTC by org.admin@example.com, as group:Late was created"},
		{review.Seat{Group: o.reference("group:Release Managers")}, "user:release.manager@example.com", "not found in the audit log"},
	} {
		if got := origins.Entry(test.seat, o.reference(test.member)).String(origins.Back()); !strings.Contains(got, test.want) {
			t.Errorf("%v, %s: got %s, want %s", test.seat, test.member, got, test.want)
		}
	}
	const created = "2026-03-01 15:00 UTC by org.admin@example.com, as user:new@example.com was created"
	if got := origins.Role(o.reference("user:new@example.com")).String(origins.Back()); got != created {
		t.Errorf("got %s, want %s", got, created)
	}
}

// TestSinceByEventsThatTellLittle answers events in other forms. Nothing is told on a guess, and a name says that it is one.
func TestSinceByEventsThatTellLittle(t *testing.T) {
	o := newOrganization(t)
	o.by("", adds(release, "approvers", outsider))
	who, policy := o.id(outsider), o.id(release)
	event := func(when, name, actor, object, changes string) string {
		return fmt.Sprintf(`{"time":"2026-03-01T%s:00Z","eventName":%q,"metadata":{"actor":%s},"entity":%s%s}`, when, name, actor, object, changes)
	}
	const edited = "SigningPolicy.Edited"
	object, admin := `{"id":"`+policy+`"}`, `{"id":"`+o.id(administrator)+`"}`
	officers := `"` + o.id(officer) + `"`
	approvers := func(from, to string) string {
		return `,"changes":{"approvers":{"from":[` + from + `],"to":[` + to + `]}}`
	}
	put := event("10:00", edited, admin, object, approvers("", `"`+who+`"`))
	const at, missing = "2026-03-01 10:00 UTC by org.admin@example.com", "not found in the audit log"
	const byName = " (the audit log tells names and no ids)"
	for name, test := range map[string]struct{ events, want string }{
		"as it should be": {put, at},
		"nothing":         {``, missing},
		"a name":          {event("10:00", edited, admin, object, approvers("", `"Outsider"`)), at + byName},
		"an e-mail":       {event("10:00", edited, admin, object, approvers("", `"outsider@example.com"`)), at + byName},
		"the slugs":       {event("10:00", edited, admin, `"project-a/release-signing"`, approvers("", `"`+who+`"`)), at + byName},
		"the actor's name": {
			event("10:00", edited, `"Organization Admin"`, object, approvers("", `"`+who+`"`)),
			`2026-03-01 10:00 UTC by "Organization Admin" (told by the name alone)`,
		},
		"Terraform's name": {
			event("10:00", edited, `"terraform"`, object, approvers("", `"`+who+`"`)), `2026-03-01 10:00 UTC by Terraform ("terraform", told by the name alone)`,
		},
		"no actor": {event("10:00", edited, "null", object, approvers("", `"`+who+`"`)), "2026-03-01 10:00 UTC by somebody whom the audit log does not name"},
		"a name that somebody else had": {
			event("09:00", "InteractiveUser.Edited", admin, `{"id":"`+o.id(lead)+`"}`, `,"changes":{"name":{"from":"Outsider","to":"Development Lead"}}`) + "," +
				event("10:00", edited, admin, object, approvers("", `"Outsider"`)),
			missing,
		},
		"a list that says otherwise later": {put + "," + event("11:00", edited, admin, object, approvers("", officers)), missing},
		"a list that shows a removal": {
			put + "," + event("11:00", edited, admin, object, approvers("", officers)) + "," +
				event("12:00", edited, admin, object, approvers(`"`+who+`",`+officers, `"`+who+`"`)), missing,
		},
		"a change that is not told":     {put + "," + event("11:00", edited, admin, object, ""), at},
		"two changes that are not told": {put + "," + event("11:00", edited, admin, object, "") + "," + event("12:00", edited, admin, object, ""), missing},
		"two of which it is not known of": {
			put + "," + event("11:00", edited, admin, "null", approvers("", "")) + "," + event("12:00", edited, admin, "null", approvers("", "")), missing,
		},
		"two that change nothing": {
			put + "," + event("11:00", edited, admin, object, `,"changes":{}`) + "," + event("12:00", edited, admin, object, `,"changes":[]`), at,
		},
		"created with it": {
			event("10:00", "SigningPolicy.Created", admin, object, ""), at + ", as signing policy project-a/release-signing was created",
		},
		"created with it, and told": {event("10:00", "SigningPolicy.Created", admin, object, approvers("", `"`+who+`"`)), at},
		"created after the member was": {
			event("10:00", "SigningPolicy.Created", admin, object, "") + "," + event("11:00", "InteractiveUser.Created", admin, `{"id":"`+who+`"}`, ""), missing,
		},
		"created twice": {
			event("09:00", "SigningPolicy.Created", admin, object, "") + "," + event("10:00", "SigningPolicy.Created", admin, object, ""), missing,
		},
		"a part that was added": {event("10:00", "SigningPolicy.ApproverAdded", admin, object, ""), missing},
	} {
		t.Run(name, func(t *testing.T) {
			o.t = t
			o.ClearFaults()
			o.answering("[" + test.events + "]")
			origins := o.origins()
			got := origins.Entry(approversOfRelease, o.reference(outsider))
			if text := got.String(origins.Back()); text != test.want && (test.want != missing || !strings.HasPrefix(text, missing)) {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}

// TestWhoseChangesAreTerraforms: a person's own token makes no program of them.
func TestWhoseChangesAreTerraforms(t *testing.T) {
	o := newOrganization(t)
	o.by(officer, adds(release, "approvers", outsider))
	for _, appliedBy := range [][]string{nil, {officer}} {
		got := o.origins(appliedBy...).Entry(approversOfRelease, o.reference(outsider)).Actor.Agency
		if want := map[bool]evidence.Agency{true: evidence.ByPerson, false: evidence.ByTerraform}[appliedBy == nil]; got != want {
			t.Errorf("%v: got %s", appliedBy, got)
		}
	}
	found, err := survey.Read(t.Context(), o.client, nil)
	o.must(err)
	if _, err := audit.ReadOrigins(t.Context(), o.client, found, []access.Reference{{Kind: access.KindCIUser, Key: "nobody"}}); err == nil {
		t.Error("nobody applies")
	}
}

// TestSinceWithoutTheWholeLog has a gap, and finds what a part of the log surely tells.
func TestSinceWithoutTheWholeLog(t *testing.T) {
	o := newOrganization(t)
	o.by(officer, adds(release, "approvers", outsider))
	event := fmt.Sprintf(`{"time":"2026-03-01T10:00:00Z","entity":{"id":%q},"eventName":"SigningPolicy.Edited","changes":{"approvers":{"from":[],"to":[%q]}}}`,
		o.id(release), o.id(outsider))
	const later = `{"time":"2026-03-01T12:00:00Z","eventName":"Webhook.Deleted"}`
	for name, test := range map[string]struct {
		fault mock.Fault
		found bool
		gap   string
	}{
		"refused":    {mock.Fault{Action: mock.FaultAnswer, Status: 403}, false, "may not read the audit log"},
		"not usable": {mock.Fault{Action: mock.FaultMalformedBody, Body: "<html>"}, false, "cannot be used"},
		"the latest": {mock.Fault{Action: mock.FaultMalformedBody, Body: `{"items":[` + later + `,` + event + `],"next":1}`}, true, "Earlier events"},
		"the first":  {mock.Fault{Action: mock.FaultMalformedBody, Body: `{"items":[` + event + `,` + later + `],"next":1}`}, false, "and not the latest one"},
	} {
		o.ClearFaults()
		test.fault.Route = "GET /AuditLog/Events"
		o.must(o.Inject(test.fault))
		origins := o.origins()
		if got := origins.Entry(approversOfRelease, o.reference(outsider)); got.Found != test.found {
			t.Errorf("%s: got %+v", name, got)
		}
		if len(origins.Gaps) != 1 || !strings.Contains(origins.Gaps[0], test.gap) {
			t.Errorf("%s: the gaps are %q", name, origins.Gaps)
		}
	}
}

// TestRolesAndActivations has roles and accounts that go one way and come back.
func TestRolesAndActivations(t *testing.T) {
	o := newOrganization(t)
	o.by(lead, func(a *mock.Administrator) error { return a.SetRole(outsider, mock.RoleGlobalReader) })
	o.by(lead, func(a *mock.Administrator) error { return a.SetActive(outsider, false) })
	o.at("15:00")
	o.by(officer, func(a *mock.Administrator) error { return a.SetRole(outsider, mock.RoleRegularUser) })
	o.by(officer, func(a *mock.Administrator) error { return a.SetActive(outsider, true) })
	o.at("16:00")
	o.by(administrator, func(a *mock.Administrator) error { return a.SetRole(outsider, mock.RoleGlobalReader) })
	origins := o.origins()
	const role, active = "2026-03-01 16:00 UTC by org.admin@example.com", "2026-03-01 15:00 UTC by security.officer@example.com"
	if got := origins.Role(o.reference(outsider)).String(origins.Back()); got != role {
		t.Errorf("got %s, want %s", got, role)
	}
	activation, is := origins.Activation(o.reference(outsider))
	if got := activation.String(origins.Back()); !is || got != active {
		t.Errorf("got %s, want %s", got, active)
	}
	if got := origins.Role(o.reference(administrator)); got.Found {
		t.Errorf("got %+v of a role that was there before", got)
	}
	if _, is := origins.Activation(o.reference(lead)); is {
		t.Error("nobody activated the lead")
	}
}
