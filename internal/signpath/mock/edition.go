package mock

import (
	"fmt"
	"slices"
)

// Edition is the edition of SignPath that an organization has. "" has everything.
type Edition string

// The editions that lack something that the API serves (ED, EDX). The others have all of it; what the Open Source
// edition restricts about roles is not documented in detail (changelog 1.152.1).
const (
	EditionStarter Edition = "Starter"
	EditionBasic   Edition = "Basic"
)

func (e Edition) isKnown() bool {
	return slices.Contains([]Edition{"", EditionStarter, EditionBasic}, e)
}

func (e Edition) isLimited() bool { return e != "" }

// without is the refusal of what the edition has not got. Its status is an assumption, as that of the quota.
func (e Edition) without(feature string) string {
	return fmt.Sprintf("%s not available in the edition '%s'.", feature, e)
}

// refuseGroups enforces ED: Starter and Basic have no user groups.
func (c *call) refuseGroups() *problem {
	if edition := c.organization.Edition; edition.isLimited() {
		return badRequest(edition.without("User groups are"))
	}
	return nil
}

// checkDelegation enforces ED: Starter and Basic have no readers and configurators. Whoever is one stays one.
func (e *edit) checkDelegation(p, before project) {
	edition := e.organization.Edition
	for _, list := range projectLists {
		isMore := len(without(*list.of(&p), *list.of(&before)...)) > 0
		if edition.isLimited() && isMore {
			e.reject(list.property, "%s", edition.without("Readers and configurators are"))
		}
	}
}

// checkEdition enforces ED: Starter has no manual approval, and Basic no quorum. What is so already stays.
func (e *edit) checkEdition(s, before signingPolicy) {
	edition := e.organization.Edition
	if edition == EditionStarter && s.UsesApprovalProcess && !before.UsesApprovalProcess {
		e.reject(propUseApproval, "%s", edition.without("Manual approval is"))
	}
	if edition.isLimited() && s.RequiredApprovals > 1 && s.RequiredApprovals > before.RequiredApprovals {
		e.reject(propRequiredApprovals, "%s", edition.without("More than one required approval is"))
	}
}
