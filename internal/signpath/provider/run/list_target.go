package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// ReadNeeds and ChangeNeeds are for failures; see [failure].
func ReadNeeds(list vocabulary.List) string {
	if list.Parent == vocabulary.ParentUserGroup {
		return NeedsAnyRole
	}
	return NeedsProjectRead
}

// ChangeNeeds is ReadNeeds for a change.
func ChangeNeeds(list vocabulary.List) string {
	if list.Parent == vocabulary.ParentUserGroup {
		return NeedsGroupAdmin
	}
	return needsProjectAdmin
}

// GroupTarget is the list of the group, with the name by which messages and
// claims know it: two groups of one name are told apart by their ids.
func (s *Session) GroupTarget(list vocabulary.List, group access.Principal) api.Target {
	t := api.Target{List: list, Group: group.ID, GroupName: group.Name}
	if _, known := s.Client.Known().Get(group.ID); known {
		t.GroupName = s.Client.Known().ReferenceTo(group.ID).Key
	}
	return t
}

// GroupKey is the key of a list's group; see MemberKey.
func GroupKey(t api.Target) string {
	return MemberKey(access.Principal{Kind: access.KindGroup, ID: t.Group, Name: t.GroupName})
}

// IsPlanned tells whether the list is that of a group which does not exist yet.
func IsPlanned(t api.Target) bool {
	return t.List.Parent == vocabulary.ParentUserGroup && t.Group == ""
}

// StayUnlessOther says what becomes of a resource of which it is known only after apply
// whom or what it is about, as where a data source depends on something that changes. A
// replacement would take the right away, to give it back to the same one. So the plan is
// an update: the plan in the apply finds that nothing changes, or else asks for a
// replacement, which Terraform does not take then.
func (s *Session) StayUnlessOther(ctx context.Context, req resource.ModifyPlanRequest, at path.Path, diags *diag.Diagnostics) {
	if req.State.Raw.IsNull() {
		return
	}
	var present types.String
	diags.Append(req.State.GetAttribute(ctx, at, &present)...)
	AddWarning(diags, at, fmt.Sprintf("Known after apply: %s, now %s", at, present.ValueString()), fmt.Sprintf(
		"It is known only after apply what %[1]s will be. If it is %[2]q still, nothing changes. "+
			"If it is another one, Terraform changes nothing here, and the apply ends with "+
			"\"Provider produced inconsistent final plan\": then apply again, and the plan shows the replacement.", at, present.ValueString()))
}

// SpellMembers names ids as the known spellings do, where one of them means the
// same principal, and else by natural key. So a state keeps the spelling of the
// configuration, and a foreign member stands out.
func (s *Session) SpellMembers(ctx context.Context, ids, known []string) ([]string, error) {
	references, err := s.Client.References(ctx, ids)
	if err != nil {
		return nil, err
	}
	spelling := map[string]string{}
	for _, member := range known {
		if reference, err := access.ParseReference(member); err == nil {
			if p, err := s.Client.Known().Find(reference); err == nil {
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

// MemberKey identifies a planned principal: by id, or before it exists by its
// reference.
func MemberKey(p access.Principal) string {
	if p.ID != "" {
		return p.ID
	}
	return p.Reference().Folded().String()
}

// LookingUp is the failure to find a member whom the configuration may create.
func LookingUp(attribute, member string) Failure {
	return Failure{At: path.Root(attribute), Doing: fmt.Sprintf("Looking up %q", member), Needs: NeedsAnyRole, Granting: true}
}

// ExistingMember finds the principal that a member of a state or of an applied
// plan names.
func (s *Session) ExistingMember(ctx context.Context, member string) (access.Principal, error) {
	reference, err := access.ParseReference(member)
	if err != nil {
		return access.Principal{}, err
	}
	return s.Client.Resolve(ctx, reference)
}

// IsNobody tells whether an error says that there is no such principal or object.
func IsNobody(err error) bool { return errors.Is(err, access.ErrNoPrincipal) || api.IsGone(err) }

// JoinOrNobody spells out names.
func JoinOrNobody(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}

// MemberSet is the value of an attribute of members.
func MemberSet(members []string) types.Set {
	elements := make([]attr.Value, len(members))
	for i, member := range members {
		elements[i] = types.StringValue(member)
	}
	return types.SetValueMust(types.StringType, elements)
}

// MemberForms says which references a list takes.
func MemberForms(kinds []access.Kind) string {
	forms := map[access.Kind]string{
		access.KindUser:   "`user:EMAIL` (an interactive user's account e-mail)",
		access.KindCIUser: "`ci_user:NAME`",
		access.KindGroup:  "`group:NAME`",
	}
	var texts []string
	for _, kind := range kinds {
		texts = append(texts, forms[kind])
	}
	return strings.Join(texts, ", ") + ", or any of these kinds with a UUID in place of the e-mail or name"
}

// MemberIDs returns what rememberIDs has kept.
func MemberIDs(ctx context.Context, private tfkit.PrivateReader) map[string]string {
	return tfkit.GetPrivate[map[string]string](ctx, private, PrivateMemberIDs)
}

// PrivateMemberIDs has the ids of the members of a state; see MemberIDs.
const PrivateMemberIDs = "member_ids"

// ParentPath is the attribute to point at for an error about the parent.
func ParentPath(list vocabulary.List, err error) path.Path {
	var gone *api.GoneError
	switch {
	case list.Parent == vocabulary.ParentUserGroup:
		return path.Root(AttrGroup)
	case list.Parent == vocabulary.ParentProject || (errors.As(err, &gone) && gone.Project):
		return path.Root(AttrProject)
	}
	return path.Root(AttrSigningPolicy)
}
