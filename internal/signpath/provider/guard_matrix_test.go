package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// The matrix of the ways in which a plan changes who may do what, and of the checks that
// each of them has to pass. A cell without a case and without a reason is a hole, through
// which somebody is locked out or let in unseen.

var (
	matrixSubjects = []string{"person", "CI user", "group"}
	matrixWays     = []string{
		"create", "adoption", "activation", "update", "old half of a replacement", "new half of a replacement", "destroy", "hand-over",
		"import with a change", "moved with a change",
	}
	matrixChecks = []string{"last administrator", "own role", "own account", "denied finding", "support user", "self-approval"}
)

// A matrixCase is a plan that a check has to stop, or to warn of.
type matrixCase struct {
	seed func(*mock.Seed)
	// token is that of the user as whom Terraform acts, if not of ci_user:terraform.
	token string
	// before was there, applied is what Terraform did before, and behind what somebody did after that.
	before  []func(*mock.Administrator) error
	applied string
	behind  []func(*mock.Administrator) error
	rules   string
	hcl     string
	// warns is whether the plan passes with a warning.
	warns bool
	says  string
}

// A matrixReason says why there is nothing to check. A star is any.
type matrixReason struct{ subject, way, check, why string }

const (
	chief     = "ci_user:chief"
	builder   = "ci_user:builder"
	owner     = "user:owner@example.com"
	supporter = "user:support@example.com"
	squad     = "group:Team"

	tokenOfOwner = "dG9rZW4tb2YtdGhlLW93bmVyLWZvci10ZXN0cy1vbmx5"
)

var matrixReasons = []matrixReason{
	{"group", "*", "last administrator", "a group has no global role and no activity"},
	{"group", "*", "own role", "a group has no global role: no list gives a right that Terraform's writes need"},
	{"group", "*", "own account", "a group has no account"},
	{"*", "activation", "last administrator", "who is activated loses nothing"},
	{"*", "activation", "own role", "who is activated loses nothing"},
	{"*", "activation", "own account", "a token whose user is deactivated cannot plan"},
	{"*", "adoption", "own role", "taking over an account leaves its role"},
	{"*", "create", "own account", "an account that exists is taken over and not created"},
	{"CI user", "old half of a replacement", "own account", "nothing replaces a CI user: it is renamed in place"},
	{"*", "new half of a replacement", "own account", "the new half has another address: one that exists is taken over, as by an adoption"},
	{"group", "adoption", "denied finding", "taking over a group gives nobody a right; the plan tells what it gives already"},
	{"group", "activation", "*", "a group has no activity"},
	{"group", "adoption", "*", "taking over a group gives nobody a right; the plan tells what it gives already"},
	{"*", "hand-over", "self-approval", "who is handed from one resource to another has the entry before and after"},
	{"group", "hand-over", "denied finding", "who is handed from one resource to another has the entry before and after"},
	{"*", "destroy", "self-approval", "who leaves a list cannot do more"},
	{"*", "old half of a replacement", "self-approval", "who leaves a list cannot do more"},
	{"*", "destroy", "support user", "who leaves a list, or loses a role, cannot do more"},
	{"*", "old half of a replacement", "support user", "who leaves a list, or loses a role, cannot do more"},
	{"CI user", "*", "support user", "the support user is a person"},
	{"person", "activation", "support user", "no resource manages its account: it is refused by adoption and import"},
	{"group", "hand-over", "support user", "a membership that is handed over is there before and after"},
}

// matrixSeed has a second administrator beside org.admin, who is Terraform itself, and
// those whom the cases are about.
func matrixSeed(seed *mock.Seed) {
	seed.InteractiveUsers = append(seed.InteractiveUsers,
		mock.InteractiveUserSeed{Name: "Support", Email: "support@example.com", Identity: "example:S-90", Support: true},
		mock.InteractiveUserSeed{Name: "Owner", Email: "owner@example.com", Identity: "example:S-91", Role: mock.RoleGlobalAdministrator, Token: tokenOfOwner})
	seed.CIUsers = append(seed.CIUsers, mock.CIUserSeed{Name: "builder"}, mock.CIUserSeed{Name: "chief"})
	seed.UserGroups = append(seed.UserGroups, mock.UserGroupSeed{Name: "Team", Members: []string{lead}}, mock.UserGroupSeed{Name: "Others"})
}

// lastIs leaves one Global Administrator, who is not Terraform.
func lastIs(reference string) func(*mock.Seed) {
	return func(seed *mock.Seed) {
		for i := range seed.InteractiveUsers {
			if seed.InteractiveUsers[i].Role == mock.RoleGlobalAdministrator && "user:"+seed.InteractiveUsers[i].Email != reference {
				seed.InteractiveUsers[i].Role = mock.RoleRegularUser
			}
		}
		for i := range seed.CIUsers {
			seed.CIUsers[i].Role = mock.RoleUserAdministrator
			if "ci_user:"+seed.CIUsers[i].Name == reference {
				seed.CIUsers[i].Role = mock.RoleGlobalAdministrator
			}
		}
	}
}

func roleBefore(reference string, role mock.Role) func(*mock.Administrator) error {
	return func(a *mock.Administrator) error { return a.SetRole(reference, role) }
}

func inactiveBefore(reference string) func(*mock.Administrator) error {
	return func(a *mock.Administrator) error { return a.SetActive(reference, false) }
}

func imported(address, id string) string {
	return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
}

func movedFrom(from, to string) string {
	return fmt.Sprintf("moved {\n  from = %s\n  to   = %s\n}\n", from, to)
}

// matrixAccount is the resource of an account that exists.
func matrixAccount(name, reference, attributes string) string {
	kind, key, _ := strings.Cut(reference, ":")
	if kind == "user" {
		return fmt.Sprintf("resource \"signpath_user\" %q {\n  name  = \"Somebody\"\n  email = %q\n  %s\n}\n", name, key, attributes)
	}
	return fmt.Sprintf("resource \"signpath_%s\" %q {\n  name = %q\n  %s\n}\n", kind, name, key, attributes)
}

func accountAddress(name, reference string) string {
	kind, _, _ := strings.Cut(reference, ":")
	return "signpath_" + kind + "." + name
}

// roleWays are the ways by which a role assignment changes the role of who from one to the
// other. Each gives a case its configurations.
func roleWays(who, from, to string) map[string]matrixCase {
	had := imported("signpath_role_assignment.a", who) + roleAssignmentNamed("a", who, from)
	return map[string]matrixCase{
		"create":                    {hcl: roleAssignmentNamed("a", who, to)},
		"update":                    {applied: had, hcl: roleAssignmentNamed("a", who, to)},
		"new half of a replacement": {applied: roleAssignmentNamed("a", "user:qa.lead@example.com", "GlobalReader"), hcl: roleAssignmentNamed("a", who, to)},
		"import with a change":      {hcl: imported("signpath_role_assignment.a", who) + roleAssignmentNamed("a", who, to)},
		"moved with a change": {
			applied: had, hcl: roleAssignmentNamed("b", who, to) + movedFrom("signpath_role_assignment.a", "signpath_role_assignment.b"),
		},
		"hand-over": {applied: had, hcl: roleAssignmentNamed("b", who, to)},
	}
}

// roleEnds are the ways by which who loses the role.
func roleEnds(who, from string) map[string]matrixCase {
	had := imported("signpath_role_assignment.a", who) + roleAssignmentNamed("a", who, from)
	return map[string]matrixCase{
		"old half of a replacement": {applied: had, hcl: roleAssignmentNamed("a", "user:qa.lead@example.com", from)},
		"destroy":                   {applied: had, hcl: " "},
	}
}

// holderWays are the ways by which a resource for all holders of a role changes the role
// of who from the one to the other. The others have the former, too.
func holderWays(who, from, to string, others ...string) map[string]matrixCase {
	had := func(of ...string) string { return roleHoldersNamed("a", from, append(of, others...)...) }
	all := imported("signpath_role_holders.a", from) + had(who)
	has := roleHoldersNamed("b", to, who)
	return map[string]matrixCase{
		"create":                    {hcl: has},
		"update":                    {applied: roleHoldersNamed("b", to), hcl: has},
		"new half of a replacement": {applied: roleHoldersNamed("b", "CertificateAdministrator"), hcl: has},
		"import with a change":      {hcl: imported("signpath_role_holders.b", to) + has},
		"moved with a change": {
			applied: roleHoldersNamed("c", to), hcl: has + movedFrom("signpath_role_holders.c", "signpath_role_holders.b"),
		},
		"hand-over": {applied: all, hcl: had() + has},
	}
}

// holderEnds are the ways by which who loses the role by such a resource.
func holderEnds(who, from string, others ...string) map[string]matrixCase {
	all := imported("signpath_role_holders.a", from) + roleHoldersNamed("a", from, append([]string{who}, others...)...)
	left := roleHoldersNamed("a", from, others...)
	return map[string]matrixCase{
		"create":                    {hcl: left},
		"update":                    {applied: all, hcl: left},
		"import with a change":      {hcl: imported("signpath_role_holders.a", from) + left},
		"old half of a replacement": {applied: all, hcl: roleHoldersNamed("a", "CertificateAdministrator")},
		"destroy":                   {applied: all, hcl: " "},
		"hand-over":                 {applied: all, hcl: roleHoldersNamed("b", from, others...)},
	}
}

// deactivations are the ways by which the account of who is deactivated.
func deactivations(who string) map[string]matrixCase {
	key := strings.TrimPrefix(strings.TrimPrefix(who, "user:"), "ci_user:")
	had := imported(accountAddress("a", who), key) + matrixAccount("a", who, "")
	ways := map[string]matrixCase{
		"adoption":             {hcl: matrixAccount("a", who, "adopt_existing = true\n  active = false")},
		"update":               {applied: had, hcl: matrixAccount("a", who, "active = false")},
		"destroy":              {applied: had, hcl: " "},
		"hand-over":            {applied: had, hcl: matrixAccount("b", who, "adopt_existing = true\n  active = false")},
		"import with a change": {hcl: imported(accountAddress("a", who), key) + matrixAccount("a", who, "active = false")},
		"moved with a change": {
			applied: had, hcl: matrixAccount("b", who, "active = false") + movedFrom(accountAddress("a", who), accountAddress("b", who)),
		},
	}
	if strings.HasPrefix(who, "user:") {
		ways["old half of a replacement"] = matrixCase{applied: had, hcl: matrixAccount("a", "user:another@example.com", "")}
	}
	return ways
}

// activations are the ways by which the account of who, which somebody has deactivated,
// is activated.
func activations(who string) map[string]matrixCase {
	key := strings.TrimPrefix(strings.TrimPrefix(who, "user:"), "ci_user:")
	had := imported(accountAddress("a", who), key) + matrixAccount("a", who, "")
	off := []func(*mock.Administrator) error{inactiveBefore(who)}
	return map[string]matrixCase{
		"adoption":             {before: off, hcl: matrixAccount("a", who, "adopt_existing = true")},
		"activation":           {applied: had, behind: off, hcl: matrixAccount("a", who, "")},
		"import with a change": {before: off, hcl: imported(accountAddress("a", who), key) + matrixAccount("a", who, "")},
	}
}

// listWays are the ways by which who comes onto a list of the release policy, on which
// manager or Terraform is already.
func listWays(list, there, who string) map[string]matrixCase {
	entry, whole := strings.TrimSuffix(list, "s"), func(name string, members ...string) string {
		return strings.Replace(wholeList(list, "release-signing", members...), fmt.Sprintf("%q {", list), fmt.Sprintf("%q {", name), 1)
	}
	address := "signpath_signing_policy_" + list
	return map[string]matrixCase{
		"create":                    {hcl: entriesOf(entry, "release-signing", who)},
		"update":                    {applied: whole("a", there), hcl: whole("a", there, who)},
		"new half of a replacement": {applied: entriesOf(entry, "release-signing", there), hcl: entriesOf(entry, "release-signing", who)},
		"import with a change": {
			before: []func(*mock.Administrator) error{has(releasePolicyB, list, there)},
			hcl:    imported(address+".a", "project-b/release-signing") + whole("a", there, who),
		},
		"moved with a change": {applied: whole("a", there), hcl: whole("b", there, who) + movedFrom(address+".a", address+".b")},
	}
}

// memberWays are the ways by which who comes into the group.
func memberWays(group, who string) map[string]matrixCase {
	single := func(member string) string {
		return fmt.Sprintf("resource \"signpath_user_group_member\" \"one\" {\n  group  = %q\n  member = %q\n}\n", group, member)
	}
	moved := strings.Replace(wholeGroup(group, lead, who), `"team"`, `"moved"`, 1) +
		movedFrom("signpath_user_group_members.team", "signpath_user_group_members.moved")
	return map[string]matrixCase{
		"create":                    {hcl: single(who)},
		"update":                    {applied: wholeGroup(group, lead), hcl: wholeGroup(group, lead, who)},
		"new half of a replacement": {applied: single(manager), hcl: single(who)},
		"import with a change":      {hcl: imported("signpath_user_group_members.team", "Team") + wholeGroup(group, lead, who)},
		"moved with a change":       {applied: wholeGroup(group, lead), hcl: moved},
	}
}

// A matrix has the cases of each cell.
type matrix map[string][]matrixCase

func cellOf(subject, way, check string) string { return subject + ", " + way + ", " + check }

// add puts ways into the cells of a check, each with what all of them have in common.
func (m matrix) add(subject, check string, common matrixCase, ways map[string]matrixCase) {
	for way, c := range ways {
		if common.seed != nil {
			c.seed = common.seed
		}
		c.token, c.rules, c.warns, c.says = common.token, common.rules, common.warns, common.says
		c.before = append(append([]func(*mock.Administrator) error{}, common.before...), c.before...)
		m[cellOf(subject, way, check)] = append(m[cellOf(subject, way, check)], c)
	}
}

func wholeMatrix() matrix {
	m := matrix{}
	m.addLockouts()
	m.addDenied()
	m.addSupport()
	m.addSelfApproval()
	return m
}

const (
	refusedLast   = "Error: (No Global Administrator would be left|Managed twice)"
	refusedSelf   = "Error: (Terraform would lock itself out|Managed twice)"
	refusedRule   = "Error: (Guardrail|Managed twice)"
	refusedByOwn  = "Error: Guardrail submit-and-approve"
	refusedAgain  = "Error: Support user"
	warnedSupport = "Warning: Support user gets an entry: " + supporter
)

func (m matrix) addLockouts() {
	const admin, reader, first = "GlobalAdministrator", "GlobalReader", "user:org.admin@example.com"
	for subject, last := range map[string]string{"person": first, "CI user": chief} {
		common := matrixCase{seed: lastIs(last), says: refusedLast}
		m.add(subject, "last administrator", common, roleWays(last, admin, reader))
		m.add(subject, "last administrator", common, roleEnds(last, admin))
		m.add(subject, "last administrator", common, deactivations(last))
		m.add(subject, "last administrator", common, holderWays(last, admin, reader))
		m.add(subject, "last administrator", common, holderEnds(last, admin))
	}
	for subject, own := range map[string]struct{ reference, token, other string }{"person": {owner, tokenOfOwner, ownUser}, "CI user": {ownUser, "", owner}} {
		common := matrixCase{token: own.token, says: refusedSelf}
		m.add(subject, "own role", common, roleWays(own.reference, admin, reader))
		m.add(subject, "own role", common, roleEnds(own.reference, admin))
		m.add(subject, "own account", common, deactivations(own.reference))
		m.add(subject, "own role", common, holderWays(own.reference, admin, reader, first, own.other))
		m.add(subject, "own role", common, holderEnds(own.reference, admin, first, own.other))
	}
}

func (m matrix) addDenied() {
	for subject, c := range map[string]struct{ who, rule string }{"person": {lead, "user-administrator"}, "CI user": {builder, "ci-user-administrator"}} {
		common := matrixCase{rules: deny(c.rule), says: refusedRule}
		common.before = []func(*mock.Administrator) error{roleBefore(c.who, mock.RoleGlobalReader)}
		m.add(subject, "denied finding", common, roleWays(c.who, "GlobalReader", "UserAdministrator"))
		m.add(subject, "denied finding", common, holderWays(c.who, "GlobalReader", "UserAdministrator"))
		common.before = []func(*mock.Administrator) error{roleBefore(c.who, mock.RoleUserAdministrator)}
		m.add(subject, "denied finding", common, activations(c.who))
	}
	few := `"few-global-administrators" = { severity = "deny", parameters = { minimum = 3 } }`
	for subject, who := range map[string]string{"person": "user:org.admin@example.com", "CI user": chief} {
		// Three of them are left no more, whoever goes.
		three := func(seed *mock.Seed) {
			for i := range seed.CIUsers {
				if who == chief && seed.CIUsers[i].Name == "chief" {
					seed.CIUsers[i].Role = mock.RoleGlobalAdministrator
					seed.InteractiveUsers[0].Role = mock.RoleRegularUser
				}
			}
		}
		common := matrixCase{seed: three, rules: few, says: refusedRule}
		m.add(subject, "denied finding", common, roleEnds(who, "GlobalAdministrator"))
		m.add(subject, "denied finding", common, holderEnds(who, "GlobalAdministrator", owner, ownUser))
		m.add(subject, "denied finding", common, deactivations(who))
	}
	common := matrixCase{rules: deny("approver-configures"), says: refusedRule}
	common.before = []func(*mock.Administrator) error{func(a *mock.Administrator) error { return a.AddMembers("project:project-b", "configurators", lead) }}
	m.add("group", "denied finding", common, listWays("approvers", manager, squad))
	common = matrixCase{rules: deny("approval-quorum"), says: refusedRule, before: []func(*mock.Administrator) error{isUsed}}
	m.add("group", "denied finding", common, map[string]matrixCase{
		"old half of a replacement": {applied: wholeList("approvers", "release-signing", squad), hcl: wholeList("approvers", "test-signing", squad)},
		"destroy":                   {applied: wholeList("approvers", "release-signing", squad), hcl: " "},
	})
}

func (m matrix) addSupport() {
	refused := matrixCase{says: refusedAgain}
	ways := roleWays(supporter, "GlobalReader", "GlobalAdministrator")
	for _, way := range []string{"update", "moved with a change"} { // No import can have begun that.
		had := roleAssignmentNamed("a", "user:qa.lead@example.com", "GlobalReader")
		ways[way] = matrixCase{applied: had, hcl: strings.ReplaceAll(ways[way].hcl, "GlobalAdministrator", "GlobalReader")}
	}
	ways["hand-over"] = matrixCase{applied: roleAssignmentNamed("a", lead, "GlobalReader"), hcl: roleAssignmentNamed("b", supporter, "GlobalReader")}
	m.add("person", "support user", refused, ways)
	ways = holderWays(supporter, "GlobalReader", "UserAdministrator")
	delete(ways, "hand-over") // No import has it as a member.
	m.add("person", "support user", refused, ways)
	m.add("person", "support user", refused, map[string]matrixCase{
		"adoption":             {hcl: matrixAccount("a", supporter, "adopt_existing = true")},
		"import with a change": {hcl: imported("signpath_user.a", "support@example.com") + matrixAccount("a", supporter, "")},
	})
	m.add("person", "support user", matrixCase{warns: true, says: warnedSupport}, listWays("approvers", manager, supporter))
	m.add("group", "support user", matrixCase{warns: true, says: warnedSupport}, memberWays(squad, supporter))
	inTeam := func(seed *mock.Seed) { outcome{seed}.group("Team").Members = []string{lead, supporter} }
	m.add("group", "support user", matrixCase{seed: inTeam, warns: true, says: warnedSupport}, listWays("approvers", manager, squad))
}

func (m matrix) addSelfApproval() {
	submits := func(who string) []func(*mock.Administrator) error {
		return []func(*mock.Administrator) error{has(releasePolicyB, "submitters", who)}
	}
	approves := []func(*mock.Administrator) error{has(releasePolicyB, "approvers", builder)}
	m.add("person", "self-approval", matrixCase{before: submits(lead), says: refusedByOwn}, listWays("approvers", manager, lead))
	m.add("group", "self-approval", matrixCase{before: submits(lead), says: refusedByOwn}, listWays("approvers", manager, squad))
	m.add("CI user", "self-approval", matrixCase{before: approves, says: refusedByOwn}, listWays("submitters", "ci_user:terraform", builder))
	inGroup := []func(*mock.Administrator) error{has(releasePolicyB, "submitters", outsider), has(releasePolicyB, "approvers", squad)}
	m.add("group", "self-approval", matrixCase{before: inGroup, says: refusedByOwn}, memberWays(squad, outsider))
	m.add("person", "self-approval", matrixCase{before: append(submits(lead), has(releasePolicyB, "approvers", lead)), says: refusedByOwn}, activations(lead))
	m.add("CI user", "self-approval", matrixCase{before: append(submits(builder), approves...), says: refusedByOwn}, activations(builder))
}

// reasonFor is why a cell cannot be.
func reasonFor(subject, way, check string) string {
	for _, r := range matrixReasons {
		fits := func(pattern, is string) bool { return pattern == "*" || pattern == is }
		if fits(r.subject, subject) && fits(r.way, way) && fits(r.check, check) {
			return r.why
		}
	}
	return ""
}

func TestGuardMatrix(t *testing.T) {
	cells := wholeMatrix()
	for _, subject := range matrixSubjects {
		for _, way := range matrixWays {
			for _, check := range matrixChecks {
				cases, why := cells[cellOf(subject, way, check)], reasonFor(subject, way, check)
				if len(cases) == 0 && why == "" {
					t.Errorf("a hole: %s", cellOf(subject, way, check))
				}
				for i, c := range cases {
					t.Run(fmt.Sprintf("%s %d", cellOf(subject, way, check), i), func(t *testing.T) {
						t.Parallel()
						c.run(t)
					})
				}
			}
		}
	}
}

func (c matrixCase) run(t *testing.T) {
	changes := []func(*mock.Seed){matrixSeed}
	if c.seed != nil {
		changes = append(changes, c.seed)
	}
	org := newOrganization(t, changes...)
	if c.token != "" {
		org.Token = c.token
	}
	org.behindTerraform(c.before...)()
	s := org.site(inProcess, c.applied)
	if c.applied != "" {
		s.mustApply()
	}
	org.behindTerraform(c.behind...)()
	s.guard(c.rules)
	s.Write("main.tf", c.hcl)
	before := s.Snapshot()
	planned := s.Plan(testkit.Options{})
	if (planned.Err == nil) != c.warns || !regexp.MustCompile(c.says).MatchString(planned.Said) {
		t.Errorf("warns only: %t, want %q, in: %s\nof %s", c.warns, c.says, planned, c.hcl)
	}
	s.unchangedSince(before)
}
