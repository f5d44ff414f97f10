package vocabulary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// Rules about the reach of one CI user, whose token is in the hands of a build.

// A submission is one policy that a CI user submits to.
type submission struct {
	place  access.Place
	policy SigningPolicy
	row    review.Access
}

// submissionsOf returns what each CI user submits to, by account.
func submissionsOf(i *review.Inspection) map[*review.Account][]submission {
	found := map[*review.Account][]submission{}
	eachPolicy(i, func(place access.Place, policy SigningPolicy) []review.Finding {
		for _, row := range review.OfKind(i.Coming(i.At(place, Submit)), access.KindCIUser) {
			account := i.Account(row)
			found[account] = append(found[account], submission{place, policy, row})
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
func findTestAndRelease(i *review.Inspection) []review.Finding {
	var found []review.Finding
	for _, submissions := range submissionsOf(i) {
		tests := slices.DeleteFunc(slices.Clone(submissions), func(s submission) bool { return !s.policy.IsForTest() })
		if len(tests) == 0 {
			continue
		}
		also, reasons := review.SpellFew(places(tests), "other test policy", "other test policies"), reasonsOf(tests[:min(review.Few, len(tests))])
		for _, s := range submissions {
			if s.policy.IsForRelease() && !is(s.policy.VerifiesOrigin) {
				found = append(found, i.Finding(s.row, slices.Concat(s.row.Reasons, reasons),
					"%s submits to %s and also to %s", s.row.Principal, s.place, also))
			}
		}
	}
	return found
}

// findManyPolicies counts slugs, because SignPath's advice allows a team one CI user
// for the test policies of all its projects, and another for the release policies.
func findManyPolicies(i *review.Inspection) []review.Finding {
	var found []review.Finding
	for account, submissions := range submissionsOf(i) {
		unverified := slices.DeleteFunc(submissions, func(s submission) bool { return !isNot(s.policy.VerifiesOrigin) })
		slugs := map[string]bool{}
		for _, s := range unverified {
			slugs[s.policy.Slug] = true
		}
		if len(slugs) <= i.Parameter(parameterMaximum) {
			continue
		}
		found = append(found, review.Finding{
			Principals: []access.Reference{account.Reference}, Reasons: reasonsOf(unverified),
			Sentence: fmt.Sprintf("%s submits to %s, which do not verify origins.", account.Reference, review.Enumerate(places(unverified))),
		})
	}
	return found
}

// findAdministratingCIUsers makes another finding of a role that is unknown: that it
// turns out to be an administrator's is news. The user whose token reads is none: whatever manages
// users and projects needs such a role, and each review says in its head whose token that was.
func findAdministratingCIUsers(i *review.Inspection) []review.Finding {
	var found []review.Finding
	for _, a := range i.Accounts() {
		isCaller := a.ID != "" && strings.EqualFold(a.ID, i.Organization().Caller) && !SignPath.IsUnknown(a.Role)
		if a.Kind != access.KindCIUser || !a.Comes() || !administers(a.Role) || isCaller {
			continue
		}
		finding := review.Finding{
			Principals: []access.Reference{a.Reference},
			Sentence:   fmt.Sprintf("%s is a CI user with the role %s.", a.Reference, titleOf(a.Role)),
		}
		if SignPath.IsUnknown(a.Role) {
			finding.About = string(a.Role)
		}
		found = append(found, finding)
	}
	return found
}

// administers tells whether the role may be an administrator's. The Directory
// Synchronizer is not taken for one: SignPath makes it for a CI user.
func administers(role access.Role) bool {
	if role == RoleDirectorySynchronizer {
		return false
	}
	for _, right := range SignPath.RightsOf(SignPath.AtMost(role)) {
		if slices.Contains([]access.Permission{AdministerProjects, AdministerUsers, AdministerCertificates, Everything}, right.Permission) {
			return true
		}
	}
	return false
}

func reasonsOf(submissions []submission) []review.Reason {
	var reasons []review.Reason
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
