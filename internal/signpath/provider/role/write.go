package role

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// How a role is given and taken, whichever resource does it. Nothing else is done to the
// account meanwhile: a write of its activity is compared with what was there before.

// settle finds out whether the role can be written.
func settle(ctx context.Context, s *run.Session, p access.Principal, role access.Role, at path.Path, diags *diag.Diagnostics) {
	doing := run.Failure{At: at, Doing: fmt.Sprintf("Planning to make %s a %s", p, role), Needs: run.NeedsUserAdmin}
	s.Settled(diags, doing, false, s.Client.SettleEdit(ctx, p.Kind, p.ID, api.PrincipalChange{Role: &role}))
}

// assign gives the user the role, and tells whether it has it.
func assign(ctx context.Context, s *run.Session, p access.Principal, role access.Role, at path.Path, creating bool, diags *diag.Diagnostics) bool {
	defer s.Accounts.Lock(p.ID)()
	s.Taken.NoteRole(p)
	warnings, err := s.Client.EditPrincipal(ctx, p.Kind, p.ID, api.PrincipalChange{Role: &role})
	run.AddEditWarnings(diags, p.String(), warnings)
	run.AddFailure(diags, run.Failure{At: at, Doing: fmt.Sprintf("Making %s a %s", p, role), Needs: run.NeedsUserAdmin, Creating: creating}, err)
	return err == nil || run.IsInForce(err)
}

// checkEnd reports that somebody who has the role loses it by a destroy that would lock out.
func checkEnd(ctx context.Context, s *run.Session, p access.Principal, role access.Role, allowed bool, diags *diag.Diagnostics) {
	if p.Role != role { // By a list, which may lag behind.
		if read, err := s.Client.ConfirmPrincipal(ctx, p.Kind, p.ID); err == nil {
			p = read
		}
	}
	if p.Role == role {
		s.CheckDemotion(ctx, p, vocabulary.RoleRegularUser, allowed, path.Empty(), diags)
	}
}

// takeRole makes a Regular User of who has the role, and tells whether that is done. Whoever
// has another one by now is left with it: no plan has said that it is taken, and where
// another resource of this run has given it, that is how the user is handed from one to
// the other.
func takeRole(ctx context.Context, s *run.Session, p access.Principal, role access.Role, diags *diag.Diagnostics) bool {
	defer s.Accounts.Lock(p.ID)()
	s.Taken.NoteRole(p)
	regular := vocabulary.RoleRegularUser
	warnings, err := s.Client.EditPrincipal(ctx, p.Kind, p.ID, api.PrincipalChange{Role: &regular, From: role, Yields: true})
	run.AddEditWarnings(diags, p.String(), warnings)
	run.AddFailure(diags, run.Failure{Doing: fmt.Sprintf("Taking the role %s from %s", vocabulary.SignPath.Spell(role), p), Needs: run.NeedsUserAdmin}, err)
	if now, known := s.Client.Known().Get(p.ID); err == nil && known && now.Role != regular && now.Role != role {
		diags.AddWarning(fmt.Sprintf("Has another role by now: %s", p.Reference()), fmt.Sprintf(
			"%s has the global role %s, and not %s, which was to be taken. It was left: the plan does not say that it is taken.",
			p, vocabulary.SignPath.Spell(now.Role), vocabulary.SignPath.Spell(role)))
	}
	return err == nil || run.IsInForce(err)
}

// claimRole notes that the resource that is planned manages the role of the user.
func claimRole(ctx context.Context, s *run.Session, private tfkit.PrivateState, p access.Principal, by string, at path.Path, diags *diag.Diagnostics) {
	s.Claim(ctx, private, "the global role of "+run.MemberKey(p), run.Claim{By: by, Of: fmt.Sprintf("the global role of %s", p.Reference())}, at, diags)
}

// refuseUneditable reports a user to whom nobody can give a role by SignPath's API.
func refuseUneditable(p access.Principal, at path.Path, diags *diag.Diagnostics) bool {
	if p.Support {
		return run.RefuseUnmanageable(p, at, diags)
	}
	if p.Synchronized {
		diags.AddAttributeError(at, "Synchronized from a directory", fmt.Sprintf(
			"%s is synchronized from your organization's directory, and SignPath refuses to edit it. Assign the role there.", p))
	}
	return p.Synchronized
}

// warnOfReplaced says that somebody loses another role by being given this one.
func warnOfReplaced(p access.Principal, before, role access.Role, at path.Path, diags *diag.Diagnostics) {
	diags.AddAttributeWarning(at, fmt.Sprintf("An existing role will be replaced: %s is a %s", p.Reference(), vocabulary.SignPath.Spell(before)), fmt.Sprintf(
		"%s has the global role %s now. A user has only one, so it will be %s instead.%s", p, vocabulary.SignPath.Spell(before), role, run.RefusedNote))
}
