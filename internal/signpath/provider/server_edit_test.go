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
		mock.InteractiveUserSeed{Name: "Auditor General", Email: "general@example.com", Identity: "example:S-1", Role: mock.RoleGlobalReader, NotificationEmail: "audit@example.com"},
		mock.InteractiveUserSeed{Name: "Certifier", Email: "certifier@example.com", Identity: "example:S-2", Role: mock.RoleCertificateAdministrator},
		mock.InteractiveUserSeed{Name: "Guest", Email: "guest@example.com", NotificationEmail: "guest.mail@example.com"},
		mock.InteractiveUserSeed{Name: "Former", Email: "former@example.com", Identity: "example:S-3", Inactive: true},
		mock.InteractiveUserSeed{Name: "Second Admin", Email: "second.admin@example.com", Identity: "example:S-4", Role: mock.RoleGlobalAdministrator},
	)
	seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "robot", Role: mock.RoleUserAdministrator, NotificationEmail: "robot@example.com", Token: robotToken})
	seed.UserGroups = append(seed.UserGroups,
		mock.UserGroupSeed{Name: "Officers", Description: "Everybody who signs", Members: []string{officer, "user:general@example.com", "group:Release Managers"}})
	a, b := o.project("project-a"), o.project("project-b")
	a.Readers = []string{outsider, "group:Officers"}
	o.policy("project-a", "release-signing").Approvers = []string{"user:general@example.com", "group:Officers"}
	o.policy("project-a", "release-signing").Submitters = []string{"ci_user:robot"}
	b.Readers = []string{"user:certifier@example.com", "ci_user:robot"}
	o.policy("project-b", "release-signing").Submitters = []string{"ci_user:robot", outsider}
}

// serverEdits are creates, take-overs, updates, replacements and destroys of objects of
// each kind.
func serverEdits() map[string]serverEdit {
	const (
		admin     = "org.admin@example.com"
		general   = "general@example.com"
		releaseOf = "project        = \"project-%s\"\nsigning_policy = \"release-signing\"\n"
	)
	block := func(kind string, body ...string) string {
		return fmt.Sprintf("resource %q \"this\" {\n%s\n}\n", "signpath_"+kind, strings.Join(body, "\n"))
	}
	imported := func(kind, id string, body ...string) string {
		return fmt.Sprintf("import {\n  to = signpath_%s.this\n  id = %q\n}\n", kind, id) + block(kind, body...)
	}
	named := func(name, value string) string { return fmt.Sprintf("%s = %q", name, value) }
	user := func(email, name string) []string { return []string{named("email", email), named("name", name)} }
	// changes imports an object as it is, and then changes it.
	changes := func(kind, id string, was []string, is ...string) serverEdit {
		return serverEdit{begun: imported(kind, id, was...), hcl: block(kind, is...)}
	}
	gone := func(kind, id string, was ...string) serverEdit {
		return serverEdit{begun: imported(kind, id, was...), hcl: "# Nothing is left.\n"}
	}
	with := func(e serverEdit, want func(outcome)) serverEdit { e.want = want; return e }
	release := func(project string, more ...string) []string {
		return append([]string{fmt.Sprintf(releaseOf, project)}, more...)
	}
	appended := func(list *[]string, member string) { *list = append(*list, member) }
	removed := func(list *[]string, member string) {
		*list = slices.DeleteFunc(slices.Clone(*list), func(other string) bool { return other == member })
	}
	const readersOfA = `members = ["user:outsider@example.com", "group:Officers"]`

	edits := map[string]serverEdit{
		// Interactive users.
		"a user is created": {hcl: block("user", append(user("new@example.com", "New"), named("notification_email", "n@example.com"))...), mails: 1, want: func(o outcome) {
			o.InteractiveUsers = append(o.InteractiveUsers, mock.InteractiveUserSeed{
				Name: "New", Email: "new@example.com", NotificationEmail: "n@example.com", Role: mock.RoleRegularUser,
			})
		}},
		"a user is created inactive": {hcl: block("user", append(user("new@example.com", "New"), "active = false")...), mails: 1, want: func(o outcome) {
			o.InteractiveUsers = append(o.InteractiveUsers, mock.InteractiveUserSeed{Name: "New", Email: "new@example.com", Role: mock.RoleRegularUser, Inactive: true})
		}},
		"a user is taken over": {hcl: block("user", append(user("former@example.com", "Returned"), "adopt_existing = true")...), want: func(o outcome) {
			o.user("former@example.com").Name, o.user("former@example.com").Inactive = "Returned", false
		}},
		"the address of an administrator": with(
			changes("user", admin, user(admin, "Organization Admin"), append(user(admin, "Organization Admin"), named("notification_email", "alerts@example.com"))...),
			func(o outcome) { o.user(admin).NotificationEmail = "alerts@example.com" }),
		"the address of an administrator as it is imported": {
			hcl:  imported("user", admin, append(user(admin, "Organization Admin"), named("notification_email", "alerts@example.com"))...),
			want: func(o outcome) { o.user(admin).NotificationEmail = "alerts@example.com" },
		},
		"a user is renamed": with(changes("user", general, user(general, "Auditor General"), user(general, "The Auditor")...),
			func(o outcome) { o.user(general).Name = "The Auditor" }),
		"the identity of a user": with(changes("user", general, user(general, "Auditor General"), append(user(general, "Auditor General"), named("identity", "example:S-9"))...),
			func(o outcome) { o.user(general).Identity = "example:S-9" }),
		"a user is deactivated": with(changes("user", general, user(general, "Auditor General"), append(user(general, "Auditor General"), "active = false")...),
			func(o outcome) { o.user(general).Inactive = true }),
		"a user is activated": with(changes("user", "former@example.com", append(user("former@example.com", "Former"), "active = false"), user("former@example.com", "Former")...),
			func(o outcome) { o.user("former@example.com").Inactive = false }),
		"a user is replaced": {
			begun: imported("user", general, user(general, "Auditor General")...), hcl: block("user", user("general.two@example.com", "Auditor General")...), mails: 1,
			want: func(o outcome) {
				o.user(general).Inactive = true
				o.InteractiveUsers = append(o.InteractiveUsers, mock.InteractiveUserSeed{Name: "Auditor General", Email: "general.two@example.com", Role: mock.RoleRegularUser})
			},
		},
		"a user is destroyed": with(gone("user", general, user(general, "Auditor General")...), func(o outcome) { o.user(general).Inactive = true }),
		"a user is invited again": {
			begun: imported("user", "guest@example.com", user("guest@example.com", "Guest")...), mails: 1, want: func(outcome) {},
			hcl: block("user", append(user("guest@example.com", "Guest"), `reinvite_triggers = { round = "1" }`)...),
		},

		// CI users and their tokens.
		"a CI user is created": {hcl: block("ci_user", named("name", "nightly"), named("notification_email", "n@example.com")), want: func(o outcome) {
			o.CIUsers = append(o.CIUsers, mock.CIUserSeed{Name: "nightly", NotificationEmail: "n@example.com", Role: mock.RoleRegularUser})
		}},
		"a CI user is taken over": {hcl: block("ci_user", named("name", "robot"), named("notification_email", "r@example.com"), "adopt_existing = true"), want: func(o outcome) {
			o.ciUser("robot").NotificationEmail = "r@example.com"
		}},
		"the address of a CI user": with(changes("ci_user", "robot", []string{named("name", "robot")}, named("name", "robot"), named("notification_email", "r@example.com")),
			func(o outcome) { o.ciUser("robot").NotificationEmail = "r@example.com" }),
		"a CI user is renamed":   with(changes("ci_user", "robot", []string{named("name", "robot")}, named("name", "robot-2")), func(o outcome) { o.renameCIUser("robot", "robot-2") }),
		"a CI user is destroyed": with(gone("ci_user", "robot", named("name", "robot")), func(o outcome) { o.ciUser("robot").Inactive = true }),
		"a token":                {hcl: block("ci_user_token", named("ci_user", "ci_user:foreign-build")), want: func(outcome) {}, token: true},

		// Roles.
		"a role": {hcl: block("role_assignment", named("member", lead), named("role", "GlobalReader")), want: func(o outcome) {
			o.user("dev.lead@example.com").Role = mock.RoleGlobalReader
		}},
		"a role of a CI user": {hcl: block("role_assignment", named("member", "ci_user:foreign-build"), named("role", "GlobalReader")), want: func(o outcome) {
			o.ciUser("foreign-build").Role = mock.RoleGlobalReader
		}},
		"a role is changed": with(
			changes("role_assignment", "user:"+general, []string{named("member", "user:"+general), named("role", "GlobalReader")}, named("member", "user:"+general), named("role", "UserAdministrator")),
			func(o outcome) { o.user(general).Role = mock.RoleUserAdministrator }),
		"a role goes to another": with(
			changes("role_assignment", "user:"+general, []string{named("member", "user:"+general), named("role", "GlobalReader")}, named("member", lead), named("role", "GlobalReader")),
			func(o outcome) {
				o.user(general).Role, o.user("dev.lead@example.com").Role = mock.RoleRegularUser, mock.RoleGlobalReader
			}),
		"a role is taken away": with(gone("role_assignment", "user:"+general, named("member", "user:"+general), named("role", "GlobalReader")),
			func(o outcome) { o.user(general).Role = mock.RoleRegularUser }),
		"an administrator is deactivated": with(
			changes("user", "second.admin@example.com", user("second.admin@example.com", "Second Admin"), append(user("second.admin@example.com", "Second Admin"), "active = false")...),
			func(o outcome) { o.user("second.admin@example.com").Inactive = true }),

		// Groups and their members.
		"a group is created": {hcl: block("user_group", named("name", "New"), named("description", "Who is new")), want: func(o outcome) {
			o.UserGroups = append(o.UserGroups, mock.UserGroupSeed{Name: "New", Description: "Who is new"})
		}},
		"a group is taken over": {hcl: block("user_group", named("name", "Officers"), named("description", "Who signs"), "adopt_existing = true"), want: func(o outcome) {
			o.group("Officers").Description = "Who signs"
		}},
		"the description of a group": with(changes("user_group", "Officers", []string{named("name", "Officers")}, named("name", "Officers"), named("description", "Who signs")),
			func(o outcome) { o.group("Officers").Description = "Who signs" }),
		"a group is renamed":   with(changes("user_group", "Officers", []string{named("name", "Officers")}, named("name", "Signers")), func(o outcome) { o.renameGroup("Officers", "Signers") }),
		"a group is destroyed": with(gone("user_group", "Officers", named("name", "Officers")), func(o outcome) { o.group("Officers").Members = nil }),
		"a member of a group": {hcl: block("user_group_member", named("group", "group:Officers"), named("member", outsider)), want: func(o outcome) {
			appended(&o.group("Officers").Members, outsider)
		}},
		"a CI user in a group": {hcl: block("user_group_member", named("group", "group:Release Managers"), named("member", "ci_user:foreign-build")), want: func(o outcome) {
			appended(&o.group("Release Managers").Members, "ci_user:foreign-build")
		}},
		"a member leaves a group": with(gone("user_group_member", "Officers/user:"+general, named("group", "group:Officers"), named("member", "user:"+general)),
			func(o outcome) { removed(&o.group("Officers").Members, "user:"+general) }),
		"the members of a group": with(
			changes("user_group_members", "Officers",
				[]string{named("group", "group:Officers"), `members = ["user:security.officer@example.com", "user:general@example.com", "group:Release Managers"]`},
				named("group", "group:Officers"), `members = ["user:security.officer@example.com", "user:outsider@example.com"]`),
			func(o outcome) { o.group("Officers").Members = []string{officer, outsider} }),

		// Access lists: entries and whole ones.
		"an approver": {hcl: block("signing_policy_approver", release("a", named("member", officer))...), want: func(o outcome) {
			appended(&o.policy("project-a", "release-signing").Approvers, officer)
		}},
		"a group as an approver": {hcl: block("signing_policy_approver", release("b", named("member", "group:Officers"))...), want: func(o outcome) {
			appended(&o.policy("project-b", "release-signing").Approvers, "group:Officers")
		}},
		"an approver goes": with(gone("signing_policy_approver", "project-a/release-signing/user:"+general, release("a", named("member", "user:"+general))...),
			func(o outcome) { removed(&o.policy("project-a", "release-signing").Approvers, "user:"+general) }),
		"an approver moves": with(
			changes("signing_policy_approver", "project-a/release-signing/user:"+general, release("a", named("member", "user:"+general)), release("b", named("member", "user:"+general))...),
			func(o outcome) {
				removed(&o.policy("project-a", "release-signing").Approvers, "user:"+general)
				appended(&o.policy("project-b", "release-signing").Approvers, "user:"+general)
			}),
		"the submitters": with(
			changes("signing_policy_submitters", "project-b/release-signing", release("b", `members = ["ci_user:robot", "user:outsider@example.com"]`), release("b", `members = ["ci_user:foreign-build"]`)...),
			func(o outcome) {
				o.policy("project-b", "release-signing").Submitters = []string{"ci_user:foreign-build"}
			}),
		"the submitters are taken over": {hcl: block("signing_policy_submitters", release("b", `members = ["ci_user:foreign-build", "user:outsider@example.com"]`)...), want: func(o outcome) {
			o.policy("project-b", "release-signing").Submitters = []string{"ci_user:foreign-build", outsider}
		}},
		"the submitters are destroyed": with(gone("signing_policy_submitters", "project-b/release-signing", release("b", `members = ["ci_user:robot", "user:outsider@example.com"]`)...),
			func(o outcome) { o.policy("project-b", "release-signing").Submitters = nil }),
		"a reader": {hcl: block("project_reader", named("project", "project-b"), named("member", outsider)), want: func(o outcome) { appended(&o.project("project-b").Readers, outsider) }},
		"a CI user as a reader": {hcl: block("project_reader", named("project", "project-b"), named("member", "ci_user:foreign-build")), want: func(o outcome) {
			appended(&o.project("project-b").Readers, "ci_user:foreign-build")
		}},
		"the readers move": with(changes("project_readers", "project-a", []string{named("project", "project-a"), readersOfA}, named("project", "project-b"), readersOfA),
			func(o outcome) {
				o.project("project-a").Readers, o.project("project-b").Readers = nil, []string{outsider, "group:Officers"}
			}),
		"a configurator": {hcl: block("project_configurator", named("project", "project-a"), named("member", outsider)), want: func(o outcome) {
			appended(&o.project("project-a").Configurators, outsider)
		}},
	}
	return edits
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
