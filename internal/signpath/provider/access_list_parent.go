package provider

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// What an access list belongs to. Projects and signing policies are named by
// slugs, which say at once which list is meant. A user group is named by a
// reference, as members are: it may be one that the same plan creates, and it
// stays the same group when it is renamed. So its id is kept in private state.

// parentFields are the attributes that name the list's parent. Those that the
// kind of parent does not have stay null.
type parentFields struct{ Project, SigningPolicy, Group types.String }

const (
	attrProject       = "project"
	attrSigningPolicy = "signing_policy"
	attrGroup         = "group"
)

// each calls do with every attribute that the list's parent has.
func (p *parentFields) each(list vocabulary.List, do func(name string, value *types.String)) {
	switch list.Parent {
	case vocabulary.ParentUserGroup:
		do(attrGroup, &p.Group)
	case vocabulary.ParentSigningPolicy:
		do(attrProject, &p.Project)
		do(attrSigningPolicy, &p.SigningPolicy)
	default:
		do(attrProject, &p.Project)
	}
}

// parentAttributes returns the schema of what names the list's parent.
func parentAttributes(list vocabulary.List) map[string]schema.Attribute {
	slug := func(of string) schema.StringAttribute {
		return schema.StringAttribute{
			Required:            true,
			MarkdownDescription: fmt.Sprintf("Slug of the %s, as in its web address. Another value replaces the resource.", of),
			Validators:          []validator.String{isSlug()},
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplaceIf(isKnown, whenKnown, whenKnown)},
		}
	}
	switch list.Parent {
	case vocabulary.ParentUserGroup:
		return map[string]schema.Attribute{
			attrGroup: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The user group, as a reference: `group:NAME`, or `group:UUID`. " +
					"Refer to the `member` attribute of a `signpath_user_group`, so that Terraform creates it first. " +
					"Another group replaces the resource; a new name of the same one does not. " +
					"A group that is synchronized from the organization's directory is an error in the plan: its members are managed there.",
				Validators: []validator.String{isMemberReference(access.KindGroup)},
			},
			attrGroupID: schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the group that `group` means, a UUID; known in the plan if the group exists." + refusedIfChanged,
			},
		}
	case vocabulary.ParentSigningPolicy:
		return map[string]schema.Attribute{attrProject: slug("project"), attrSigningPolicy: slug("signing policy")}
	}
	return map[string]schema.Attribute{attrProject: slug("project")}
}

const whenKnown = "another value, once it is known"

// isKnown lets another value replace a resource once it is known; see stayUnlessOther.
func isKnown(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	resp.RequiresReplace = !req.PlanValue.IsUnknown()
}

// listNeeds says which role the resources of the list need. That configurators change
// artifact configurations and webhooks only is documented (changelog 1.100.0).
func listNeeds(list vocabulary.List) string {
	const needsAdministrator = "Needs the role Project Administrator or Global Administrator."
	switch list.Parent {
	case vocabulary.ParentUserGroup:
		return needsGroupAdmin
	case vocabulary.ParentProject:
		return needsAdministrator + " Being a configurator of the project is not enough."
	}
	return needsAdministrator
}

// readNeeds and changeNeeds are for failures; see [failure].
func readNeeds(list vocabulary.List) string {
	if list.Parent == vocabulary.ParentUserGroup {
		return needsAnyRole
	}
	return needsProjectRead
}

func changeNeeds(list vocabulary.List) string {
	if list.Parent == vocabulary.ParentUserGroup {
		return needsGroupAdmin
	}
	return needsProjectAdmin
}

func getParent(ctx context.Context, from attributes, list vocabulary.List, diags *diag.Diagnostics) parentFields {
	var parent parentFields
	parent.each(list, func(name string, value *types.String) {
		diags.Append(from.GetAttribute(ctx, path.Root(name), value)...)
	})
	return parent
}

func (p parentFields) set(ctx context.Context, to settableAttributes, list vocabulary.List, diags *diag.Diagnostics) {
	p.each(list, func(name string, value *types.String) {
		diags.Append(to.SetAttribute(ctx, path.Root(name), *value)...)
	})
}

func (p parentFields) isUnknown() bool {
	return p.Project.IsUnknown() || p.SigningPolicy.IsUnknown() || p.Group.IsUnknown()
}

// parentPath is the attribute to point at for an error about the parent.
func parentPath(list vocabulary.List, err error) path.Path {
	var gone *api.GoneError
	switch {
	case list.Parent == vocabulary.ParentUserGroup:
		return path.Root(attrGroup)
	case list.Parent == vocabulary.ParentProject || (errors.As(err, &gone) && gone.Project):
		return path.Root(attrProject)
	}
	return path.Root(attrSigningPolicy)
}

// planTarget finds the list that a plan names: that of the state, where both name the
// group by the same reference. If it is not known yet, or if it
// reports an error, ok is false. The target of a group that the plan is about to
// create has no id; see isPlanned.
func (s *session) planTarget(ctx context.Context, req resource.ModifyPlanRequest, list vocabulary.List, diags *diag.Diagnostics) (t api.Target, ok bool) {
	parent := getParent(ctx, req.Plan, list, diags)
	if diags.HasError() || parent.isUnknown() {
		return t, false
	}
	if list.Parent != vocabulary.ParentUserGroup {
		return api.Target{List: list, Project: parent.Project.ValueString(), Policy: parent.SigningPolicy.ValueString()}, true
	}
	reference, err := access.ParseReference(parent.Group.ValueString())
	if err != nil {
		return t, false // Validation has reported it.
	}
	id := ""
	if !req.State.Raw.IsNull() && parent == getParent(ctx, req.State, list, diags) {
		id = groupID(ctx, req.Private)
	}
	group, err := s.resolveMeant(ctx, reference, id)
	if err == nil && group.ID != "" {
		t = s.groupTarget(list, group)
		group, err = s.client.Group(ctx, group.ID)
	} else {
		t = s.groupTarget(list, group)
	}
	if err != nil {
		if !s.tellDeparted(parent.Group.ValueString(), err, path.Root(attrGroup), diags) {
			addUnknownGroup(diags, reference, err)
		}
		return t, false
	}
	return t, !refuseUnmanageable(group, path.Root(attrGroup), diags)
}

func addUnknownGroup(diags *diag.Diagnostics, reference access.Reference, err error) {
	at, doing := path.Root(attrGroup), fmt.Sprintf("Looking up %q", reference)
	if !isNobody(err) {
		addFailure(diags, failure{at: at, doing: doing, needs: needsAnyRole}, err)
		return
	}
	diags.AddAttributeError(at, "Unknown user group", sentence(doing+" failed: "+err.Error())+
		"\n\nCorrect the reference, or create the group first. If this configuration creates it, refer to its `member` attribute, so that Terraform creates it before. "+destroyNote)
}

// groupTarget is the list of the group, with the name by which messages and
// claims know it: two groups of one name are told apart by their ids.
func (s *session) groupTarget(list vocabulary.List, group access.Principal) api.Target {
	t := api.Target{List: list, Group: group.ID, GroupName: group.Name}
	if _, known := s.client.Known().Get(group.ID); known {
		t.GroupName = s.client.Known().ReferenceTo(group.ID).Key
	}
	return t
}

// target finds the list that a state, or a plan that is being applied, names.
// Private state, if there is any, knows the group also by another name. The
// error is one of isNobody's where the group does not exist.
func (s *session) target(ctx context.Context, from attributes, private privateReader, list vocabulary.List, diags *diag.Diagnostics) (api.Target, error) {
	parent := getParent(ctx, from, list, diags)
	if list.Parent != vocabulary.ParentUserGroup {
		return api.Target{List: list, Project: parent.Project.ValueString(), Policy: parent.SigningPolicy.ValueString()}, nil
	}
	if id := groupID(ctx, private); id != "" {
		group, err := s.client.Principal(ctx, access.KindGroup, id)
		if err != nil {
			group = access.Principal{ID: id, Name: id}
		}
		return s.groupTarget(list, group), err
	}
	group, err := s.existingMember(ctx, parent.Group.ValueString())
	return s.groupTarget(list, group), err
}

// applyTarget is target for what changes the list: it reports the error.
func (s *session) applyTarget(ctx context.Context, from attributes, private privateReader, list vocabulary.List, diags *diag.Diagnostics) (t api.Target, ok bool) {
	t, err := s.target(ctx, from, private, list, diags)
	addFailure(diags, failure{at: parentPath(list, err), doing: "Looking for " + t.String(), needs: readNeeds(list)}, err)
	return t, !diags.HasError()
}

// isPlanned tells whether the list is that of a group which does not exist yet.
func isPlanned(t api.Target) bool {
	return t.List.Parent == vocabulary.ParentUserGroup && t.Group == ""
}

// groupKey is the key of a list's group; see memberKey.
func groupKey(t api.Target) string {
	return memberKey(access.Principal{Kind: access.KindGroup, ID: t.Group, Name: t.GroupName})
}

// currentMembers returns who is on the list. Nobody is in a group that does not
// exist yet.
func (s *session) currentMembers(ctx context.Context, t api.Target) ([]string, error) {
	if isPlanned(t) {
		return nil, nil
	}
	return s.client.Members(ctx, t)
}

// readMembers finds the list of a state and who is on it. What is proven gone it takes
// out of the state, and then, or after an error, ok is false.
func (s *session) readMembers(ctx context.Context, list vocabulary.List, req resource.ReadRequest, resp *resource.ReadResponse) (t api.Target, ids []string, ok bool) {
	t, err := s.target(ctx, req.State, req.Private, list, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return t, nil, false
	}
	if err == nil {
		ids, err = s.client.Members(ctx, t)
	}
	if isNobody(err) {
		s.departed.stated.Store(listKey(t), true)
		s.departed.note(getParent(ctx, req.State, list, &resp.Diagnostics).Group.ValueString())
		removeFromState(ctx, resp)
		return t, nil, false
	}
	addFailure(&resp.Diagnostics, failure{at: parentPath(list, err), doing: "Reading " + t.String(), needs: readNeeds(list)}, err)
	return t, ids, err == nil
}

// keepTarget writes what the state, its identity and its private state say of the list.
func (s *session) keepTarget(ctx context.Context, t api.Target, memberID string, req resource.ReadRequest, resp *resource.ReadResponse) {
	s.listIdentity(t, memberID).set(ctx, resp.Identity, &resp.Diagnostics)
	s.spellGroup(ctx, t, req.State, &resp.State, &resp.Diagnostics)
	rememberGroup(ctx, resp.Private, t, &resp.Diagnostics)
	keepGroupID(ctx, t, &resp.State, &resp.Diagnostics)
}

// keepGroupID writes the id of the list's group, if it is a group's, which the plan may
// have left unknown.
func keepGroupID(ctx context.Context, t api.Target, to settableAttributes, diags *diag.Diagnostics) {
	if t.List.Parent == vocabulary.ParentUserGroup {
		diags.Append(to.SetAttribute(ctx, path.Root(attrGroupID), idValue(t.Group))...)
	}
}

// planGroupID says which group is meant.
func planGroupID(ctx context.Context, t api.Target, plan planAttributes, diags *diag.Diagnostics) {
	if t.List.Parent != vocabulary.ParentUserGroup {
		return
	}
	var planned types.String
	diags.Append(plan.GetAttribute(ctx, path.Root(attrGroupID), &planned)...)
	if planned.IsUnknown() {
		keepGroupID(ctx, t, plan, diags)
	}
}

const privateGroupID = "group_id"

// groupID returns the id of the group in private state, if it is there.
func groupID(ctx context.Context, private privateReader) string {
	return getPrivate[string](ctx, private, privateGroupID)
}

// rememberGroup keeps the id of the list's group, if it is a group's.
func rememberGroup(ctx context.Context, private privateState, t api.Target, diags *diag.Diagnostics) {
	if t.Group != "" {
		setPrivate(ctx, private, privateGroupID, t.Group, diags)
	}
}

// planGroup decides what another value of group means for a resource that
// exists: nothing if it is another name of the same group, and a replacement
// else, which it tells.
func planGroup(ctx context.Context, list vocabulary.List, t api.Target, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) (replaces bool) {
	if list.Parent != vocabulary.ParentUserGroup || req.State.Raw.IsNull() {
		return false
	}
	planned := getParent(ctx, req.Plan, list, &resp.Diagnostics)
	prior := getParent(ctx, req.State, list, &resp.Diagnostics)
	if planned.Group.Equal(prior.Group) {
		return false
	}
	if t.Group != "" && t.Group == groupID(ctx, req.Private) {
		prior.set(ctx, &resp.Plan, list, &resp.Diagnostics)
		return false
	}
	resp.RequiresReplace.Append(path.Root(attrGroup))
	return true
}

// isOfUnknown tells whether it is not known yet what the list of a resource that exists
// belongs to.
func (s *session) isOfUnknown(ctx context.Context, list vocabulary.List, req resource.ModifyPlanRequest, diags *diag.Diagnostics) bool {
	if req.State.Raw.IsNull() || !getParent(ctx, req.Plan, list, diags).isUnknown() {
		return false
	}
	s.stayUnlessOther(ctx, req, parentPath(list, nil), diags)
	return true
}

// stayUnlessOther says what becomes of a resource of which it is known only after apply
// whom or what it is about, as where a data source depends on something that changes. A
// replacement would take the right away, to give it back to the same one. So the plan is
// an update: the plan in the apply finds that nothing changes, or else asks for a
// replacement, which Terraform does not take then.
func (s *session) stayUnlessOther(ctx context.Context, req resource.ModifyPlanRequest, at path.Path, diags *diag.Diagnostics) {
	if req.State.Raw.IsNull() {
		return
	}
	var present types.String
	diags.Append(req.State.GetAttribute(ctx, at, &present)...)
	addWarning(diags, at, fmt.Sprintf("Known after apply: %s, now %s", at, present.ValueString()), fmt.Sprintf(
		"It is known only after apply what %[1]s will be. If it is %[2]q still, nothing changes. If it is another one, Terraform changes nothing here, and the apply ends with "+
			"\"Provider produced inconsistent final plan\": then apply again, and the plan shows the replacement.", at, present.ValueString()))
}

// planRemoval notes who leaves the list by a destroy. It refuses what SignPath
// would refuse in the apply: to take members out of a synchronized group.
func (s *session) planRemoval(ctx context.Context, t api.Target, ids []string, diags *diag.Diagnostics) (ok bool) {
	if t.List.Parent != vocabulary.ParentUserGroup {
		return true
	}
	for _, id := range ids {
		s.memberships.change(groupKey(t), id, false)
	}
	group, err := s.client.Group(ctx, t.Group)
	if err != nil || !group.Synchronized {
		return true // What cannot be read now is reported by whatever fails in the apply.
	}
	diags.AddError("Synchronized from a directory", fmt.Sprintf(
		"%s is synchronized from your organization's directory now, and SignPath refuses to take members out of it. "+
			"To let Terraform forget this resource and leave the group as it is, use a removed block with destroy = false.", group))
	return false
}

// spellGroup names the group of a list as the state does where that still means
// the same group, and else as it is called now.
func (s *session) spellGroup(ctx context.Context, t api.Target, state attributes, to settableAttributes, diags *diag.Diagnostics) {
	if t.List.Parent != vocabulary.ParentUserGroup {
		return
	}
	parent := getParent(ctx, state, t.List, diags)
	if group, err := s.existingMember(ctx, parent.Group.ValueString()); err != nil || group.ID != t.Group {
		parent.Group = types.StringValue(s.client.Known().ReferenceTo(t.Group).String())
	}
	parent.set(ctx, to, t.List, diags)
}

// memberInImportID finds where the member begins in the import id of an entry of
// a group: names may contain slashes, but the member has its kind in front.
var memberInImportID = regexp.MustCompile(`/(?:user|ci_user|group):`)

// parseImportID splits an import id into what names the parent and, where an
// entry is imported, the member, which may itself contain slashes.
func parseImportID(id string, list vocabulary.List, withMember bool) (parent parentFields, member string, err error) {
	if list.Parent == vocabulary.ParentUserGroup {
		return parseGroupImportID(id, withMember)
	}
	names := []string{"PROJECT"}
	if list.Parent == vocabulary.ParentSigningPolicy {
		names = append(names, "SIGNING_POLICY")
	}
	if withMember {
		names = append(names, "MEMBER")
	}
	parts, slugs := strings.SplitN(id, "/", len(names)), len(names)
	if withMember {
		slugs--
	}
	isNoSlug := func(part string) bool { return vocabulary.CheckSlug(part) != nil }
	if len(parts) != len(names) || slices.ContainsFunc(parts[:slugs], isNoSlug) {
		return parent, "", fmt.Errorf("%q is not of the form %s, with the slugs from the web address%s", id, strings.Join(names, "/"),
			map[bool]string{true: ` and a member such as "user:dev.lead@example.com"`}[withMember])
	}
	if withMember {
		member = parts[len(parts)-1]
		if _, err := access.ParseEntry(member); err != nil {
			return parent, "", fmt.Errorf("%q does not end with a member: %w", id, err)
		}
	}
	parent.each(list, func(_ string, value *types.String) {
		*value, parts = types.StringValue(parts[0]), parts[1:]
	})
	return parent, member, nil
}

func parseGroupImportID(id string, withMember bool) (parent parentFields, member string, err error) {
	group := id
	if withMember {
		at := memberInImportID.FindStringIndex(id)
		if at == nil {
			return parent, "", fmt.Errorf("%q is not of the form GROUP/MEMBER, with the name or UUID of the group and a member such as %q", id, "user:dev.lead@example.com")
		}
		group, member = id[:at[0]], id[at[0]+1:]
	}
	prefix := string(access.KindGroup) + ":"
	reference, err := access.ParseReference(prefix + strings.TrimPrefix(group, prefix))
	if err != nil {
		return parent, "", fmt.Errorf("%q does not begin with the name or UUID of a user group: %w", id, err)
	}
	parent.Group = types.StringValue(reference.String())
	return parent, member, nil
}

// importTarget finds the list that an import id names, notes it in the state,
// and reports a parent that does not exist, which Terraform would else report
// without saying which exist.
func (s *session) importTarget(ctx context.Context, parent parentFields, list vocabulary.List, resp *resource.ImportStateResponse) (t api.Target, members []string, ok bool) {
	parent.set(ctx, &resp.State, list, &resp.Diagnostics)
	t, err := s.target(ctx, resp.State, nil, list, &resp.Diagnostics)
	if err == nil {
		members, err = s.client.Members(ctx, t)
	}
	addFailure(&resp.Diagnostics, failure{doing: "Importing " + t.String(), needs: readNeeds(list)}, err)
	if resp.Diagnostics.HasError() {
		return t, nil, false
	}
	s.spellGroup(ctx, t, resp.State, &resp.State, &resp.Diagnostics)
	return t, members, !resp.Diagnostics.HasError()
}
