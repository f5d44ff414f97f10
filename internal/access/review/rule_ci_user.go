package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// Rules about the reach of one CI user, whose token is in the hands of a build.

// A submission is one policy that a CI user submits to.
type submission struct {
	place  Place
	policy SigningPolicy
	row    Access
}

// submissions returns what each CI user submits to, by account.
func (i *inspection) submissions() map[int][]submission {
	found := map[int][]submission{}
	i.eachPolicy(func(place Place, policy SigningPolicy) []Finding {
		for _, row := range ofKind(i.coming(i.at(place, Submit)), access.KindCIUser) {
			found[row.account] = append(found[row.account], submission{place, policy, row})
		}
		return nil
	})
	return found
}

// findTestAndRelease makes one finding for each release policy, so that another one
// is another finding. Each tells of few test policies, or a CI user of the whole
// organization would make as many sentences as long as there are policies. A release
// policy that verifies origins takes no test build, and SignPath then recommends one
// CI user for both.
func (i *inspection) findTestAndRelease() []Finding {
	var found []Finding
	for _, submissions := range i.submissions() {
		tests := slices.DeleteFunc(slices.Clone(submissions), func(s submission) bool { return !s.policy.isForTest() })
		if len(tests) == 0 {
			continue
		}
		also, reasons := spellFew(places(tests), "other test policy", "other test policies"), reasonsOf(tests[:min(few, len(tests))])
		for _, s := range submissions {
			if s.policy.isForRelease() && !is(s.policy.VerifiesOrigin) {
				found = append(found, i.finding(s.row, slices.Concat(s.row.Reasons, reasons),
					"%s submits to %s and also to %s", s.row.Principal, s.place, also))
			}
		}
	}
	return found
}

// findManyPolicies counts slugs, because SignPath's advice allows a team one CI user
// for the test policies of all its projects, and another for the release policies.
func (i *inspection) findManyPolicies() []Finding {
	var found []Finding
	for account, submissions := range i.submissions() {
		unverified := slices.DeleteFunc(submissions, func(s submission) bool { return !isNot(s.policy.VerifiesOrigin) })
		slugs := map[string]bool{}
		for _, s := range unverified {
			slugs[s.policy.Slug] = true
		}
		if len(slugs) <= i.parameter(parameterMaximum) {
			continue
		}
		found = append(found, Finding{
			Principals: []access.Reference{i.accounts[account].reference}, Reasons: reasonsOf(unverified),
			Sentence: fmt.Sprintf("%s submits to %s, which do not verify origins.", i.accounts[account].reference, enumerate(places(unverified))),
		})
	}
	return found
}

// findAdministratingCIUsers makes another finding of a role that is unknown: that it
// turns out to be an administrator's is news.
func (i *inspection) findAdministratingCIUsers() []Finding {
	var found []Finding
	for _, a := range i.accounts {
		if a.Kind != access.KindCIUser || !a.comes() || !administers(a.Role) {
			continue
		}
		finding := Finding{
			Principals: []access.Reference{a.reference},
			Sentence:   fmt.Sprintf("%s is a CI user with the role %s.", a.reference, Holder{Role: a.Role}),
		}
		if a.Role.IsUnknown() {
			finding.about = string(a.Role)
		}
		found = append(found, finding)
	}
	return found
}

// administers tells whether the role may be an administrator's. The Directory
// Synchronizer is not taken for one: SignPath makes it for a CI user.
func administers(role access.Role) bool {
	if role == access.RoleDirectorySynchronizer {
		return false
	}
	for _, permission := range []Permission{AdministerProjects, AdministerUsers, AdministerCertificates, Everything} {
		if rightOf(Holder{Role: role}, permission) != nil {
			return true
		}
	}
	return false
}

func reasonsOf(submissions []submission) []Reason {
	var reasons []Reason
	for _, s := range submissions {
		reasons = append(reasons, s.row.Reasons...)
	}
	return reasons
}

func places(submissions []submission) []string {
	texts := make([]string, len(submissions))
	for i, s := range submissions {
		texts[i] = s.place.String()
	}
	return texts
}

// enumerate joins texts as a sentence does: "a, b and c".
func enumerate(texts []string) string {
	if len(texts) < 2 {
		return strings.Join(texts, "")
	}
	last := len(texts) - 1
	return strings.Join(texts[:last], ", ") + " and " + texts[last]
}
