package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// Taking away the rights by which they could be given back is an error in the
// plan, unless the resource allows it. Who has an unknown role counts as a Global
// Administrator when it is taken away, and as none when it is asked who is left.

const attrAllowLockout = "allow_lockout"

func allowLockoutAttribute(what string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true,
		MarkdownDescription: "Whether a change is allowed that " + what + ". Without it, such a plan is an error, because nobody might be left to undo it. " +
			"Defaults to `false`. A destroy heeds the value of the last apply.",
	}
}

// privateAllowLockout tells the destroy of a plan whether the plan allowed a
// lockout.
const privateAllowLockout = "allow_lockout"

func noteAllowLockout(ctx context.Context, private privateState, allowed bool, diags *diag.Diagnostics) {
	setPrivate(ctx, private, privateAllowLockout, allowed, diags)
}

// allowedLockout is what the plan of a destroy noted. The destroy checks again: a
// plan may be made with the token of a reader, whom it does not lock out, and
// carried out with that of an administrator.
func allowedLockout(ctx context.Context, private privateReader) bool {
	return getPrivate[bool](ctx, private, privateAllowLockout)
}

// checkDeactivation reports the deactivation of a user that would lock out.
func (s *session) checkDeactivation(ctx context.Context, p access.Principal, allowed bool, at path.Path, diags *diag.Diagnostics) {
	if p.Active {
		s.checkLoss(ctx, p, "deactivates", allowed, at, diags)
	}
}

// checkDemotion reports a change of role that would lock out. Becoming a Global
// Administrator takes nothing away.
func (s *session) checkDemotion(ctx context.Context, p access.Principal, role access.Role, allowed bool, at path.Path, diags *diag.Diagnostics) {
	if p.Role == role || p.Role == access.RoleRegularUser || role == access.RoleGlobalAdministrator {
		return
	}
	s.checkLoss(ctx, p, fmt.Sprintf("takes the role %s from", p.Role), allowed, at, diags)
}

func (s *session) checkLoss(ctx context.Context, p access.Principal, does string, allowed bool, at path.Path, diags *diag.Diagnostics) {
	s.demoted.add(p.ID)
	if allowed {
		return
	}
	reading := failure{at: at, doing: "Checking whether the plan locks anybody out", needs: needsAnyRole}
	me, err := s.client.Me(ctx)
	if err != nil {
		addFailure(diags, reading, err)
		return
	}
	if me.ID == p.ID {
		addError(diags, at, "Terraform would lock itself out", fmt.Sprintf(
			"This plan %s %s, the user whose API token Terraform uses. It could not be undone with that token.%s", does, p, lockoutAdvice))
	}
	if p.Role.AtMost() != access.RoleGlobalAdministrator || !p.Active {
		return
	}
	left, err := s.hasOtherAdministrator(ctx)
	if err != nil {
		addFailure(diags, reading, err)
		return
	}
	if !left {
		who := "the last active Global Administrator"
		if p.Role.IsUnknown() {
			who = fmt.Sprintf("whose role %s may be that of the last active Global Administrator: nobody else is known to be one", p.Role)
		}
		addError(diags, at, "No Global Administrator would be left", fmt.Sprintf(
			"This plan %s %s, %s. Nobody could give the role back.%s", does, p, who, lockoutAdvice))
	}
}

const lockoutAdvice = "\n\nMake somebody else a Global Administrator first, in an apply of its own, or set allow_lockout = true if you mean it."

// hasOtherAdministrator tells whether an active Global Administrator is left
// whom this plan does not demote or deactivate. Who only becomes one by this plan
// does not count: the apply may fail before. Nor does who has not accepted the
// invitation, which may never be.
func (s *session) hasOtherAdministrator(ctx context.Context) (bool, error) {
	directory, err := s.client.Directory(ctx, access.KindUser, access.KindCIUser)
	if err != nil {
		return false, err
	}
	for _, kind := range []access.Kind{access.KindUser, access.KindCIUser} {
		for _, p := range directory.All(kind) {
			if p.Status() == access.StatusActive && p.Role.AtLeast() == access.RoleGlobalAdministrator && !p.Support && !s.demoted.has(p.ID) {
				return true, nil
			}
		}
	}
	return false, nil
}
