package principal

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// ciUserResource manages a CI user.
type ciUserResource struct{ principalResource }

var _ run.PlannedResource = (*ciUserResource)(nil)

func newCIUserResource() run.PlannedResource {
	return &ciUserResource{principalResource{
		kind: access.KindCIUser, keyAttribute: run.AttrName, newModel: newCIUserModel,
	}}
}

// ciUserModel is the state of signpath_ci_user.
type ciUserModel struct {
	principalFields
	accountFields
	ciUserSettings
}

// newCIUserModel returns an empty model.
func newCIUserModel() principalModel { return &ciUserModel{} }

func (m *ciUserModel) key() types.String                      { return m.Name }
func (m *ciUserModel) read(access.Principal)                  {}
func (m *ciUserModel) plan(principalModel, *access.Principal) {}
func (m *ciUserModel) settle(access.Principal)                {}

// Schema implements [resource.Resource].
func (r *ciUserResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := accountAttributes(access.KindCIUser)
	attributes[run.AttrName] = schema.StringAttribute{
		Required:            true,
		MarkdownDescription: "Name, by which access lists refer to the CI user. It can be changed in place: the CI user keeps its id, its token and its rights.",
		Validators:          []validator.String{run.IsName()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages a CI user: an account with which a build system submits signing requests through the API.\n\n" +
			"SignPath recommends one CI user per project where origin verification is used, and one per signing policy where it is not. " +
			"A new CI user has no rights: grant them with `signpath_signing_policy_submitter` and its siblings.\n\n" +
			"If SignPath answers the create with an API token, this resource drops it unseen; it is in no state, plan or log.\n\n" +
			"On destroy, the CI user is deactivated, because SignPath's API is not known to delete users.\n\n" +
			"Needs the role User Administrator or Global Administrator.",
		Attributes: attributes,
	}
}
