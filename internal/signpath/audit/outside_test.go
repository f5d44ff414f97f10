package audit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/audit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// reviewWith makes a plan with a state that found the drift, and has all of it told that
// happened since the morning.
func (o *organization) reviewWith(state []resource, options audit.Options, found ...drift) *planreview.DriftReport {
	o.t.Helper()
	report := planreview.Drift(planOf(o.t, state, found), plannedAt.Add(5*time.Hour))
	if options.Since.IsZero() {
		options.Since = plannedAt.Add(-6 * time.Hour)
	}
	o.must(audit.Read(o.t.Context(), o.client, report, options))
	return report
}

func told(changes []planreview.DriftChange) []string {
	sentences := []string{}
	for _, c := range changes {
		sentences = append(sentences, strings.TrimSuffix(c.Sentence, ", outside Terraform"))
	}
	return sentences
}

// expectTold expects what the plan shows, what is outside of what it manages, and what it
// manages and does not show.
func expectTold(t *testing.T, report *planreview.DriftReport, changes, outside, unseen []string) {
	t.Helper()
	for _, part := range []struct {
		name string
		got  []planreview.DriftChange
		want []string
	}{{"changes", report.Changes, changes}, {"outside", report.Outside, outside}, {"unseen", report.Unseen, unseen}} {
		if got := told(part.got); !slices.Equal(got, append([]string{}, part.want...)) {
			t.Errorf("%s: got\n%s\nwant\n%s", part.name, strings.Join(got, "\n"), strings.Join(part.want, "\n"))
		}
	}
}

func setting(reference, name string, value any) func(*mock.Administrator) error {
	return func(a *mock.Administrator) error { return a.SetProperties(reference, map[string]any{name: value}) }
}

func creating[T any](create func(*mock.Administrator, T) (string, error), seed T) func(*mock.Administrator) error {
	return func(a *mock.Administrator) error {
		_, err := create(a, seed)
		return err
	}
}

func newPolicy(a *mock.Administrator, seed mock.SigningPolicySeed) (string, error) {
	return a.CreateSigningPolicy("project-b", seed)
}

// TestEachKindOfChangeOutside has one change each of what nothing manages. Each is told, with
// its author, and nothing else.
func TestEachKindOfChangeOutside(t *testing.T) {
	const staging = "policy:project-b/test-signing"
	name := "Auditors"
	for what, test := range map[string]struct {
		change func(*mock.Administrator) error
		want   []string
	}{
		"a role": {
			func(a *mock.Administrator) error { return a.SetRole(outsider, mock.RoleGlobalAdministrator) },
			[]string{outsider + " was given the global role Global Administrator instead of Regular User"},
		},
		"an administrator": {
			creating((*mock.Administrator).CreateInteractiveUser, mock.InteractiveUserSeed{Name: "M", Email: "m@example.com", Role: mock.RoleGlobalAdministrator}),
			[]string{"user:m@example.com was created with the global role Global Administrator"},
		},
		"a user": {
			creating((*mock.Administrator).CreateInteractiveUser, mock.InteractiveUserSeed{Name: "M", Email: "m@example.com"}),
			[]string{"user:m@example.com was created"},
		},
		"a CI user": {
			creating((*mock.Administrator).CreateCIUser, mock.CIUserSeed{Name: "helper", Role: mock.RoleUserAdministrator}),
			[]string{"ci_user:helper was created with the global role User Administrator"},
		},
		"a group": {
			creating((*mock.Administrator).CreateUserGroup, mock.UserGroupSeed{Name: "Shadow", Members: []string{outsider, lead}}),
			[]string{"group:Shadow was created with the members user:dev.lead@example.com, user:outsider@example.com"},
		},
		"a member of a group": {
			adds("group:Release Managers", "members", outsider), []string{outsider + " was added to the members of group:Release Managers"},
		},
		"a project": {
			creating((*mock.Administrator).CreateProject, mock.ProjectSeed{
				Slug: "new", Name: "New", Readers: []string{outsider}, SigningPolicies: []mock.SigningPolicySeed{{Slug: "rel", Name: "Rel", Approvers: []string{lead}}},
			}),
			[]string{"project new was created with the readers user:outsider@example.com and the approvers of new/rel user:dev.lead@example.com"},
		},
		"a signing policy": {
			creating(newPolicy, mock.SigningPolicySeed{Slug: "rel", Name: "Rel", Submitters: []string{terraform}, Approvers: []string{outsider}}),
			[]string{"signing policy project-b/rel was created with the submitters ci_user:terraform and the approvers user:outsider@example.com"},
		},
		"a signing policy that nobody is on": {
			creating(newPolicy, mock.SigningPolicySeed{Slug: "rel", Name: "Rel"}), []string{"signing policy project-b/rel was created"},
		},
		"an empty list": {adds(release, "approvers", outsider), []string{outsider + " was added to the approvers of project-a/release-signing"}},
		"a configurator": {
			removes("project:project-a", "configurators", lead), []string{lead + " was removed from the configurators of project-a"},
		},
		"a token": {
			func(a *mock.Administrator) error {
				_, err := a.IssueToken(lead)
				return err
			},
			[]string{lead + " got a new API token"},
		},
		"the approval process": {setting(release, "useApprovalProcess", false), []string{"the approval process of project-a/release-signing was switched off"}},
		"origin verification":  {setting(release, "verifyOriginPolicy", false), []string{"origin verification of project-a/release-signing was switched off"}},
		"the number of them": {
			setting(release, "requiredApprovals", 1), []string{"the number of required approvals of project-a/release-signing was changed from 2 to 1"},
		},
		"what origins are asked": {
			setting(release, "originPolicyVerification", nil), []string{"what origin verification asks for of project-a/release-signing was changed"},
		},
		"an unknown setting": {
			setting(release, "disableMalwareScanning", true), []string{`"disableMalwareScanning" of project-a/release-signing was changed from false to true`},
		},
		"an inactive policy": {setting(staging, "isActive", false), []string{"project-b/test-signing was deactivated"}},
		"a deactivation": {
			func(a *mock.Administrator) error { return a.SetActive(outsider, false) }, []string{outsider + " was deactivated"},
		},
		"a name": {
			func(a *mock.Administrator) error {
				return a.Change("group:Release Managers", mock.PrincipalChange{Name: &name})
			},
			[]string{"name of group:Release Managers was changed from Release Managers to Auditors"},
		},
		"a group that is deleted": {
			func(a *mock.Administrator) error { return a.Remove("group:Release Managers") }, []string{`user group "Release Managers" was deleted`},
		},
		"a policy that is deleted": {
			func(a *mock.Administrator) error { return a.Remove(staging) }, []string{"signing policy project-b/test-signing was deleted"},
		},
		"a description": {setting(release, "description", "x"), nil},
	} {
		t.Run(what, func(t *testing.T) {
			o := newOrganization(t)
			o.by(administrator, test.change)
			report := o.reviewWith(nil, audit.Options{})
			var want []string
			for _, sentence := range test.want {
				want = append(want, sentence+" by org.admin@example.com at 14:02 UTC")
			}
			expectTold(t, report, nil, want, nil)
			if report.Drifted(true) != (len(want) > 0) || report.Drifted(false) || !report.IsWhole() {
				t.Errorf("drifted %t, of what is managed %t, whole %t", report.Drifted(true), report.Drifted(false), report.IsWhole())
			}
		})
	}
}

// What a new object had from the beginning is told apart from what it got later.
func TestWhatCameAfterACreation(t *testing.T) {
	o := newOrganization(t)
	o.by(officer, creating(newPolicy, mock.SigningPolicySeed{Slug: "rel", Name: "Rel", Approvers: []string{lead, officer}}))
	o.by(officer, creating((*mock.Administrator).CreateCIUser, mock.CIUserSeed{Name: "helper"}))
	o.at("14:10")
	o.by(administrator, adds("policy:project-b/rel", "approvers", outsider))
	o.by(administrator, removes("policy:project-b/rel", "approvers", officer))
	o.by(administrator, func(a *mock.Administrator) error { return a.SetRole("ci_user:helper", mock.RoleGlobalReader) })
	const by = " by security.officer@example.com at 14:02 UTC"
	const later = " by org.admin@example.com at 14:10 UTC"
	expectTold(t, o.reviewWith(nil, audit.Options{}), nil, []string{
		"signing policy project-b/rel was created with the approvers user:dev.lead@example.com, user:security.officer@example.com" + by,
		"ci_user:helper was created" + by,
		outsider + " was added to the approvers of project-b/rel" + later,
		officer + " was removed from the approvers of project-b/rel" + later,
		"ci_user:helper was given the global role Global Reader instead of Regular User" + later,
	}, nil)
}

// managed is a state with one of each kind of resource.
func (o *organization) managed() []resource {
	return []resource{
		{"signing_policy_approvers", map[string]any{"project": "project-a", "signing_policy": "release-signing", "members": []string{officer}}, nil},
		{"signing_policy_submitter", map[string]any{"project": "project-a", "signing_policy": "release-signing", "member": terraform}, nil},
		{"role_assignment", map[string]any{"member": lead, "role": "GlobalReader"}, nil},
		{"user", map[string]any{
			"id": o.id(officer), "member": officer, "email": "security.officer@example.com", "name": "Security Officer", "active": true, "notification_email": nil,
		}, nil},
		{"user_group", map[string]any{"id": o.id("group:Release Managers"), "member": "group:Release Managers", "name": "Release Managers"}, nil},
	}
}

// What the state has as an event left it was taken over by whoever applied; so it is no drift,
// whoever did it.
func TestWhatTheStateHasIsNoDrift(t *testing.T) {
	o := newOrganization(t)
	o.by(administrator, adds(release, "approvers", officer))
	o.by(administrator, adds(release, "submitters", terraform))
	o.by(administrator, func(a *mock.Administrator) error { return a.SetRole(lead, mock.RoleCertificateAdministrator) })
	o.by(administrator, func(a *mock.Administrator) error { return a.SetRole(lead, mock.RoleGlobalReader) })
	o.by(administrator, creating((*mock.Administrator).CreateCIUser, mock.CIUserSeed{Name: "ours"}))
	state := append(o.managed(), resource{"ci_user", map[string]any{"id": o.id("ci_user:ours"), "member": "ci_user:ours", "name": "ours", "active": true}, nil})
	expectTold(t, o.reviewWith(state, audit.Options{}), nil, nil, nil)
}

// What went another way and came back shows in no plan, and neither does what came after it.
// Where Terraform put it right, it is settled.
func TestWhatAPlanDoesNotShow(t *testing.T) {
	back := []func(*mock.Administrator) error{adds(release, "approvers", outsider), removes(release, "approvers", outsider)}
	const by, later = " by dev.lead@example.com at 14:02 UTC", " at 14:10 UTC"
	came, left := outsider+" was added to the approvers of project-a/release-signing", outsider+" was removed from the approvers of project-a/release-signing"
	for name, test := range map[string]struct {
		actor  string
		change []func(*mock.Administrator) error
		want   []string
	}{
		"there and back":    {lead, back, []string{came + by, left + " by dev.lead@example.com" + later}},
		"Terraform took it": {terraform, back, nil},
		"it is still there": {"", back[:1], []string{came + by}},
		"a role and back": {officer, roleAndBack(mock.RoleGlobalReader, mock.RoleGlobalAdministrator), []string{
			roleOf("Global Administrator", "Global Reader") + by, roleOf("Global Reader", "Global Administrator") + " by security.officer@example.com" + later,
		}},
		"two steps of a state": {officer, roleAndBack(mock.RoleRegularUser, mock.RoleCertificateAdministrator), nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOrganization(t)
			o.at("08:00") // Before what is looked at.
			o.by(administrator, adds(release, "approvers", officer))
			if len(test.change) > 2 {
				o.by(administrator, test.change[0])
				test.change = test.change[1:]
			}
			o.at("14:02")
			o.by(lead, test.change[0])
			o.at("14:10")
			for _, change := range test.change[1:] {
				o.by(test.actor, change)
			}
			expectTold(t, o.reviewWith(o.managed(), audit.Options{}), nil, nil, test.want)
		})
	}
}

func roleOf(is, was string) string {
	return "user:dev.lead@example.com was given the global role " + is + " instead of " + was
}

// roleAndBack gives the lead a role, and another one, and that of the state.
func roleAndBack(roles ...mock.Role) []func(*mock.Administrator) error {
	var changes []func(*mock.Administrator) error
	for _, role := range append(roles, mock.RoleGlobalReader) {
		changes = append(changes, func(a *mock.Administrator) error { return a.SetRole(lead, role) })
	}
	return changes
}

// The token of a resource is managed: another one is not the one that the state has, unless
// Terraform has generated it.
func TestAnotherToken(t *testing.T) {
	for actor, want := range map[string][]string{officer: {"ci_user:build got a new API token by security.officer@example.com at 14:02 UTC"}, terraform: nil} {
		o := newOrganization(t)
		o.by(terraform, creating((*mock.Administrator).CreateCIUser, mock.CIUserSeed{Name: "build"}))
		o.by(actor, func(a *mock.Administrator) error {
			_, err := a.IssueToken("ci_user:build")
			return err
		})
		state := []resource{{"ci_user_token", map[string]any{"id": o.id("ci_user:build"), "ci_user": "ci_user:build"}, nil}}
		expectTold(t, o.reviewWith(state, audit.Options{}), nil, nil, want)
	}
}

// What whoever applies did is Terraform's own, be it by the token that reads or another one.
func TestWhoApplies(t *testing.T) {
	for actor, test := range map[string]struct {
		appliedBy []access.Reference
		outside   int
	}{
		terraform: {nil, 0},
		officer:   {nil, 1},
		lead:      {[]access.Reference{{Kind: access.KindUser, Key: "DEV.lead@example.com"}}, 0},
	} {
		o := newOrganization(t)
		o.by(actor, adds(release, "approvers", outsider))
		report := o.reviewWith(nil, audit.Options{AppliedBy: test.appliedBy})
		own := strings.Contains(strings.Join(report.Scope, "\n"), "counts as Terraform's own: 1 change of what this plan does not manage")
		if len(report.Outside) != test.outside || own != (test.outside == 0) {
			t.Errorf("%s: %q, %q", actor, told(report.Outside), report.Scope)
		}
	}
	o := newOrganization(t)
	err := audit.Read(t.Context(), o.client, report(t), audit.Options{AppliedBy: []access.Reference{{Kind: access.KindCIUser, Key: "terafom"}}})
	if err == nil || !strings.Contains(err.Error(), `no CI user "terafom"`) {
		t.Errorf("got %v", err)
	}
}

// TestSince leaves out what is older, and counts it as nothing.
func TestSince(t *testing.T) {
	o := newOrganization(t)
	o.at("10:00")
	o.by(administrator, adds(release, "approvers", outsider))
	for clock, want := range map[string]int{"09:59": 1, "10:00": 1, "10:01": 0} {
		since, err := time.Parse("2006-01-02 15:04", "2026-03-01 "+clock)
		o.must(err)
		report := o.reviewWith(nil, audit.Options{Since: since})
		if len(report.Outside) != want || !strings.Contains(report.Scope[0], "since "+clock+" UTC") {
			t.Errorf("%s: %q, %q", clock, told(report.Outside), report.Scope)
		}
	}
}

func named(name string) mock.PrincipalChange { return mock.PrincipalChange{Name: &name} }

func readersOf(was, is []string) drift {
	of := func(members []string) map[string]any {
		return map[string]any{"project": "project-a", "members": members}
	}
	return drift{"project_readers", of(was), of(is)}
}

// A name is followed by the id: one change, by whoever renamed, wherever it shows; and none if
// Terraform did it.
func TestRenamings(t *testing.T) {
	const group, now = "group:Release Managers", "group:Managers"
	renamed := "name of group:Release Managers was changed from Release Managers to Managers by dev.lead@example.com at 14:02 UTC"
	shows := []drift{
		readersOf([]string{group, officer}, []string{now, officer}),
		{"role_assignment", map[string]any{"member": terraform, "role": "GlobalReader"}, map[string]any{"member": "ci_user:tf", "role": "GlobalReader"}},
		{"user_group_members", map[string]any{"group": group, "members": []string{}}, map[string]any{"group": now, "members": []string{}}},
		{
			"signing_policy_approver",
			map[string]any{"project": "project-a", "signing_policy": "release-signing", "member": group},
			map[string]any{"project": "project-a", "signing_policy": "release-signing", "member": now},
		},
	}
	account := drift{
		"user_group", map[string]any{"id": "ID", "member": group, "name": "Release Managers"}, map[string]any{"id": "ID", "member": now, "name": "Managers"},
	}
	prepare := func(t *testing.T, actor string) *organization {
		o := newOrganization(t)
		o.at("08:00") // Long ago, somebody put the group on the list.
		o.by(administrator, adds("project:project-a", "readers", group))
		o.at("14:02")
		o.by(actor, func(a *mock.Administrator) error { return a.Change(group, named("Managers")) })
		o.by(actor, func(a *mock.Administrator) error { return a.Change(terraform, named("tf")) })
		return o
	}
	byID := func(o *organization, d drift) drift {
		d.before["id"], d.after["id"] = o.id("group:Managers"), o.id("group:Managers")
		return d
	}
	tf := "name of ci_user:terraform was changed from terraform to tf by dev.lead@example.com at 14:02 UTC"
	t.Run("by somebody", func(t *testing.T) {
		o := prepare(t, lead)
		report := o.reviewWith(nil, audit.Options{}, shows...)
		expectTold(t, report, []string{tf, renamed}, nil, nil)
		if got := report.Changes[1].Addresses; len(got) != 3 {
			t.Errorf("it shows at %q", got)
		}
	})
	t.Run("with the account", func(t *testing.T) {
		o := prepare(t, lead)
		expectTold(t, o.reviewWith(nil, audit.Options{}, append(slices.Clone(shows), byID(o, account))...), []string{renamed, tf}, nil, nil)
	})
	t.Run("by Terraform", func(t *testing.T) {
		o := prepare(t, terraform)
		expectTold(t, o.reviewWith(nil, audit.Options{}, shows...), nil, nil, nil)
	})
	t.Run("by Terraform, and then by somebody", func(t *testing.T) {
		// The lists have the oldest name, and the account the one that Terraform gave it.
		o := prepare(t, terraform)
		o.at("14:10")
		o.by(officer, func(a *mock.Administrator) error { return a.Change("group:Managers", named("Bosses")) })
		id := o.id("group:Bosses")
		found := []drift{
			readersOf([]string{group}, []string{"group:Bosses"}),
			{"user_group", map[string]any{"id": id, "member": now, "name": "Managers"}, map[string]any{"id": id, "member": "group:Bosses", "name": "Bosses"}},
		}
		const by = " by security.officer@example.com at 14:10 UTC"
		expectTold(t, o.reviewWith(nil, audit.Options{}, found...), []string{"name of group:Managers was changed from Managers to Bosses" + by}, nil, nil)
		expectTold(t, o.reviewWith(nil, audit.Options{}, found[0]),
			[]string{"name of group:Release Managers was changed from Release Managers to Bosses" + by}, nil, nil)
	})
	t.Run("as the state has it", func(t *testing.T) {
		o := prepare(t, lead)
		state := []resource{
			{"user_group", map[string]any{"id": o.id(now), "member": now, "name": "Managers"}, nil},
			{"ci_user", map[string]any{"id": o.id("ci_user:tf"), "member": "ci_user:tf", "name": "tf"}, nil},
		}
		expectTold(t, o.reviewWith(state, audit.Options{}, shows...), nil, nil, nil)
	})
	t.Run("and no other one", func(t *testing.T) {
		// A group was called so once; another one of the name went, and the first one came.
		o := prepare(t, lead)
		o.by(administrator, creating((*mock.Administrator).CreateUserGroup, mock.UserGroupSeed{Name: "Release Managers"}))
		o.at("14:10")
		o.by(administrator, removes("project:project-a", "readers", now))
		o.by(administrator, adds("project:project-a", "readers", group))
		o.at("14:20")
		o.by(officer, adds("project:project-a", "readers", now))
		o.by(officer, removes("project:project-a", "readers", group))
		report := o.reviewWith(nil, audit.Options{}, readersOf([]string{group}, []string{now}))
		if got := told(report.Changes); len(got) != 2 || got[0] != now+" was added to the readers of project-a by security.officer@example.com at 14:20 UTC" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("not by the ids of the state", func(t *testing.T) {
		// The other one who had the name is not known any more; the state knows the id.
		o := prepare(t, lead)
		d := readersOf([]string{group}, []string{now})
		d.before["member_ids"], d.after["member_ids"] = []string{o.id(outsider)}, []string{o.id(now)}
		got := sentences(o.reviewWith(nil, audit.Options{}, d))
		if len(got) != 2 || !strings.HasPrefix(got[0], now+" was added") || !strings.HasPrefix(got[1], group+" was removed") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("without an event", func(t *testing.T) {
		o := prepare(t, lead)
		events, err := json.Marshal([]any{})
		o.must(err)
		o.answering(string(events))
		for _, sentence := range sentences(o.reviewWith(nil, audit.Options{}, shows[0])) {
			if !strings.HasSuffix(sentence, notFound) {
				t.Errorf("got %q", sentence)
			}
		}
	})
}

// A user who changes the e-mail address is the same user on every list.
func TestAnotherEmailAddress(t *testing.T) {
	o := newOrganization(t)
	o.at("08:00")
	o.by(administrator, adds("project:project-a", "readers", lead))
	o.at("14:02")
	email := "lead@example.com"
	o.by(officer, func(a *mock.Administrator) error { return a.Change(lead, mock.PrincipalChange{Email: &email}) })
	expectTold(t, o.reviewWith(nil, audit.Options{}, readersOf([]string{lead}, []string{"user:lead@example.com"})),
		[]string{"email of " + lead + " was changed from dev.lead@example.com to lead@example.com by security.officer@example.com at 14:02 UTC"}, nil, nil)
}

// An invitation that is accepted is one change, and nothing that anybody has to mend.
func TestAnAcceptedInvitation(t *testing.T) {
	accept := func(o *organization) {
		identity := "example:S-7"
		o.by(officer, creating((*mock.Administrator).CreateInteractiveUser, mock.InteractiveUserSeed{Name: "New", Email: "new@example.com"}))
		o.at("14:10")
		o.by("user:new@example.com", func(a *mock.Administrator) error {
			return a.Change("user:new@example.com", mock.PrincipalChange{Identity: &identity})
		})
	}
	const want = "user:new@example.com accepted the invitation by new@example.com at 14:10 UTC"
	o := newOrganization(t)
	accept(o)
	account := func(status string, identity any) map[string]any {
		return map[string]any{"id": o.id("user:new@example.com"), "member": "user:new@example.com", "status": status, "identity": identity, "active": true}
	}
	report := o.reviewWith(nil, audit.Options{}, drift{"user", account("invited", nil), account("active", "example:S-7")})
	expectTold(t, report, []string{want}, nil, nil)
	if report.Drifted(true) {
		t.Error("it is drift")
	}
	o = newOrganization(t)
	accept(o)
	o.at("14:20")
	report = o.reviewWith(nil, audit.Options{Since: plannedAt.Add(-50 * time.Minute)})
	expectTold(t, report, nil, []string{want}, nil)
	if report.Drifted(true) {
		t.Error("it is drift")
	}
}

// Whoever is deleted leaves every list, which is put down to whoever deleted them.
func TestWhoeverIsDeletedLeavesTheLists(t *testing.T) {
	o := newOrganization(t)
	o.by(officer, func(a *mock.Administrator) error { return a.Remove("group:Release Managers") })
	expectTold(t, o.reviewWith(nil, audit.Options{}, readersOf([]string{"group:Release Managers"}, []string{})), []string{
		"group:Release Managers was deleted, and with that removed from the readers of project-a by security.officer@example.com at 14:02 UTC",
	}, nil, nil)
	// That somebody made the group is another thing.
	o.by(lead, creating((*mock.Administrator).CreateUserGroup, mock.UserGroupSeed{Name: "Short"}))
	o.by(officer, func(a *mock.Administrator) error { return a.Remove("group:Short") })
	expectTold(t, o.reviewWith(nil, audit.Options{}, readersOf([]string{"group:Short", "group:Release Managers"}, []string{})), []string{
		"group:Short was deleted, and with that removed from the readers of project-a by security.officer@example.com at 14:02 UTC",
		"group:Release Managers was deleted, and with that removed from the readers of project-a by security.officer@example.com at 14:02 UTC",
	}, []string{`user group "Short" was created by dev.lead@example.com at 14:02 UTC`}, nil)
}

// TestEventsThatAreNotUnderstood leaves nothing out that could be about access.
func TestEventsThatAreNotUnderstood(t *testing.T) {
	o := newOrganization(t)
	const when = `"time":"2026-03-01T14:02:00Z","metadata":{"actor":{"id":"`
	start := `[{` + when + o.id(administrator) + `"}},`
	for name, test := range map[string]struct {
		event   string
		outside []string
		whole   bool
		scope   string
	}{
		"a list that is not understood": {
			`"eventName":"SigningPolicy.Edited","entity":{"id":"` + o.id(release) + `"},"changes":{"approvers":{"from":[],"to":"many"}}`,
			[]string{"the approvers of project-a/release-signing were changed, the audit log does not say how,"},
			true, "",
		},
		"no changes": {
			`"eventName":"SigningPolicy.Edited","entity":{"id":"` + o.id(release) + `"}`,
			[]string{`something changed about project-a/release-signing, which the audit log calls "SigningPolicy.Edited",`},
			true, "",
		},
		"another object": {
			`"eventName":"TrustedBuildSystem.CustomAdded","entity":{"id":"x","name":"Builds"}`, []string{`"Builds" was created`}, true, "",
		},
		"no object": {`"eventName":"Organization.Changed"`, []string{
			`something changed about something that the audit log does not name, which the audit log calls "Organization.Changed",`,
		}, true, ""},
		"a webhook": {`"eventName":"Webhook.Deleted","entity":{"name":"w"}`, nil, true, `not told are events that change nobody's access: 1 × "Webhook.Deleted"`},
		"somebody who cannot be told": {
			`"eventName":"UserGroup.Edited","entity":{"id":"` + o.id("group:Release Managers") + `"},"changes":{"members":{"from":[],"to":["Nobody"]}}`,
			[]string{`"Nobody" was added to the members of group:Release Managers`},
			true, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o.t = t
			o.ClearFaults()
			o.answering(start + test.event + "}]")
			report := o.reviewWith(nil, audit.Options{})
			var want []string
			for _, sentence := range test.outside {
				want = append(want, sentence+" by org.admin@example.com at 14:02 UTC")
			}
			expectTold(t, report, nil, want, nil)
			if report.IsWhole() != test.whole || !strings.Contains(strings.Join(report.Scope, "\n"), test.scope) {
				t.Errorf("whole %t, %q, %q", report.IsWhole(), report.Scope, report.Notes)
			}
		})
	}
}

// A change of which no time is understood may be new, so not all is known.
func TestEventsWithoutATime(t *testing.T) {
	o := newOrganization(t)
	const event = `[{"eventName":"SigningPolicy.Edited","entity":{"id":%q},"changes":{"approvers":{"from":[],"to":[%q]}}}]`
	o.answering(fmt.Sprintf(event, o.id(release), o.id(outsider)))
	report := o.reviewWith(nil, audit.Options{})
	expectTold(t, report, nil, nil, nil)
	if report.IsWhole() || len(report.Notes) != 1 || !strings.Contains(report.Notes[0], "of 1 change in the audit log no time is understood") {
		t.Errorf("whole %t, %q", report.IsWhole(), report.Notes)
	}
}

// An answer that may be a part of the audit log tells all since a time only if it begins with
// the latest event and has one from before.
func TestPartsOfTheAuditLog(t *testing.T) {
	o := newOrganization(t)
	const early, late = `{"eventName":"Webhook.Deleted","time":"2026-03-01T08:00:00Z"}`, `{"eventName":"Webhook.Deleted","time":"2026-03-01T14:00:00Z"}`
	for events, whole := range map[string]bool{late + "," + early: true, early + "," + late: false, late: false} {
		o.ClearFaults()
		o.answering(`{"events":[` + events + `],"nextLink":"x"}`)
		if report := o.reviewWith(nil, audit.Options{}); report.IsWhole() != whole {
			t.Errorf("%s: whole %t, %q", events, report.IsWhole(), report.Notes)
		}
	}
}

// A server that answers otherwise has the same changes told. Where its log names actors by name
// alone, that is quoted, and whoever applies is told by a name that nobody else has.
func TestOutsideInOtherDialects(t *testing.T) {
	for name, dialect := range map[string]mock.Dialect{
		"actors are texts": {TextActors: true}, "members per kind": {MembersPerKind: true}, "members are objects": {MemberObjects: true},
		"lists are summaries": {SummaryLists: true}, "lists are wrapped": {WrappedLists: true},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOrganization(t, mock.WithDialect(dialect))
			o.by(administrator, adds(release, "approvers", outsider))
			o.by(terraform, adds(release, "approvers", lead))
			o.by(administrator, creating(newPolicy, mock.SigningPolicySeed{Slug: "rel", Name: "Rel", Approvers: []string{outsider}}))
			o.by(administrator, func(a *mock.Administrator) error { return a.SetRole(outsider, mock.RoleGlobalAdministrator) })
			by := " by org.admin@example.com at 14:02 UTC"
			if dialect.TextActors {
				by = ` by "Organization Admin" at 14:02 UTC`
			}
			report := o.reviewWith(nil, audit.Options{})
			expectTold(t, report, nil, []string{
				outsider + " was added to the approvers of project-a/release-signing" + by,
				"signing policy project-b/rel was created with the approvers user:outsider@example.com" + by,
				outsider + " was given the global role Global Administrator instead of Regular User" + by,
			}, nil)
			if !report.IsWhole() {
				t.Errorf("it is not whole: %q", report.Notes)
			}
		})
	}
}

// What the plan marks as sensitive is not told by the audit log either.
func TestWhatIsSensitiveIsNotTold(t *testing.T) {
	o := newOrganization(t)
	o.by(outsider, func(a *mock.Administrator) error { return a.SetRole(outsider, mock.RoleGlobalReader) })
	state := []resource{{
		"user", map[string]any{"id": o.id(outsider), "member": outsider, "email": "outsider@example.com", "active": true}, map[string]any{"email": true},
	}}
	report := o.reviewWith(state, audit.Options{})
	expectTold(t, report, nil,
		[]string{"user:(sensitive) was given the global role Global Reader instead of Regular User by (sensitive) at 14:02 UTC"}, nil)
	if text := fmt.Sprintf("%+v %v", *report.Outside[0].Author, report.Scope) + report.Outside[0].Principal; strings.Contains(text, "outsider@") {
		t.Errorf("it is in %s", text)
	}
}
