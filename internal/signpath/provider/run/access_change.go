package run

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

// ListChange is the change of a list by whom it gains and, by MemberKey, whom it loses.
func (s *Session) ListChange(t api.Target, added []access.Principal, removed []string) AccessChange {
	list := s.reviewedList(t)
	change := AccessChange{
		Change: guard.Change{Principals: slices.Clone(added), Reach: reachOf(t, added)},
		list:   t.String(), At: func(review.Finding) path.Path { return path.Empty() },
	}
	if group, planned := s.Planned.Find(list.Group); planned {
		change.Principals = append(change.Principals, group)
	}
	for _, p := range added {
		change.Gains.Added = append(change.Gains.Added, list.Entries(s.KeyReference(MemberKey(p)))...)
	}
	for _, key := range removed {
		change.Losses.Removed = append(change.Losses.Removed, list.Entries(s.KeyReference(key))...)
	}
	return change
}

// reviewedList is the list as a review names it.
func (s *Session) reviewedList(t api.Target) review.Seat {
	if t.List.Parent == vocabulary.ParentUserGroup {
		return review.Seat{Group: s.KeyReference(GroupKey(t))}
	}
	return review.Seat{Role: t.List.Role(), Place: access.PlaceOf(t.Project, t.Policy)}
}

// KeyReference names a principal by id, if it has one; see MemberKey.
func (s *Session) KeyReference(key string) access.Reference {
	reference := s.spellKey(key)
	if access.IsID(key) {
		reference.Key = key
	}
	return reference
}

// GuardRole judges that the user has the role from now on: by lock-outs, which may be
// allowed, and by the guardrails. Whatever gives or takes a role plans it by this.
func (s *Session) GuardRole(ctx context.Context, p access.Principal, role access.Role, allowed bool, at path.Path, diags *diag.Diagnostics) {
	has := vocabulary.RoleRegularUser // of whom the same plan creates
	if p.ID != "" {
		existing, err := s.Client.Principal(ctx, p.Kind, p.ID)
		if err != nil {
			AddFailure(diags, Failure{At: at, Doing: fmt.Sprintf("Reading the role of %s", p), Needs: NeedsAnyRole}, err)
			return
		}
		s.CheckDemotion(ctx, existing, role, allowed, at, diags)
		has = existing.Role
	}
	if has == role {
		return
	}
	s.GuardAccess(ctx, roleChange(p, s.KeyReference(MemberKey(p)), has, role, at), diags)
}

// GuardEndOfRole judges that the user loses the role by its day. Whether that locks out is asked before,
// by EndLocksOut; where that is allowed, it is told.
func (s *Session) GuardEndOfRole(ctx context.Context, p access.Principal, allowed bool, at path.Path, diags *diag.Diagnostics) {
	if allowed {
		s.CheckDemotion(ctx, p, vocabulary.RoleRegularUser, allowed, at, diags)
	}
	change := roleChange(p, s.KeyReference(MemberKey(p)), p.Role, vocabulary.RoleRegularUser, at)
	change.Replaceable, change.Expires = true, true
	s.GuardAccess(ctx, change, diags)
}

func roleChange(p access.Principal, member access.Reference, has, role access.Role, at path.Path) AccessChange {
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

// GuardActivity judges that a user who exists is active, or not, from now on: by
// lock-outs, which may be allowed, and by the guardrails.
func (s *Session) GuardActivity(ctx context.Context, p access.Principal, active, allowed bool, at path.Path, diags *diag.Diagnostics) {
	if p.Active == active {
		return
	}
	if !active {
		s.CheckDeactivation(ctx, p, allowed, at, diags)
	}
	s.GuardAccess(ctx, activityChange(p, active, at), diags)
}

// TellReturn says what comes back with an account that is activated.
func (s *Session) TellReturn(ctx context.Context, p access.Principal, at path.Path, diags *diag.Diagnostics) {
	if held, ok := s.whatItHolds(ctx, p, at, diags); ok {
		AddWarning(diags, at, fmt.Sprintf("Active again: %s", p),
			fmt.Sprintf("%s is deactivated now. With this plan, %s is active again, %s.", p, p.Reference(), held))
	}
}

// whatItHolds says what a principal has with the plan, as far as that has got: what others
// of the plan take away may be taken later, or never.
func (s *Session) whatItHolds(ctx context.Context, p access.Principal, at path.Path, diags *diag.Diagnostics) (text string, ok bool) {
	held, isPart, err := s.Guard.HoldingsOf(ctx, p.IDReference())
	if err != nil {
		AddFailure(diags, Failure{At: at, Doing: fmt.Sprintf("Looking up what %s was given", p), Needs: NeedsAnyRole}, err)
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

// GuardEnd judges that a user is deactivated by a destroy or a replacement, as
// GuardActivity does, and tells it.
func (s *Session) GuardEnd(ctx context.Context, p access.Principal, allowed bool, at path.Path, diags *diag.Diagnostics) {
	if !p.Active {
		return
	}
	s.CheckDeactivation(ctx, p, allowed, at, diags)
	change := activityChange(p, false, at)
	change.Replaceable, change.isEnd = true, true
	s.GuardAccess(ctx, change, diags)
	text := fmt.Sprintf("SignPath's API offers no way to delete a user, so the account of %s is deactivated, and stays visible as inactive.", p.Reference())
	if held, _, err := s.Guard.HoldingsOf(ctx, p.IDReference()); err == nil && len(held) > 0 {
		text += fmt.Sprintf(" It counts %s now: what of that the plan does not end comes back when somebody activates it.", strings.Join(access.Spell(held), ", "))
	}
	AddWarning(diags, at, "Users are deactivated, not deleted: "+p.String(), text)
}

func activityChange(p access.Principal, active bool, at path.Path) AccessChange {
	change := accountChange(p, review.AccountChange{Member: p.IDReference(), Active: &active}, at)
	if active {
		change.Losses = review.Delta{}
	} else {
		change.Gains = review.Delta{}
	}
	return change
}

// accountChange is both a gain and a loss.
func accountChange(p access.Principal, change review.AccountChange, at path.Path) AccessChange {
	delta := review.Delta{Accounts: []review.AccountChange{change}}
	return AccessChange{
		Change: guard.Change{
			Principals: []access.Principal{p}, Gains: delta, Losses: delta, Reach: guard.Reach{Everywhere: true},
			Account: []access.Reference{p.Reference(), change.Member},
		},
		At: func(review.Finding) path.Path { return at },
	}
}

// Without returns the keys that are not among the others.
func Without(keys, others []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return slices.Contains(others, key) })
}
