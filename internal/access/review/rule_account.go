package review

import (
	"fmt"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// Rules about accounts and their global roles. A role belongs to a user and not to a
// group, so there is no way to one through groups.

// eachAccount makes a finding of each account on which find has a sentence to say.
func (i *inspection) eachAccount(find func(*account) string) []Finding {
	var found []Finding
	for _, a := range i.accounts {
		if sentence := find(a); sentence != "" {
			found = append(found, Finding{Principals: []access.Reference{a.reference}, Sentence: sentence})
		}
	}
	return found
}

func (i *inspection) findUserAdministrators() []Finding {
	return i.eachAccount(func(a *account) string {
		if a.Role != access.RoleUserAdministrator || !a.comes() {
			return ""
		}
		return fmt.Sprintf("%s is a User Administrator and can assign any role to anyone, also to itself%s.", a.reference, a.onceInForce())
	})
}

// findUnknownRoles makes another finding of each role of one account.
func (i *inspection) findUnknownRoles() []Finding {
	var found []Finding
	for _, a := range i.accounts {
		if !a.Role.IsUnknown() || !a.comes() {
			continue
		}
		found = append(found, Finding{
			Principals: []access.Reference{a.reference}, about: string(a.Role),
			Sentence: fmt.Sprintf("%s has the global role %s%s.", a.reference, Holder{Role: a.Role}, a.onceInForce()),
		})
	}
	return found
}

func (i *inspection) findNoAdministrator() []Finding {
	if i.org.PrincipalsIncomplete || i.hasUntoldRole() || len(i.globalAdministrators(access.Role.AtLeast)) > 0 {
		return nil
	}
	sentence := "There is no active Global Administrator."
	if perhaps := i.globalAdministrators(access.Role.AtMost); len(perhaps) > 0 {
		sentence = "Nobody is known to be an active Global Administrator. Who may be one: " + spellFew(perhaps, "other", "others") + "."
	}
	return []Finding{{Sentence: sentence}}
}

// findFewAdministrators is about those who are left: that there is nobody is another
// rule's.
func (i *inspection) findFewAdministrators() []Finding {
	administrators := i.globalAdministrators(access.Role.AtLeast)
	minimum := i.parameter(parameterMinimum)
	if i.org.PrincipalsIncomplete || i.hasUntoldRole() || len(administrators) == 0 || len(administrators) >= minimum {
		return nil
	}
	return []Finding{{Sentence: fmt.Sprintf("There must be at least %s, and there %s.",
		count(minimum, "active Global Administrator"), areOnly(administrators))}}
}

func (i *inspection) findManyAdministrators() []Finding {
	administrators := i.globalAdministrators(access.Role.AtMost)
	maximum := i.parameter(parameterMaximum)
	if len(administrators) <= maximum {
		return nil
	}
	return []Finding{{Sentence: fmt.Sprintf("There may be at most %s, and there are %d: %s.",
		count(maximum, "active Global Administrator"), len(administrators), strings.Join(administrators, ", "))}}
}

// globalAdministrators names those who are in force, by what their role counts as. The
// support user is none of the organization's own.
func (i *inspection) globalAdministrators(countsAs func(access.Role) access.Role) []string {
	var names []string
	for _, a := range i.accounts {
		if countsAs(a.Role) != access.RoleGlobalAdministrator || !a.inForce() || a.Support {
			continue
		}
		name := a.reference.String()
		if a.Role.IsUnknown() {
			name += " with the role " + a.Role.String()
		}
		names = append(names, name)
	}
	return names
}

// hasUntoldRole tells whether there is somebody whose role nobody has told, as plans do
// not tell all.
func (i *inspection) hasUntoldRole() bool {
	for _, a := range i.accounts {
		if a.Role == "" && a.inForce() {
			return true
		}
	}
	return false
}

func areOnly(names []string) string {
	if len(names) == 1 {
		return "is only one: " + names[0]
	}
	return fmt.Sprintf("are only %d: %s", len(names), strings.Join(names, ", "))
}

// findActiveSupport is about an account that the organization cannot refuse anything: it
// administrates without a role of its own.
func (i *inspection) findActiveSupport() []Finding {
	return i.eachAccount(func(a *account) string {
		if !a.Support || !a.inForce() {
			return ""
		}
		return fmt.Sprintf("%s is the account of SignPath's support staff, and is active: it can do whatever an administrator can.", a.reference)
	})
}

func (i *inspection) findExpiredInvitations() []Finding {
	return i.eachAccount(func(a *account) string {
		if a.stranger || a.Status() != access.StatusInvited || a.InvitationExpires == nil || !i.now().After(*a.InvitationExpires) {
			return ""
		}
		return fmt.Sprintf("The invitation of %s expired on %s.", a.reference, a.InvitationExpires.Format(time.DateOnly))
	})
}

func (i *inspection) findOldTokens() []Finding {
	limit := i.parameter(parameterDays)
	return i.eachAccount(func(a *account) string {
		if !a.inForce() || a.TokenGenerated == nil || !i.now().After(a.TokenGenerated.AddDate(0, 0, limit)) {
			return ""
		}
		return fmt.Sprintf("The API token of %s was generated on %s, more than %s ago.",
			a.reference, a.TokenGenerated.Format(time.DateOnly), count(limit, "day"))
	})
}
