package vocabulary

import (
	"fmt"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// Rules about accounts and their global roles. A role belongs to a user and not to a
// group, so there is no way to one through groups.

func findUserAdministrators(i *review.Inspection) []review.Finding {
	return i.EachAccount(func(a *review.Account) string {
		if a.Role != RoleUserAdministrator || !a.Comes() {
			return ""
		}
		return fmt.Sprintf("%s is a User Administrator and can assign any role to anyone, also to themself%s.", a.Reference, a.OnceInForce())
	})
}

// findUnknownRoles makes another finding of each role of one account.
func findUnknownRoles(i *review.Inspection) []review.Finding {
	var found []review.Finding
	for _, a := range i.Accounts() {
		if !SignPath.IsUnknown(a.Role) || !a.Comes() {
			continue
		}
		found = append(found, review.Finding{
			Principals: []access.Reference{a.Reference}, About: string(a.Role),
			Sentence: fmt.Sprintf("%s has the global role %s%s.", a.Reference, titleOf(a.Role), a.OnceInForce()),
		})
	}
	return found
}

func findNoAdministrator(i *review.Inspection) []review.Finding {
	if i.Organization().PrincipalsIncomplete || hasUntoldRole(i) || len(globalAdministrators(i, SignPath.AtLeast)) > 0 {
		return nil
	}
	sentence := "There is no active Global Administrator."
	if perhaps := globalAdministrators(i, SignPath.AtMost); len(perhaps) > 0 {
		sentence = "Nobody is known to be an active Global Administrator. Who may be one: " + review.SpellFew(perhaps, "other", "others") + "."
	}
	return []review.Finding{{Sentence: sentence}}
}

// findFewAdministrators is about those who are left: that there is nobody is another
// rule's.
func findFewAdministrators(i *review.Inspection) []review.Finding {
	administrators := globalAdministrators(i, SignPath.AtLeast)
	minimum := i.Parameter(parameterMinimum)
	if i.Organization().PrincipalsIncomplete || hasUntoldRole(i) || len(administrators) == 0 || len(administrators) >= minimum {
		return nil
	}
	return []review.Finding{{Sentence: fmt.Sprintf("There must be at least %s, and there %s.",
		review.Count(minimum, "active Global Administrator"), areOnly(administrators))}}
}

func findManyAdministrators(i *review.Inspection) []review.Finding {
	administrators := globalAdministrators(i, SignPath.AtMost)
	maximum := i.Parameter(parameterMaximum)
	if len(administrators) <= maximum {
		return nil
	}
	return []review.Finding{{Sentence: fmt.Sprintf("There may be at most %s, and there are %d: %s.",
		review.Count(maximum, "active Global Administrator"), len(administrators), strings.Join(administrators, ", "))}}
}

// globalAdministrators names those who are in force, by what their role counts as. The
// support user is none of the organization's own.
func globalAdministrators(i *review.Inspection, countsAs func(access.Role) access.Role) []string {
	var names []string
	for _, a := range i.Accounts() {
		if countsAs(a.Role) != RoleGlobalAdministrator || !a.InForce() || a.Support {
			continue
		}
		name := a.Reference.String()
		if SignPath.IsUnknown(a.Role) {
			name += " with the role " + SignPath.Spell(a.Role)
		}
		names = append(names, name)
	}
	return names
}

// hasUntoldRole tells whether there is somebody whose role nobody has told, as plans do
// not tell all.
func hasUntoldRole(i *review.Inspection) bool {
	for _, a := range i.Accounts() {
		if a.Role == "" && a.InForce() {
			return true
		}
	}
	return false
}

// titleOf names a role, and what one that is unknown counts as.
func titleOf(role access.Role) string {
	if SignPath.IsUnknown(role) {
		return SignPath.Spell(role) + ", which counts as " + SignPath.Title(SignPath.AtMost(role))
	}
	return SignPath.Title(role)
}

func areOnly(names []string) string {
	if len(names) == 1 {
		return "is only one: " + names[0]
	}
	return fmt.Sprintf("are only %d: %s", len(names), strings.Join(names, ", "))
}

// findActiveSupport is about an account that the organization cannot refuse anything: it
// administrates without a role of its own.
func findActiveSupport(i *review.Inspection) []review.Finding {
	return i.EachAccount(func(a *review.Account) string {
		if !a.Support || !a.InForce() {
			return ""
		}
		return fmt.Sprintf("%s is the account of SignPath's support staff, and is active: it can do whatever an administrator can.", a.Reference)
	})
}

func findExpiredInvitations(i *review.Inspection) []review.Finding {
	return i.EachAccount(func(a *review.Account) string {
		if a.Stranger || a.Status() != access.StatusInvited || a.InvitationExpires == nil || !i.Now().After(*a.InvitationExpires) {
			return ""
		}
		return fmt.Sprintf("The invitation of %s expired on %s.", a.Reference, a.InvitationExpires.Format(time.DateOnly))
	})
}

func findOldTokens(i *review.Inspection) []review.Finding {
	limit := i.Parameter(parameterDays)
	return i.EachAccount(func(a *review.Account) string {
		if !a.InForce() || a.TokenGenerated == nil || !i.Now().After(a.TokenGenerated.AddDate(0, 0, limit)) {
			return ""
		}
		return fmt.Sprintf("The API token of %s was generated on %s, more than %s ago.",
			a.Reference, a.TokenGenerated.Format(time.DateOnly), review.Count(limit, "day"))
	})
}
