package accesslist

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// managedList is what the resources for whole lists and for single entries share. There is
// one implementation of each for all access lists, with an [vocabulary.List] as its
// descriptor.
type managedList struct {
	run.Configured
	list vocabulary.List
}

// conditions reads the settings of the list's parent that decide who may be on
// it.
func (l *managedList) conditions(ctx context.Context, t api.Target) (vocabulary.Conditions, error) {
	if t.List.Parent != vocabulary.ParentSigningPolicy {
		return vocabulary.Conditions{}, nil
	}
	policy, err := l.Client.SigningPolicy(ctx, t.Project, t.Policy)
	return policy.Conditions(), err
}

// planMember finds the principal that a planned entry names and checks that it
// may be on the list. The id is whom the state means by it; see ResolveMeant. Who is on the list already is not checked: SignPath took
// it, and a plan must not fail because somebody was deactivated meanwhile.
func (l *managedList) planMember(
	ctx context.Context, t api.Target, current []string, member, id string, at path.Path, diags *diag.Diagnostics,
) (access.Principal, bool) {
	reference, err := access.ParseReference(member)
	if err != nil {
		return access.Principal{}, false // Validation has reported it.
	}
	f := run.Failure{At: at, Doing: fmt.Sprintf("Looking up %q for %s", member, t), Needs: run.NeedsAnyRole, Granting: true}
	p, err := l.ResolveMeant(ctx, reference, id)
	if err != nil {
		if !l.TellDeparted(member, err, at, diags) {
			run.AddFailure(diags, f, err)
		}
		return p, false
	}
	if slices.Contains(current, p.ID) {
		return p, true
	}
	conditions, err := l.conditions(ctx, t)
	if err == nil {
		err = t.List.Admit(p, conditions)
	}
	f.Doing = fmt.Sprintf("Planning %q for %s", member, t)
	f.Needs = run.ReadNeeds(t.List)
	run.AddFailure(diags, f, err)
	return p, err == nil
}

// settleMembers finds out whether the list can be written, as a whole or an entry, with
// those who are added.
func (l *managedList) settleMembers(ctx context.Context, t api.Target, whole bool, added []access.Principal, at path.Path, diags *diag.Diagnostics) {
	doing := run.Failure{At: at, Doing: "Planning to change " + t.String(), Needs: run.ChangeNeeds(t.List)}
	l.Settled(diags, doing, false, l.Client.SettleMembers(ctx, t, whole, added...))
}

// settleUnknownList finds out whether a list can be written of which it is not known yet what
// it belongs to.
func (l *managedList) settleUnknownList(ctx context.Context, whole bool, req resource.ModifyPlanRequest, diags *diag.Diagnostics) {
	if getParent(ctx, req.Plan, l.list, diags).isUnknown() {
		l.settleMembers(ctx, api.Target{List: l.list}, whole, nil, run.ParentPath(l.list, nil), diags)
	}
}
