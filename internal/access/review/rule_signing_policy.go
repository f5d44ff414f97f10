package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// Rules about who does what on one signing policy.

// eachPolicy collects what find has to say about each signing policy.
func (i *inspection) eachPolicy(find func(Place, SigningPolicy) []Finding) []Finding {
	return i.eachPolicyOf(func(Project) bool { return true }, find)
}

func (i *inspection) eachPolicyOf(wanted func(Project) bool, find func(Place, SigningPolicy) []Finding) []Finding {
	var found []Finding
	for _, project := range i.org.Projects {
		if !wanted(project) {
			continue
		}
		for _, policy := range project.SigningPolicies {
			found = append(found, find(Place{project.Slug, policy.Slug}, policy)...)
		}
	}
	return found
}

// approvers returns who can approve, but nobody where the approval process is known
// to be off: there is nothing to approve.
func (i *inspection) approvers(place Place, policy SigningPolicy) []Access {
	if isNot(policy.UsesApprovalProcess) {
		return nil
	}
	return i.coming(i.at(place, Approve))
}

// coming leaves out who cannot use the permission without anybody's doing.
func (i *inspection) coming(rows []Access) []Access {
	return slices.DeleteFunc(slices.Clone(rows), func(row Access) bool { return !i.accounts[row.account].comes() })
}

func (i *inspection) findSelfApproval() []Finding {
	return i.eachPolicy(func(place Place, policy SigningPolicy) []Finding {
		submitters := i.at(place, Submit)
		var found []Finding
		for _, row := range i.approvers(place, policy) {
			if reasons := reasonsFor(submitters, row.account); len(reasons) > 0 {
				found = append(found, i.finding(row, slices.Concat(reasons, row.Reasons),
					"%s can both submit to and approve %s", row.Principal, place))
			}
		}
		return found
	})
}

func (i *inspection) findConfiguringApprovers() []Finding {
	return i.eachPolicy(func(place Place, policy SigningPolicy) []Finding {
		project := Place{Project: place.Project}
		configurators := i.at(project, Configure)
		var found []Finding
		for _, row := range i.approvers(place, policy) {
			reasons := reasonsOfList(reasonsFor(configurators, row.account), access.Configurators)
			if len(reasons) > 0 {
				found = append(found, i.finding(row, slices.Concat(row.Reasons, reasons),
					"%s can approve %s and also configure the project %s", row.Principal, place, project))
			}
		}
		return found
	})
}

func (i *inspection) findApprovingCIUsers() []Finding {
	return i.eachPolicy(func(place Place, policy SigningPolicy) []Finding {
		var found []Finding
		for _, row := range ofKind(i.approvers(place, policy), access.KindCIUser) {
			found = append(found, i.finding(row, row.Reasons, "%s can approve %s", row.Principal, place))
		}
		return found
	})
}

func (i *inspection) findInteractiveSubmitters() []Finding {
	return i.eachPolicy(func(place Place, policy SigningPolicy) []Finding {
		if !policy.verifiesTrustedBuildSystem() {
			return nil
		}
		var found []Finding
		for _, row := range ofKind(i.coming(i.at(place, Submit)), access.KindUser) {
			found = append(found, i.finding(row, row.Reasons,
				"%s is an interactive user and a submitter of %s, which verifies trusted build systems", row.Principal, place))
		}
		return found
	})
}

func (i *inspection) findUncontrolledRelease() []Finding {
	return i.eachPolicy(func(place Place, policy SigningPolicy) []Finding {
		if !policy.isForRelease() || !isNot(policy.UsesApprovalProcess) || !isNot(policy.VerifiesOrigin) {
			return nil
		}
		return []Finding{{
			Places:   []Place{place},
			Sentence: fmt.Sprintf("%s is for releases and has neither approval nor origin verification: every submitter can sign a release alone.", place),
		}}
	})
}

func (i *inspection) findMissingQuorum() []Finding {
	return i.findQuorum(func(required, approvers int) bool { return approvers < required },
		"%s requires %s, and %s can approve, so no request can be approved", "only")
}

func (i *inspection) findBareQuorum() []Finding {
	return i.findQuorum(func(required, approvers int) bool { return approvers == required },
		"%s requires %s, and %s can approve, so one absence stops all requests", "exactly")
}

// findQuorum compares the required approvals with those who can approve now. CI users
// count, because that they cannot approve is not documented: a lockout that is none
// must not be denied. Where nobody can submit, or project or policy is inactive, no request
// waits for an approval.
func (i *inspection) findQuorum(applies func(required, approvers int) bool, sentence, as string) []Finding {
	isInUse := func(project Project) bool { return !isNot(project.Active) }
	return i.eachPolicyOf(isInUse, func(place Place, policy SigningPolicy) []Finding {
		if !is(policy.UsesApprovalProcess) || policy.RequiredApprovals == nil || i.list(place, access.Approvers).incomplete() {
			return nil
		}
		if isNot(policy.Active) || !i.maySubmit(place) {
			return nil
		}
		var approvers []string
		var reasons []Reason
		for _, row := range i.at(place, Approve) {
			if row.InForce() {
				approvers = append(approvers, row.Principal.String())
				reasons = append(reasons, row.Reasons...)
			}
		}
		required := int(*policy.RequiredApprovals)
		if required < 1 || !applies(required, len(approvers)) {
			return nil
		}
		text := fmt.Sprintf(sentence, place, count(required, "approval"), "nobody")
		if len(approvers) > 0 {
			text = fmt.Sprintf(sentence, place, count(required, "approval"), as+" "+count(len(approvers), "user"))
			text += ": " + strings.Join(approvers, ", ")
		}
		return []Finding{{Places: []Place{place}, Sentence: text + ".", Reasons: reasons}}
	})
}

// maySubmit tells whether somebody can submit at the signing policy, or may be able to
// because not everybody on its list is known.
func (a *analysis) maySubmit(place Place) bool {
	comes := func(row Access) bool { return a.accounts[row.account].comes() }
	return a.list(place, access.Submitters).incomplete() || slices.ContainsFunc(a.at(place, Submit), comes)
}

// MaySubmit tells whether somebody can submit at a signing policy, or may be able to
// because not everybody on its list is known.
func MaySubmit(org Organization, policy Place) bool {
	org.Projects = slices.DeleteFunc(slices.Clone(org.Projects), func(p Project) bool { return p.Slug != policy.Project })
	return analyze(org).maySubmit(policy)
}

// AssumingSubmitters returns the organization as if there might be more submitters at each
// signing policy. Whoever then cannot approve is missing before the first one comes, who is
// not to blame for that.
func (o Organization) AssumingSubmitters() Organization {
	o.Projects = slices.Clone(o.Projects)
	for i := range o.Projects {
		policies := slices.Clone(o.Projects[i].SigningPolicies)
		for j := range policies {
			policies[j].Submitters.Incomplete = true
		}
		o.Projects[i].SigningPolicies = policies
	}
	return o
}

// finding is about one access, and says so if that is not in force yet.
func (i *inspection) finding(row Access, reasons []Reason, sentence string, args ...any) Finding {
	return Finding{
		Principals: []access.Reference{row.Principal}, Places: []Place{row.Place}, Reasons: reasons,
		Sentence: fmt.Sprintf(sentence, args...) + i.accounts[row.account].onceInForce() + ".",
	}
}

// reasonsFor returns why the account is among the rows, which are ordered by account.
func reasonsFor(rows []Access, account int) []Reason {
	at, found := slices.BinarySearchFunc(rows, account, func(row Access, account int) int { return cmp.Compare(row.account, account) })
	if !found {
		return nil
	}
	return rows[at].Reasons
}

func ofKind(rows []Access, kind access.Kind) []Access {
	return slices.DeleteFunc(slices.Clone(rows), func(row Access) bool { return row.Principal.Kind != kind })
}

func reasonsOfList(reasons []Reason, list access.List) []Reason {
	return slices.DeleteFunc(slices.Clone(reasons), func(r Reason) bool { return r.Holder().List != list.Plural })
}

// count spells a number of things: "1 approval", "2 approvals".
func count(n int, noun string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
