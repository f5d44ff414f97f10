package run

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// Taking away the rights by which they could be given back is an error in the
// plan, unless the resource allows it. Who has an unknown role counts as a Global
// Administrator when it is taken away, and as none when it is asked who is left.

// AttrAllowLockout is the attribute that allows it.
const AttrAllowLockout = "allow_lockout"

// AllowLockoutAttribute describes it; what says which change locks out.
func AllowLockoutAttribute(what string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true,
		MarkdownDescription: "Whether a change is allowed that " + what + ". Without it, such a plan is an error, because nobody might be left to undo it. " +
			"Defaults to `false`. A destroy heeds the value of the last apply.",
	}
}

// privateAllowLockout tells the destroy of a plan whether the plan allowed a
// lockout.
const privateAllowLockout = "allow_lockout"

// NoteAllowLockout notes in a plan whether it allows a lockout.
func NoteAllowLockout(ctx context.Context, private tfkit.PrivateState, allowed bool, diags *diag.Diagnostics) {
	tfkit.SetPrivate(ctx, private, privateAllowLockout, allowed, diags)
}

// AllowedLockout is what the plan of a destroy noted. The destroy checks again: a
// plan may be made with the token of a reader, whom it does not lock out, and
// carried out with that of an administrator.
func AllowedLockout(ctx context.Context, private tfkit.PrivateReader) bool {
	return tfkit.GetPrivate[bool](ctx, private, privateAllowLockout)
}

// CheckDeactivation reports the deactivation of a user that would lock out. A plan asks
// for it by GuardActivity and GuardEnd, and a destroy once more when it is carried out.
func (s *Session) CheckDeactivation(ctx context.Context, p access.Principal, allowed bool, at path.Path, diags *diag.Diagnostics) {
	if p.Active {
		s.checkLoss(ctx, p, "deactivates", allowed, at, diags)
	}
}

// CheckDemotion reports a change of role that would lock out. Becoming a Global
// Administrator takes nothing away. A plan asks for it by GuardRole, and a destroy once
// more when it is carried out.
func (s *Session) CheckDemotion(ctx context.Context, p access.Principal, role access.Role, allowed bool, at path.Path, diags *diag.Diagnostics) {
	if p.Role == role || p.Role == vocabulary.RoleRegularUser || role == vocabulary.RoleGlobalAdministrator {
		return
	}
	s.checkLoss(ctx, p, fmt.Sprintf("takes the role %s from", vocabulary.SignPath.Spell(p.Role)), allowed, at, diags)
}

func (s *Session) checkLoss(ctx context.Context, p access.Principal, does string, allowed bool, at path.Path, diags *diag.Diagnostics) {
	s.demoted.Add(p.ID)
	reading := Failure{At: at, Doing: "Checking whether the plan locks anybody out", Needs: NeedsAnyRole}
	me, err := s.Client.Me(ctx)
	if err != nil && !allowed {
		AddFailure(diags, reading, err)
		return
	}
	if err == nil && me.ID == p.ID {
		lockedOut(diags, p, at, allowed, "Terraform would lock itself out", fmt.Sprintf(
			"This plan %s %s, the user whose API token Terraform uses. It could not be undone with that token.", does, p),
			"Use the API token of another user for that")
	}
	if vocabulary.SignPath.AtMost(p.Role) != vocabulary.RoleGlobalAdministrator || !p.Active {
		return
	}
	left, leaving, err := s.otherAdministrators(ctx, p)
	if err != nil && !allowed {
		AddFailure(diags, reading, err)
	}
	if err == nil && !left {
		lockedOut(diags, p, at, allowed, "No Global Administrator would be left", fmt.Sprintf(
			"This plan %s %s, %s. Nobody could give the role back.", does, p, lastOne(p, leaving)),
			"Make somebody else a Global Administrator first, in an apply of its own")
	}
}

// EndLocksOut says in a sentence why the end of a role by its day would lock out; it is empty where it
// would not, and then whoever asks for others later counts the user as gone.
func (s *Session) EndLocksOut(ctx context.Context, p access.Principal) string {
	me, err := s.Client.Me(ctx)
	switch {
	case err != nil:
		return fmt.Sprintf("whether that locks anybody out could not be checked (%s).", err)
	case me.ID == p.ID:
		return "it is that of the user whose API token Terraform uses, who could not undo it. " +
			"Use the API token of another user for that, or set allow_lockout = true if you mean it."
	case vocabulary.SignPath.AtMost(p.Role) != vocabulary.RoleGlobalAdministrator || !p.Active:
		return ""
	}
	s.ending.Lock()
	defer s.ending.Unlock()
	left, leaving, err := s.otherAdministrators(ctx, p)
	switch {
	case err != nil:
		return fmt.Sprintf("whether a Global Administrator would be left could not be checked (%s).", err)
	case !left:
		return fmt.Sprintf("it is that of %s, and nobody could give it back. "+
			"Make somebody else a Global Administrator first, in an apply of its own, or set allow_lockout = true if you mean it.", lastOne(p, leaving))
	}
	s.demoted.Add(p.ID)
	return ""
}

// lastOne says in which way nobody is left but p. The resources of a plan are seen one by
// one, and what is told of one has to be true of all.
func lastOne(p access.Principal, leaving []string) string {
	switch {
	case vocabulary.SignPath.IsUnknown(p.Role):
		return fmt.Sprintf("whose role %s may be that of the last active Global Administrator: nobody else is known to be one", vocabulary.SignPath.Spell(p.Role))
	case len(leaving) > 0:
		return "the last active Global Administrator but for whom it takes that from as well: " + strings.Join(leaving, ", ")
	}
	return "the last active Global Administrator"
}

// lockedOut reports a lock-out: as an error, or as a warning where it is allowed.
func lockedOut(diags *diag.Diagnostics, p access.Principal, at path.Path, allowed bool, summary, detail, advice string) {
	switch isDestroy := at.Equal(path.Empty()); {
	case allowed:
		AddWarning(diags, at, summary+": "+p.String(), detail+"\n\nallow_lockout lets it pass.")
	case isDestroy:
		AddError(diags, at, summary, detail+"\n\n"+advice+". If the resource was only renamed, add a moved block. "+
			"If you mean it, put the resource back with allow_lockout = true, apply that, and take it away then. "+
			"To let Terraform forget the resource and change nothing, use a removed block with destroy = false.")
	default:
		AddError(diags, at, summary, detail+"\n\n"+advice+", or set allow_lockout = true if you mean it.")
	}
}

// otherAdministrators tells whether an active Global Administrator is left beside p whom
// this plan does not demote or deactivate, and names those that it does. Who only becomes
// one by this plan does not count: the apply may fail before. Nor does who has not accepted
// the invitation, which may never be.
func (s *Session) otherAdministrators(ctx context.Context, p access.Principal) (left bool, leaving []string, err error) {
	directory, err := s.Client.Directory(ctx, RoleKinds...)
	if err != nil {
		return false, nil, err
	}
	for _, kind := range RoleKinds {
		for _, other := range directory.All(kind) {
			switch {
			case other.ID == p.ID || other.Status() != access.StatusActive || other.Support ||
				vocabulary.SignPath.AtLeast(other.Role) != vocabulary.RoleGlobalAdministrator:
			case s.demoted.Has(other.ID):
				leaving = append(leaving, other.String())
			default:
				return true, nil, nil
			}
		}
	}
	return false, leaving, nil
}

// RoleKinds are the kinds of principals that have a global role.
var RoleKinds = []access.Kind{access.KindUser, access.KindCIUser}
