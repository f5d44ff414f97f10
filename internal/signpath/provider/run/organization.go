package run

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
)

// The settings that lead to an organization come from the environment, as a rule, so
// nothing in a configuration, a state or a saved plan says which one is meant. Slugs and
// names may be alike in another, and what that one does not have is not gone. So every
// resource keeps the id of its organization, and none goes on in another.

// AttrOrganizationID is the attribute for that id.
const AttrOrganizationID = "organization_id"

const privateOrganizationID = "organization_id"

// inOrganization is a resource that belongs to one organization. It stands around each
// resource of the provider.
type inOrganization struct {
	PlannedResource
	own Configured
}

var (
	_ PlannedResource                = (*inOrganization)(nil)
	_ resource.ResourceWithMoveState = (*inOrganization)(nil)
)

// Bound puts the resource that a constructor makes into its organization.
func Bound(newResource func() PlannedResource) func() resource.Resource {
	return func() resource.Resource { return &inOrganization{PlannedResource: newResource()} }
}

// Configure implements [resource.ResourceWithConfigure].
func (r *inOrganization) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.own.Configure(ctx, req, resp)
	r.PlannedResource.Configure(ctx, req, resp)
}

// MoveState implements [resource.ResourceWithMoveState]: nothing becomes a resource of another
// type, and an error says what to do instead.
func (r *inOrganization) MoveState(ctx context.Context) []resource.StateMover {
	var own resource.MetadataResponse
	r.Metadata(ctx, resource.MetadataRequest{}, &own)
	return []resource.StateMover{{StateMover: func(_ context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
		resp.Diagnostics.AddError("Moved to another type", fmt.Sprintf("A moved block cannot make a %s of a %s. "+
			"Use a removed block with destroy = false for the old one, "+
			"and an import block for the new one: that changes nothing at SignPath.", own.TypeName, req.SourceTypeName))
	}}}
}

// Schema implements [resource.Resource].
func (r *inOrganization) Schema(ctx context.Context, req resource.SchemaRequest, resp *resource.SchemaResponse) {
	r.PlannedResource.Schema(ctx, req, resp)
	resp.Schema.Attributes[AttrOrganizationID] = schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "Id of the organization, a UUID: that of the provider, known in every plan, but for that of a resource which is written again " +
			"because an earlier run left another one for the same object. A state or a saved plan that meets the provider of " +
			"another organization is an error, and nothing is changed there. " +
			"Where Terraform itself finds it in a saved plan, which it does for what is to be created, " +
			"it says \"Provider produced inconsistent final plan\".",
	}
}

// isElsewhere reports what belongs to another organization than the provider's: there may
// be something of the same name here, and it would be taken for that.
func (r *inOrganization) isElsewhere(
	ctx context.Context, state Attributes, private tfkit.PrivateReader, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics,
) bool {
	var known types.String
	if state != nil {
		diags.Append(state.GetAttribute(ctx, path.Root(AttrOrganizationID), &known)...)
	}
	// A provider that ended in an update leaves no private state, and an import has nothing but an identity.
	theirs := cmp.Or(tfkit.GetPrivate[string](ctx, private, privateOrganizationID), known.ValueString(), IdentityAttribute(ctx, identity, AttrOrganizationID))
	if theirs == "" || theirs == r.own.Client.OrganizationID() {
		return diags.HasError()
	}
	diags.Append(failedRequest{request: "of " + theirs, DiagnosticWithPath: diag.NewAttributeErrorDiagnostic(path.Empty(), "Another organization", fmt.Sprintf(
		"This resource belongs to the organization %s, and the provider is configured for %s, from %s. "+
			"Set organization_id, or use the provider of that organization.",
		theirs, r.own.Client.OrganizationID(), cmp.Or(r.own.Client.OrganizationVariable(), providerBlock(api.FieldOrganizationID))))})
	return true
}

// note keeps in private state to which organization the resource belongs.
func (r *inOrganization) note(ctx context.Context, private tfkit.PrivateState, diags *diag.Diagnostics) {
	tfkit.SetPrivate(ctx, private, privateOrganizationID, r.own.Client.OrganizationID(), diags)
}

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (r *inOrganization) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	defer r.own.begin()()
	defer func() { r.own.tellOnce(&resp.Diagnostics) }()
	defer func() { r.own.tellWait(&resp.Diagnostics) }()
	if r.own.Session != nil {
		if !req.State.Raw.IsNull() && r.isElsewhere(ctx, req.State, req.Private, nil, &resp.Diagnostics) {
			return
		}
		if !req.Plan.Raw.IsNull() {
			r.plan(ctx, &req, resp)
			if r.refuseBareIDs(ctx, req, resp) {
				return
			}
			r.own.tellExceptions(ctx, &resp.Diagnostics)
		}
	}
	r.PlannedResource.ModifyPlan(ctx, req, resp)
	if r.own.Session != nil && !resp.Diagnostics.HasError() {
		r.planAgain(ctx, req, resp)
		r.warnOfUnread(ctx, req, resp)
	}
}

// warnOfUnread says what the end of an instance may take from one that stays as it is, where
// no refresh has noted that both are about the same object. In an apply, nothing that stays
// as it is is planned.
func (r *inOrganization) warnOfUnread(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	isRead := r.own.Holdings.isRead(tfkit.GetPrivate[string](ctx, req.Private, tfkit.PrivateMark))
	if isRead || req.State.Raw.IsNull() || req.Identity == nil || req.Identity.Raw.IsFullyNull() {
		return
	}
	object := req.Identity.Raw.String()
	mine, others := r.own.unreadStays, r.own.unreadEnds
	switch {
	case resp.Plan.Raw.IsNull():
		mine, others = others, mine
	case !resp.Plan.Raw.Equal(req.State.Raw):
		return
	}
	if mine.Add(object); others.Has(object) {
		resp.Diagnostics.AddWarning("Without a refresh, the end of another resource may take what this one stands for: "+r.nameOf(req.Identity.Raw),
			"An earlier run left two resource instances for one object, and this plan ends one of them. Without a refresh the apply does not know of the other, "+
				"and may take the right away: plan again, with a refresh. The next plan shows what is gone, and gives it back.")
	}
}

// nameOf names what has the identity.
func (r *inOrganization) nameOf(identity tftypes.Value) string {
	attributes, names := map[string]tftypes.Value{}, []string{}
	_ = identity.As(&attributes) // It is one of this provider.
	for _, attribute := range slices.Sorted(maps.Keys(attributes)) {
		var text string
		if err := attributes[attribute].As(&text); err != nil || text == "" || attribute == AttrOrganizationID {
			continue
		}
		if access.IsID(text) {
			text = r.own.Client.Known().ReferenceTo(text).String()
		}
		names = append(names, text)
	}
	return strings.Join(names, ", ")
}

// planAgain plans an update of what does not change, where the plan ends another instance
// for the same object, so that the apply knows of both.
func (r *inOrganization) planAgain(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	beside := r.own.beside(ctx, req.Private)
	if beside == "" || len(resp.RequiresReplace) > 0 || !resp.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(AttrOrganizationID), types.StringUnknown())...)
	resp.Diagnostics.AddWarning("Two resources for one object: "+beside, "The state has another resource instance, or a deposed one, for the same object: "+
		"an earlier run ended before it was done, or this one is imported while the other has it. The plan ends the other. "+
		"This resource is written again, as it is, so that the end takes nothing. "+
		"If the other was only renamed, or went into a module, a moved block in place of the import plans nothing at all.")
}

// plan says in which organization it is, to the resource, too.
func (r *inOrganization) plan(ctx context.Context, req *resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var planned types.String
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root(AttrOrganizationID), &planned)...)
	if !planned.IsUnknown() { // Nothing changes.
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(AttrOrganizationID), r.own.Client.OrganizationID())...)
	req.Plan.Raw = resp.Plan.Raw
}

// Create implements [resource.Resource].
func (r *inOrganization) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	defer r.own.begin()()
	defer func() { r.own.tellWait(&resp.Diagnostics) }()
	r.PlannedResource.Create(ctx, req, resp)
	if !resp.State.Raw.IsNull() {
		r.note(ctx, resp.Private, &resp.Diagnostics)
	}
}

// Read implements [resource.Resource].
func (r *inOrganization) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	defer r.own.begin()()
	defer func() { r.own.tellWait(&resp.Diagnostics) }()
	r.own.isPlan.Store(true)
	defer func() { r.own.tellOnce(&resp.Diagnostics) }()
	if r.isElsewhere(ctx, req.State, req.Private, req.Identity, &resp.Diagnostics) {
		return
	}
	r.PlannedResource.Read(ctx, req, resp)
	if !resp.Diagnostics.HasError() && !resp.State.Raw.IsNull() {
		r.keep(ctx, &resp.State, resp.Private, &resp.Diagnostics)
	}
}

// keep writes the organization into a state that may not have it yet.
func (r *inOrganization) keep(ctx context.Context, state SettableAttributes, private tfkit.PrivateState, diags *diag.Diagnostics) {
	diags.Append(state.SetAttribute(ctx, path.Root(AttrOrganizationID), r.own.Client.OrganizationID())...)
	r.note(ctx, private, diags)
}

// Update implements [resource.Resource].
func (r *inOrganization) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	defer r.own.begin()()
	defer func() { r.own.tellWait(&resp.Diagnostics) }()
	if r.isElsewhere(ctx, req.State, req.Private, nil, &resp.Diagnostics) {
		return
	}
	r.PlannedResource.Update(ctx, req, resp)
	r.keep(ctx, &resp.State, resp.Private, &resp.Diagnostics)
}

// Delete implements [resource.Resource].
func (r *inOrganization) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.own.begin()()
	defer func() { r.own.tellWait(&resp.Diagnostics) }()
	if !r.isElsewhere(ctx, req.State, req.Private, nil, &resp.Diagnostics) {
		r.PlannedResource.Delete(ctx, req, resp)
	}
}

// ImportState implements [resource.ResourceWithImportState].
func (r *inOrganization) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if r.isElsewhere(ctx, nil, nil, req.Identity, &resp.Diagnostics) {
		return
	}
	r.PlannedResource.ImportState(ctx, req, resp)
	if !resp.Diagnostics.HasError() {
		r.keep(ctx, &resp.State, resp.Private, &resp.Diagnostics)
	}
}
