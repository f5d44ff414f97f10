package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// guarded is config with guardrails that have these rules.
func (o *organization) guarded(rules, hcl string) string {
	return o.with(o.tokenSetting()+guardrails(rules), hcl)
}

func guardrails(rules string) string {
	return fmt.Sprintf("\n  guardrails {\n    rules = { %s }\n  }", rules)
}

// A list of project-b, where nothing verifies builds.
func entriesOf(kind, policy string, members ...string) string {
	var hcl strings.Builder
	for i, member := range members {
		fmt.Fprintf(&hcl, "resource \"signpath_signing_policy_%s\" \"%s_%d\" {\n  project        = \"project-b\"\n  signing_policy = %q\n"+
			"  member         = %q\n}\n", kind, kind, i, policy, member)
	}
	return hcl.String()
}

func wholeList(kind, policy string, members ...string) string {
	return fmt.Sprintf("resource \"signpath_signing_policy_%s\" %q {\n  project        = \"project-b\"\n  signing_policy = %q\n  members        = [%s]\n}\n",
		kind, kind, policy, quoted(members))
}

func quoted(texts []string) string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = fmt.Sprintf("%q", text)
	}
	return strings.Join(all, ", ")
}

func wholeGroup(group string, members ...string) string {
	return fmt.Sprintf("resource \"signpath_user_group_members\" \"team\" {\n  group   = %q\n  members = [%s]\n}\n", group, quoted(members))
}

func roleOf(member, role string) string {
	return fmt.Sprintf("resource \"signpath_role_assignment\" \"role\" {\n  member = %q\n  role   = %q\n}\n", member, role)
}

// has puts members on lists of the organization, behind Terraform.
func has(owner, list string, members ...string) func(*mock.Administrator) error {
	return func(a *mock.Administrator) error { return a.AddMembers(owner, list, members...) }
}

const (
	releasePolicyB = "policy:project-b/release-signing"
	testPolicyB    = "policy:project-b/test-signing"

	denySelfApproval = `"submit-and-approve" = { severity = "deny" }`
	warnSelfApproval = `"submit-and-approve" = { severity = "warn" }`
)

// warningProvider is a provider block that lets self-approval through, with a warning.
var warningProvider = "provider \"signpath\" {" + guardrails(warnSelfApproval) + "\n}\n"

func deny(rule string) string { return fmt.Sprintf(`%q = { severity = "deny" }`, rule) }

// isUsed makes the release policy one to which somebody submits, so that approvers matter.
func isUsed(a *mock.Administrator) error {
	return a.AddMembers(releasePolicyB, "submitters", "ci_user:terraform")
}

// nested is an organization in which group:Outer holds group:Inner.
func nested(seed *mock.Seed) {
	seed.UserGroups = append(seed.UserGroups,
		mock.UserGroupSeed{Name: "Outer", Members: []string{"group:Inner"}}, mock.UserGroupSeed{Name: "Inner"})
}

// A guardrailCase is a plan of an organization that was set up behind Terraform.
type guardrailCase struct {
	// before was there, and applied what Terraform did before.
	before  []func(*mock.Administrator) error
	applied string
	rules   string
	hcl     string
	// fails is whether the plan fails, says is in its output, in this order, and
	// not is not.
	fails bool
	says  []string
	not   []string
}

func TestGuardrails(t *testing.T) {
	warned := "Warning: Guardrail submit-and-approve: " + lead + " can both submit to and approve project-b/release-signing"
	denied := "Error: Guardrail submit-and-approve: " + lead + " can both submit to and approve project-b/release-signing"
	submits := has(releasePolicyB, "submitters", lead)
	ended := func(day string) string {
		return fmt.Sprintf(`"submit-and-approve" = { severity = "deny", exceptions = [{ member = %q, project = "project-b", `+
			`reason = "The team is small", until = %q }] }`, lead, day)
	}
	const newUser = "resource \"signpath_user\" \"new\" {\n  name  = \"New\"\n  email = \"new@example.com\"\n}\n"
	cases := map[string]guardrailCase{
		"denied by default": {
			before: []func(*mock.Administrator) error{submits}, hcl: entriesOf("approver", "release-signing", lead),
			fails: true, says: []string{denied},
		},
		"warned": {
			before: []func(*mock.Administrator) error{submits}, rules: warnSelfApproval, hcl: entriesOf("approver", "release-signing", lead),
			says: []string{
				warned, "member = ", "submitter of project-b/release-signing, directly", "approver of project-b/release-signing, directly",
				"change the rule submit-and-approve in guardrails",
			},
		},
		"denied on the member": {
			before: []func(*mock.Administrator) error{submits}, rules: denySelfApproval, hcl: entriesOf("approver", "release-signing", lead),
			fails: true, says: []string{denied, "on main.tf line", "member", "take it away first, in an apply of its own"},
		},
		"denied on the element of a whole list": {
			before: []func(*mock.Administrator) error{submits}, rules: denySelfApproval, hcl: wholeList("approvers", "release-signing", manager, lead),
			fails: true, says: []string{denied, "on main.tf line", "members"},
		},
		"ignored": {
			before: []func(*mock.Administrator) error{submits}, rules: `"submit-and-approve" = { severity = "ignore" }`,
			hcl: entriesOf("approver", "release-signing", lead),
			not: []string{"submit-and-approve"},
		},
		"excepted": {
			before: []func(*mock.Administrator) error{submits}, rules: ended("2999-12-31"), hcl: entriesOf("approver", "release-signing", lead),
			not: []string{"submit-and-approve"},
		},
		"exception has ended": {
			before: []func(*mock.Administrator) error{submits}, rules: ended("2020-12-31"), hcl: entriesOf("approver", "release-signing", lead),
			fails: true, says: []string{denied},
		},
		"was there before": {
			before: []func(*mock.Administrator) error{submits, has(releasePolicyB, "approvers", lead)}, rules: denySelfApproval,
			hcl: entriesOf("approver", "release-signing", lead, manager), not: []string{"submit-and-approve"},
		},
		"through groups in groups": {
			before: []func(*mock.Administrator) error{submits, has(releasePolicyB, "approvers", "group:Outer")}, rules: denySelfApproval,
			hcl: wholeGroup("group:Inner", lead), fails: true,
			says: []string{denied, "approver of project-b/release-signing, through group:Outer > group:Inner"},
		},
		"by two resources together": {
			rules: denySelfApproval, hcl: entriesOf("approver", "release-signing", lead) + entriesOf("submitter", "release-signing", lead),
			fails: true, says: []string{denied},
		},
		"by a user and a group of the same plan": {
			rules: denySelfApproval, fails: true,
			hcl: `
resource "signpath_user" "new" {
  name  = "New"
  email = "new@example.com"
}
resource "signpath_user_group" "new" { name = "New" }
resource "signpath_user_group_members" "new" {
  group   = signpath_user_group.new.member
  members = [signpath_user.new.member]
}
resource "signpath_signing_policy_submitter" "new" {
  project        = "project-b"
  signing_policy = "release-signing"
  member         = signpath_user.new.member
}
resource "signpath_signing_policy_approvers" "new" {
  project        = "project-b"
  signing_policy = "release-signing"
  members        = [signpath_user_group.new.member]
}
`,
			says: []string{"Error: Guardrail submit-and-approve: user:new@example.com can both submit to and approve project-b/release-signing", "through group:New"},
		},
		"what another resource takes away does not count": {
			before: []func(*mock.Administrator) error{submits}, rules: denySelfApproval,
			hcl:   wholeList("submitters", "release-signing", manager) + entriesOf("approver", "release-signing", lead),
			fails: true, says: []string{denied, "take it away first, in an apply of its own"},
		},
		"nobody is left to approve": {
			before: []func(*mock.Administrator) error{isUsed, has(releasePolicyB, "approvers", manager)}, hcl: wholeList("approvers", "release-signing"),
			fails: true, says: []string{"Error: Guardrail approval-quorum: project-b/release-signing requires 1 approval, and nobody can approve"},
		},
		"nobody is left to approve, of a group": {
			before: []func(*mock.Administrator) error{
				has(releasePolicyB, "approvers", "group:Inner"), has("group:Inner", "members", manager),
			}, hcl: wholeGroup("group:Inner"),
			fails: true, says: []string{"Error: Guardrail approval-quorum"},
		},
		"nobody is left to approve who has accepted the invitation": {
			before: []func(*mock.Administrator) error{has(releasePolicyB, "approvers", manager)}, applied: newUser,
			hcl: newUser + strings.Replace(wholeList("approvers", "release-signing", "new"), `"new"`, "signpath_user.new.member", 1), fails: true,
			says: []string{"Error: Guardrail approval-quorum: project-b/release-signing requires 1 approval, and nobody can approve"},
		},
		"another approver takes the place": {
			before:  []func(*mock.Administrator) error{isUsed, has(releasePolicyB, "approvers", manager)},
			applied: entriesOf("approver", "release-signing", manager),
			hcl:     strings.ReplaceAll(entriesOf("approver", "release-signing", officer), "approver_0", "approver_1"),
			says:    []string{"Warning: Guardrail approval-quorum", "only a warning, because another resource of the plan may mend it"},
		},
		"another approver takes the place, denied": {
			before: []func(*mock.Administrator) error{isUsed, has(releasePolicyB, "approvers", manager)}, rules: deny("approval-quorum"),
			applied: entriesOf("approver", "release-signing", manager),
			hcl:     strings.ReplaceAll(entriesOf("approver", "release-signing", officer), "approver_0", "approver_1"),
			fails:   true, says: []string{"Error: Guardrail approval-quorum", "add them first, in an apply of its own"},
		},
		"nobody is left to approve what nobody submits": {
			before: []func(*mock.Administrator) error{has(releasePolicyB, "approvers", manager)}, hcl: wholeList("approvers", "release-signing"),
			not: []string{"approval-quorum"},
		},
		"nobody is left to approve, and the same plan adds the first submitter": {
			before: []func(*mock.Administrator) error{has(releasePolicyB, "approvers", manager)},
			hcl:    wholeList("approvers", "release-signing") + entriesOf("submitter", "release-signing", "ci_user:terraform"),
			fails:  true, says: []string{"Error: Guardrail approval-quorum: project-b/release-signing requires 1 approval, and nobody can approve"},
		},
		"the first submitter comes before the approvers": {
			hcl: entriesOf("submitter", "release-signing", "ci_user:terraform"), not: []string{"Guardrail approval-quorum"},
		},
		"submitters and approvers are emptied": {
			before:  []func(*mock.Administrator) error{isUsed, has(releasePolicyB, "approvers", manager)},
			applied: wholeList("submitters", "release-signing", "ci_user:terraform") + wholeList("approvers", "release-signing", manager),
			hcl:     wholeList("submitters", "release-signing") + wholeList("approvers", "release-signing"),
			fails:   true, says: []string{"Error: Guardrail approval-quorum"},
		},
		"a user whom the plan creates is no approver yet": {
			before: []func(*mock.Administrator) error{has(releasePolicyB, "approvers", officer)},
			hcl:    newUser + strings.Replace(wholeList("approvers", "release-signing", "new"), `"new"`, "signpath_user.new.member", 1),
			fails:  true, says: []string{"Error: Guardrail approval-quorum: project-b/release-signing requires 1 approval, and nobody can approve"},
		},
		"a user whom the plan creates can approve what they submit": {
			hcl: newUser + strings.ReplaceAll(entriesOf("approver", "release-signing", "new")+entriesOf("submitter", "release-signing", "new"), `"new"`,
				"signpath_user.new.member"),
			fails: true, says: []string{"Error: Guardrail submit-and-approve: user:new@example.com can both submit to and approve project-b/release-signing, " +
				"once the invitation is accepted"},
		},
		"a user whom the plan creates is invited": {
			hcl:  newUser + strings.Replace(entriesOf("approver", "test-signing", "new"), `"new"`, "signpath_user.new.member", 1),
			says: []string{"Warning: Guardrail invited-entry: user:new@example.com has not accepted the invitation"},
		},
		"destroyed": {
			before:  []func(*mock.Administrator) error{isUsed, has(releasePolicyB, "approvers", manager)},
			applied: wholeList("approvers", "release-signing", manager), hcl: " ",
			says: []string{"Warning: Guardrail approval-quorum", "only a warning"},
		},
		"two tokens in one": {
			before: []func(*mock.Administrator) error{has(testPolicyB, "submitters", "ci_user:terraform")}, rules: deny("ci-user-test-and-release"),
			hcl: entriesOf("submitter", "release-signing", "ci_user:terraform"), fails: true,
			says: []string{"Error: Guardrail ci-user-test-and-release: ci_user:terraform"},
		},
		"configures what it approves": {
			before: []func(*mock.Administrator) error{has(releasePolicyB, "approvers", lead)}, rules: deny("approver-configures"),
			hcl:   "resource \"signpath_project_configurators\" \"b\" {\n  project = \"project-b\"\n  members = [\"" + lead + "\"]\n}\n",
			fails: true, says: []string{"Error: Guardrail approver-configures: " + lead},
		},
		"role": {
			rules: deny("user-administrator"), hcl: roleOf(lead, "UserAdministrator"), fails: true,
			says: []string{"Error: Guardrail user-administrator: " + lead, "role"},
		},
		"an administrator comes onto a list": {
			before: []func(*mock.Administrator) error{
				has(releasePolicyB, "approvers", manager),
				func(a *mock.Administrator) error { return a.SetRole(officer, mock.RoleUserAdministrator) },
			},
			rules: deny("user-administrator") + ", " + deny("few-global-administrators"),
			hcl:   wholeList("approvers", "release-signing", officer, "user:org.admin@example.com"),
			not:   []string{"user-administrator", "few-global-administrators"},
		},
		"too few administrators": {
			rules: deny("few-global-administrators"), applied: roleOf("user:org.admin@example.com", "GlobalAdministrator"), hcl: " ", fails: true,
			says: []string{"Error: Guardrail few-global-administrators", "there is only one: ci_user:terraform"},
		},
		"deactivated": {
			before: []func(*mock.Administrator) error{has(releasePolicyB, "approvers", officer)}, rules: deny("inactive-entry"),
			hcl: "resource \"signpath_user\" \"officer\" {\n  name = \"Security Officer\"\n  email = \"security.officer@example.com\"\n" +
				"  active = false\n}\nimport {\n  to = signpath_user.officer\n  id = \"security.officer@example.com\"\n}\n",
			fails: true, says: []string{
				"Error: Guardrail inactive-entry: " + officer + " is deactivated and among the approvers of project-b/release-signing",
				"active",
			},
		},
		"activated": {
			before: []func(*mock.Administrator) error{
				submits, has(releasePolicyB, "approvers", lead), func(a *mock.Administrator) error { return a.SetActive(lead, false) },
			}, rules: denySelfApproval,
			hcl: "resource \"signpath_user\" \"lead\" {\n  name = \"Development Lead\"\n  email = \"dev.lead@example.com\"\n  active = true\n}\n" +
				"import {\n  to = signpath_user.lead\n  id = \"dev.lead@example.com\"\n}\n",
			fails: true, says: []string{denied, "active"},
		},
		"members that are known after apply": {
			before: []func(*mock.Administrator) error{submits, has(releasePolicyB, "approvers", manager)}, rules: denySelfApproval + ", " + deny("approval-quorum"),
			hcl: "resource \"terraform_data\" \"later\" { input = \"" + officer + "\" }\n" +
				strings.Replace(wholeList("approvers", "release-signing", lead), "["+quoted([]string{lead})+"]",
					"["+quoted([]string{lead})+", terraform_data.later.output]", 1),
			fails: true, says: []string{denied}, not: []string{"approval-quorum"},
		},
	}
	planGuarded(t, cases)
}

// No request waits for an approval in a project that is not active.
func TestGuardrailsOfAnInactiveProject(t *testing.T) {
	for inactive, fails := range map[bool]bool{true: false, false: true} {
		org := newOrganization(t, func(seed *mock.Seed) { seed.Projects[1].Inactive = inactive })
		org.behindTerraform(isUsed, has(releasePolicyB, "approvers", manager))()
		if planned := org.site(inProcess, wholeList("approvers", "release-signing")).Plan(testkit.Options{}); (planned.Err != nil) != fails {
			t.Errorf("inactive: %t, fails: %t: %s", inactive, planned.Err != nil, planned)
		}
	}
}

// planGuarded plans each case, which changes nothing.
func planGuarded(t *testing.T, cases map[string]guardrailCase) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrganization(t, nested)
			org.behindTerraform(c.before...)()
			s := org.site(inProcess, c.applied)
			if c.applied != "" {
				s.mustApply()
			}
			s.guard(c.rules)
			s.Write("main.tf", c.hcl)
			before := s.Snapshot()
			planned := s.Plan(testkit.Options{})
			if (planned.Err != nil) != c.fails || !says(c.says...).MatchString(planned.Said) {
				t.Errorf("want failure %t and %q: %s", c.fails, c.says, planned)
			}
			for _, phrase := range c.not {
				if says(phrase).MatchString(planned.Said) {
					t.Errorf("it says %q: %s", phrase, planned)
				}
			}
			s.unchangedSince(before)
		})
	}
}

// What a plan passed, its apply does not deny, in whatever order Terraform gets to
// the resources; and what is newly wrong then, it denies.
func TestGuardrailsOfAnApply(t *testing.T) {
	org := newOrganization(t)
	org.behindTerraform(has(releasePolicyB, "submitters", lead))()
	config := wholeList("approvers", "release-signing", manager, officer) + entriesOf("submitter", "test-signing", manager, lead) + `
resource "signpath_user" "new" {
  name  = "New"
  email = "new@example.com"
}
resource "signpath_project_readers" "new" {
  project = "project-b"
  members = [signpath_user.new.member]
}
`
	s := org.siteWith(inProcess, guardrails(denySelfApproval), config)
	s.mustPlan(testkit.Options{Out: "passed.tfplan"})
	s.mustApply(testkit.Options{Saved: "passed.tfplan"})
	s.planIs(testkit.Summary{})

	s.Write("main.tf", config+strings.ReplaceAll(entriesOf("submitter", "release-signing", outsider), "submitter_0", "late"))
	s.mustPlan(testkit.Options{Out: "late.tfplan"})
	org.behindTerraform(has(releasePolicyB, "approvers", outsider))()
	if late := s.Apply(testkit.Options{Saved: "late.tfplan"}); late.Err == nil || !says("Guardrail submit-and-approve: "+outsider).MatchString(late.Said) {
		t.Errorf("the apply says: %s", late)
	}
}

// TestPlansSayWhoGainsAndWhoLoses reads what plans of several whole lists say: each list
// has its own line, through groups, too.
func TestPlansSayWhoGainsAndWhoLoses(t *testing.T) {
	org := newOrganization(t, nested)
	org.behindTerraform(has("group:Inner", "members", officer), has(testPolicyB, "submitters", outsider))()
	s := org.site(inProcess, wholeList("approvers", "release-signing", manager, "group:Outer")+wholeList("submitters", "test-signing", lead))
	s.planSays("Warning: Who gains through a group: "+officer+" (through group:Outer > group:Inner)\n",
		"Of the approvers of signing policy \"project-b/release-signing\", gains: "+manager+", "+officer+" (through group:Outer > group:Inner).",
		"Whoever joins group:Outer, by this plan or later, gains it, too.")
	s.planSays("Of the submitters of signing policy \"project-b/test-signing\", gains: "+lead+"; loses: "+outsider+".",
		"takes over the list as a whole", "- "+outsider)
	s.mustApply()
	s.Write("main.tf", wholeList("approvers", "release-signing", "group:Outer")+wholeList("submitters", "test-signing", lead))
	s.planSays("Of the approvers of signing policy \"project-b/release-signing\", loses: " + manager + ".")
	if said := s.mustPlan().Said; strings.Contains(said, "Who gains and who loses: the submitters") {
		t.Errorf("a list that does not change is told, too:\n%s", said)
	}
	end := s.mustPlan(testkit.Options{Destroy: true})
	if !says("Of the submitters of signing policy \"project-b/test-signing\", loses: " + lead + ".").MatchString(end.Said) {
		t.Errorf("the plan of the destroy says: %s", end)
	}
}

// A plan that changes nobody's access reads nothing for the guardrails, and one that
// changes people on one signing policy reads no other project.
func TestGuardrailsReadWhatTheyNeed(t *testing.T) {
	s := newOrganization(t).site(inProcess, wholeList("approvers", "release-signing", manager, officer))
	s.mustApply()
	for config, want := range map[string]int{
		// The three lists, and the policy.
		wholeList("approvers", "release-signing", manager, officer): 4,
		// The project, too.
		wholeList("approvers", "release-signing", manager, officer, lead): 5,
		// Whatever a CI user submits to: the list of projects, and the rest of both.
		wholeList("approvers", "release-signing", manager, officer) + entriesOf("submitter", "release-signing", "ci_user:terraform"): 10,
	} {
		s.Write("main.tf", config)
		s.ResetRequests()
		s.mustPlan()
		if got := s.CountRequests(); got != want {
			t.Errorf("%d requests, want %d, for\n%s", got, want, config)
		}
	}
}

func TestGuardrailsThatCannotBeChecked(t *testing.T) {
	org := newOrganization(t)
	org.inject(mock.Fault{Route: "GET /Projects", Action: mock.FaultAnswer, Status: 500})
	org.run(nil, resource.TestStep{
		Config:      org.config(roleOf(lead, "GlobalReader")),
		ExpectError: says("SignPath failed", "role", "Checking the guardrails failed", "500"),
	})
}

func TestGuardrailsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		rules string
		want  []string
	}{
		"unknown rule":      {`"submit-and-aprove" = { severity = "deny" }`, []string{"submit-and-aprove", "submit-and-approve"}},
		"unknown severity":  {`"submit-and-approve" = { severity = "error" }`, []string{"severity", "deny", "warn", "ignore"}},
		"unknown parameter": {`"old-token" = { parameters = { day = 3 } }`, []string{"Invalid guardrail", `it has no parameter "day"`}},
		"parameter":         {`"old-token" = { parameters = { days = 0 } }`, []string{"Invalid guardrail", "must be at least 1"}},
		"no reason":         {`"old-token" = { exceptions = [{ member = "ci_user:a", until = "2026-12-31" }] }`, []string{"reason"}},
		"no end":            {`"old-token" = { exceptions = [{ member = "ci_user:a", reason = "r" }] }`, []string{"until"}},
		"no date": {
			`"old-token" = { exceptions = [{ member = "ci_user:a", reason = "r", until = "31.12.2026" }] }`,
			[]string{"Invalid date", "2026-12-31"},
		},
		"misspelled key": {`"old-token" = { severty = "deny" }`, []string{"Invalid guardrail", "misspelled"}},
		"no member":      {`"old-token" = { exceptions = [{ member = "build", reason = "r", until = "2026-12-31" }] }`, []string{"Invalid member reference"}},
		"no subject": {
			`"old-token" = { exceptions = [{ reason = "r", until = "2026-12-31" }] }`,
			[]string{"Invalid guardrail", "names neither a member nor a place"},
		},
		"no project": {
			`"old-token" = { exceptions = [{ member = "ci_user:a", signing_policy = "p", reason = "r", until = "2026-12-31" }] }`,
			[]string{"Invalid guardrail", "without its project"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			org := newOrganization(t)
			org.run(nil, resource.TestStep{Config: org.guarded(c.rules, readMe), ExpectError: says(c.want...), PlanOnly: true})
			if got := org.CountRequests(); got != 0 {
				t.Errorf("%d requests were sent", got)
			}
		})
	}
}

// Schema, validators and rulebook all look at the same block.
func TestCLIGuardrailMistakesAreToldOnce(t *testing.T) {
	w := newWorkspace(t, nil)
	w.Write("main.tf", readMe)
	for rules, want := range map[string]string{
		`{ submit-and-aprove = { severity = "deny" } }`:      `there is no rule "submit-and-aprove"; did you mean "submit-and-approve"?`,
		`{ old-token = { severity = "Deny" } }`:              `"Deny" is no severity; valid are "deny", "warn" and "ignore"`,
		`yamldecode("rules: {old-token: {severity: deny}}")`: "put .rules behind yamldecode",

		`{ old-token = { exceptions = [{ member = "ci_user:a", reason = "r", until = "2026-13-01" }] } }`: `"2026-13-01" is no date`,
		`{ old-token = { exceptions = [{ member = "build", reason = "r", until = "2026-12-31" }] } }`:     `"build" has no kind`,
	} {
		w.Write("provider.tf", w.org.config("provider \"signpath\" {\n  guardrails {\n    rules = "+rules+"\n  }\n}\n"))
		if said, _ := w.Run("validate"); strings.Count(said, "Error: ") != 1 || !says(want).MatchString(said) {
			t.Errorf("%s: want %q, and nothing else, in\n%s", rules, want, said)
		}
	}
}

// The rules of the block have the form of the file for signpathctl.
func TestCLIGuardrailsFromTheFileOfReviews(t *testing.T) {
	w := newWorkspace(t, map[string]string{
		"provider.tf": "provider \"signpath\" {\n  guardrails {\n    rules = yamldecode(file(\"rules.yaml\")).rules\n  }\n}\n",
		"rules.yaml": `rules:
  submit-and-approve:
    severity: deny
    exceptions:
      - member: user:release.manager@example.com
        reason: Until the second approver is hired
        until: 2999-12-31
  old-token:
    parameters: {days: 180}
`,
		"main.tf": entriesOf("approver", "release-signing", lead, manager),
	})
	w.org.behindTerraform(has(releasePolicyB, "submitters", lead, manager))()
	said, code := w.Run("plan")
	if code == 0 || !says("Error: Guardrail submit-and-approve: "+lead).MatchString(said) || says("Guardrail submit-and-approve: "+manager).MatchString(said) {
		t.Errorf("exit code %d:\n%s", code, said)
	}
}

// Who set guardrails is told what they do not see.
func TestGuardrailsTellWhatTheyDoNotSee(t *testing.T) {
	s := newOrganization(t).site(inProcess, entriesOf("submitter", "release-signing", "ci_user:terraform"))
	s.inject(mock.Fault{Route: "GET /Projects/project-a", Action: mock.FaultAnswer, Status: 403})
	for rules, want := range map[string]bool{"": false, denySelfApproval: true} {
		s.guard(rules)
		planned := s.Plan(testkit.Options{})
		told := says("Warning: The guardrails do not see the whole organization",
			`Project "project-a" with its signing policies could not be read`).MatchString(planned.Said)
		if planned.Err != nil || told != want {
			t.Errorf("with rules %q: told %t: %s", rules, told, planned)
		}
	}
}
