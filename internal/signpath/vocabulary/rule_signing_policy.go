package vocabulary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// Rules about who does what on one signing policy.

// eachPolicy collects what find has to say about each signing policy.
func eachPolicy(i *review.Inspection, find func(access.Place, SigningPolicy) []review.Finding) []review.Finding {
	return i.EachPlace(PlaceSigningPolicy, func(place access.Place) []review.Finding {
		policy := review.SettingsAt[SigningPolicy](i.Organization(), place)
		policy.Slug = place.Slug(1)
		return find(place, policy)
	})
}

// projectOf is the project of a signing policy.
func projectOf(policy access.Place) access.Place { return access.PlaceOf(policy.Slug(0)) }

// approvers returns who can approve, but nobody where the approval process is known
// to be off: there is nothing to approve.
func approversOf(i *review.Inspection, place access.Place, policy SigningPolicy) []review.Access {
	if isNot(policy.UsesApprovalProcess) {
		return nil
	}
	return i.Coming(i.At(place, Approve))
}

func findSelfApproval(i *review.Inspection) []review.Finding {
	return eachPolicy(i, func(place access.Place, policy SigningPolicy) []review.Finding {
		submitters := i.At(place, Submit)
		var found []review.Finding
		for _, row := range approversOf(i, place, policy) {
			if reasons := review.ReasonsFor(submitters, row); len(reasons) > 0 {
				found = append(found, i.Finding(row, slices.Concat(reasons, row.Reasons),
					"%s can both submit to and approve %s", row.Principal, place))
			}
		}
		return found
	})
}

func findConfiguringApprovers(i *review.Inspection) []review.Finding {
	return eachPolicy(i, func(place access.Place, policy SigningPolicy) []review.Finding {
		project := projectOf(place)
		configurators := i.At(project, Configure)
		var found []review.Finding
		for _, row := range approversOf(i, place, policy) {
			reasons := review.OfRole(review.ReasonsFor(configurators, row), Configurators.Role())
			if len(reasons) > 0 {
				found = append(found, i.Finding(row, slices.Concat(row.Reasons, reasons),
					"%s can approve %s and also configure the project %s", row.Principal, place, project))
			}
		}
		return found
	})
}

func findApprovingCIUsers(i *review.Inspection) []review.Finding {
	return eachPolicy(i, func(place access.Place, policy SigningPolicy) []review.Finding {
		var found []review.Finding
		for _, row := range review.OfKind(approversOf(i, place, policy), access.KindCIUser) {
			found = append(found, i.Finding(row, row.Reasons, "%s can approve %s", row.Principal, place))
		}
		return found
	})
}

func findInteractiveSubmitters(i *review.Inspection) []review.Finding {
	return eachPolicy(i, func(place access.Place, policy SigningPolicy) []review.Finding {
		if !policy.verifiesTrustedBuildSystem() {
			return nil
		}
		var found []review.Finding
		for _, row := range review.OfKind(i.Coming(i.At(place, Submit)), access.KindUser) {
			found = append(found, i.Finding(row, row.Reasons,
				"%s is an interactive user and a submitter of %s, which verifies trusted build systems", row.Principal, place))
		}
		return found
	})
}

func findUncontrolledRelease(i *review.Inspection) []review.Finding {
	return eachPolicy(i, func(place access.Place, policy SigningPolicy) []review.Finding {
		if !policy.IsForRelease() || !isNot(policy.UsesApprovalProcess) || !isNot(policy.VerifiesOrigin) {
			return nil
		}
		return []review.Finding{{
			Places:   []access.Place{place},
			Sentence: fmt.Sprintf("%s is for releases and has neither approval nor origin verification: every submitter can sign a release alone.", place),
		}}
	})
}

func findMissingQuorum(i *review.Inspection) []review.Finding {
	return findQuorum(i, func(required, approvers int) bool { return approvers < required },
		"%s requires %s, and %s can approve, so no request can be approved", "only")
}

func findBareQuorum(i *review.Inspection) []review.Finding {
	return findQuorum(i, func(required, approvers int) bool { return approvers == required },
		"%s requires %s, and %s can approve, so one absence stops all requests", "exactly")
}

// findQuorum compares the required approvals with those who can approve now. CI users
// count, because that they cannot approve is not documented: a lockout that is none
// must not be denied. Where nobody can submit, or project or policy is inactive, no request
// waits for an approval.
func findQuorum(i *review.Inspection, applies func(required, approvers int) bool, sentence, as string) []review.Finding {
	return eachPolicy(i, func(place access.Place, policy SigningPolicy) []review.Finding {
		if !is(policy.UsesApprovalProcess) || policy.RequiredApprovals == nil || i.IsIncomplete(Approvers.Role(), place) {
			return nil
		}
		isInUse := !isNot(policy.Active) && !isNot(review.SettingsAt[Project](i.Organization(), projectOf(place)).Active)
		if !isInUse || !i.MayHold(Submitters.Role(), place) {
			return nil
		}
		var approvers []string
		var reasons []review.Reason
		for _, row := range i.At(place, Approve) {
			if row.InForce() {
				approvers = append(approvers, row.Principal.String())
				reasons = append(reasons, row.Reasons...)
			}
		}
		required := int(*policy.RequiredApprovals)
		if required < 1 || !applies(required, len(approvers)) {
			return nil
		}
		text := fmt.Sprintf(sentence, place, review.Count(required, "approval"), "nobody")
		if len(approvers) > 0 {
			text = fmt.Sprintf(sentence, place, review.Count(required, "approval"), as+" "+review.Count(len(approvers), "user"))
			text += ": " + strings.Join(approvers, ", ")
		}
		return []review.Finding{{Places: []access.Place{place}, Sentence: text + ".", Reasons: reasons}}
	})
}
