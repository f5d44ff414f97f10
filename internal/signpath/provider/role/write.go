package role

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// How a role is given and taken, whichever resource does it.

// settle finds out whether the role can be written.
func settle(ctx context.Context, s *run.Session, p access.Principal, role access.Role, at path.Path, diags *diag.Diagnostics) {
	doing := run.Failure{At: at, Doing: fmt.Sprintf("Planning to make %s a %s", p, role), Needs: run.NeedsUserAdmin}
	run.Settled(diags, doing, false, s.Client.SettleEdit(ctx, p.Kind, p.ID, api.PrincipalChange{Role: &role}))
}

// assign gives the user the role, and tells whether it has it.
func assign(ctx context.Context, s *run.Session, p access.Principal, role access.Role, at path.Path, creating bool, diags *diag.Diagnostics) bool {
	s.Taken.NoteRole(p)
	warnings, err := s.Client.EditPrincipal(ctx, p.Kind, p.ID, api.PrincipalChange{Role: &role})
	run.AddEditWarnings(diags, p.String(), warnings)
	run.AddFailure(diags, run.Failure{At: at, Doing: fmt.Sprintf("Making %s a %s", p, role), Needs: run.NeedsUserAdmin, Creating: creating}, err)
	return err == nil || run.IsInForce(err)
}

// takeRole makes a Regular User of who has the role. Whoever has another one by now is
// left with it: no plan has said that it is taken, and where another resource of this run
// has given it, that is how the user is handed from one to the other.
func takeRole(ctx context.Context, s *run.Session, p access.Principal, role access.Role, allowed bool, diags *diag.Diagnostics) {
	if p.Role != role { // By a list, which may lag behind.
		if read, err := s.Client.ConfirmPrincipal(ctx, p.Kind, p.ID); err == nil {
			p = read
		}
	}
	if p.Role == role {
		s.CheckDemotion(ctx, p, vocabulary.RoleRegularUser, allowed, path.Empty(), diags)
	}
	if diags.HasError() {
		return
	}
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
}
