package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// managedList is what the resources for whole lists and for single entries share. There is
// one implementation of each for all access lists, with an [vocabulary.List] as its
// descriptor.
type managedList struct {
	configured
	list vocabulary.List
}

// conditions reads the settings of the list's parent that decide who may be on
// it.
func (l *managedList) conditions(ctx context.Context, t api.Target) (vocabulary.Conditions, error) {
	if t.List.Parent != vocabulary.ParentSigningPolicy {
		return vocabulary.Conditions{}, nil
	}
	policy, err := l.client.SigningPolicy(ctx, t.Project, t.Policy)
	return policy.Conditions(), err
}

// planMember finds the principal that a planned entry names and checks that it
// may be on the list. The id is whom the state means by it; see resolveMeant. Who is on the list already is not checked: SignPath took
// it, and a plan must not fail because somebody was deactivated meanwhile.
func (l *managedList) planMember(ctx context.Context, t api.Target, current []string, member, id string, at path.Path, diags *diag.Diagnostics) (access.Principal, bool) {
	reference, err := access.ParseReference(member)
	if err != nil {
		return access.Principal{}, false // Validation has reported it.
	}
	f := failure{at: at, doing: fmt.Sprintf("Looking up %q for %s", member, t), needs: needsAnyRole, granting: true}
	p, err := l.resolveMeant(ctx, reference, id)
	if err != nil {
		if !l.tellDeparted(member, err, at, diags) {
			addFailure(diags, f, err)
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
	f.doing = fmt.Sprintf("Planning %q for %s", member, t)
	f.needs = readNeeds(t.List)
	addFailure(diags, f, err)
	return p, err == nil
}

// settleMembers finds out whether the list can be written, as a whole or an entry, with
// those who are added.
func (l *managedList) settleMembers(ctx context.Context, t api.Target, whole bool, added []access.Principal, at path.Path, diags *diag.Diagnostics) {
	doing := failure{at: at, doing: "Planning to change " + t.String(), needs: changeNeeds(t.List)}
	settled(diags, doing, false, l.client.SettleMembers(ctx, t, whole, added...))
}

// settleUnknownList finds out whether a list can be written of which it is not known yet what
// it belongs to.
func (l *managedList) settleUnknownList(ctx context.Context, whole bool, req resource.ModifyPlanRequest, diags *diag.Diagnostics) {
	if getParent(ctx, req.Plan, l.list, diags).isUnknown() {
		l.settleMembers(ctx, api.Target{List: l.list}, whole, nil, parentPath(l.list, nil), diags)
	}
}
