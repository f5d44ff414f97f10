package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/guard"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// What each kind of resource changes about access, for the guard.

// listChange is the change of a list by whom it gains and, by memberKey, whom it loses.
func (s *session) listChange(t api.Target, added []access.Principal, removed []string) accessChange {
	list := s.reviewedList(t)
	change := accessChange{
		Change: guard.Change{Principals: slices.Clone(added), Reach: reachOf(t, added)},
		list:   t.String(), at: func(review.Finding) path.Path { return path.Empty() },
	}
	if group, planned := s.planned.find(list.Group); planned {
		change.Principals = append(change.Principals, group)
	}
	for _, p := range added {
		change.Gains.Added = append(change.Gains.Added, list.Entries(s.idReference(memberKey(p)))...)
	}
	for _, key := range removed {
		change.Losses.Removed = append(change.Losses.Removed, list.Entries(s.idReference(key))...)
	}
	return change
}

// reviewedList is the list as a review names it.
func (s *session) reviewedList(t api.Target) review.Seat {
	if t.List.Parent == vocabulary.ParentUserGroup {
		return review.Seat{Group: s.idReference(groupKey(t))}
	}
	return review.Seat{Role: t.List.Role(), Place: access.PlaceOf(t.Project, t.Policy)}
}

// idReference names a principal by id, if it has one; see memberKey.
func (s *session) idReference(key string) access.Reference {
	reference := s.spellKey(key)
	if access.IsID(key) {
		reference.Key = key
	}
	return reference
}

// guardRole judges that the user has the role from now on: by lock-outs, which may be
// allowed, and by the guardrails. Whatever gives or takes a role plans it by this.
func (s *session) guardRole(ctx context.Context, p access.Principal, role access.Role, allowed bool, at path.Path, diags *diag.Diagnostics) {
	has := vocabulary.RoleRegularUser // of whom the same plan creates
	if p.ID != "" {
		existing, err := s.client.Principal(ctx, p.Kind, p.ID)
		if err != nil {
			addFailure(diags, failure{at: at, doing: fmt.Sprintf("Reading the role of %s", p), needs: needsAnyRole}, err)
			return
		}
		s.checkDemotion(ctx, existing, role, allowed, at, diags)
		has = existing.Role
	}
	if has == role {
		return
	}
	s.guardAccess(ctx, roleChange(p, s.idReference(memberKey(p)), has, role, at), diags)
}

func roleChange(p access.Principal, member access.Reference, has, role access.Role, at path.Path) accessChange {
	change := accountChange(p, review.AccountChange{Member: member, Role: &role}, at)
	// Between the least and the most, a role gives something and takes something.
	if role == vocabulary.RoleRegularUser || has == vocabulary.RoleGlobalAdministrator {
		change.Gains = review.Delta{}
	}
	if has == vocabulary.RoleRegularUser || role == vocabulary.RoleGlobalAdministrator {
		change.Losses = review.Delta{}
	}
	return change
}

// guardActivity judges that a user who exists is active, or not, from now on: by
// lock-outs, which may be allowed, and by the guardrails.
func (s *session) guardActivity(ctx context.Context, p access.Principal, active, allowed bool, at path.Path, diags *diag.Diagnostics) {
	if p.Active == active {
		return
	}
	if !active {
		s.checkDeactivation(ctx, p, allowed, at, diags)
	}
	s.guardAccess(ctx, activityChange(p, active, at), diags)
}

// tellReturn says what comes back with an account that is activated.
func (s *session) tellReturn(ctx context.Context, p access.Principal, at path.Path, diags *diag.Diagnostics) {
	if held, ok := s.whatItHolds(ctx, p, at, diags); ok {
		addWarning(diags, at, fmt.Sprintf("Active again: %s", p),
			fmt.Sprintf("%s is deactivated now. With this plan, %s is active again, %s.", p, p.Reference(), held))
	}
}

// whatItHolds says what a principal has with the plan, as far as that has got: what others
// of the plan take away may be taken later, or never.
func (s *session) whatItHolds(ctx context.Context, p access.Principal, at path.Path, diags *diag.Diagnostics) (text string, ok bool) {
	held, isPart, err := s.guard.HoldingsOf(ctx, p.IDReference())
	if err != nil {
		addFailure(diags, failure{at: at, doing: fmt.Sprintf("Looking up what %s was given", p), needs: needsAnyRole}, err)
		return "", false
	}
	text = "with no global role and on no list of a project or signing policy"
	if p.Kind == access.KindGroup {
		text = "on no list of a project or signing policy"
	}
	if len(held) > 0 {
		text = strings.Join(access.Spell(held), ", ")
	}
	if isPart {
		text += ", and with what the token may not see"
	}
	return text, true
}

// guardEnd judges that a user is deactivated by a destroy or a replacement, as
// guardActivity does.
func (s *session) guardEnd(ctx context.Context, p access.Principal, allowed bool, at path.Path, diags *diag.Diagnostics) {
	if !p.Active {
		return
	}
	s.checkDeactivation(ctx, p, allowed, at, diags)
	change := activityChange(p, false, at)
	change.Replaceable = true
	s.guardAccess(ctx, change, diags)
}

func activityChange(p access.Principal, active bool, at path.Path) accessChange {
	change := accountChange(p, review.AccountChange{Member: p.IDReference(), Active: &active}, at)
	if active {
		change.Losses = review.Delta{}
	} else {
		change.Gains = review.Delta{}
	}
	return change
}

// accountChange is both a gain and a loss.
func accountChange(p access.Principal, change review.AccountChange, at path.Path) accessChange {
	delta := review.Delta{Accounts: []review.AccountChange{change}}
	return accessChange{
		Change: guard.Change{
			Principals: []access.Principal{p}, Gains: delta, Losses: delta, Reach: guard.Reach{Everywhere: true},
			Account: []access.Reference{p.Reference(), change.Member},
		},
		at: func(review.Finding) path.Path { return at },
	}
}

// without returns the keys that are not among the others.
func without(keys, others []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return slices.Contains(others, key) })
}
