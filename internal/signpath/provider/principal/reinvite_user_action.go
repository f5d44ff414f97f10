package principal

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// reinviteUserAction sends an interactive user a new invitation.
type reinviteUserAction struct{ run.Configured }

var _ action.ActionWithConfigure = (*reinviteUserAction)(nil)

func newReinviteUserAction() action.Action { return &reinviteUserAction{} }

// Configure implements [action.ActionWithConfigure].
func (a *reinviteUserAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.Take(req.ProviderData, &resp.Diagnostics)
}

// Metadata implements [action.Action].
func (a *reinviteUserAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_reinvite_user"
}

const attrUser = "user"

// Schema implements [action.Action].
func (a *reinviteUserAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sends an interactive user a new invitation mail, which is valid for 14 days. " +
			"Run it with `terraform apply -invoke=action.signpath_reinvite_user.NAME`. Each run sends one mail.\n\n" +
			"Needs actions, which not every Terraform has; elsewhere, `reinvite_triggers` of `signpath_user` does the same. " +
			"Needs the role User Administrator or Global Administrator.",
		Attributes: map[string]schema.Attribute{
			attrUser: schema.StringAttribute{
				Required: true,
				MarkdownDescription: "The user, as a member reference: `user:EMAIL` or `user:UUID`. " +
					"A user that does not exist, is deactivated or has accepted the invitation is an error, and nothing is sent.",
				Validators: []validator.String{run.IsMemberReference(access.KindUser)},
			},
		},
	}
}

// Invoke implements [action.Action].
func (a *reinviteUserAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	defer a.NoticeContract(&resp.Diagnostics)
	var user types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attrUser), &user)...)
	if resp.Diagnostics.HasError() {
		return
	}
	at := path.Root(attrUser)
	p, err := a.ExistingMember(ctx, user.ValueString())
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{At: at, Doing: fmt.Sprintf("Looking up %q", user.ValueString()), Needs: run.NeedsAnyRole}, err)
		return
	}
	if p.Status() != access.StatusInvited {
		resp.Diagnostics.AddAttributeError(at, "Nobody to invite", fmt.Sprintf("%s is %s, and only who has not accepted the invitation yet can be invited again. "+
			"Nothing was sent.", p, p.Status()))
		return
	}
	if err := a.Client.Reinvite(ctx, p.ID); err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{At: at, Doing: fmt.Sprintf("Inviting %s again", p), Needs: run.NeedsUserAdmin}, err)
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("SignPath invited %s again.", p)})
}
