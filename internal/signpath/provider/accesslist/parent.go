package accesslist

import (
	"context"
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
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// What an access list belongs to. Projects and signing policies are named by
// slugs, which say at once which list is meant. A user group is named by a
// reference, as members are: it may be one that the same plan creates, and it
// stays the same group when it is renamed. So its id is kept in private state.

// parentFields are the attributes that name the list's parent. Those that the
// kind of parent does not have stay null.
type parentFields struct{ Project, SigningPolicy, Group types.String }

// each calls do with every attribute that the list's parent has.
func (p *parentFields) each(list vocabulary.List, do func(name string, value *types.String)) {
	switch list.Parent {
	case vocabulary.ParentUserGroup:
		do(run.AttrGroup, &p.Group)
	case vocabulary.ParentSigningPolicy:
		do(run.AttrProject, &p.Project)
		do(run.AttrSigningPolicy, &p.SigningPolicy)
	default:
		do(run.AttrProject, &p.Project)
	}
}

// parentAttributes returns the schema of what names the list's parent.
func parentAttributes(list vocabulary.List) map[string]schema.Attribute {
	slug := func(of string) schema.StringAttribute {
		return schema.StringAttribute{
			Required:            true,
			MarkdownDescription: fmt.Sprintf("Slug of the %s, as in its web address. Another value replaces the resource.", of),
			Validators:          []validator.String{run.IsSlug()},
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplaceIf(run.IsKnown, run.WhenKnown, run.WhenKnown)},
		}
	}
	switch list.Parent {
	case vocabulary.ParentUserGroup:
		return map[string]schema.Attribute{
			run.AttrGroup: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The user group, as a reference: `group:NAME`, or `group:UUID`. " +
					"Refer to the `member` attribute of a `signpath_user_group`, so that Terraform creates it first. " +
					"Another group replaces the resource; a new name of the same one does not. " +
					"A group that is synchronized from the organization's directory is an error in the plan: its members are managed there.",
				Validators: []validator.String{run.IsMemberOfPlan(access.KindGroup)},
			},
			attrGroupID: schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "Id of the group that `group` means, a UUID; known in the plan if the group exists." + run.RefusedIfChanged,
			},
		}
	case vocabulary.ParentSigningPolicy:
		return map[string]schema.Attribute{run.AttrProject: slug("project"), run.AttrSigningPolicy: slug("signing policy")}
	}
	return map[string]schema.Attribute{run.AttrProject: slug("project")}
}

// listNeeds says which role the resources of the list need. That configurators change
// artifact configurations and webhooks only is documented (changelog 1.100.0).
func listNeeds(list vocabulary.List) string {
	const needsAdministrator = "Needs the role Project Administrator or Global Administrator."
	switch list.Parent {
	case vocabulary.ParentUserGroup:
		return run.NeedsGroupAdmin
	case vocabulary.ParentProject:
		return needsAdministrator + " Being a configurator of the project is not enough."
	}
	return needsAdministrator
}

// besides says what else comes with an entry, as a paragraph.
func besides(list vocabulary.List) string {
	if list.Besides == "" {
		return ""
	}
	return list.Besides + "\n\n"
}

func getParent(ctx context.Context, from run.Attributes, list vocabulary.List, diags *diag.Diagnostics) parentFields {
	var parent parentFields
	parent.each(list, func(name string, value *types.String) {
		diags.Append(from.GetAttribute(ctx, path.Root(name), value)...)
	})
	return parent
}

func (p parentFields) set(ctx context.Context, to run.SettableAttributes, list vocabulary.List, diags *diag.Diagnostics) {
	p.each(list, func(name string, value *types.String) {
		diags.Append(to.SetAttribute(ctx, path.Root(name), *value)...)
	})
}

func (p parentFields) isUnknown() bool {
	return p.Project.IsUnknown() || p.SigningPolicy.IsUnknown() || p.Group.IsUnknown()
}

// planTarget finds the list that a plan names: that of the state, where both name the
// group by the same reference. If it is not known yet, or if it
// reports an error, ok is false. The target of a group that the plan is about to
// create has no id; see isPlanned.
func (l *managedList) planTarget(ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics) (t api.Target, ok bool) {
	parent := getParent(ctx, req.Plan, l.list, diags)
	if diags.HasError() || parent.isUnknown() {
		return t, false
	}
	if l.list.Parent != vocabulary.ParentUserGroup {
		return api.Target{List: l.list, Project: parent.Project.ValueString(), Policy: parent.SigningPolicy.ValueString()}, true
	}
	reference, err := access.ParseReference(parent.Group.ValueString())
	if err != nil {
		return t, false // Validation has reported it.
	}
	id := ""
	if !req.State.Raw.IsNull() && parent == getParent(ctx, req.State, l.list, diags) {
		id = groupID(ctx, req.Private)
	}
	group, err := l.ResolveMeant(ctx, reference, id)
	if err == nil && group.ID != "" {
		t = l.GroupTarget(l.list, group)
		group, err = l.Client.Group(ctx, group.ID)
	} else {
		t = l.GroupTarget(l.list, group)
	}
	if err != nil {
		if !l.TellDeparted(parent.Group.ValueString(), err, path.Root(run.AttrGroup), diags) {
			addUnknownGroup(diags, reference, err)
		}
		return t, false
	}
	return t, !run.RefuseUnmanageable(group, path.Root(run.AttrGroup), diags)
}

func addUnknownGroup(diags *diag.Diagnostics, reference access.Reference, err error) {
	at, doing := path.Root(run.AttrGroup), fmt.Sprintf("Looking up %q", reference)
	if !run.IsNobody(err) {
		run.AddFailure(diags, run.Failure{At: at, Doing: doing, Needs: run.NeedsAnyRole}, err)
		return
	}
	diags.AddAttributeError(at, "Unknown user group", tfkit.Sentence(doing+" failed: "+err.Error())+
		"\n\nCorrect the reference, or create the group first. If this configuration creates it, refer to its `member` attribute, so that Terraform creates it before. "+run.DestroyNote)
}

// target finds the list that a state, or a plan that is being applied, names.
// Private state, if there is any, knows the group also by another name. The
// error is one of IsNobody's where the group does not exist.
func (l *managedList) target(ctx context.Context, from run.Attributes, private tfkit.PrivateReader, diags *diag.Diagnostics) (api.Target, error) {
	parent := getParent(ctx, from, l.list, diags)
	if l.list.Parent != vocabulary.ParentUserGroup {
		return api.Target{List: l.list, Project: parent.Project.ValueString(), Policy: parent.SigningPolicy.ValueString()}, nil
	}
	if id := groupID(ctx, private); id != "" {
		group, err := l.Client.Principal(ctx, access.KindGroup, id)
		if err != nil {
			group = access.Principal{ID: id, Name: id}
		}
		return l.GroupTarget(l.list, group), err
	}
	group, err := l.ExistingMember(ctx, parent.Group.ValueString())
	return l.GroupTarget(l.list, group), err
}

// applyTarget is target for what changes the list: it reports the error.
func (l *managedList) applyTarget(ctx context.Context, from run.Attributes, private tfkit.PrivateReader, diags *diag.Diagnostics) (t api.Target, ok bool) {
	t, err := l.target(ctx, from, private, diags)
	run.AddFailure(diags, run.Failure{At: run.ParentPath(l.list, err), Doing: "Looking for " + t.String(), Needs: run.ReadNeeds(l.list)}, err)
	return t, !diags.HasError()
}

// currentMembers returns who is on the list. Nobody is in a group that does not
// exist yet.
func (l *managedList) currentMembers(ctx context.Context, t api.Target) ([]string, error) {
	if run.IsPlanned(t) {
		return nil, nil
	}
	return l.Client.Members(ctx, t)
}

// readMembers finds the list of a state and who is on it. What is proven gone it takes
// out of the state, and then, or after an error, ok is false.
func (l *managedList) readMembers(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) (t api.Target, ids []string, ok bool) {
	t, err := l.target(ctx, req.State, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return t, nil, false
	}
	if err == nil {
		ids, err = l.Client.Members(ctx, t)
	}
	l.Departed.Note(getParent(ctx, req.State, l.list, &resp.Diagnostics).Group.ValueString(), groupID(ctx, req.Private))
	if run.IsNobody(err) {
		l.Departed.Stated.Store(run.ListKey(t), "")
		run.RemoveFromState(ctx, resp)
		return t, nil, false
	}
	run.AddFailure(&resp.Diagnostics, run.Failure{At: run.ParentPath(l.list, err), Doing: "Reading " + t.String(), Needs: run.ReadNeeds(l.list)}, err)
	return t, ids, err == nil
}

// keepTarget writes what the state, its identity and its private state say of the list.
func (l *managedList) keepTarget(ctx context.Context, t api.Target, memberID string, req resource.ReadRequest, resp *resource.ReadResponse) {
	l.listIdentity(t, memberID).Set(ctx, resp.Identity, &resp.Diagnostics)
	l.spellGroup(ctx, t, req.State, &resp.State, &resp.Diagnostics)
	rememberGroup(ctx, resp.Private, t, &resp.Diagnostics)
	keepGroupID(ctx, t, &resp.State, &resp.Diagnostics)
}

// keepGroupID writes the id of the list's group, if it is a group's, which the plan may
// have left unknown.
func keepGroupID(ctx context.Context, t api.Target, to run.SettableAttributes, diags *diag.Diagnostics) {
	if t.List.Parent == vocabulary.ParentUserGroup {
		diags.Append(to.SetAttribute(ctx, path.Root(attrGroupID), run.IDValue(t.Group))...)
	}
}

// planGroupID says which group is meant.
func planGroupID(ctx context.Context, t api.Target, plan run.PlanAttributes, diags *diag.Diagnostics) {
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
func groupID(ctx context.Context, private tfkit.PrivateReader) string {
	return tfkit.GetPrivate[string](ctx, private, privateGroupID)
}

// rememberGroup keeps the id of the list's group, if it is a group's.
func rememberGroup(ctx context.Context, private tfkit.PrivateState, t api.Target, diags *diag.Diagnostics) {
	if t.Group != "" {
		tfkit.SetPrivate(ctx, private, privateGroupID, t.Group, diags)
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
	resp.RequiresReplace.Append(path.Root(run.AttrGroup))
	return true
}

// isOfUnknown tells whether it is not known yet what the list of a resource that exists
// belongs to.
func (l *managedList) isOfUnknown(ctx context.Context, req resource.ModifyPlanRequest, diags *diag.Diagnostics) bool {
	if req.State.Raw.IsNull() || !getParent(ctx, req.Plan, l.list, diags).isUnknown() {
		return false
	}
	l.StayUnlessOther(ctx, req, run.ParentPath(l.list, nil), diags)
	return true
}

// planRemoval notes who leaves the list by a destroy. It refuses what SignPath
// would refuse in the apply: to take members out of a synchronized group.
func (l *managedList) planRemoval(ctx context.Context, t api.Target, ids []string, diags *diag.Diagnostics) (ok bool) {
	if t.List.Parent != vocabulary.ParentUserGroup {
		return true
	}
	for _, id := range ids {
		l.Memberships.Change(run.GroupKey(t), id, false)
	}
	group, err := l.Client.Group(ctx, t.Group)
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
func (l *managedList) spellGroup(ctx context.Context, t api.Target, state run.Attributes, to run.SettableAttributes, diags *diag.Diagnostics) {
	if t.List.Parent != vocabulary.ParentUserGroup {
		return
	}
	parent := getParent(ctx, state, t.List, diags)
	if group, err := l.ExistingMember(ctx, parent.Group.ValueString()); err != nil || group.ID != t.Group {
		parent.Group = types.StringValue(l.Client.Known().ReferenceTo(t.Group).String())
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
	names := importNames(list, withMember)
	parts, slugs := strings.SplitN(id, "/", len(names)), len(names)
	if withMember {
		slugs--
	}
	isNoSlug := func(part string) bool { return vocabulary.CheckSlug(part) != nil }
	if len(parts) != len(names) || slices.ContainsFunc(parts[:slugs], isNoSlug) {
		return parent, "", fmt.Errorf("%q is not of that form. %s", id, importForm(list, withMember))
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

// importNames are the parts of an import id.
func importNames(list vocabulary.List, withMember bool) []string {
	names := map[vocabulary.Parent][]string{
		vocabulary.ParentUserGroup: {"GROUP"}, vocabulary.ParentProject: {"PROJECT"}, vocabulary.ParentSigningPolicy: {"PROJECT", "SIGNING_POLICY"},
	}[list.Parent]
	if withMember {
		names = append(names, "MEMBER")
	}
	return names
}

// importForm says what an import id is like.
func importForm(list vocabulary.List, withMember bool) string {
	of := "the slug from the web address"
	if list.Parent == vocabulary.ParentSigningPolicy {
		of = "the slugs from the web address"
	}
	if list.Parent == vocabulary.ParentUserGroup {
		of = "the name or UUID of the group"
	}
	if withMember {
		of += ` and a member such as "user:dev.lead@example.com"`
	}
	return fmt.Sprintf("The import id is of the form %s, with %s.", strings.Join(importNames(list, withMember), "/"), of)
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
func (l *managedList) importTarget(
	ctx context.Context, parent parentFields, form string, resp *resource.ImportStateResponse,
) (t api.Target, members []string, ok bool) {
	parent.set(ctx, &resp.State, l.list, &resp.Diagnostics)
	t, err := l.target(ctx, resp.State, nil, &resp.Diagnostics)
	if err == nil {
		members, err = l.Client.Members(ctx, t)
	}
	run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Importing " + t.String(), Needs: run.ReadNeeds(l.list), ImportForm: form}, err)
	if resp.Diagnostics.HasError() {
		return t, nil, false
	}
	l.spellGroup(ctx, t, resp.State, &resp.State, &resp.Diagnostics)
	return t, members, !resp.Diagnostics.HasError()
}
