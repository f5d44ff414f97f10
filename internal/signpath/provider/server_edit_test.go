package provider_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// A serverEdit is one change of an organization that exists, in a configuration of its
// own. What is begun is applied before, and changes nothing at the server.
type serverEdit struct {
	begun, hcl string
	want       func(outcome)
	// token is true if a token of ci_user:foreign-build is generated.
	token bool
	// mails are how many invitations are sent.
	mails int
}

// The people of the edits, beside those of the demo organization.
const (
	formerToken = "Zm9ybWVyLXRva2VuLW9mLWZvcmVpZ24tYnVpbGQ="
	robotToken  = "dG9rZW4tb2YtdGhlLXJvYm90LWFkbWluaXN0cmF0b3I="
)

// editedSeed puts into the organization what the edits need, and those who stand by:
// with roles, tokens, and places on lists.
func editedSeed(seed *mock.Seed) {
	mainJobSeed(seed)
	o := outcome{seed}
	o.ciUser("foreign-build").Token = formerToken
	seed.InteractiveUsers = append(seed.InteractiveUsers,
		mock.InteractiveUserSeed{
			Name: "Auditor General", Email: "general@example.com", Identity: "example:S-1", Role: mock.RoleGlobalReader,
			NotificationEmail: "audit@example.com",
		},
		mock.InteractiveUserSeed{Name: "Certifier", Email: "certifier@example.com", Identity: "example:S-2", Role: mock.RoleCertificateAdministrator},
		mock.InteractiveUserSeed{Name: "Guest", Email: "guest@example.com", NotificationEmail: "guest.mail@example.com"},
		mock.InteractiveUserSeed{Name: "Former", Email: "former@example.com", Identity: "example:S-3", Inactive: true},
		mock.InteractiveUserSeed{Name: "Second Admin", Email: "second.admin@example.com", Identity: "example:S-4", Role: mock.RoleGlobalAdministrator},
	)
	seed.CIUsers = append(seed.CIUsers,
		mock.CIUserSeed{Name: "robot", Role: mock.RoleUserAdministrator, NotificationEmail: "robot@example.com", Token: robotToken})
	seed.UserGroups = append(seed.UserGroups,
		mock.UserGroupSeed{Name: "Officers", Description: "Everybody who signs", Members: []string{officer, "user:general@example.com", "group:Release Managers"}})
	a, b := o.project("project-a"), o.project("project-b")
	a.Readers = []string{outsider, "group:Officers"}
	o.release("project-a").Approvers = []string{"user:general@example.com", "group:Officers"}
	o.release("project-a").Submitters = []string{"ci_user:robot"}
	b.Readers = []string{"user:certifier@example.com", "ci_user:robot"}
	o.release("project-b").Submitters = []string{"ci_user:robot", outsider}
}

// serverEdits are creates, take-overs, updates, replacements and destroys of objects of
// each kind.
func serverEdits() map[string]serverEdit {
	const (
		admin       = "org.admin@example.com"
		general     = "general@example.com"
		former      = "former@example.com"
		guest       = "guest@example.com"
		secondAdmin = "second.admin@example.com"
		auditor     = "user:" + general
		robot       = "ci_user:robot"
		foreign     = "ci_user:foreign-build"
		officers    = "group:Officers"
		managers    = "group:Release Managers"
		adopt       = "adopt_existing = true"
		inactive    = "active = false"
	)
	body := func(lines ...string) string { return strings.Join(lines, "\n") }
	set := func(name, value string) string { return fmt.Sprintf("%s = %q", name, value) }
	named := func(name string, more ...string) string { return body(set("name", name), body(more...)) }
	user := func(email, name string, more ...string) string {
		return body(set("email", email), named(name, more...))
	}
	mailTo := func(email string) string { return set("notification_email", email) }
	member := func(reference string) string { return set("member", reference) }
	members := func(references ...string) string { return `members = ["` + strings.Join(references, `", "`) + `"]` }
	role := func(reference, name string) string { return body(member(reference), set("role", name)) }
	ofGroup := func(reference, more string) string { return body(set("group", reference), more) }
	ofProject := func(slug, more string) string { return body(set("project", slug), more) }
	ofRelease := func(slug, more string) string {
		return ofProject(slug, body(set("signing_policy", "release-signing"), more))
	}

	block := func(kind, body string) string {
		return fmt.Sprintf("resource %q \"this\" {\n%s\n}\n", "signpath_"+kind, body)
	}
	imported := func(kind, id, body string) string {
		return fmt.Sprintf("import {\n  to = signpath_%s.this\n  id = %q\n}\n", kind, id) + block(kind, body)
	}
	// applied writes a block that was not there; changed imports an object as it is, and
	// then changes it; gone imports it, and then destroys it.
	applied := func(kind, is string, want func(outcome)) serverEdit {
		return serverEdit{hcl: block(kind, is), want: want}
	}
	changed := func(kind, id, was, is string, want func(outcome)) serverEdit {
		return serverEdit{begun: imported(kind, id, was), hcl: block(kind, is), want: want}
	}
	gone := func(kind, id, was string, want func(outcome)) serverEdit {
		return serverEdit{begun: imported(kind, id, was), hcl: "# Nothing is left.\n", want: want}
	}
	// inviting is an edit that sends an invitation, and invited the user who is then there.
	inviting := func(e serverEdit) serverEdit { e.mails = 1; return e }
	invited := func(o outcome, u mock.InteractiveUserSeed) {
		u.Role = mock.RoleRegularUser
		o.InteractiveUsers = append(o.InteractiveUsers, u)
	}
	nothing := func(outcome) {}
	appended := func(list *[]string, reference string) { *list = append(*list, reference) }
	removed := func(list *[]string, reference string) {
		*list = slices.DeleteFunc(slices.Clone(*list), func(other string) bool { return other == reference })
	}

	return map[string]serverEdit{
		// Interactive users.
		"a user is created": inviting(applied("user", user("new@example.com", "New", mailTo("n@example.com")), func(o outcome) {
			invited(o, mock.InteractiveUserSeed{Name: "New", Email: "new@example.com", NotificationEmail: "n@example.com"})
		})),
		"a user is created inactive": inviting(applied("user", user("new@example.com", "New", inactive), func(o outcome) {
			invited(o, mock.InteractiveUserSeed{Name: "New", Email: "new@example.com", Inactive: true})
		})),
		"a user is taken over": applied("user", user(former, "Returned", adopt),
			func(o outcome) { o.user(former).Name, o.user(former).Inactive = "Returned", false }),
		"the address of an administrator": changed("user", admin,
			user(admin, "Organization Admin"), user(admin, "Organization Admin", mailTo("alerts@example.com")),
			func(o outcome) { o.user(admin).NotificationEmail = "alerts@example.com" }),
		"the address of an administrator as it is imported": {
			hcl:  imported("user", admin, user(admin, "Organization Admin", mailTo("alerts@example.com"))),
			want: func(o outcome) { o.user(admin).NotificationEmail = "alerts@example.com" },
		},
		"a user is renamed": changed("user", general, user(general, "Auditor General"), user(general, "The Auditor"),
			func(o outcome) { o.user(general).Name = "The Auditor" }),
		"the identity of a user": changed("user", general,
			user(general, "Auditor General"), user(general, "Auditor General", set("identity", "example:S-9")),
			func(o outcome) { o.user(general).Identity = "example:S-9" }),
		"a user is deactivated": changed("user", general, user(general, "Auditor General"), user(general, "Auditor General", inactive),
			func(o outcome) { o.user(general).Inactive = true }),
		"a user is activated": changed("user", former, user(former, "Former", inactive), user(former, "Former"),
			func(o outcome) { o.user(former).Inactive = false }),
		"a user is replaced": inviting(changed("user", general, user(general, "Auditor General"), user("general.two@example.com", "Auditor General"),
			func(o outcome) {
				o.user(general).Inactive = true
				invited(o, mock.InteractiveUserSeed{Name: "Auditor General", Email: "general.two@example.com"})
			})),
		"a user is destroyed": gone("user", general, user(general, "Auditor General"), func(o outcome) { o.user(general).Inactive = true }),
		"a user is invited again": inviting(changed("user", guest,
			user(guest, "Guest"), user(guest, "Guest", `reinvite_triggers = { round = "1" }`), nothing)),

		// CI users and their tokens.
		"a CI user is created": applied("ci_user", named("nightly", mailTo("n@example.com")), func(o outcome) {
			o.CIUsers = append(o.CIUsers, mock.CIUserSeed{Name: "nightly", NotificationEmail: "n@example.com", Role: mock.RoleRegularUser})
		}),
		"a CI user is taken over": applied("ci_user", named("robot", mailTo("r@example.com"), adopt),
			func(o outcome) { o.ciUser("robot").NotificationEmail = "r@example.com" }),
		"the address of a CI user": changed("ci_user", "robot", named("robot"), named("robot", mailTo("r@example.com")),
			func(o outcome) { o.ciUser("robot").NotificationEmail = "r@example.com" }),
		"a CI user is renamed": changed("ci_user", "robot", named("robot"), named("robot-2"),
			func(o outcome) { o.renameCIUser("robot", "robot-2") }),
		"a CI user is destroyed": gone("ci_user", "robot", named("robot"), func(o outcome) { o.ciUser("robot").Inactive = true }),
		"a token":                {hcl: block("ci_user_token", set("ci_user", foreign)), want: nothing, token: true},

		// Roles.
		"a role": applied("role_assignment", role(lead, "GlobalReader"),
			func(o outcome) { o.user("dev.lead@example.com").Role = mock.RoleGlobalReader }),
		"a role of a CI user": applied("role_assignment", role(foreign, "GlobalReader"),
			func(o outcome) { o.ciUser("foreign-build").Role = mock.RoleGlobalReader }),
		"a role is changed": changed("role_assignment", auditor, role(auditor, "GlobalReader"), role(auditor, "UserAdministrator"),
			func(o outcome) { o.user(general).Role = mock.RoleUserAdministrator }),
		"a role goes to another": changed("role_assignment", auditor, role(auditor, "GlobalReader"), role(lead, "GlobalReader"),
			func(o outcome) {
				o.user(general).Role, o.user("dev.lead@example.com").Role = mock.RoleRegularUser, mock.RoleGlobalReader
			}),
		"a role is taken away": gone("role_assignment", auditor, role(auditor, "GlobalReader"),
			func(o outcome) { o.user(general).Role = mock.RoleRegularUser }),
		"an administrator is deactivated": changed("user", secondAdmin, user(secondAdmin, "Second Admin"), user(secondAdmin, "Second Admin", inactive),
			func(o outcome) { o.user(secondAdmin).Inactive = true }),

		// Groups and their members.
		"a group is created": applied("user_group", named("New", set("description", "Who is new")), func(o outcome) {
			o.UserGroups = append(o.UserGroups, mock.UserGroupSeed{Name: "New", Description: "Who is new"})
		}),
		"a group is taken over": applied("user_group", named("Officers", set("description", "Who signs"), adopt),
			func(o outcome) { o.group("Officers").Description = "Who signs" }),
		"the description of a group": changed("user_group", "Officers", named("Officers"), named("Officers", set("description", "Who signs")),
			func(o outcome) { o.group("Officers").Description = "Who signs" }),
		"a group is renamed": changed("user_group", "Officers", named("Officers"), named("Signers"),
			func(o outcome) { o.renameGroup("Officers", "Signers") }),
		"a group is destroyed": gone("user_group", "Officers", named("Officers"), func(o outcome) { o.group("Officers").Members = nil }),
		"a member of a group": applied("user_group_member", ofGroup(officers, member(outsider)),
			func(o outcome) { appended(&o.group("Officers").Members, outsider) }),
		"a CI user in a group": applied("user_group_member", ofGroup(managers, member(foreign)),
			func(o outcome) { appended(&o.group("Release Managers").Members, foreign) }),
		"a member leaves a group": gone("user_group_member", "Officers/"+auditor, ofGroup(officers, member(auditor)),
			func(o outcome) { removed(&o.group("Officers").Members, auditor) }),
		"the members of a group": changed("user_group_members", "Officers",
			ofGroup(officers, members(officer, auditor, managers)), ofGroup(officers, members(officer, outsider)),
			func(o outcome) { o.group("Officers").Members = []string{officer, outsider} }),

		// Access lists: entries and whole ones.
		"an approver": applied("signing_policy_approver", ofRelease("project-a", member(officer)),
			func(o outcome) { appended(&o.release("project-a").Approvers, officer) }),
		"a group as an approver": applied("signing_policy_approver", ofRelease("project-b", member(officers)),
			func(o outcome) { appended(&o.release("project-b").Approvers, officers) }),
		"an approver goes": gone("signing_policy_approver", "project-a/release-signing/"+auditor, ofRelease("project-a", member(auditor)),
			func(o outcome) { removed(&o.release("project-a").Approvers, auditor) }),
		"an approver moves": changed("signing_policy_approver", "project-a/release-signing/"+auditor,
			ofRelease("project-a", member(auditor)), ofRelease("project-b", member(auditor)),
			func(o outcome) {
				removed(&o.release("project-a").Approvers, auditor)
				appended(&o.release("project-b").Approvers, auditor)
			}),
		"the submitters": changed("signing_policy_submitters", "project-b/release-signing",
			ofRelease("project-b", members(robot, outsider)), ofRelease("project-b", members(foreign)),
			func(o outcome) { o.release("project-b").Submitters = []string{foreign} }),
		"the submitters are taken over": applied("signing_policy_submitters", ofRelease("project-b", members(foreign, outsider)),
			func(o outcome) { o.release("project-b").Submitters = []string{foreign, outsider} }),
		"the submitters are destroyed": gone("signing_policy_submitters", "project-b/release-signing", ofRelease("project-b", members(robot, outsider)),
			func(o outcome) { o.release("project-b").Submitters = nil }),
		"a reader": applied("project_reader", ofProject("project-b", member(outsider)),
			func(o outcome) { appended(&o.project("project-b").Readers, outsider) }),
		"a CI user as a reader": applied("project_reader", ofProject("project-b", member(foreign)),
			func(o outcome) { appended(&o.project("project-b").Readers, foreign) }),
		"the readers move": changed("project_readers", "project-a",
			ofProject("project-a", members(outsider, officers)), ofProject("project-b", members(outsider, officers)),
			func(o outcome) {
				o.project("project-a").Readers, o.project("project-b").Readers = nil, []string{outsider, officers}
			}),
		"a configurator": applied("project_configurator", ofProject("project-a", member(outsider)),
			func(o outcome) { appended(&o.project("project-a").Configurators, outsider) }),
	}
}

// release is the release signing of a project.
func (o outcome) release(project string) *mock.SigningPolicySeed {
	return o.policy(project, "release-signing")
}

// renameCIUser and renameGroup rename also where lists name them.
func (o outcome) renameCIUser(from, to string) {
	o.ciUser(from).Name = to
	o.renameMember("ci_user:"+from, "ci_user:"+to)
}

func (o outcome) renameGroup(from, to string) {
	o.group(from).Name = to
	o.renameMember("group:"+from, "group:"+to)
}

func (o outcome) renameMember(from, to string) {
	rename := func(lists ...[]string) {
		for _, list := range lists {
			for i, member := range list {
				if member == from {
					list[i] = to
				}
			}
		}
	}
	for _, g := range o.UserGroups {
		rename(g.Members)
	}
	for _, p := range o.Projects {
		rename(p.Readers, p.Configurators)
		for _, policy := range p.SigningPolicies {
			rename(policy.Submitters, policy.Approvers)
		}
	}
}
