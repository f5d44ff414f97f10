package provider

import (
	"cmp"
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

// What the resources for whole lists and for single entries share. There is one
// implementation of each for all access lists, with an [vocabulary.List] as its
// descriptor.

// attributes is what a plan, a state or a configuration offers for reading one
// attribute.
type attributes interface {
	GetAttribute(ctx context.Context, path path.Path, target any) diag.Diagnostics
}

// settableAttributes is what a plan or a state offers for writing one.
type settableAttributes interface {
	SetAttribute(ctx context.Context, path path.Path, val any) diag.Diagnostics
}

// conditions reads the settings of the list's parent that decide who may be on
// it.
func (s *session) conditions(ctx context.Context, t api.Target) (vocabulary.Conditions, error) {
	if t.List.Parent != vocabulary.ParentSigningPolicy {
		return vocabulary.Conditions{}, nil
	}
	policy, err := s.client.SigningPolicy(ctx, t.Project, t.Policy)
	return policy.Conditions(), err
}

// planMember finds the principal that a planned entry names and checks that it
// may be on the list. The id is whom the state means by it; see resolveMeant. Who is on the list already is not checked: SignPath took
// it, and a plan must not fail because somebody was deactivated meanwhile.
func (s *session) planMember(ctx context.Context, t api.Target, current []string, member, id string, at path.Path, diags *diag.Diagnostics) (access.Principal, bool) {
	reference, err := access.ParseReference(member)
	if err != nil {
		return access.Principal{}, false // Validation has reported it.
	}
	f := failure{at: at, doing: fmt.Sprintf("Looking up %q for %s", member, t), needs: needsAnyRole, granting: true}
	p, err := s.resolveMeant(ctx, reference, id)
	if err != nil {
		if !s.tellDeparted(member, err, at, diags) {
			addFailure(diags, f, err)
		}
		return p, false
	}
	if slices.Contains(current, p.ID) {
		return p, true
	}
	conditions, err := s.conditions(ctx, t)
	if err == nil {
		err = t.List.Admit(p, conditions)
	}
	f.doing = fmt.Sprintf("Planning %q for %s", member, t)
	f.needs = readNeeds(t.List)
	addFailure(diags, f, err)
	return p, err == nil
}

// memberKey identifies a planned principal: by id, or before it exists by its
// reference.
func memberKey(p access.Principal) string {
	if p.ID != "" {
		return p.ID
	}
	return p.Reference().Folded().String()
}

// lookingUp is the failure to find a member whom the configuration may create.
func lookingUp(attribute, member string) failure {
	return failure{at: path.Root(attribute), doing: fmt.Sprintf("Looking up %q", member), needs: needsAnyRole, granting: true}
}

// existingMember finds the principal that a member of a state or of an applied
// plan names.
func (s *session) existingMember(ctx context.Context, member string) (access.Principal, error) {
	reference, err := access.ParseReference(member)
	if err != nil {
		return access.Principal{}, err
	}
	return s.client.Resolve(ctx, reference)
}

// spellMembers names ids as the known spellings do, where one of them means the
// same principal, and else by natural key. So a state keeps the spelling of the
// configuration, and a foreign member stands out.
func (s *session) spellMembers(ctx context.Context, ids, known []string) ([]string, error) {
	references, err := s.client.References(ctx, ids)
	if err != nil {
		return nil, err
	}
	spelling := map[string]string{}
	for _, member := range known {
		if reference, err := access.ParseReference(member); err == nil {
			if p, err := s.client.Known().Find(reference); err == nil {
				spelling[p.ID] = member
			}
		}
	}
	members := make([]string, len(ids))
	for i, id := range ids {
		members[i] = cmp.Or(spelling[id], references[id].String())
	}
	return members, nil
}

// settleMembers finds out whether the list can be written, as a whole or an entry, with
// those who are added.
func (s *session) settleMembers(ctx context.Context, t api.Target, whole bool, added []access.Principal, at path.Path, diags *diag.Diagnostics) {
	doing := failure{at: at, doing: "Planning to change " + t.String(), needs: changeNeeds(t.List)}
	settled(diags, doing, false, s.client.SettleMembers(ctx, t, whole, added...))
}

// settleUnknownList finds out whether a list can be written of which it is not known yet what
// it belongs to.
func (s *session) settleUnknownList(ctx context.Context, list vocabulary.List, whole bool, req resource.ModifyPlanRequest, diags *diag.Diagnostics) {
	if getParent(ctx, req.Plan, list, diags).isUnknown() {
		s.settleMembers(ctx, api.Target{List: list}, whole, nil, parentPath(list, nil), diags)
	}
}
