package run

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// AccessWarnings says of which changes a plan warns who gains and who loses.
type AccessWarnings string

const (
	// WarnOfNotable is the default. A gain by an entry of one's own stands in the plan itself, so it is
	// no news: what is left are losses, gains through groups, and what a create takes over.
	WarnOfNotable AccessWarnings = "notable"
	// WarnOfAll warns of every change.
	WarnOfAll AccessWarnings = "all"
	// WarnOfNone warns of none.
	WarnOfNone AccessWarnings = "none"
)

// A ToldChange is what one resource changes about who is on a list or has a role.
type ToldChange struct {
	// Of names what somebody gains or loses.
	Of string
	review.ListChange
	// Groups are those that come onto the list: more of the plan, or what comes later, may fill them.
	Groups []access.Reference
	// TakesOver is true where a create takes it from somebody.
	TakesOver bool
	// GivesOn is true where whoever gains it has something by that elsewhere.
	GivesOn bool
	// Moves is true where a replacement gives it to the members of something else: the plan does not
	// show them as new.
	Moves  bool
	Detail string
}

// isNotable tells whether the plan does not show by itself who gains and who loses.
func (c ToldChange) isNotable() bool {
	return c.isOwn() || len(c.Groups) > 0 || len(c.throughGroups()) > 0
}

// isOwn tells whether more is to be told than who gains through groups.
func (c ToldChange) isOwn() bool { return len(c.Loses) > 0 || c.TakesOver || c.GivesOn || c.Moves }

// throughGroups returns who gains by being in a group alone.
func (c ToldChange) throughGroups() []review.ListMember {
	isDirect := func(way []access.Reference) bool { return len(way) == 0 }
	return slices.DeleteFunc(slices.Clone(c.Gains), func(m review.ListMember) bool { return slices.ContainsFunc(m.Ways, isDirect) })
}

// summary names what the change is of. Where the same people gain something at many places through
// the same group, that is one fact, and the plan shows the group at each of the places: with one
// summary, Terraform shows one of the warnings, and says how many there are.
func (c ToldChange) summary() string {
	gaining := c.throughGroups()
	if c.isOwn() || len(gaining)+len(c.Groups) == 0 {
		return "Who gains and who loses: " + c.Of
	}
	const most = 5
	names := access.Spell(gaining[:min(len(gaining), most)])
	if rest := len(gaining) - most; rest > 0 {
		names = append(names, fmt.Sprintf("%d more", rest))
	}
	for _, group := range c.Groups {
		leadsTo := func(m review.ListMember) bool {
			return slices.ContainsFunc(m.Ways, func(way []access.Reference) bool { return len(way) > 0 && way[0].Same(group) })
		}
		if !slices.ContainsFunc(gaining, leadsTo) {
			names = append(names, "whoever joins "+group.String())
		}
	}
	return "Who gains through a group: " + strings.Join(names, ", ")
}

// TellChange warns of who gains and who loses, as far as the guardrails want it.
func (s *Session) TellChange(c ToldChange, at path.Path, diags *diag.Diagnostics) {
	switch s.Warnings {
	case WarnOfNone:
		return
	case WarnOfAll:
		AddWarning(diags, at, "Who gains and who loses: "+c.Of, c.Detail)
	default:
		if c.isNotable() {
			AddWarning(diags, at, c.summary(), c.Detail)
		}
	}
}
