package principal

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// userGroupResource manages a user group, but for its members.
type userGroupResource struct{ principalResource }

var _ run.PlannedResource = (*userGroupResource)(nil)

func newUserGroupResource() run.PlannedResource {
	return &userGroupResource{principalResource{
		kind: access.KindGroup, keyAttribute: run.AttrName, newModel: newUserGroupModel,
	}}
}

// userGroupModel is the state of signpath_user_group.
type userGroupModel struct {
	principalFields
	userGroupSettings
	DirectorySynchronized types.Bool `tfsdk:"directory_synchronized"`
}

// newUserGroupModel returns an empty model.
func newUserGroupModel() principalModel { return &userGroupModel{} }

func (m *userGroupModel) account() *accountFields { return nil }
func (m *userGroupModel) key() types.String       { return m.Name }

func (m *userGroupModel) read(p access.Principal) {
	m.DirectorySynchronized = types.BoolValue(p.Synchronized)
}

func (m *userGroupModel) plan(prior principalModel, existing *access.Principal) {
	if prior == nil && existing == nil {
		m.DirectorySynchronized = types.BoolValue(false)
	}
}

func (m *userGroupModel) settle(p access.Principal) { m.read(p) }

// Schema implements [resource.Resource].
func (r *userGroupResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := principalAttributes(access.KindGroup, "a group of this name that exists already, with the members that it has")
	attributes[run.AttrName] = schema.StringAttribute{
		Required:            true,
		MarkdownDescription: "Name, by which access lists refer to the group. It can be changed in place: the group keeps its id, its members and its rights.",
		Validators:          []validator.String{run.IsName()},
	}
	attributes[run.AttrMember] = schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "Member reference `group:NAME`, for access lists, for other groups, and for the attribute `group` of the resources for the group's members. " +
			"Known in the plan, also for a group that the same plan creates; referring to it makes Terraform create it first.",
	}
	attributes[run.AttrDirectorySynchronized] = schema.BoolAttribute{
		Computed:            true,
		MarkdownDescription: "Whether the group is synchronized from the organization's directory. Such a group cannot be managed here.",
		PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages a user group: a name under which several members are given rights. " +
			"Who is in it is managed with `signpath_user_group_members` or `signpath_user_group_member`.\n\n" +
			"A group that is synchronized from the organization's directory cannot be managed here: name it on access lists instead.\n\n" +
			"On destroy, the members that the plan names are taken out of the group, because SignPath's API is not known to delete groups. " +
			"The empty group stays, also on the access lists that name it.\n\n" +
			run.NeedsGroupAdmin + " User groups are not part of every SignPath edition.",
		Attributes: attributes,
	}
}
