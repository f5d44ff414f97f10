package provider_test

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit/contracttest"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// A mistake is a configuration that is wrong in a typical way.
type mistake struct {
	// hcl is the configuration, and before what was applied before it; OUTSIDER is the id of somebody.
	hcl, before string
	// at begins the line of the configuration at which the error points; empty where it is about a
	// resource or the provider as a whole.
	at string
	// says are words in their order, and never are words that would send people astray.
	says, never []string
	// settings are more settings of the provider block, and provider replaces all of it.
	settings, provider string
	// warns is true where it may be meant, so that the plan warns and does not fail.
	warns bool
}

// make tries it in process, and checks what is said.
func (m mistake) make(t *testing.T) {
	t.Helper()
	m.makeOn(t, inProcess)
}

// makeOn is make on a bench.
func (m mistake) makeOn(t *testing.T, on bench) {
	t.Helper()
	org := newOrganization(t, signpathtest.WithAnyone, func(seed *mock.Seed) {
		seed.Projects[1].SigningPolicies[1].Submitters = []string{"ci_user:build"}
	})
	outsider, err := org.User("user:outsider@example.com")
	must(t, err)
	fill := strings.NewReplacer("OUTSIDER", outsider.ID, "API_URL", org.URL, "ROOT_URL", strings.TrimSuffix(org.URL, "/Api"),
		"ORGANIZATION", org.OrganizationID(), "TOKEN", org.Token)
	s := org.siteWith(on, m.settings, m.before)
	if m.before != "" {
		s.mustApply()
	}
	if m.provider != "" {
		s.Write("provider.tf", "provider \"signpath\" {\n"+fill.Replace(m.provider)+"\n}\n")
	}
	s.Write("main.tf", cmp.Or(fill.Replace(m.hcl), newCI)) // A block that nothing uses is not looked at.
	planned := s.Plan(testkit.Options{})
	kind := "Error: "
	if m.warns {
		kind = "Warning: "
	}
	said := planned.Said
	words := append([]string{kind}, m.says...)
	if m.warns != (planned.Err == nil) || !says(words...).MatchString(said) {
		t.Errorf("it does not say %q: %s", words, planned)
	}
	if m.at != "" && !regexp.MustCompile(`on main.tf line \d+: `+m.at).MatchString(said) {
		t.Errorf("it does not point at %s: %s", m.at, planned)
	}
	for _, never := range append(m.never, org.Token) {
		if strings.Contains(said, never) {
			t.Errorf("it says %q: %s", never, said)
		}
	}
}

// TestCLIMistakes makes one of each kind by a CLI, which says some of it by itself.
func TestCLIMistakes(t *testing.T) {
	for name, m := range map[string]mistake{
		"an id": {hcl: approversOf(`["OUTSIDER"]`), says: []string{`is the id of "user:outsider@example.com"`, "`member`"}},
		"an id of who is created": {
			hcl: newCI + approverOf(`signpath_ci_user.new.id`), says: []string{"maybe an id: member", "refer to `member` instead"}, warns: true,
		},
		"null":       {hcl: approversOf(`null`), says: []string{"No value: members"}},
		"a function": {hcl: outputOf(`provider::signpath::ci_users(["a"])`), says: []string{"neither a map nor an object; projects is like"}},
		"a type that is moved": {
			before: approverOf(`"user:security.officer@example.com"`),
			hcl:    approversOf(officers) + "moved {\n  from = signpath_signing_policy_approver.l\n  to   = signpath_signing_policy_approvers.l\n}\n",
			says:   []string{"Moved to another type", "removed block with destroy = false"},
		},
		"an import": {
			hcl:  roleFor(`"user:org.admin@example.com"`, `"GlobalAdministrator"`) + importOf("role_assignment", "r", "user:org.admin@example.com/GlobalAdministrator"),
			says: []string{"Cannot import what does not exist", "the user alone"},
		},
		"a rule": {settings: guardrails(`few-admins = { severity = "deny" }`), says: []string{`did you mean "few-global-administrators"?`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.makeOn(t, byCLI)
		})
	}
}

func mistakesAre(t *testing.T, mistakes map[string]mistake) {
	t.Helper()
	for name, m := range mistakes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.make(t)
		})
	}
}

// The configurations in which mistakes are made.
func block(kind, name string, lines ...string) string {
	return fmt.Sprintf("resource \"signpath_%s\" %q {\n  %s\n}\n", kind, name, strings.Join(lines, "\n  "))
}

func approversOf(members string) string {
	return block("signing_policy_approvers", "l", `project = "project-b"`, `signing_policy = "release-signing"`, "members = "+members)
}

func approverOf(member string) string {
	return block("signing_policy_approver", "l", `project = "project-b"`, `signing_policy = "release-signing"`, "member = "+member)
}

func roleFor(member, role string) string {
	return block("role_assignment", "r", "member = "+member, "role = "+role)
}

func readersOf(project string) string {
	return block("project_readers", "l", "project = "+project, "members = []")
}

func groupMembersOf(group, members string) string {
	return block("user_group_members", "g", "group = "+group, "members = "+members)
}

func tokenOf(lines ...string) string { return block("ci_user_token", "t", lines...) }

func lookUp(kind string, lines ...string) string {
	return fmt.Sprintf("data \"signpath_%s\" \"d\" {\n  %s\n}\n", kind, strings.Join(lines, "\n  "))
}

func importOf(kind, name, id string) string {
	return fmt.Sprintf("import {\n  to = signpath_%s.%s\n  id = %q\n}\n", kind, name, id)
}

func outputOf(expression string) string { return "output \"o\" {\n  value = " + expression + "\n}\n" }

const (
	officers = `["user:security.officer@example.com"]`
	newCI    = "resource \"signpath_ci_user\" \"new\" {\n  name = \"nightly\"\n}\n"
	nobodyID = "588d36d3-6f0a-51ed-a021-b7d6a2faea00"
)

// What speaks of a destroy, or of another provider block, helps nobody who has mistyped something.
const (
	ofDestroy = "A destroy is stopped by this"
	ofAlias   = "another alias"
)

// TestMistakes makes typical mistakes about members.
func TestMistakes(t *testing.T) {
	mistakesAre(t, map[string]mistake{
		"a bare e-mail": {hcl: approversOf(`["dev.lead@example.com"]`), at: "members", says: []string{`did you mean "user:dev.lead@example.com"?`}},
		"the kind in plural": {
			hcl: approversOf(`["users:dev.lead@example.com"]`), at: "members",
			says: []string{`unknown kind "users"; did you mean "user:dev.lead@example.com"? Valid`},
		},
		"the kind in capitals": {
			hcl: approversOf(`["User:dev.lead@example.com"]`), at: "members",
			says: []string{`did you mean "user:dev.lead@example.com"?`},
		},
		"another word for it": {
			hcl: approversOf(`["person:dev.lead@example.com"]`), at: "members",
			says: []string{`did you mean "user:dev.lead@example.com"?`},
		},
		"a kind at SignPath":   {hcl: approversOf(`["ciuser:build"]`), at: "members", says: []string{`did you mean "ci_user:build"?`}},
		"the kind of an entry": {hcl: approverOf(`"groups:Release Managers"`), at: "member", says: []string{`did you mean "group:Release Managers"?`}},
		"a group with an email": {
			hcl: approversOf(`["group:dev.lead@example.com"]`), at: "members",
			says: []string{`did you mean "user:dev.lead@example.com"?`},
		},
		"case of a CI user":  {hcl: approversOf(`["ci_user:Build"]`), at: "members", says: []string{`did you mean "ci_user:build"?`}},
		"a misspelled group": {hcl: approversOf(`["group:Relaese Managers"]`), at: "members", says: []string{`did you mean "group:Release Managers"?`}},
		"a misspelled person": {
			hcl: roleFor(`"user:dev.laed@example.com"`, `"GlobalReader"`), at: "member",
			says: []string{`did you mean "user:dev.lead@example.com"`},
		},
		"an id of nobody": {
			hcl: approversOf(`["user:` + nobodyID + `"]`), at: "members",
			says: []string{"No interactive user has this id", "by its e-mail"}, never: []string{"attribute `member`", ofAlias},
		},
		"an id of another kind": {hcl: approversOf(`["ci_user:OUTSIDER"]`), at: "members", says: []string{`did you mean "user:outsider@example.com"?`}},
		"a group for a role": {
			hcl: roleFor(`"group:Release Managers"`, `"GlobalReader"`), at: "member",
			says: []string{"is a user group, which cannot stand here", `"user:EMAIL"`, `"ci_user:NAME"`, "give it to whoever is in the group"},
		},
		"a group among holders": {
			hcl: block("role_holders", "h", `role = "GlobalReader"`, `members = ["group:Release Managers"]`), at: "members",
			says: []string{"which cannot stand here", "give it to whoever is in the group"},
		},
		"a user for a group": {
			hcl: groupMembersOf(`"user:dev.lead@example.com"`, "[]"), at: "group",
			says: []string{`is an interactive user`, `Valid is a user group, as "group:NAME"`},
		},
		"a user for a token": {
			hcl: tokenOf(`ci_user = "user:dev.lead@example.com"`), at: "ci_user",
			says: []string{`Valid is a CI user, as "ci_user:NAME"`},
		},
		"a space in the reference": {
			hcl: approversOf(`["user: dev.lead@example.com"]`), at: "members",
			says: []string{`did you mean "user:dev.lead@example.com"?`},
		},
		"somebody twice": {
			hcl: approversOf(`["user:dev.lead@example.com", "user:DEV.lead@example.com"]`), at: "members",
			says: []string{"Member named twice", "Keep one of the two"},
		},
		"somebody by e-mail and id": {
			hcl: approversOf(`["user:outsider@example.com", "user:OUTSIDER"]`), at: "members",
			says: []string{"Member named twice", "Keep one of the two"},
		},
		"a name of two": {
			hcl: approversOf(`["ci_user:twin"]`), at: "members",
			says: []string{"Ambiguous member", "name the one you mean by its id", `"ci_user:`},
		},
		"a group by its name": {
			hcl: groupMembersOf(`"Release Managers"`, "[]"), at: "group",
			says: []string{`did you mean "group:Release Managers"?`, "`member`"},
		},
		"a CI user by its name": {hcl: tokenOf(`ci_user = "build"`), at: "ci_user", says: []string{`did you mean "ci_user:build"?`, "`member`"}},
		"name for member": {
			hcl: newCI + approversOf(`[signpath_ci_user.new.name]`), at: "members",
			says: []string{`"nightly" has no kind`, "refer to the attribute `member`, and not to `name`"},
		},
		"name for the member of an entry": {
			hcl: newCI + approverOf(`signpath_ci_user.new.name`), at: "member",
			says: []string{`"nightly" has no kind`, "refer to the attribute `member`, and not to `name`"},
		},
		"a resource for its member": {hcl: newCI + approversOf(`[signpath_ci_user.new]`), at: "members", says: []string{"string required"}},
		"a text for a set":          {hcl: approversOf(`"user:dev.lead@example.com"`), at: "members", says: []string{"set of string required"}},
		"no members": {
			hcl:  block("signing_policy_approvers", "l", `project = "project-b"`, `signing_policy = "release-signing"`),
			says: []string{`"members" is required`},
		},
		"another argument": {
			hcl:  block("signing_policy_approvers", "l", `project = "project-b"`, `signing_policy = "release-signing"`, `member = []`),
			says: []string{`"member" is not expected here. Did you mean "members"?`},
		},
		"an inactive user": {
			hcl: approversOf(`["user:former.auditor@example.com"]`), at: "members",
			says: []string{"Member not allowed here", "the account is inactive. Activate it first"},
		},
		"a person under verified builds": {
			hcl:  block("signing_policy_submitters", "l", `project = "project-a"`, `signing_policy = "release-signing"`, `members = ["user:dev.lead@example.com"]`),
			at:   "members",
			says: []string{"takes no interactive users as submitters", "Name the CI user"},
		},
		"a CI user that approves": {
			hcl: approversOf(`["ci_user:build"]`), at: "members",
			says: []string{"cannot be an approver", "Name an interactive user or a group"},
		},
		"a synchronized group": {hcl: groupMembersOf(`"group:Directory Engineers"`, "[]"), at: "group", says: []string{"Change it in the directory"}},
		"a group in itself": {
			hcl: groupMembersOf(`"group:Release Managers"`, `["group:Release Managers"]`), at: "members",
			says: []string{"would contain itself", "Leave out one of these"},
		},
		"the support user": {
			hcl: roleFor(`"user:support@example.com"`, `"GlobalReader"`), at: "member",
			says: []string{"Support user", "organization page"},
		},
		"nobody to approve": {
			before: approversOf(officers), hcl: approversOf(`[]`), at: "members",
			says: []string{"Guardrail approval-quorum", "nobody can approve", "Add approvers"},
		},
	})
}

// TestMistakesWithIDs has ids in the place of references.
func TestMistakesWithIDs(t *testing.T) {
	const ofOutsider = `is the id of "user:outsider@example.com". Refer to the attribute ` + "`member`"
	known := []string{`is the id of "ci_user:nightly"`, "Refer to the attribute `member` of its resource instead of `id`", `or write "ci_user:nightly"`}
	unknown := func(at string) []string {
		return []string{"Known after apply, and maybe an id: " + at, "refer to `member` instead, which the plan knows"}
	}
	const newGroup = "resource \"signpath_user_group\" \"new\" {\n  name = \"Circle\"\n}\n"
	mistakesAre(t, map[string]mistake{
		"in a list":    {hcl: approversOf(`["OUTSIDER"]`), at: "members", says: []string{ofOutsider}},
		"in an entry":  {hcl: approverOf(`"OUTSIDER"`), at: "member", says: []string{ofOutsider}},
		"of a role":    {hcl: roleFor(`"OUTSIDER"`, `"GlobalReader"`), at: "member", says: []string{ofOutsider}},
		"of a token":   {hcl: tokenOf(`ci_user = "` + nobodyID + `"`), at: "ci_user", says: []string{"The organization has nobody with this id"}},
		"of a group":   {hcl: groupMembersOf(`"OUTSIDER"`, "[]"), at: "group", says: []string{ofOutsider}},
		"of a holder":  {hcl: block("role_holders", "h", `role = "GlobalReader"`, `members = ["OUTSIDER"]`), at: "members", says: []string{ofOutsider}},
		"which exists": {before: newCI, hcl: newCI + approversOf(`[signpath_ci_user.new.id]`), at: "members", says: known},
		"of who is created, in a list": {
			hcl: newCI + approversOf(`["user:security.officer@example.com", signpath_ci_user.new.id]`), at: "members", says: unknown("members"), warns: true,
		},
		"of who is created, in an entry": {hcl: newCI + approverOf(`signpath_ci_user.new.id`), at: "member", says: unknown("member"), warns: true},
		"of who is created, of a role": {
			hcl: newCI + roleFor(`signpath_ci_user.new.id`, `"GlobalReader"`), at: "member",
			says: unknown("member"), warns: true,
		},
		"of who is created, of a token": {hcl: newCI + tokenOf(`ci_user = signpath_ci_user.new.id`), at: "ci_user", says: unknown("ci_user"), warns: true},
		"of a group that is created": {
			hcl: newGroup + groupMembersOf(`signpath_user_group.new.id`, "[]"), at: "group",
			says: unknown("group"), warns: true,
		},
	})
}

// TestMembersThatAreKnownAfterApply are none of these mistakes, and nothing warns of them.
func TestMembersThatAreKnownAfterApply(t *testing.T) {
	const later = "resource \"terraform_data\" \"t\" {\n  input = \"user:outsider@example.com\"\n}\n"
	for name, hcl := range map[string]string{
		"of a name that is": newCI + later + "resource \"signpath_ci_user\" \"later\" {\n  name = terraform_data.t.output\n}\n" +
			block("project_readers", "l", `project = "project-a"`, `members = [signpath_ci_user.new.member, signpath_ci_user.later.member]`),
		"of something else":     later + approversOf(`["user:security.officer@example.com", terraform_data.t.output]`),
		"of who is created now": newCI + block("project_reader", "l", `project = "project-a"`, `member = signpath_ci_user.new.member`),
	} {
		t.Run(name, func(t *testing.T) {
			if planned := newOrganization(t).site(inProcess, hcl).mustPlan(); strings.Contains(planned.Said, "maybe an id") {
				t.Errorf("it warns: %s", planned)
			}
		})
	}
}

// TestMistakesInApply lets the apply of an id fail, which names whose it is.
func TestMistakesInApply(t *testing.T) {
	s := newOrganization(t).site(inProcess, newCI+block("project_reader", "l", `project = "project-a"`, `member = signpath_ci_user.new.id`))
	if applied := s.Apply(testkit.Options{}); !says(`is the id of "ci_user:nightly"`, "`member`").MatchString(applied.String()) {
		t.Errorf("it ends with %s", applied)
	}
}

// TestMistakesWithNull has no value where one is needed, as modules and optional keys bring about.
func TestMistakesWithNull(t *testing.T) {
	element := []string{"Null element", "Leave it out, such as with compact([...])"}
	mistakesAre(t, map[string]mistake{
		"beside a member":  {hcl: approversOf(`["user:security.officer@example.com", null]`), at: "members", says: element},
		"for a member":     {hcl: approversOf(`[null]`), at: "members", says: element},
		"among holders":    {hcl: block("role_holders", "h", `role = "GlobalReader"`, `members = [null]`), at: "members", says: element},
		"in a group":       {hcl: groupMembersOf(`"group:Release Managers"`, `[null]`), at: "members", says: element},
		"among recipients": {hcl: tokenOf(`ci_user = "ci_user:build"`, `encryption_recipients = [null]`), at: "encryption_recipients", says: element},
		"for a list": {
			hcl: approversOf(`null`), at: "members", says: []string{"No value: members", "members is required, and is null here", "an empty set is []"},
			never: []string{"provider developers"},
		},
		"for a group":      {hcl: groupMembersOf(`null`, `[]`), at: "group", says: []string{"No value: group", "group is required, and is null here"}},
		"for a role":       {hcl: roleFor(`"user:dev.lead@example.com"`, `null`), at: "role", says: []string{"No value: role"}},
		"an empty member":  {hcl: approversOf(`[""]`), at: "members", says: []string{"the text is empty, and names nobody", `"user:EMAIL"`}},
		"an empty name":    {hcl: block("ci_user", "c", `name = ""`), at: "name", says: []string{`"" is empty, and a name is not`}},
		"an empty slug":    {hcl: readersOf(`""`), at: "project", says: []string{`"" is not a slug`, `such as "release-signing"`}},
		"an empty e-mail":  {hcl: block("user", "u", `name = "N"`, `email = ""`), at: "email", says: []string{`"" is not an e-mail address`}},
		"an exception":     {settings: guardrails(`old-token = { exceptions = [null] }`), at: "guardrails", says: element},
		"a parameter":      {settings: guardrails(`old-token = { parameters = { days = null } }`), at: "guardrails", says: element},
		"a rule":           {settings: guardrails(`old-token = null`), at: "guardrails", says: []string{"named and nothing about it is set"}},
		"for a kind":       {hcl: outputOf(`provider::signpath::member(null, "x")`), at: "value", says: []string{`"kind" parameter`, "must not be null"}},
		"of a data source": {hcl: lookUp("user", "email = null"), says: []string{"Exactly one of these", "[id,email]"}},
	})
}

// TestMistakesWithNames misspells slugs, roles, rules and the like, and names that exist.
func TestMistakesWithNames(t *testing.T) {
	inGuardrails := func(rules string) mistake { return mistake{settings: guardrails(rules), at: "guardrails"} }
	saying := func(m mistake, words ...string) mistake {
		m.says = words
		return m
	}
	policy := func(slug string) string {
		return block("signing_policy_approvers", "l", `project = "project-b"`, "signing_policy = "+slug, "members = []")
	}
	warning := func(rules string, words ...string) mistake {
		return mistake{settings: guardrails(rules), hcl: newCI, warns: true, says: words}
	}
	mistakesAre(t, map[string]mistake{
		"the name of a project": {
			hcl: readersOf(`"Project B"`), at: "project",
			says: []string{"it is not the display name", `did you mean "project-b"?`},
		},
		"the name of a policy": {hcl: policy(`"Release signing"`), at: "signing_policy", says: []string{`did you mean "release-signing"?`}},
		"the address": {
			hcl: readersOf(`"https://app.signpath.io/Web/ORGANIZATION/Projects/project-b"`), at: "project",
			says: []string{`did you mean "project-b"?`},
		},
		"the path of a policy": {hcl: policy(`"project-b/release-signing"`), at: "signing_policy", says: []string{`did you mean "release-signing"?`}},
		"a misspelled project": {hcl: readersOf(`"projekt-b"`), at: "project", says: []string{"there is project-a, project-b"}},
		"a misspelled policy": {
			hcl: policy(`"relase-signing"`), at: "signing_policy",
			says: []string{"there is project-b/release-signing, project-b/test-signing"},
		},
		"a role that is cut": {
			hcl: roleFor(`"user:dev.lead@example.com"`, `"GlobalAdmin"`), at: "role",
			says: []string{`did you mean "GlobalAdministrator"?`},
		},
		"a role by its title": {
			hcl: roleFor(`"user:dev.lead@example.com"`, `"Global Reader"`), at: "role",
			says: []string{`did you mean "GlobalReader"?`},
		},
		"the role of everybody": {
			hcl: roleFor(`"user:dev.lead@example.com"`, `"RegularUser"`), at: "role",
			says: []string{"what a user is without a role. Leave this resource out"},
		},
		"a rule": saying(inGuardrails(`few-admins = { severity = "deny" }`),
			`there is no rule "few-admins"; did you mean "few-global-administrators"?`),
		"a severity":              saying(inGuardrails(`old-token = { severity = "error" }`), `valid are "deny", "warn" and "ignore"`),
		"a parameter":             saying(inGuardrails(`old-token = { parameters = { day = 3 } }`), `did you mean "days"?`),
		"the whole file of rules": saying(inGuardrails(`rules = { severity = "deny" }`), "put .rules behind yamldecode(…)"),
		"a key of a rule":         saying(inGuardrails(`old-token = { severty = "deny" }`), "it may be misspelled"),
		"a date": saying(inGuardrails(`old-token = { exceptions = [{ member = "ci_user:build", reason = "r", until = "31.12.2026" }] }`),
			`"31.12.2026" is no date like 2026-12-31: a day, UTC, without a time and a time zone`),
		"an exception of everybody": saying(inGuardrails(`old-token = { exceptions = [{ reason = "r", until = "2030-12-31" }] }`),
			"to switch the rule off, ignore it"),
		"an exception of nobody": warning(`inactive-entry = { exceptions = [{ member = "user:dev.laed@example.com", reason = "r", until = "2030-12-31" }] }`,
			"An exception of guardrail inactive-entry is for nothing: user:dev.laed@example.com", `did you mean "user:dev.lead@example.com"`, "Correct it"),
		"an exception of a project": warning(`approval-quorum = { exceptions = [{ project = "projekt-b", reason = "r", until = "2030-12-31" }] }`,
			"An exception of guardrail approval-quorum is for nothing: projekt-b", "there is project-a, project-b"),
		"a name with a space": {hcl: block("ci_user", "c", `name = " build"`), at: "name", says: []string{`did you mean "build"?`}},
		"an address of nothing": {
			hcl: block("ci_user", "c", `name = "c"`, `notification_email = "team"`), at: "notification_email",
			says: []string{`"team" is not an e-mail address; "" takes it away`},
		},
		"an identity without sso": {
			hcl: block("user", "u", `name = "N"`, `email = "n@example.com"`, `identity = "S-1-2"`), at: "identity",
			says: []string{"<sso-identifier>:<subject>"},
		},
		"weeks": {
			hcl: tokenOf(`ci_user = "ci_user:build"`, `rotate_after = "12w"`), at: "rotate_after",
			says: []string{`"12w" is not a period: valid are days, hours, minutes and seconds, such as "90d"`},
		},
		"a window as long as the period": {
			hcl: tokenOf(`ci_user = "ci_user:build"`, `rotate_after = "30d"`, `rotate_early = "720h"`), at: "rotate_early",
			says: []string{`"720h" is not below rotate_after = "30d"`},
		},
		"the id of a key for the key": {
			hcl: tokenOf(`ci_user = "ci_user:build"`, "github_recipients = {", `release = { key = "568250167242549743", key_id = "568250167242549743" }`, "}"),
			at:  "github_recipients",
			says: []string{
				`github_recipients["release"].key: what starts with "568250167242" is not base64`,
				"Give the attribute `key` of a data source such as github_actions_public_key",
			},
		},
		"no time": {
			hcl: tokenOf(`ci_user = "ci_user:build"`, `rotate_after = "0h"`), at: "rotate_after",
			says: []string{"rotated in every apply"},
		},
		"a private key": {
			hcl: tokenOf(`ci_user = "ci_user:build"`, `encryption_recipients = ["AGE-SECRET-KEY-1XXXX"]`), at: "encryption_recipients",
			says: []string{"this is a private key", "make another pair"}, never: []string{"1XXXX\" is"},
		},
		"a user to look up": {
			hcl: lookUp("user", `email = "dev.laed@example.com"`), at: "email",
			says: []string{`did you mean "user:dev.lead@example.com"`},
		},
		"a group to look up": {
			hcl: lookUp("user_group", `name = "Release Manager"`), at: "name",
			says: []string{`did you mean "group:Release Managers"?`},
		},
		"a CI user to look up": {hcl: lookUp("ci_user", `name = "Build"`), at: "name", says: []string{`did you mean "ci_user:build"?`}},
		"a project to look up": {hcl: lookUp("project", `slug = "projekt-a"`), at: "slug", says: []string{"there is project-a, project-b"}},
		"a policy to look up": {
			hcl: lookUp("signing_policy", `project = "project-a"`, `slug = "relese-signing"`), at: "slug",
			says: []string{"there is project-a/release-signing"},
		},
		"an id to look up": {hcl: lookUp("user", `id = "dev.lead@example.com"`), at: "id", says: []string{"is not a UUID"}},
		"two ways to look up": {
			hcl: lookUp("user", `email = "dev.lead@example.com"`, `id = "OUTSIDER"`), at: "id",
			says: []string{"Exactly one of these", "[id,email]"},
		},
		"a function's kind": {
			hcl: outputOf(`provider::signpath::member("users", "a@example.com")`), at: "value",
			says: []string{`did you mean "user"?`, `as in member("user", "dev.lead@example.com")`},
		},
		"a function's reference": {
			hcl: outputOf(`provider::signpath::member("user:a@example.com", "a@example.com")`), at: "value",
			says: []string{"a whole member reference, which needs no function"},
		},
		"a function's argument": {hcl: outputOf(`provider::signpath::member("user")`), at: "value", says: []string{`Missing value for "key"`}},
		"a reference to parse": {
			hcl: outputOf(`provider::signpath::parse_member("dev.lead@example.com")`), at: "value",
			says: []string{`did you mean "user:dev.lead@example.com"?`},
		},
		"a list of projects": {
			hcl: outputOf(`provider::signpath::ci_users(["project-a"])`), at: "value",
			says: []string{`projects is like { "project-a" = { origin_verification = true`},
		},
		"a project without origin": {
			hcl: outputOf(`provider::signpath::ci_users({ a = { signing_policies = ["x"] } })`), at: "value",
			says: []string{`attribute "origin_verification" is required: true if`},
		},
		"a project's teams": {
			hcl: outputOf(`provider::signpath::ci_users({ a = { origin_verification = true, signing_policies = ["x"], teams = "T" } })`), at: "value",
			says: []string{`unknown attribute "teams"`, `Did you mean "team"?`},
		},
		"a misspelled attribute": {
			hcl: outputOf(`provider::signpath::ci_users({ a = { origin_verificaton = true, signing_policies = ["x"] } })`), at: "value",
			says: []string{`Did you mean "origin_verification"?`},
		},
	})
}

// TestMistakesWithObjects has objects that exist, are managed twice, or are imported by something else.
func TestMistakesWithObjects(t *testing.T) {
	const admin = `"user:org.admin@example.com"`
	entryAndList := approversOf(officers) + approverOf(`"user:security.officer@example.com"`)
	forbidden := []string{ofDestroy, "create the principal first"}
	mistakesAre(t, map[string]mistake{
		"a user that exists": {
			hcl: block("user", "u", `name = "N"`, `email = "dev.lead@example.com"`), at: "email",
			says: []string{"Already exists", "to = signpath_user.NAME", `id = "dev.lead@example.com"`},
		},
		"a CI user": {
			hcl: block("ci_user", "c", `name = "build"`), at: "name",
			says: []string{"Already exists", "to = signpath_ci_user.NAME", "add a moved block"},
		},
		"a group": {
			hcl: block("user_group", "g", `name = "Release Managers"`), at: "name",
			says: []string{"Already exists", "to = signpath_user_group.NAME"},
		},
		"two lists": {
			hcl:  approversOf(officers) + strings.Replace(approversOf(officers), `"l"`, `"m"`, 1),
			says: []string{"Managed twice", "Keep one of the two", "moved block"},
		},
		"a list and an entry": {hcl: entryAndList, says: []string{"Managed twice", "not both", "removed blocks with destroy = false"}},
		"a renamed resource": {
			before: newCI, hcl: strings.Replace(newCI, `"new"`, `"other"`, 1),
			says: []string{"Handed to another resource", "moved {", "to   = signpath_ci_user.NEW"},
		},
		"a type that is moved": {
			before: approverOf(`"user:security.officer@example.com"`),
			hcl:    approversOf(officers) + "moved {\n  from = signpath_signing_policy_approver.l\n  to   = signpath_signing_policy_approvers.l\n}\n",
			says:   []string{"Moved to another type", "removed block with destroy = false", "import block"}, never: []string{"MoveState"},
		},
		"an import id that is short": {
			hcl:  approversOf(officers) + importOf("signing_policy_approvers", "l", "project-b"),
			says: []string{"Invalid import id", "of the form PROJECT/SIGNING_POLICY"},
		},
		"an import id with a colon": {
			hcl:  approversOf(officers) + importOf("signing_policy_approvers", "l", "project-b:release-signing"),
			says: []string{"of the form PROJECT/SIGNING_POLICY"},
		},
		"an import of a project": {
			hcl:  readersOf(`"project-b"`) + importOf("project_readers", "l", "projekt-b"),
			says: []string{"there is project-a, project-b", "of the form PROJECT,"}, never: forbidden,
		},
		"an import of an entry": {
			hcl:  approverOf(`"user:security.officer@example.com"`) + importOf("signing_policy_approver", "l", "project-b/release-signing/security.officer@example.com"),
			says: []string{"does not end with a member", `did you mean "user:security.officer@example.com"?`},
		},
		"an import of somebody else": {
			hcl:  approverOf(`"user:dev.lead@example.com"`) + importOf("signing_policy_approver", "l", "project-b/release-signing/user:dev.lead@example.com"),
			says: []string{"Not on the list", "which holds user:security.officer@example.com"},
		},
		"an import of a member": {
			hcl: block("user_group_member", "g", `group = "group:Release Managers"`, `member = "user:release.manager@example.com"`) +
				importOf("user_group_member", "g", "Release Managers/release.manager@example.com"),
			says: []string{"of the form GROUP/MEMBER"},
		},
		"an import of a role": {
			hcl:  roleFor(admin, `"GlobalAdministrator"`) + importOf("role_assignment", "r", "user:org.admin@example.com/GlobalAdministrator"),
			says: []string{"Cannot import what does not exist", `the user alone, as in "user:org.admin@example.com"`}, never: forbidden,
		},
		"an import of no role": {
			hcl:  roleFor(`"user:dev.lead@example.com"`, `"GlobalReader"`) + importOf("role_assignment", "r", "user:dev.lead@example.com"),
			says: []string{"No role to import", "Leave the import out"},
		},
		"an import of holders": {
			hcl:  block("role_holders", "h", `role = "GlobalAdministrator"`, "members = ["+admin+"]") + importOf("role_holders", "h", "Global Administrator"),
			says: []string{`did you mean "GlobalAdministrator"?`, "The import id is the role alone"},
		},
		"an import of a user": {
			hcl:  block("user", "u", `name = "N"`, `email = "dev.lead@example.com"`) + importOf("user", "u", "Development Lead"),
			says: []string{"Invalid import id", "its account's e-mail or its UUID, and nothing else"},
		},
		"an import of a CI user": {
			hcl:  block("ci_user", "c", `name = "build"`) + importOf("ci_user", "c", "Build"),
			says: []string{`did you mean "ci_user:build"?`, "The import id of a CI user is its name or its UUID"}, never: forbidden,
		},
		"an import of a token": {
			hcl:  tokenOf(`ci_user = "ci_user:build"`) + importOf("ci_user_token", "t", "build"),
			says: []string{"An API token cannot be imported", "Leave the import out"},
		},
		"the own role": {
			hcl: roleFor(`"ci_user:terraform"`, `"GlobalReader"`), at: "role",
			says: []string{"lock itself out", "another user"}, never: []string{"Make somebody else a Global Administrator first"},
		},
		"the own account": {
			hcl: block("ci_user", "c", `name = "terraform"`, "active = false", "adopt_existing = true"), at: "active",
			says: []string{"lock itself out"},
		},
		"the own role, taken out": {
			before: roleFor(`"ci_user:terraform"`, `"GlobalAdministrator"`), hcl: newCI,
			says: []string{"lock itself out", "put the resource back with allow_lockout = true", "removed block with destroy = false"},
		},
	})
}

// TestMistakesOfTheConnection lead to no organization, to another one, or to another server. No attribute
// of a resource is to blame.
func TestMistakesOfTheConnection(t *testing.T) {
	where := func(url, organization, token string, more ...string) string {
		return fmt.Sprintf("  api_url = %q\n  organization_id = %q\n  api_token = %q\n  %s", url, organization, token, strings.Join(more, "\n  "))
	}
	right := func(more ...string) string { return where("API_URL", "ORGANIZATION", "TOKEN", more...) }
	const (
		other  = "4c2a60b0-f9a1-4b0e-8a2c-0f6d9b1c7e11"
		nobody = "retry_timeout_seconds = 3600"
	)
	elsewhere := []string{
		"SignPath refuses everything", "the organization is not that of the token's user", other + " (from organization_id of the provider block)",
		"with the API token from api_token",
	}
	for name, m := range map[string]mistake{
		"a wrong token": {
			provider: where("API_URL", "ORGANIZATION", "not-a-token"),
			says: []string{
				"SignPath refused the API token", "another installation", "Set SIGNPATH_API_TOKEN", "/Api (from api_url of the provider block)",
				"(from organization_id of the provider block)", "with the API token from api_token of the provider block",
			},
			never: []string{"not-a-token"},
		},
		"a wrong organization": {provider: where("API_URL", other, "TOKEN"), says: elsewhere},
		"a wrong organization, in the first steps": {
			hcl: "data \"signpath_current_user\" \"terraform\" {}\n", provider: where("API_URL", other, "TOKEN"), says: elsewhere, never: []string{"is the right one"},
		},
		"the name of one": {
			provider: where("API_URL", "Example Organization", "TOKEN"), at: "organization_id",
			says: []string{`"Example Organization" is not an organization id`},
		},
		"no organization": {
			provider: "  api_url = \"API_URL\"\n  api_token = \"TOKEN\"",
			says:     []string{"Set organization_id or the environment variable SIGNPATH_ORGANIZATION_ID"},
		},
		"no token": {
			provider: "  api_url = \"API_URL\"\n  organization_id = \"ORGANIZATION\"",
			says:     []string{"Set the environment variable SIGNPATH_API_TOKEN", "token_file"},
		},
		"a header for a token": {
			provider: where("API_URL", "ORGANIZATION", "Bearer abcdef"), at: "api_token",
			says: []string{`Leave that word out`}, never: []string{`with "Bearer abcdef`},
		},
		"a token of two parts": {
			provider: where("API_URL", "ORGANIZATION", "abc:def"), at: "api_token",
			says: []string{"Use only the part before the colon"},
		},
		"a token with a space": {
			provider: where("API_URL", "ORGANIZATION", "abc def"), at: "api_token",
			says: []string{"copied with something around it"},
		},
		"a file that is not there": {
			provider: "  api_url = \"API_URL\"\n  organization_id = \"ORGANIZATION\"\n  token_file = \"/nowhere/token\"", at: "token_file",
			says: []string{`"/nowhere/token" cannot be read`},
		},
		"a token and a file": {provider: right(`token_file = "/nowhere/token"`), at: "token_file", says: []string{"cannot be specified when"}},
		"no scheme": {
			provider: where("app.signpath.io/Api", "ORGANIZATION", "TOKEN"), at: "api_url",
			says: []string{"is not a URL such as https://app.signpath.io/Api"},
		},
		"plain http": {
			provider: where("http://signpath.example.com/Api", "ORGANIZATION", "TOKEN"), at: "api_url",
			says: []string{"Use https"},
		},
		"SignPath's without /Api": {
			provider: where("https://app.signpath.io", "ORGANIZATION", "TOKEN"), at: "api_url",
			says: []string{"https://app.signpath.io is not the API of SignPath", "https://app.signpath.io/Api"},
		},
		"with the organization": {
			provider: where("API_URL/v1/ORGANIZATION", "ORGANIZATION", "TOKEN"), at: "api_url",
			says: []string{"the id of an organization in it", `/Api".`},
		},
		"a time with a unit":        {provider: right(`retry_timeout_seconds = "10m"`), at: "retry_timeout_seconds", says: []string{"number"}},
		"a proxy of another scheme": {provider: right(`proxy_url = "ftp://proxy"`), at: "proxy_url", says: []string{"http://host:port"}},
		"nobody there": {
			provider: where("http://127.0.0.1:9/Api", "ORGANIZATION", "TOKEN", nobody),
			says: []string{
				"No answer from SignPath", "4 attempts, and no answer before", "Nobody listens there", "http://127.0.0.1:9/Api (from api_url of the provider block)",
			},
		},
		"no such host": {
			provider: where("https://signpath.invalid/Api", "ORGANIZATION", "TOKEN", nobody),
			says:     []string{"No answer from SignPath", "https://signpath.invalid/Api (from api_url of the provider block)"},
		},
		"a dead proxy": {
			provider: right(`proxy_url = "http://somebody:secret@127.0.0.1:9"`, nobody),
			says:     []string{"The proxy could not be reached", "http://127.0.0.1:9 (from proxy_url)"}, never: []string{"secret"},
		},
		"a proxy without a port": {
			provider: right(`proxy_url = "http://127.0.0.1"`, nobody),
			says:     []string{"http://127.0.0.1:80 (from proxy_url, which names no port, so this is the usual one)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.hcl = cmp.Or(m.hcl, approversOf(officers))
			m.never = append(m.never, "signing_policy = ", "Check the slugs")
			m.make(t)
		})
	}
}

// TestAWrongPathIsNoAttribute asks a server of which nothing is at the path.
func TestAWrongPathIsNoAttribute(t *testing.T) {
	org := newOrganizationWith(t, []mock.Option{signpathtest.Judged(t, contracttest.Unwatched("nothing is at that path"))})
	s := org.site(inProcess, approversOf(officers))
	s.Write("provider.tf", strings.Replace(org.Config(""), org.URL, strings.TrimSuffix(org.URL, "/Api"), 1))
	planned := s.Plan(testkit.Options{})
	if !says("Not found by SignPath", "Check api_url", "The request went to http://", "(from api_url of the provider block)").MatchString(planned.Said) ||
		strings.Contains(planned.Said, "signing_policy = ") {
		t.Errorf("it says %s", planned)
	}
}

// TestAWrongTokenIsOneError refreshes many resources with a token that is refused, and then plans
// to create them, where all but one of the errors are short.
func TestAWrongTokenIsOneError(t *testing.T) {
	oneError(t, map[bool]string{false: "SIGNPATH_API_TOKEN", true: "SIGNPATH_API_TOKEN"}, func(org *organization) string {
		org.Token = "not-a-token-of-anybody"
		return org.Config("")
	})
}

// TestAWrongOrganizationIsOneError does that with an organization that the token's user is not in, and that
// what is in the state does not belong to.
func TestAWrongOrganizationIsOneError(t *testing.T) {
	oneError(t, map[bool]string{false: "the organization is not that of", true: "Set organization_id"}, func(org *organization) string {
		return strings.Replace(org.Config(""), org.OrganizationID(), "4c2a60b0-f9a1-4b0e-8a2c-0f6d9b1c7e11", 1)
	})
}

func oneError(t *testing.T, words map[bool]string, wrong func(*organization) string) {
	t.Helper()
	var hcl strings.Builder
	for i := range 12 {
		fmt.Fprintf(&hcl, "resource \"signpath_ci_user\" \"c%d\" {\n  name = \"build %d\"\n}\n", i, i)
		fmt.Fprintf(&hcl, "resource \"signpath_project_reader\" \"c%d\" {\n  project = \"project-a\"\n  member = signpath_ci_user.c%d.member\n}\n", i, i)
	}
	for name, isApplied := range map[string]bool{"to create": false, "to refresh": true} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			s := org.site(inProcess, hcl.String())
			if isApplied {
				s.mustApply()
			}
			s.Write("provider.tf", wrong(org))
			said, _, _ := strings.Cut(s.Plan(testkit.Options{}).String(), "(error:")
			if got := strings.Count(said, words[isApplied]); got != 1 {
				t.Errorf("%d times it says what to do: %s", got, said)
			}
			if got := strings.Count(said, "Error: "); isApplied && got != 1 {
				t.Errorf("%d errors: %s", got, said)
			}
		})
	}
}
