package vocabulary_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary/vocabularytest"
)

// An oracle answers by trying everything out, in the words of SignPath's documentation.
// It knows whom each reference names, and nothing of analyses.
type oracle struct {
	org     draft
	people  map[access.Reference]*review.Principal
	members map[*review.Principal][]access.Reference // of groups
}

func ask(org draft) oracle {
	o := oracle{org: org, people: map[access.Reference]*review.Principal{}, members: map[*review.Principal][]access.Reference{}}
	for i := range org.Principals {
		p := &org.Principals[i]
		o.people[p.Reference().Folded()], o.people[p.IDReference().Folded()] = p, p
	}
	for group, list := range org.Members {
		p := o.people[group.Folded()]
		o.members[p] = append(o.members[p], list.References...)
	}
	return o
}

// isOn tells whether the account is on the list: by an entry, or because a group on the
// list has it among its members, or a group that is among its members.
func (o oracle) isOn(list review.Entries, account *review.Principal) bool {
	on := map[*review.Principal]bool{}
	for _, entry := range list.References {
		on[o.people[entry.Folded()]] = true
	}
	for range o.org.Principals { // A way through groups is no longer than there are groups.
		for _, p := range slices.Collect(maps.Keys(on)) {
			for _, member := range o.members[p] {
				on[o.people[member.Folded()]] = true
			}
		}
	}
	return on[account]
}

// may tells what the table of the users page says, for a policy of a project.
func (o oracle) may(p *review.Principal, permission access.Permission, project vocabularytest.Project, policy vocabularytest.SigningPolicy) bool {
	isRole := func(roles ...access.Role) bool { return slices.Contains(roles, p.Role) || p.Support }
	switch permission {
	case vocabulary.Submit:
		return o.isOn(policy.Submitters, p)
	case vocabulary.Approve:
		return o.isOn(policy.Approvers, p)
	case vocabulary.ReadArtifacts:
		return isRole(vocabulary.RoleGlobalAdministrator, vocabulary.RoleProjectAdministrator, vocabulary.RoleGlobalReader) ||
			o.isOn(project.Readers, p) || o.isOn(project.Configurators, p) ||
			slices.ContainsFunc(project.SigningPolicies, func(other vocabularytest.SigningPolicy) bool {
				return o.isOn(other.Submitters, p) || o.isOn(other.Approvers, p)
			})
	case vocabulary.Configure:
		return isRole(vocabulary.RoleGlobalAdministrator, vocabulary.RoleProjectAdministrator) || o.isOn(project.Configurators, p)
	}
	return false
}

func (o oracle) accounts() []*review.Principal {
	var accounts []*review.Principal
	for i := range o.org.Principals {
		if o.org.Principals[i].Kind != access.KindGroup {
			accounts = append(accounts, &o.org.Principals[i])
		}
	}
	return accounts
}

// findings are those of the rules about who does what on one signing policy, by rule,
// principal and place.
func (o oracle) findings() []string {
	var found []string
	for _, project := range o.org.Projects {
		for _, policy := range project.SigningPolicies {
			say := func(rule string, about ...any) {
				found = append(found, fmt.Sprintln(rule, about, access.PlaceOf(project.Slug, policy.Slug)))
			}
			able, used := 0, false
			for _, p := range o.accounts() {
				approves, submits := o.isOn(policy.Approvers, p), o.isOn(policy.Submitters, p)
				if approves && p.Active && !p.Invited {
					able++
				}
				if !p.Active {
					continue
				}
				used = used || submits
				if submits && p.Kind == access.KindUser && (*policy.VerifiesTrustedBuildSystem || *policy.VerifiesOrigin) {
					say("interactive-submitter", p.Reference())
				}
				if !approves || !*policy.UsesApprovalProcess {
					continue
				}
				if submits {
					say("submit-and-approve", p.Reference())
				}
				if p.Kind == access.KindCIUser {
					say("ci-user-approves", p.Reference())
				}
				if o.isOn(project.Configurators, p) {
					say("approver-configures", p.Reference())
				}
			}
			used = used && (project.Active == nil || *project.Active) && (policy.Active == nil || *policy.Active)
			if required := int(*policy.RequiredApprovals); *policy.UsesApprovalProcess && used && able <= required {
				say(map[bool]string{true: "approval-quorum-no-spare", false: "approval-quorum"}[able == required])
			}
		}
	}
	return found
}

// randomOrganizations returns the same ones in every run.
func randomOrganizations(n int) []draft {
	organizations := make([]draft, n)
	for number := range organizations {
		organizations[number] = randomOrganization(rand.New(rand.NewPCG(uint64(number), 1)))
	}
	return organizations
}

// randomOrganization has groups that hold each other, and themselves, and names everybody
// by either reference, also twice on one list.
func randomOrganization(random *rand.Rand) draft {
	var org draft
	chance := func(percent int) bool { return random.IntN(100) < percent }
	for i := range 9 {
		p := principal([]string{fmt.Sprintf("user:P%d@Example.com", i), fmt.Sprintf("ci_user:P%d", i), fmt.Sprintf("group:P%d", i)}[i%3])
		p.ID = fmt.Sprintf("%08d-1111-4111-8111-11111111111A", i)
		if p.Kind != access.KindGroup {
			roles := vocabulary.GlobalRoles()
			p.Role, p.Active, p.Support = roles[random.IntN(len(roles))].Role, chance(80), p.Kind == access.KindUser && chance(10)
			p.Invited = p.Kind == access.KindUser && chance(30)
		}
		org.Principals = append(org.Principals, p)
	}
	some := func() (list review.Entries) {
		for range random.IntN(4) {
			p := org.Principals[random.IntN(len(org.Principals))]
			list.References = append(list.References, []access.Reference{p.Reference(), p.IDReference(), p.Reference().Folded()}[random.IntN(3)])
		}
		return list
	}
	org.Members = map[access.Reference]review.Entries{}
	for _, p := range org.Principals {
		if p.Kind == access.KindGroup {
			org.Members[[]access.Reference{p.Reference(), p.IDReference()}[random.IntN(2)]] = some()
		}
	}
	for i := range 2 {
		activity := func() *bool { return []*bool{nil, ptr(true), ptr(true), ptr(false)}[random.IntN(4)] }
		project := vocabularytest.Project{Slug: fmt.Sprintf("project-%d", i), Project: vocabulary.Project{Active: activity()}, Readers: some(), Configurators: some()}
		for j := range 2 {
			policy := vocabularytest.SigningPolicy{Submitters: some(), Approvers: some()}
			policy.SigningPolicy = vocabulary.SigningPolicy{
				Slug: fmt.Sprintf("policy-%d", j), Active: activity(),
				UsesApprovalProcess: ptr(chance(75)), RequiredApprovals: ptr(1 + random.Int64N(2)),
				VerifiesTrustedBuildSystem: ptr(chance(30)), VerifiesOrigin: ptr(chance(20)),
			}
			project.SigningPolicies = append(project.SigningPolicies, policy)
		}
		org.Projects = append(org.Projects, project)
	}
	return org
}

// TestTheOracleAgrees compares a review of random organizations with what trying
// everything out gives.
func TestTheOracleAgrees(t *testing.T) {
	for number, org := range randomOrganizations(300) {
		o := ask(org)
		built := org.organization()
		has := map[string]bool{}
		for _, row := range review.Effective(built) {
			has[fmt.Sprint(row.Principal, row.Status, row.Permission, row.Place)] = true
		}
		for _, project := range org.Projects {
			for _, policy := range project.SigningPolicies {
				for _, described := range vocabulary.SignPath.Permissions {
					permission := described.Permission
					place := access.PlaceOf(project.Slug, policy.Slug)
					if permission == vocabulary.Configure {
						place = access.PlaceOf(project.Slug) // It is one for the project.
					}
					for _, p := range o.accounts() {
						want := o.may(p, permission, project, policy)
						if got := has[fmt.Sprint(p.Reference(), p.Status(), permission, place)]; got != want {
							t.Errorf("%d: that %s may %s on %s is %t, want %t", number, p.Reference(), permission, place, got, want)
						}
					}
				}
			}
		}
		var found []string
		for _, f := range findings(t, built, nil).Findings {
			if rule, _ := vocabulary.Rules.ByID(f.Rule); len(f.Places) == 1 && !slices.Contains([]string{"inactive-entry", "invited-entry", "empty-group"}, rule.ID) {
				about := []any{}
				for _, p := range f.Principals {
					about = append(about, p)
				}
				found = append(found, fmt.Sprintln(f.Rule, about, f.Places[0]))
			}
		}
		want := o.findings()
		slices.Sort(found)
		slices.Sort(want)
		if !slices.Equal(found, want) {
			t.Errorf("%d: found\n%s, want\n%s", number, found, want)
		}
	}
}
